"""The SQL of number plates. What begins with PUBLIC reads published views only."""

from __future__ import annotations

from sqlalchemy import text

#: The name that the street bears on the day; and the unit in which it lies.
_NAMED = """
    JOIN LATERAL (SELECT q.unit_id, q.class FROM published.place q WHERE q.id = p.place_id AND upper_inf(q.known)
          ORDER BY q.valid @> CAST(:day AS date) DESC LIMIT 1 OFFSET 0) s ON true
    LEFT JOIN LATERAL (
        SELECT o.text FROM published.place_name o
        WHERE o.subject_id = p.place_id AND upper_inf(o.known) AND o.kind = 'standard'
          AND o.valid @> CAST(:day AS date)
        ORDER BY lower(o.valid) DESC NULLS LAST LIMIT 1
    ) n ON true
    LEFT JOIN LATERAL (
        SELECT w.code, w.name, w.demonstration FROM published.unit_version w
        WHERE w.unit_id = s.unit_id AND upper_inf(w.known)
        ORDER BY w.valid @> CAST(:day AS date) DESC, lower(w.valid) DESC NULLS LAST LIMIT 1
    ) v ON true"""
_PLATE = f"""
    SELECT p.plate_id AS id, p.place_id, p.number, p.sub, p.side, p.state, p.metres, ST_X(p.geom) AS longitude,
           ST_Y(p.geom) AS latitude, lower(p.valid) AS valid_from, upper(p.valid) AS valid_to, p.opened_by AS decision,
           s.unit_id, n.text AS street, v.code AS unit_code, v.name AS unit_name,
           coalesce(v.demonstration, false) OR d.demonstration AS demonstration
    FROM published.plate_version p JOIN published.decision d ON d.id = p.opened_by {_NAMED}
    WHERE upper_inf(p.known)
"""
PUBLIC_LIST = text(f"""
    SELECT * FROM ({_PLATE} AND p.valid @> CAST(:day AS date)
        AND (CAST(:place AS uuid) IS NULL OR p.place_id = :place)
        AND (CAST(:state AS text) IS NULL OR p.state = :state)
        AND (CAST(:after_place AS uuid) IS NULL
             OR (p.place_id, p.number, p.sub) > (CAST(:after_place AS uuid), :after_number, :after_sub))) e
    WHERE CAST(:within AS text) IS NULL OR starts_with(e.unit_code, :within)
    ORDER BY e.place_id, e.number, e.sub LIMIT :limit
""")
#: One plate as it was on the day, else as it was last.
PUBLIC_FIND = text(f"""
    {_PLATE} AND p.plate_id = :id ORDER BY p.valid @> CAST(:day AS date) DESC, lower(p.valid) DESC LIMIT 1
""")
PUBLIC_HISTORY = text("""
    SELECT number, sub, state, place_id, lower(valid) AS valid_from, upper(valid) AS valid_to, opened_by
    FROM published.plate_version WHERE plate_id = :id AND upper_inf(known) ORDER BY lower(valid)
""")
#: The number that a text may mean: the plate that bears it on the day first, then those that bore it before.
PUBLIC_NUMBERED = text(f"""
    {_PLATE} AND p.place_id = :place AND p.number = :number AND p.sub = :sub AND p.state = 'standing'
      AND lower(p.valid) <= CAST(:day AS date)
    ORDER BY p.valid @> CAST(:day AS date) DESC, lower(p.valid) DESC LIMIT 1
""")
#: The nearest plate that stands on the day to each of many positions, by the number of each from 1.
PUBLIC_NEAREST = text("""
    SELECT asked, plate_id, distance_m FROM published.plates_nearest(
        CAST(:lons AS float8[]), CAST(:lats AS float8[]), CAST(:degrees AS float8[]), :metres, CAST(:day AS date))
""")
PUBLIC_THESE = text(f"{_PLATE} AND p.plate_id = ANY(:ids) AND p.valid @> CAST(:day AS date)")
ANY = text("SELECT EXISTS (SELECT FROM published.plate_version)")
#: Days on which the names of a street began or ended.
PUBLIC_NAME_DAYS = text("""
    SELECT lower(o.valid) AS begin, upper(o.valid) AS ended, o.opened_by FROM published.place_name o
    WHERE o.subject_id = :place AND upper_inf(o.known) AND o.kind = 'standard'
""")
PUBLIC_STREET = text("""
    SELECT o.text, q.unit_id, q.class FROM published.place q
    LEFT JOIN LATERAL (SELECT o.text FROM published.place_name o
          WHERE o.subject_id = q.id AND upper_inf(o.known) AND o.kind = 'standard' AND o.valid @> CAST(:day AS date)
          ORDER BY lower(o.valid) DESC NULLS LAST LIMIT 1) o ON true
    WHERE q.id = :place AND upper_inf(q.known) ORDER BY q.valid @> CAST(:day AS date) DESC LIMIT 1
""")
PLACE = text("""
    SELECT p.id, p.class, p.unit_id FROM diming.place p
    WHERE p.id = :id AND upper_inf(p.known) ORDER BY lower(p.valid) DESC NULLS LAST LIMIT 1
""")
_STANDING = """
    SELECT id AS version, plate_id, number, sub, side, state, metres, ST_X(geom) AS longitude, ST_Y(geom) AS latitude,
           lower(valid) AS begin
    FROM diming.plate_version WHERE place_id = :place AND upper_inf(known) AND upper_inf(valid)
"""
LOOK = text(_STANDING)
STANDING = text(f"{_STANDING} FOR UPDATE")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('plates:' || :place, 0))")
END_KNOWN = text("""
    UPDATE diming.plate_version SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = :version
""")
KEEP_UNTIL = text("""
    INSERT INTO diming.plate_version (id, plate_id, place_id, number, sub, side, state, metres, geom, valid, opened_by,
        closed_by, classification)
    SELECT gen_random_uuid(), plate_id, place_id, number, sub, side, state, metres, geom,
        daterange(lower(valid), CAST(:until AS date)), opened_by, :decision, classification
    FROM diming.plate_version WHERE id = :version
""")
INSERT = text("""
    INSERT INTO diming.plate_version (id, plate_id, place_id, number, sub, side, state, metres, geom, valid, opened_by)
    VALUES (:version, :id, :place, :number, :sub, :side, :state, :metres,
        CASE WHEN CAST(:longitude AS double precision) IS NULL THEN NULL
             ELSE ST_SetSRID(ST_Point(:longitude, :latitude), 4490) END,
        daterange(CAST(:begin AS date), NULL), :decision)
""")
