"""The SQL of campaigns. What begins with PUBLIC reads published views only."""

from __future__ import annotations

from sqlalchemy import text

_CALLED = """
    LEFT JOIN LATERAL (
        SELECT v.code, v.name FROM published.unit_version v WHERE v.unit_id = {unit} AND upper_inf(v.known)
        ORDER BY upper_inf(v.valid) DESC, lower(v.valid) DESC NULLS LAST LIMIT 1
    ) w ON true
"""
_SHOWN = """
    c.version, c.id, c.code, c.title, c.aims, c.starts_on, c.ends_on, c.classes, c.decision, c.demonstration,
    w.code AS unit_code, w.name AS unit_name
"""
_CAMPAIGN = f"SELECT {_SHOWN} FROM published.campaign c {_CALLED.format(unit='c.unit_id')}"
PUBLIC_LIST = text(f"""
    {_CAMPAIGN}
    WHERE upper_inf(c.known)
      AND (CAST(:within AS text) IS NULL OR starts_with(w.code, :within))
      AND (CAST(:state AS text) IS NULL OR :state = CASE
           WHEN c.starts_on > CAST(:day AS date) THEN 'planned'
           WHEN c.ends_on < CAST(:day AS date) THEN 'ended' ELSE 'running' END)
      AND (CAST(:after_start AS date) IS NULL OR c.starts_on < CAST(:after_start AS date)
           OR (c.starts_on = CAST(:after_start AS date) AND c.id > CAST(:after AS uuid)))
    ORDER BY c.starts_on DESC, c.id LIMIT :limit
""")
PUBLIC_FIND = text(f"{_CAMPAIGN} WHERE c.id = :id AND upper_inf(c.known)")
PUBLIC_PARTS = text(f"""
    SELECT p.unit_id, p.names, p.signs, p.uploads, w.code, w.name, g.longitude, g.latitude
    FROM published.campaign_part p {_CALLED.format(unit="p.unit_id")}
    LEFT JOIN LATERAL (
        SELECT ST_X(s.geom) AS longitude, ST_Y(s.geom) AS latitude FROM published.unit_position s
        WHERE s.unit_id = p.unit_id ORDER BY s.valid DESC NULLS LAST LIMIT 1
    ) g ON true
    WHERE p.version = :version ORDER BY w.code, p.unit_id
""")
#: What was done in the places of these units from `starts` through `until`; `part`: the division that it counts for.
#: A name is given on the first day of its validity; it reached map services when the register first told it. A sign is
#: set on the day that it says; where only month or year are known, if that may lie in the period; else when recorded.
PUBLIC_DONE = text("""
    WITH place AS MATERIALIZED (
        SELECT a.part, p.id FROM unnest(CAST(:parts AS int[]), CAST(:units AS uuid[])) AS a (part, unit)
        JOIN published.place p ON p.unit_id = a.unit
        WHERE upper_inf(p.known) AND p.class = ANY (:classes)
    ), named AS (
        SELECT q.part, q.id, n.text,
               min(coalesce(lower(n.valid), '-infinity')) FILTER (WHERE upper_inf(n.known))
                   BETWEEN CAST(:starts AS date) AND CAST(:until AS date) AS given,
               bool_or(upper_inf(n.known) AND n.valid @> CAST(:until AS date))
               AND CAST(min(lower(n.known)) AT TIME ZONE 'Asia/Shanghai' AS date)
                   BETWEEN CAST(:starts AS date) AND CAST(:until AS date) AS told
        FROM place q JOIN published.place_name n ON n.subject_id = q.id AND n.kind = 'standard'
        GROUP BY q.part, q.id, n.text
    ), sign AS (
        SELECT q.part, s.sign_id FROM place q JOIN published.sign_version s ON s.place_id = q.id AND upper_inf(s.known)
        WHERE lower(s.valid) <= CAST(:until AS date)
        GROUP BY q.part, s.sign_id
        HAVING bool_or(CAST(s.set_on AS text) COLLATE "C"
                   BETWEEN left(CAST(CAST(:starts AS date) AS text), length(CAST(s.set_on AS text)))
                       AND left(CAST(CAST(:until AS date) AS text), length(CAST(s.set_on AS text))))
            OR (bool_and(s.set_on IS NULL)
                AND min(lower(s.valid)) BETWEEN CAST(:starts AS date) AND CAST(:until AS date))
    )
    SELECT part, sum(names)::int AS names, sum(batched)::int AS batched, sum(uploads)::int AS uploads,
           sum(signs)::int AS signs
    FROM (
        SELECT part, count(DISTINCT id) FILTER (WHERE given) AS names,
               count(DISTINCT id) FILTER (WHERE given AND EXISTS (
                   SELECT FROM published.batch_place b WHERE b.place_id = named.id)) AS batched,
               count(DISTINCT id) FILTER (WHERE told) AS uploads, 0 AS signs
        FROM named GROUP BY part
        UNION ALL SELECT part, 0, 0, 0, count(*) FROM sign GROUP BY part
    ) counted GROUP BY part
""")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('campaign:' || :unit, 0))")
STANDS = text("""
    SELECT c.id AS version, c.entry_id, c.title, c.aims, c.starts_on, c.ends_on, c.classes,
           ARRAY(SELECT p.unit_id || ':' || p.names || ':' || p.signs || ':' || p.uploads
                 FROM diming.campaign_part p WHERE p.campaign_id = c.id ORDER BY p.unit_id) AS parts
    FROM diming.campaign c WHERE c.unit_id = :unit AND c.code = :code AND upper_inf(c.known)
""")
END_KNOWN = text("""
    UPDATE diming.campaign SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = :version
""")
INSERT = text("""
    INSERT INTO diming.campaign (id, entry_id, unit_id, code, title, aims, starts_on, ends_on, classes, opened_by)
    VALUES (:version, :entry, :unit, :code, :title, :aims, :starts_on, :ends_on, :classes, :decision)
""")
INSERT_PARTS = text("""
    INSERT INTO diming.campaign_part (campaign_id, unit_id, names, signs, uploads)
    VALUES (:version, :unit, :names, :signs, :uploads)
""")
