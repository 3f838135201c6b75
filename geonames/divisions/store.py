"""The SQL of division-change cases: what lies in the units that a plan concerns."""

from __future__ import annotations

from sqlalchemy import text

#: Lines of a day beside one of the units (codes), with the markers that stand on them.
LINES = text("""
    SELECT l.line_id AS id, l.name, f.code AS first, s.code AS second,
        (SELECT count(*) FROM diming.marker_version m
         WHERE m.line_id = l.line_id AND m.valid @> CAST(:day AS date) AND upper_inf(m.known)
           AND m.state <> 'scrapped') AS markers
    FROM diming.boundary_line_version l
    JOIN diming.unit_version f ON f.unit_id = l.unit_a AND upper_inf(f.valid) AND upper_inf(f.known)
    JOIN diming.unit_version s ON s.unit_id = l.unit_b AND upper_inf(s.valid) AND upper_inf(s.known)
    WHERE l.valid @> CAST(:day AS date) AND upper_inf(l.known) AND (f.code = ANY(:codes) OR s.code = ANY(:codes))
    ORDER BY f.code, s.code, l.line_id
""")
#: Places in the units whose standing name begins with one of the stems (names that may have been made of the unit's).
NAMES = text("""
    SELECT n.text AS name, p.type_code, u.code, count(*) OVER () AS total
    FROM diming.place p
    JOIN diming.unit_version u ON u.unit_id = p.unit_id AND upper_inf(u.valid) AND upper_inf(u.known)
    JOIN diming.place_name n ON n.subject_id = p.id AND n.kind IN ('standard', 'unverified')
        AND upper_inf(n.known) AND upper_inf(n.valid)
    WHERE u.code = ANY(:codes) AND upper_inf(p.known) AND n.text LIKE ANY(:stems)
    ORDER BY u.code, n.text, p.id LIMIT :limit
""")
#: Entries of heritage lists that are the units themselves or lie in them.
HERITAGE = text("""
    WITH concerned AS (
        SELECT unit_id, code, name FROM diming.unit_version
        WHERE code = ANY(:codes) AND upper_inf(valid) AND upper_inf(known))
    SELECT h.list, h.level, h.category, coalesce(c.name, n.text) AS name, coalesce(c.code, d.code) AS code,
        c.unit_id IS NOT NULL AS is_unit, count(*) OVER () AS total
    FROM diming.heritage_tag h
    LEFT JOIN concerned c ON c.unit_id = h.subject_id
    LEFT JOIN diming.place p ON p.id = h.subject_id AND upper_inf(p.known)
    LEFT JOIN concerned d ON d.unit_id = p.unit_id
    LEFT JOIN diming.place_name n ON n.subject_id = p.id AND n.kind = 'standard' AND upper_inf(n.known)
        AND upper_inf(n.valid)
    WHERE upper_inf(h.known) AND upper_inf(h.valid) AND (c.unit_id IS NOT NULL OR d.unit_id IS NOT NULL)
    ORDER BY is_unit DESC, code, name, h.list LIMIT :limit
""")
#: Entries of heritage lists that are these units themselves.
LISTED_UNITS = text("""
    SELECT v.code, v.name, h.list, h.level FROM diming.heritage_tag h
    JOIN diming.unit_version v ON v.unit_id = h.subject_id AND upper_inf(v.valid) AND upper_inf(v.known)
    WHERE upper_inf(h.known) AND upper_inf(h.valid) AND v.code = ANY(:codes) ORDER BY v.code, h.list
""")
#: The outlines of the units on a small map: coarse, in longitude and latitude.
SHAPES = text("""
    SELECT v.code, ST_AsGeoJSON(ST_SimplifyPreserveTopology(s.geom, 0.002), 4) AS shape
    FROM diming.unit_shape s
    JOIN diming.unit_version v ON v.unit_id = s.unit_id AND upper_inf(v.valid) AND upper_inf(v.known)
    WHERE v.code = ANY(:codes) AND upper_inf(s.valid) AND upper_inf(s.known)
    ORDER BY v.code
""")
HANDED_IN = text("SELECT 1 FROM diming.attachment WHERE id = :attachment AND case_id = :case")
