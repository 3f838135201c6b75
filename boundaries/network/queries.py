"""The SQL of questions about lines. What is said of a segment is published; its course exists twice, as polygons
do: published behind the approval number, and whole for staff.

The views are security barriers: a join reaches their index only through LATERAL with the key inside, and OFFSET 0 to
keep it there.
"""

from __future__ import annotations

from sqlalchemy import TextClause, text

from data.db import Audience

_KNOWN = "known @> coalesce(CAST(:known_at AS timestamptz), transaction_timestamp())"
_UNIT = """JOIN LATERAL (SELECT v.code, v.name FROM published.unit_version v
        WHERE v.unit_id = l.{side} AND upper_inf(v.known) AND v.valid @> CAST(:on AS date) OFFSET 0) {name} ON true"""
_UNITS = _UNIT.format(side="unit_a", name="a") + "\n    " + _UNIT.format(side="unit_b", name="b")
_LINE = """l.line_id AS id, l.name, l.code, l.level, l.name_source, lower(l.valid) AS valid_from,
    upper(l.valid) AS valid_to, least(a.code, b.code) AS first_code, greatest(a.code, b.code) AS second_code,
    CASE WHEN a.code < b.code THEN a.name ELSE b.name END AS first_name,
    CASE WHEN a.code < b.code THEN b.name ELSE a.name END AS second_name, l.demonstration"""
#: A page of the lines of a day, by the codes of their units. Where nothing is asked for, real or made-up ones.
LIST = text(f"""
    SELECT {_LINE} FROM published.boundary_line_version l
    {_UNITS}
    WHERE l.valid @> CAST(:on AS date) AND l.{_KNOWN}
      AND (CAST(:name AS text) IS NULL OR l.name = :name)
      AND (CAST(:level AS text) IS NULL OR l.level = :level)
      AND (CAST(:q AS text) IS NULL OR strpos(l.name, :q) > 0 OR l.code = :q
           OR strpos(a.name, :q) > 0 OR strpos(b.name, :q) > 0 OR starts_with(a.code, :q) OR starts_with(b.code, :q))
      AND (CAST(:unit AS uuid) IS NULL OR l.unit_a = :unit OR l.unit_b = :unit)
      AND (l.demonstration = :demonstration OR CAST(:name AS text) IS NOT NULL OR CAST(:q AS text) IS NOT NULL
           OR CAST(:unit AS uuid) IS NOT NULL)
      AND (CAST(:after_first AS text) IS NULL
           OR (least(a.code, b.code), greatest(a.code, b.code), l.line_id)
              > (:after_first, :after_second, CAST(:after_id AS uuid)))
    ORDER BY least(a.code, b.code), greatest(a.code, b.code), l.line_id
    LIMIT :limit
""")  # noqa: S608 -- constants of this module
#: A line on a day.
LINE = text(f"""
    SELECT {_LINE}, l.opened_by FROM published.boundary_line_version l
    {_UNITS}
    WHERE l.line_id = :id AND l.valid @> CAST(:on AS date) AND l.{_KNOWN}
""")  # noqa: S608 -- constants of this module
#: A line by its name on a day.
BY_NAME = text(f"""
    SELECT l.line_id FROM published.boundary_line_version l
    WHERE l.name = :name AND l.valid @> CAST(:on AS date) AND l.{_KNOWN}
""")  # noqa: S608 -- constants of this module
#: Whether there ever was such a line, and when.
STOOD = text("""
    SELECT min(lower(valid)) AS begin, max(upper(valid)) AS until, count(*) AS versions
    FROM published.boundary_line_version WHERE line_id = :id AND upper_inf(known)
""")
#: Lengths of several lines on a day by legal status.
LENGTHS = text(f"""
    SELECT r.line_id, s.legal_status, count(*) AS segments, sum(s.length_m) AS length_m
    FROM unnest(CAST(:lines AS uuid[])) AS wanted (line_id)
    JOIN LATERAL (SELECT r.line_id, r.segment_id FROM published.boundary_line_run r
        WHERE r.line_id = wanted.line_id AND r.valid @> CAST(:on AS date) AND r.{_KNOWN} OFFSET 0) r ON true
    JOIN LATERAL (SELECT s.legal_status, s.length_m FROM published.boundary_segment_version s
        WHERE s.segment_id = r.segment_id AND s.valid @> CAST(:on AS date) AND s.{_KNOWN} OFFSET 0) s ON true
    GROUP BY r.line_id, s.legal_status ORDER BY r.line_id, s.legal_status
""")  # noqa: S608 -- constants of this module
_COURSE = {
    Audience.PUBLIC: "published.boundary_segment_course",
    Audience.STAFF: "(SELECT id AS version_id, geom FROM diming.boundary_segment_version)",
}
_SEGMENTS = """
    SELECT s.id AS version, s.segment_id, r.ordinal, r.forward, s.left_id, s.right_id, s.length_m, s.legal_status,
           s.technical_status, s.scale, s.accuracy_m, s.method, s.opened_by, lower(s.valid) AS begin,
           upper(s.valid) AS "end", ST_AsBinary(c.geom) AS geometry
    FROM published.boundary_line_run r
    JOIN LATERAL (SELECT * FROM published.boundary_segment_version s
        WHERE s.segment_id = r.segment_id AND s.valid @> CAST(:on AS date) AND s.{known} OFFSET 0) s ON true
    LEFT JOIN LATERAL (SELECT c.geom FROM {course} c WHERE c.version_id = s.id OFFSET 0) c ON true
    WHERE r.line_id = :line AND r.valid @> CAST(:on AS date) AND r.{known}
    ORDER BY r.ordinal
"""
#: Names of holders on a day; land that several hold together has a name and no code.
HOLDERS = text("""
    SELECT unit_id AS id, code, name FROM published.unit_version
    WHERE unit_id = ANY(:ids) AND upper_inf(known) AND valid @> CAST(:on AS date)
    UNION ALL
    SELECT condominium_id AS id, NULL AS code, name FROM published.condominium_version
    WHERE condominium_id = ANY(:ids) AND upper_inf(known) AND valid @> CAST(:on AS date)
""")
_OF_LINE = """(SELECT DISTINCT segment_id FROM published.boundary_line_run
        WHERE line_id = :line AND upper_inf(known))"""
