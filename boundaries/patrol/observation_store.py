"""The SQL of what came from phones: observations, walks, files. For staff and for who brought it."""

from __future__ import annotations

from sqlalchemy import text

from boundaries.patrol.store import REACHED

INSERT_FILE = text("""
    INSERT INTO diming.patrol_file (id, account_id, kind, media_type, bytes, sha256, received_at)
    VALUES (:id, :account, :kind, :media_type, :bytes, :sha256, :at) ON CONFLICT (id) DO NOTHING RETURNING id
""")
FILE = text("""
    SELECT f.id, f.account_id, f.kind, f.media_type, f.bytes, f.sha256, f.received_at, x.observation_id, a.unit_id
    FROM diming.patrol_file f
    LEFT JOIN diming.patrol_observation_file x ON x.file_id = f.id
    LEFT JOIN diming.patrol_observation o ON o.id = x.observation_id
    LEFT JOIN diming.patrol_assignment a ON a.id = o.assignment_id
    WHERE f.id = :id
""")
#: Of these files those that are here: whose, of which kind, and whether an observation has them.
FILES = text("""
    SELECT f.id, f.account_id, f.kind, x.observation_id FROM diming.patrol_file f
    LEFT JOIN diming.patrol_observation_file x ON x.file_id = f.id WHERE f.id = ANY(:ids)
""")
BYTES_SINCE = text("""
    SELECT coalesce(sum(bytes), 0) FROM diming.patrol_file WHERE account_id = :account AND received_at > :since
""")
INSERT = text("""
    INSERT INTO diming.patrol_observation (id, account_id, assignment_id, walk_id, line_id, marker_id, state, seen_at,
        clock_ahead_s, geom, accuracy_m, position_source, position_method, witnesses, note, judged, received_at, sha256)
    VALUES (:id, :account, :assignment, :walk, :line, :marker, :state, :seen_at, :clock_ahead_s,
        ST_SetSRID(ST_MakePoint(CAST(:lon AS float8), CAST(:lat AS float8)), 4490), :accuracy_m, :source, :method,
        CAST(:witnesses AS jsonb), :note, CAST(:judged AS jsonb), :at, :sha256)
    ON CONFLICT (id) DO NOTHING RETURNING id
""")
INSERT_OBSERVATION_FILE = text("""
    INSERT INTO diming.patrol_observation_file (observation_id, file_id, ordinal) VALUES (:observation, :file, :ordinal)
""")
#: What was answered to an observation, to be answered again.
KEPT = text("SELECT account_id, sha256, received_at, judged FROM diming.patrol_observation WHERE id = :id")
INSERT_WALK = text("""
    INSERT INTO diming.patrol_walk (id, account_id, begun_at, ended_at, note, received_at, sha256)
    VALUES (:id, :account, :begun_at, :ended_at, :note, :at, :sha256) ON CONFLICT (id) DO NOTHING RETURNING id
""")
KEPT_WALK = text("SELECT account_id, sha256, received_at FROM diming.patrol_walk WHERE id = :id")
_OBSERVATION = """
    SELECT o.id, o.account_id, k.display_name AS keeper, a.level, a.unit_id, u.code AS unit_code,
           u.name AS unit_name, o.line_id, l.name AS line_name, l.title AS line_title,
           o.marker_id, m.code AS marker_code,
           ST_X(m.geom) AS marker_lon, ST_Y(m.geom) AS marker_lat, o.walk_id, o.state, o.seen_at, o.clock_ahead_s,
           ST_X(o.geom) AS lon, ST_Y(o.geom) AS lat, o.accuracy_m, o.position_source, o.position_method,
           o.witnesses, o.note, o.judged, o.received_at, f.files
    FROM diming.patrol_observation o
    JOIN diming.patrol_assignment a ON a.id = o.assignment_id
    JOIN diming.account k ON k.id = o.account_id
    JOIN LATERAL (SELECT v.code, v.name, v.level FROM diming.unit_version v
        WHERE v.unit_id = a.unit_id AND upper_inf(v.known) ORDER BY lower(v.valid) DESC LIMIT 1) u ON true
    LEFT JOIN LATERAL (SELECT l.name, coalesce(l.name,
            CASE WHEN one.code < other.code THEN one.name || '–' || other.name
                 ELSE other.name || '–' || one.name END) AS title
        FROM diming.boundary_line_version l
        JOIN diming.unit_version one ON one.unit_id = l.unit_a AND upper_inf(one.known) AND upper_inf(one.valid)
        JOIN diming.unit_version other ON other.unit_id = l.unit_b AND upper_inf(other.known) AND upper_inf(other.valid)
        WHERE l.line_id = o.line_id AND upper_inf(l.known) ORDER BY lower(l.valid) DESC LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT m.code, m.geom FROM diming.marker_version m WHERE m.marker_id = o.marker_id
        AND upper_inf(m.known) ORDER BY lower(m.valid) DESC LIMIT 1) m ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('id', p.id, 'kind', p.kind, 'media_type', p.media_type, 'bytes', p.bytes,
                         'sha256', encode(p.sha256, 'hex')) ORDER BY x.ordinal) AS files
        FROM diming.patrol_observation_file x JOIN diming.patrol_file p ON p.id = x.file_id
        WHERE x.observation_id = o.id) f ON true
"""
OBSERVATION = text(f"{_OBSERVATION} WHERE o.id = :id")
#: The latest first, as they were seen.
LIST = text(f"""
    {_OBSERVATION}
    WHERE {REACHED}
      AND (CAST(:line AS uuid) IS NULL OR o.line_id = :line)
      AND (CAST(:marker AS uuid) IS NULL OR o.marker_id = :marker)
      AND (CAST(:state AS text) IS NULL OR o.state = :state)
      AND (CAST(:since AS date) IS NULL OR o.seen_at >= CAST(:since AS date))
      AND (NOT :judged OR jsonb_array_length(o.judged) > 0)
      AND (CAST(:after_at AS timestamptz) IS NULL
           OR (o.seen_at, o.id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid)))
    ORDER BY o.seen_at DESC, o.id DESC LIMIT :limit
""")
#: The last state in which each of these markers was seen.
LAST_SEEN = text("""
    SELECT DISTINCT ON (marker_id) marker_id, state, seen_at FROM diming.patrol_observation
    WHERE marker_id = ANY(:markers) ORDER BY marker_id, seen_at DESC, id DESC
""")
