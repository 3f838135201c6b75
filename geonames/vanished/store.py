"""The SQL of vanished names. What begins with PUBLIC reads published views only."""

from __future__ import annotations

from sqlalchemy import text

#: Sorts below every day: until when is not known.
NEVER = -99_999_999

_NAME = """
    SELECT e.*, coalesce(e.gone, :never) AS sort, w.code AS unit_code, w.name AS unit_name
    FROM published.vanished_name e
    LEFT JOIN LATERAL (
        SELECT v.code, v.name FROM published.unit_version v WHERE v.unit_id = e.unit_id AND upper_inf(v.known)
        ORDER BY upper_inf(v.valid) DESC, lower(v.valid) DESC NULLS LAST LIMIT 1
    ) w ON true
"""
#: What is looked up for the names of a page alone: the last area, the spelling of a unit, where it was.
_LOOKED_UP = """
    LEFT JOIN published.decision c ON c.id = f.decision
    LEFT JOIN published.demonstration_unit u ON u.unit_id = f.unit_id
    LEFT JOIN LATERAL (
        SELECT x.geom FROM published.place_extent x
        WHERE f.origin = 'place' AND x.place_id = f.id AND upper_inf(x.known)
        ORDER BY upper(x.valid) DESC NULLS FIRST LIMIT 1
    ) a ON true
    LEFT JOIN LATERAL (
        SELECT x.geom FROM published.unit_position x WHERE f.origin = 'unit' AND x.unit_id = f.id
        ORDER BY x.valid DESC NULLS LAST LIMIT 1
    ) s ON true
    LEFT JOIN LATERAL (
        SELECT x.roman FROM published.unit_roman x
        WHERE f.origin = 'unit' AND x.unit_id = f.id AND x.name = f.name AND upper_inf(x.known) LIMIT 1
    ) r ON true
    CROSS JOIN LATERAL (SELECT coalesce(a.geom, f.geom, s.geom) AS geom) g
"""
_SHOWN = """
    f.id, f.origin, f.subject, f.code, f.name, coalesce(f.roman, r.roman) AS roman, f.class, f.reason, f.note,
    f.successor, f.last_day, f.sort, f.source, f.decision, f.unit_code, f.unit_name,
    (coalesce(c.demonstration, false) OR u.unit_id IS NOT NULL) AS demonstration,
    ST_X(ST_PointOnSurface(g.geom)) AS longitude, ST_Y(ST_PointOnSurface(g.geom)) AS latitude
"""
PUBLIC_LIST = text(f"""
    SELECT {_SHOWN} FROM (
        SELECT * FROM ({_NAME}
            WHERE (e.gone IS NULL OR e.gone < :day)
              AND (CAST(:origin AS text) IS NULL OR e.origin = :origin)
              AND (CAST(:reason AS text) IS NULL OR e.reason = :reason)
              AND (CAST(:class AS text) IS NULL OR e.class = :class)
              AND (CAST(:q AS text) IS NULL OR position(CAST(:q AS text) IN e.name) > 0)
              AND (CAST(:since AS int) IS NULL OR e.gone >= :since)
              AND (CAST(:until AS int) IS NULL OR e.gone <= :until)) found
        WHERE (CAST(:within AS text) IS NULL OR starts_with(unit_code, :within))
          AND (CAST(:after_sort AS bigint) IS NULL OR sort < CAST(:after_sort AS bigint)
               OR (sort = CAST(:after_sort AS bigint) AND id > CAST(:after AS uuid)))
        ORDER BY sort DESC, id LIMIT :limit) f
    {_LOOKED_UP} ORDER BY f.sort DESC, f.id
""")
#: By the record's id, or by that of the place or unit that bore the name.
PUBLIC_FIND = text(f"""
    SELECT {_SHOWN}, ST_AsGeoJSON(g.geom, 6)::jsonb AS geometry FROM (
        SELECT * FROM ({_NAME} WHERE e.id = :id OR e.subject = :id) found ORDER BY id = :id DESC LIMIT 1) f
    {_LOOKED_UP}
""")
#: Where the land of a unit went.
PUBLIC_SUCCESSORS = text("""
    SELECT DISTINCT ON (v.code) v.code, v.name, l.kind, l.whole_from FROM published.unit_lineage l
    JOIN LATERAL (SELECT o.code, o.name FROM published.unit_version o WHERE o.unit_id = l.to_unit AND upper_inf(o.known)
                  ORDER BY upper_inf(o.valid) DESC, lower(o.valid) DESC NULLS LAST LIMIT 1) v ON true
    WHERE l.from_unit = :unit AND upper_inf(l.known) AND l.to_unit <> l.from_unit ORDER BY v.code, l.happened_on DESC
""")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('vanished:' || :unit, 0))")
BY_CODES = text("""
    SELECT id AS version, entry_id, code, subject_id, name, roman, class, reason, note, successor, last_day,
           ST_AsText(geom) AS wkt, source
    FROM diming.vanished_name WHERE unit_id = :unit AND code = ANY (:codes) AND upper_inf(known)
""")
#: Places and units of these divisions by id, with whether something bears a name there on the day.
SUBJECTS = text("""
    SELECT p.id, EXISTS (SELECT FROM diming.place_name n WHERE n.subject_id = p.id AND upper_inf(n.known)
        AND n.kind IN ('standard', 'unverified') AND n.valid @> CAST(:day AS date)) AS named
    FROM diming.place p WHERE p.id = ANY (:ids) AND upper_inf(p.known) AND p.unit_id = ANY (:units)
    UNION ALL
    SELECT u.id, EXISTS (SELECT FROM diming.unit_version v WHERE v.unit_id = u.id AND upper_inf(v.known)
        AND v.valid @> CAST(:day AS date))
    FROM diming.unit u WHERE u.id = ANY (:ids)
""")
#: Which of these names something of these divisions bears on the day.
STANDING = text("""
    SELECT DISTINCT n.text FROM diming.place_name n JOIN diming.place p ON p.id = n.subject_id AND upper_inf(p.known)
    WHERE n.text = ANY (:names) AND p.unit_id = ANY (:units) AND upper_inf(n.known)
      AND n.kind IN ('standard', 'unverified') AND n.valid @> CAST(:day AS date)
""")
END_KNOWN = text("""
    UPDATE diming.vanished_name SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = :version
""")
INSERT = text("""
    INSERT INTO diming.vanished_name (id, entry_id, unit_id, code, subject_id, name, roman, class, reason, note,
        successor, last_day, gone, geom, source, opened_by)
    VALUES (:version, :entry, :unit, :code, :subject, :name, :roman, :class, :reason, :note, :successor, :last_day,
        :gone, ST_GeomFromText(:wkt, 4490), :source, :decision)
""")
