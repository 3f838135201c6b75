"""The SQL of inspection records, named and commented."""

from __future__ import annotations

from sqlalchemy import text

TASKS = text("""
    SELECT id, ordinal, kind, target_id, label FROM diming.inspection_task
    WHERE inspection_id = :id ORDER BY ordinal
""")
ENTRIES = text("""
    SELECT id, task_id, stage, side, item, result, remark, observed_on, ST_X(position) AS lon, ST_Y(position) AS lat,
           accuracy_m, encode(photo_sha256, 'hex') AS photo_sha256, photo_name, at, by_id
    FROM diming.inspection_entry WHERE inspection_id = :id AND side = ANY(:sides) ORDER BY at, id
""")
INSERT_ENTRY = text("""
    INSERT INTO diming.inspection_entry (id, inspection_id, task_id, stage, side, item, result, remark, observed_on,
        position, accuracy_m, photo_sha256, photo_name, at, by_id)
    VALUES (:id, :inspection, :task, :stage, :side, :item, :result, :remark, :observed_on,
        CASE WHEN CAST(:lon AS float8) IS NULL THEN NULL ELSE ST_SetSRID(ST_Point(:lon, :lat), 4490) END,
        :accuracy_m, :photo_sha256, :photo_name, :at, :by)
""")
#: A photograph that somebody has uploaded and not handed in elsewhere.
UPLOAD = text("""
    SELECT sha256, file_name, media_type FROM diming.attachment
    WHERE id = :id AND added_by = :by AND case_id IS NULL
""")
ENTRY_PHOTO = text("""
    SELECT inspection_id, side, photo_sha256, photo_name FROM diming.inspection_entry
    WHERE id = :id AND photo_sha256 IS NOT NULL
""")
HANDED_IN = text("SELECT side, at FROM diming.inspection_handed_in WHERE inspection_id = :id ORDER BY at, side")
HAND_IN = text("""
    INSERT INTO diming.inspection_handed_in (inspection_id, side, at, by_id) VALUES (:id, :side, :at, :by)
    ON CONFLICT DO NOTHING RETURNING side
""")
BEGIN = text("""
    UPDATE diming.inspection SET case_id = :case, mode = :mode, reveal_after = :reveal_after
    WHERE id = :id AND case_id IS NULL AND state = 'planned' RETURNING id
""")
MOVE = text("UPDATE diming.inspection SET state = :state WHERE id = :id")
FILE = text("""
    UPDATE diming.inspection SET state = 'filed', filed_on = :on, decision_id = :decision WHERE id = :id
""")
#: Who spoke for a unit in its last inspection that was begun: the office, and those of its people who still work there.
LAST_PARTY = text("""
    SELECT last.side ->> 'office' AS office,
           (SELECT coalesce(array_agg(a.username ORDER BY a.username), '{}') FROM diming.account a
            WHERE a.disabled_at IS NULL
              AND a.id::text IN (SELECT jsonb_array_elements_text(last.side -> 'members'))) AS members
    FROM (SELECT f.facts -> 'sides' -> CASE WHEN i.left_id = :unit THEN 'left' ELSE 'right' END AS side
          FROM diming.inspection i JOIN diming.case_file f ON f.id = i.case_id
          WHERE :unit IN (i.left_id, i.right_id) ORDER BY f.opened_at DESC, i.id DESC LIMIT 1) last
""")
ADD_PARTICIPANT = text("""
    INSERT INTO diming.case_participant (case_id, account_id, relation, since)
    VALUES (:case, :account, 'participant', :at) ON CONFLICT DO NOTHING
""")
ACCOUNTS = text("SELECT id FROM diming.account WHERE id = ANY(:ids) AND disabled_at IS NULL")
BY_USERNAME = text("SELECT username, id FROM diming.account WHERE username = ANY(:names) AND disabled_at IS NULL")
LATEST_RECORD = text("""
    SELECT id, version, content, encode(sha256, 'hex') AS sha256, at, by_id FROM diming.inspection_record
    WHERE inspection_id = :id ORDER BY version DESC LIMIT 1
""")
RECORDS = text("""
    SELECT id, version, content, encode(sha256, 'hex') AS sha256, at, by_id FROM diming.inspection_record
    WHERE inspection_id = :id ORDER BY version DESC
""")
INSERT_RECORD = text("""
    INSERT INTO diming.inspection_record (id, inspection_id, version, content, sha256, at, by_id)
    VALUES (:id, :inspection, :version, :content, :sha256, :at, :by)
""")
SIGNATURES = text("""
    SELECT record_id, side, office, key_id, encode(signature, 'hex') AS signature, at, by_id
    FROM diming.inspection_signature WHERE record_id = ANY(:ids) ORDER BY at, side
""")
INSERT_SIGNATURE = text("""
    INSERT INTO diming.inspection_signature (record_id, side, office, key_id, signature, at, by_id)
    VALUES (:record, :side, :office, :key, :signature, :at, :by) ON CONFLICT DO NOTHING RETURNING side
""")
OF_CASE = text("SELECT id FROM diming.inspection WHERE case_id = :case")
CASE_FACTS = text("SELECT facts FROM diming.case_file WHERE id = :id")
UNIT_OF = text("""
    SELECT code, name FROM diming.unit_version
    WHERE unit_id = :id AND upper_inf(known) AND valid @> CAST(:on AS date)
""")
MEASUREMENTS = text("""
    SELECT id, task_id, side, kind, observed_on, registration, ST_AsGeoJSON(geom, 8, 0)::jsonb AS geometry, accuracy_m,
           encode(photo_sha256, 'hex') AS photo_sha256, photo_name, photo_type, remark, at, by_id
    FROM diming.inspection_measurement WHERE inspection_id = :id AND side = ANY(:sides) ORDER BY at, id
""")
INSERT_MEASUREMENT = text("""
    INSERT INTO diming.inspection_measurement (id, inspection_id, task_id, side, kind, observed_on, registration, geom,
        accuracy_m, photo_sha256, photo_name, photo_type, remark, at, by_id)
    VALUES (:id, :inspection, :task, :side, :kind, :observed_on, CAST(:registration AS jsonb),
        CAST(:geometry AS geometry), :accuracy_m, :photo_sha256, :photo_name, :photo_type, :remark, :at, :by)
""")
MEASURED_PHOTO = text("""
    SELECT inspection_id, side, photo_sha256, photo_name, photo_type FROM diming.inspection_measurement
    WHERE id = :id AND photo_sha256 IS NOT NULL
""")
#: The photographs of markers of an inspection, as the marker keeps them: claimed is what the party says of them.
MARKER_PHOTOS = text("""
    SELECT t.target_id AS marker, m.photo_sha256 AS sha256, a.bytes, m.photo_name AS name, m.photo_type AS media_type,
           left(concat_ws('：', '联检照片', nullif(m.remark, '')), 500) AS caption, m.observed_on::text AS claimed_at,
           m.geom AS place
    FROM diming.inspection_measurement m
    JOIN diming.inspection_task t ON t.id = m.task_id AND t.kind = 'marker'
    JOIN LATERAL (SELECT bytes FROM diming.attachment WHERE sha256 = m.photo_sha256 LIMIT 1) a ON true
    WHERE m.inspection_id = :id AND m.kind = 'photo' ORDER BY m.at, m.id
""")
INSERT_WORK = text("INSERT INTO diming.inspection_work (case_id, inspection_id) VALUES (:case, :inspection)")
OPEN_OF_MARKER = text("""
    SELECT id FROM diming.inspection_finding
    WHERE inspection_id = :inspection AND marker_id = :marker AND state = 'open' ORDER BY id
""")
WORKS = text("""
    SELECT f.id, f.number, f.title, f.state, f.procedure, f.opened_at, f.closed_at, f.facts ->> 'marker' AS marker
    FROM diming.inspection_work w JOIN diming.case_file f ON f.id = w.case_id
    WHERE w.inspection_id = :id ORDER BY f.opened_at, f.id
""")
#: The findings of an inspection, whoever told them, the gravest first; for its report.
FINDINGS_OF = text("""
    SELECT f.id, f.kind, f.severity, f.state, f.note, f.measures, f.facts, f.marker_id, f.segment_id,
           ST_AsGeoJSON(f.geometry, 8) AS geometry, count(*) OVER () AS total
    FROM diming.inspection_finding f WHERE f.inspection_id = :id
    ORDER BY CASE f.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, f.found_on, f.id LIMIT :limit
""")