#: Every change of a line's segments, the first day of each state with its document.
VERSIONS = text(f"""
    SELECT lower(s.valid) AS begin, s.opened_by AS decision, count(*) AS segments
    FROM {_OF_LINE} r
    JOIN LATERAL (SELECT s.valid, s.opened_by FROM published.boundary_segment_version s
        WHERE s.segment_id = r.segment_id AND upper_inf(s.known) OFFSET 0) s ON true
    GROUP BY 1, 2 ORDER BY 1, 2
""")  # noqa: S608 -- constants of this module
#: The changesets of a line's segments, the latest first.
LOG = text(f"""
    SELECT c.id, c.message, c.decision_id, c.effective_on, c.at, c.reverts, count(*) AS segments
    FROM {_OF_LINE} r
    JOIN LATERAL (SELECT x.changeset_id FROM published.boundary_change x
        WHERE x.segment_id = r.segment_id OFFSET 0) x ON true
    JOIN LATERAL (SELECT * FROM published.boundary_changeset c WHERE c.id = x.changeset_id OFFSET 0) c ON true
    GROUP BY c.id, c.message, c.decision_id, c.effective_on, c.at, c.reverts ORDER BY c.at DESC, c.id
""")  # noqa: S608 -- constants of this module
#: Nodes of a day with the names of the units that meet there.
NODES = text("""
    SELECT n.node_id AS node, n.kind, array_agg(DISTINCT v.name ORDER BY v.name) AS units
    FROM diming.boundary_node_version n
    JOIN diming.boundary_segment_version s ON n.node_id IN (s.start_node, s.end_node)
     AND upper_inf(s.known) AND s.valid @> CAST(:on AS date)
    JOIN diming.unit_version v ON v.unit_id IN (s.left_id, s.right_id)
     AND upper_inf(v.known) AND v.valid @> CAST(:on AS date)
    WHERE n.node_id = ANY(:nodes) AND upper_inf(n.known) AND n.valid @> CAST(:on AS date)
    GROUP BY n.node_id, n.kind
""")
#: The markers of a line on a day that stand for its course, by code: what is scrapped stands for nothing.
MARKERS = text("""
    SELECT code, kind, accuracy_m, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM diming.marker_version
    WHERE line_id = :line AND upper_inf(known) AND valid @> CAST(:on AS date) AND state <> 'scrapped'
    ORDER BY code
""")
CHANGESET = text("""
    SELECT id, message, decision_id, effective_on, at, reverts FROM published.boundary_changeset WHERE id = :id
""")
CHANGES = text("SELECT segment_id, kind FROM published.boundary_change WHERE changeset_id = :id ORDER BY segment_id")


def segments(audience: Audience) -> TextClause:
    """The segments of a line on a day in their order; `geometry` null where the audience may not see it."""
    return text(_SEGMENTS.format(course=_COURSE[audience], known=_KNOWN))
