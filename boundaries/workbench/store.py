"""The SQL of the workbench: all versions of a line's segments, its markers, and what lies around it.

Courses are read as in `boundaries.network.queries`: published behind the approval number, whole for staff.
"""

from __future__ import annotations

from sqlalchemy import TextClause, text

from data.db import Audience

_COURSE = {
    Audience.PUBLIC: "published.boundary_segment_course",
    Audience.STAFF: "(SELECT id AS version_id, geom FROM diming.boundary_segment_version)",
}
_ALL_VERSIONS = """
    SELECT s.id AS version, s.segment_id, r.ordinal, r.forward, s.left_id, s.right_id, s.length_m, s.legal_status,
           s.technical_status, s.scale, s.accuracy_m, s.method, s.opened_by,
           lower(s.valid * r.valid) AS begin, upper(s.valid * r.valid) AS "end", ST_AsBinary(c.geom) AS geometry
    FROM published.boundary_line_run r
    JOIN LATERAL (SELECT * FROM published.boundary_segment_version s
        WHERE s.segment_id = r.segment_id AND s.valid && r.valid AND upper_inf(s.known) OFFSET 0) s ON true
    LEFT JOIN LATERAL (SELECT c.geom FROM {course} c WHERE c.version_id = s.id OFFSET 0) c ON true
    WHERE r.line_id = :line AND upper_inf(r.known)
    ORDER BY r.ordinal, lower(s.valid * r.valid), s.segment_id
"""
#: Names of holders on the day on which a version begins.
HOLDERS_THEN = text("""
    SELECT w.id, w.day, v.code, v.name
    FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[])) AS w (id, day)
    JOIN LATERAL (SELECT v.code, v.name FROM published.unit_version v
        WHERE v.unit_id = w.id AND upper_inf(v.known) AND v.valid @> w.day
        UNION ALL
        SELECT NULL, c.name FROM published.condominium_version c
        WHERE c.condominium_id = w.id AND upper_inf(c.known) AND c.valid @> w.day OFFSET 0) v ON true
""")
#: All states of a line's markers with their places: for staff only.
MARKERS = text("""
    SELECT m.marker_id AS id, m.code, m.kind, m.part, m.state, ST_X(m.geom) AS lon, ST_Y(m.geom) AS lat,
           lower(m.valid) AS begin, upper(m.valid) AS "end"
    FROM diming.marker_version m
    WHERE m.line_id = :line AND upper_inf(m.known) ORDER BY m.code, lower(m.valid)
""")
_AROUND = """
    SELECT s.segment_id, s.legal_status, l.line_id, l.name,
           ST_AsBinary(ST_SimplifyPreserveTopology(c.geom, :tolerance)) AS geometry
    FROM {course} c
    JOIN {versions} s ON s.id = c.version_id AND upper_inf(s.known) AND s.valid @> CAST(:on AS date)
    LEFT JOIN LATERAL (SELECT l.line_id, l.name FROM published.boundary_line_run r
        JOIN published.boundary_line_version l ON l.line_id = r.line_id AND upper_inf(l.known)
         AND l.valid @> CAST(:on AS date)
        WHERE r.segment_id = s.segment_id AND upper_inf(r.known) AND r.valid @> CAST(:on AS date)
        ORDER BY l.level, l.line_id LIMIT 1) l ON true
    WHERE c.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
      AND s.segment_id <> ALL(:own)
    ORDER BY s.segment_id LIMIT :most
"""
_VERSIONS = {
    Audience.PUBLIC: "published.boundary_segment_version",
    Audience.STAFF: "diming.boundary_segment_version",
}


def all_versions(audience: Audience) -> TextClause:
    """Every version of every segment that ever was in the line's run; `geometry` null where it may not be seen."""
    return text(_ALL_VERSIONS.format(course=_COURSE[audience]))


def around(audience: Audience) -> TextClause:
    """The segments of other lines in a window on a day, for the ground of a map."""
    return text(_AROUND.format(course=_COURSE[audience], versions=_VERSIONS[audience]))
