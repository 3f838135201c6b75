"""The SQL of place-name heritage. What begins with PUBLIC reads published views only."""

from __future__ import annotations

from sqlalchemy import text

_ENTRY = """
    SELECT h.entry_id AS id, h.subject_id AS subject, h.list, h.level, h.category, lower(h.valid) AS valid_from,
           upper(h.valid) AS valid_to, h.opened_by AS decision, c.demonstration,
           coalesce(d.name, n.text, v.name) AS name, coalesce(n.romanization, r.roman) AS roman, d.first_attested,
           v.code AS unit_code, v.name AS unit_name, ST_X(coalesce(p.geom, s.geom)) AS longitude,
           ST_Y(coalesce(p.geom, s.geom)) AS latitude, p.id IS NULL AS is_unit
    FROM published.heritage_tag h
    JOIN published.decision c ON c.id = h.opened_by
    LEFT JOIN published.heritage_dossier d ON d.entry_id = h.entry_id AND upper_inf(d.known)
    LEFT JOIN published.place p ON p.id = h.subject_id AND upper_inf(p.known)
    LEFT JOIN LATERAL (
        SELECT o.text, o.romanization FROM published.place_name o
        WHERE o.subject_id = h.subject_id AND upper_inf(o.known) AND o.kind IN ('standard', 'unverified')
        ORDER BY o.valid @> CAST(:day AS date) DESC, o.kind = 'standard' DESC, lower(o.valid) DESC NULLS LAST LIMIT 1
    ) n ON p.id IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT w.code, w.name, w.unit_id FROM published.unit_version w
        WHERE w.unit_id = coalesce(p.unit_id, h.subject_id) AND upper_inf(w.known)
        ORDER BY w.valid @> CAST(:day AS date) DESC, lower(w.valid) DESC NULLS LAST LIMIT 1
    ) v ON true
    LEFT JOIN published.unit_roman r ON p.id IS NULL AND r.unit_id = v.unit_id AND r.name = v.name
        AND upper_inf(r.known)
    LEFT JOIN LATERAL (
        SELECT u.geom FROM published.unit_position u WHERE u.unit_id = h.subject_id
        ORDER BY u.valid DESC NULLS LAST LIMIT 1
    ) s ON p.id IS NULL
    WHERE upper_inf(h.known)
"""
PUBLIC_LIST = text(f"""
    SELECT * FROM ({_ENTRY} AND h.valid @> CAST(:day AS date)
        AND (CAST(:level AS text) IS NULL OR h.level = :level)
        AND (CAST(:category AS text) IS NULL OR h.category = :category)
        AND (CAST(:list AS text) IS NULL OR h.list = :list)) e
    WHERE (CAST(:within AS text) IS NULL OR starts_with(e.unit_code, :within))
      AND (CAST(:after_list AS text) IS NULL OR (e.list, e.id) > (CAST(:after_list AS text), CAST(:after AS uuid)))
    ORDER BY e.list, e.id LIMIT :limit
""")
PUBLIC_FIND = text(f"{_ENTRY} AND h.entry_id = :id")
PUBLIC_OF_SUBJECT = text(f"{_ENTRY} AND h.subject_id = :subject AND h.entry_id <> :id ORDER BY h.list, h.entry_id")
PUBLIC_LISTS = text("""
    SELECT list, level, count(*) AS names, min(lower(valid)) AS since FROM published.heritage_tag
    WHERE upper_inf(known) AND valid @> CAST(:day AS date) GROUP BY list, level ORDER BY list, level
""")
#: By which decisions the name came to its list and left it.
PUBLIC_DECISIONS = text("""
    SELECT decision_id, effect FROM published.decision_link WHERE collection = 'heritage' AND entity_id = :id
""")
PUBLIC_DOSSIER = text("""
    SELECT id, meaning, origin, history, protection, continuity, continuity_note, opened_by
    FROM published.heritage_dossier WHERE entry_id = :id AND upper_inf(known)
""")
PUBLIC_EVIDENCE = text("""
    SELECT grade, title, passage, quote, dated FROM published.heritage_evidence
    WHERE dossier_id = :dossier ORDER BY place_in_order
""")
PUBLIC_PERIODS = text("""
    SELECT name, dated, year_from, year_to, note FROM published.heritage_period
    WHERE dossier_id = :dossier ORDER BY coalesce(year_from, year_to), place_in_order
""")
PUBLIC_SCORES = text("""
    SELECT criterion, answer, points, why FROM published.heritage_score WHERE dossier_id = :dossier ORDER BY criterion
""")
PUBLIC_CARE = text("""
    SELECT kind, on_day, what, responsible, next_on FROM published.heritage_care
    WHERE entry_id = :id ORDER BY on_day DESC, id
""")
#: A place or unit that may be listed, with its name and the unit in which it lies, as everybody sees it.
PUBLIC_SUBJECT = text("""
    SELECT p.unit_id, n.text AS name, n.romanization AS roman FROM published.place p
    JOIN published.place_name n ON n.subject_id = p.id AND upper_inf(n.known) AND n.kind IN ('standard', 'unverified')
    WHERE p.id = :subject AND upper_inf(p.known)
    UNION ALL
    SELECT v.unit_id, v.name, r.roman FROM published.unit_version v
    LEFT JOIN published.unit_roman r ON r.unit_id = v.unit_id AND r.name = v.name AND upper_inf(r.known)
    WHERE v.unit_id = :subject AND upper_inf(v.known) AND upper_inf(v.valid)
    LIMIT 1
""")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('heritage:' || :subject || ':' || :list, 0))")
STANDS = text("""
    SELECT true FROM diming.heritage_tag WHERE subject_id = :subject AND list = :list AND upper_inf(known)
    AND valid && daterange(CAST(:day AS date), NULL)
""")
ADD_TAG = text("""
    INSERT INTO diming.heritage_tag (id, entry_id, subject_id, list, level, category, valid, opened_by)
    VALUES (:id, :entry, :subject, :list, :level, :category, daterange(CAST(:begins AS date), CAST(:ends AS date)),
            :decision)
""")
TAG = text("""
    SELECT id, coalesce(entry_id, id) AS entry, subject_id, list, level, category, lower(valid) AS valid_from,
           upper(valid) AS valid_to
    FROM diming.heritage_tag WHERE coalesce(entry_id, id) = :entry AND upper_inf(known) FOR UPDATE
""")
CLOSE_TAG = text("""
    UPDATE diming.heritage_tag SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = :id
""")
ADD_DOSSIER = text("""
    INSERT INTO diming.heritage_dossier (id, entry_id, name, meaning, origin, history, protection, first_attested,
                                         continuity, continuity_note, opened_by)
    VALUES (:id, :entry, :name, :meaning, :origin, :history, :protection, :first_attested, :continuity,
            :continuity_note, :decision)
""")
ADD_EVIDENCE = text("""
    INSERT INTO diming.heritage_evidence (dossier_id, place_in_order, grade, title, passage, quote, dated)
    VALUES (:dossier, :place_in_order, :grade, :title, :passage, :quote, :dated)
""")
ADD_PERIOD = text("""
    INSERT INTO diming.heritage_period (dossier_id, place_in_order, name, dated, year_from, year_to, note)
    VALUES (:dossier, :place_in_order, :name, :dated, :year_from, :year_to, :note)
""")
ADD_SCORE = text("""
    INSERT INTO diming.heritage_score (dossier_id, criterion, answer, points, why)
    VALUES (:dossier, :criterion, :answer, :points, :why)
""")
ADD_CARE = text("""
    INSERT INTO diming.heritage_care (id, entry_id, kind, on_day, what, responsible, next_on, case_id)
    VALUES (:id, :entry, :kind, :on_day, :what, :responsible, :next_on, :case_id)
""")
