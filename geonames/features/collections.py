"""Which collections there are, and what the public reads of each. Demonstration things are in none of them."""

from __future__ import annotations

from collections.abc import Mapping

from geonames.features.model import Column, FeatureCollection

_VALID = (
    Column("valid_from", "date", "the first day on which it stands, as far as the register knows; none: not known"),
    Column("valid_to", "date", "the first day on which it no longer stands; none: it stands"),
)

#: The unit that a row belongs to, by its code and name of the day.
_UNIT = """(SELECT v.{column} FROM published.unit_version v
    WHERE v.unit_id = {unit} AND upper_inf(v.known) AND v.valid @> CAST(:day AS date) LIMIT 1)"""

#: The name that a place bears on the day; the standard one first.
_NAME = """(SELECT n.{column} FROM published.place_name n
    WHERE n.subject_id = p.id AND upper_inf(n.known) AND n.kind IN ('standard', 'unverified')
      AND n.valid @> CAST(:day AS date)
    ORDER BY n.kind = 'standard' DESC, n.text LIMIT 1)"""

_REAL_PLACE = """p.unit_id IS NULL OR p.unit_id NOT IN (SELECT unit_id FROM published.demonstration_unit)"""

PLACES = FeatureCollection(
    "places",
    "地名 Places",
    "Places with the name they bear on the day, their class and division.",
    "Point",
    (
        Column("name", "text", "the standard name, or the one on record where none is decided"),
        Column("romanization", "text", "its romanization"),
        Column("class", "text", "one of the eight classes of 地名管理条例 Art. 3"),
        Column("type_code", "text", "its type, GB/T 18521"),
        Column("unit_code", "text", "the division it lies in"),
        Column("unit_name", "text", "that division's name on the day"),
        *_VALID,
    ),
    f"""
    SELECT p.id, {_NAME.format(column="text")} AS name, {_NAME.format(column="romanization")} AS romanization,
           p.class, p.type_code, {_UNIT.format(column="code", unit="p.unit_id")} AS unit_code,
           {_UNIT.format(column="name", unit="p.unit_id")} AS unit_name,
           lower(p.valid) AS valid_from, upper(p.valid) AS valid_to, p.geom, -p.rank AS weight
    FROM published.place p
    WHERE upper_inf(p.known) AND p.valid && CAST(:period AS daterange) AND ({_REAL_PLACE})
    """,
    ready="places",
)

NAMES = FeatureCollection(
    "names",
    "地名用字 Names",
    "Every name of a place, standard, former or other, at the place's position.",
    "Point",
    (
        Column("text", "text", "the name as it is written"),
        Column("kind", "text", "standard, former, short, other …"),
        Column("language", "text", "its language (ISO 639)"),
        Column("romanization", "text", "its romanization"),
        Column("place", "uuid", "the place that bears it"),
        Column("class", "text", "the place's class"),
        *_VALID,
    ),
    f"""
    SELECT n.id, n.text, n.kind, n.language, n.romanization, n.subject_id AS place, p.class,
           lower(n.valid) AS valid_from, upper(n.valid) AS valid_to, p.geom, -p.rank AS weight
    FROM published.place_name n
    JOIN LATERAL (
        SELECT class, unit_id, rank, geom FROM published.place p
        WHERE p.id = n.subject_id AND upper_inf(p.known) LIMIT 1
    ) p ON true
    WHERE upper_inf(n.known) AND n.valid && CAST(:period AS daterange) AND ({_REAL_PLACE})
    """,
    inside="""f.place = ANY(ARRAY(
        SELECT b.id FROM published.place b WHERE b.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)))""",
)

_UNIT_COLUMNS = (
    Column("code", "text", "division code, GB/T 2260 and GB/T 10114"),
    Column("name", "text", "name on the day"),
    Column("romanization", "text", "its romanization"),
    Column("level", "text", "province, prefecture, county or township"),
    Column("type", "text", "the kind of division"),
    Column("unit", "uuid", "the unit through all its versions"),
    Column(
        "begin_known",
        "text",
        "true: its first day is on record; false: it stood already, or only the list of a year is",
    ),
    *_VALID,
)

_UNIT_FIELDS = """v.id, v.code, v.name,
           (SELECT r.roman FROM published.unit_roman r
            WHERE r.unit_id = v.unit_id AND r.name = v.name AND upper_inf(r.known) LIMIT 1) AS romanization,
           v.level, v.type, v.unit_id AS unit, v.begin_known,
           lower(v.valid) AS valid_from, upper(v.valid) AS valid_to"""

_UNIT_ROWS = """v.valid && CAST(:period AS daterange) AND NOT v.demonstration"""
_VERSIONS = "(SELECT * FROM published.unit_version s WHERE upper_inf(s.known)) v"
#: By another date of decisions all units are looked at together: one by one it would take seconds.
_GOVERNED = "(SELECT g.*, daterange(g.begins, g.ends) AS valid FROM published.governed_versions() g) v"

_UNIT_WEIGHT = "CASE v.level WHEN 'province' THEN 0 WHEN 'prefecture' THEN 1 WHEN 'county' THEN 2 ELSE 3 END"

_UNITS = f"""
    SELECT {_UNIT_FIELDS}, at.geom, {_UNIT_WEIGHT} AS weight
    FROM {{versions}}
    LEFT JOIN LATERAL (
        SELECT geom FROM published.unit_position s
        WHERE s.unit_id = v.unit_id AND NOT s.demonstration AND (s.valid IS NULL OR s.valid @> CAST(:day AS date))
        ORDER BY s.valid IS NULL LIMIT 1
    ) at ON true
    WHERE {_UNIT_ROWS}
    """

UNITS = FeatureCollection(
    "units",
    "行政区划 Administrative units",
    "Administrative units on the day, each at one point: where its name stands on a map.",
    "Point",
    _UNIT_COLUMNS,
    _UNITS.format(versions=_VERSIONS),
    governed_sql=_UNITS.format(versions=_GOVERNED),
)

_OUTLINES = f"""
    SELECT {_UNIT_FIELDS}, s.geom, {_UNIT_WEIGHT} AS weight
    FROM {{versions}}
    JOIN published.unit_shape s ON s.unit_id = v.unit_id AND upper_inf(s.known) AND s.valid @> CAST(:day AS date)
    WHERE {_UNIT_ROWS}
    """
_OUTLINES_DRAWN = f"""
    SELECT {_UNIT_FIELDS}, s.geom, {_UNIT_WEIGHT} AS weight
    FROM {{versions}}
    JOIN published.map_shape s
      ON s.unit_id = v.unit_id AND s.level = v.level AND s.tolerance = :tolerance AND s.valid @> CAST(:day AS date)
    WHERE {_UNIT_ROWS}
    """

OUTLINES = FeatureCollection(
    "outlines",
    "行政区域范围 Outlines of administrative units",
    "Outlines of administrative units. They are boundaries: empty without a map-approval number (审图号).",
    "MultiPolygon",
    _UNIT_COLUMNS,
    _OUTLINES.format(versions=_VERSIONS),
    _OUTLINES_DRAWN.format(versions=_VERSIONS),
    governed_sql=_OUTLINES.format(versions=_GOVERNED),
    governed_tile_sql=_OUTLINES_DRAWN.format(versions=_GOVERNED),
)

LINES = FeatureCollection(
    "lines",
    "行政区域界线 Boundary lines",
    "Boundary lines between administrative units. Their course is null without a map-approval number (审图号).",
    "MultiLineString",
    (
        Column("name", "text", "the line's name; none is made up where none is on record"),
        Column("code", "text", "the line's code"),
        Column("level", "text", "level of the divisions on its two sides"),
        Column("line", "uuid", "the line through all its versions"),
        Column("left_code", "text", "the division on one side"),
        Column("right_code", "text", "the division on the other side"),
        *_VALID,
    ),
    f"""
    SELECT l.id, l.name, l.code, l.level, l.line_id AS line,
           {_UNIT.format(column="code", unit="l.unit_a")} AS left_code,
           {_UNIT.format(column="code", unit="l.unit_b")} AS right_code,
           lower(l.valid) AS valid_from, upper(l.valid) AS valid_to, course.geom, 0 AS weight
    FROM published.boundary_line_version l
    LEFT JOIN LATERAL (
        SELECT ST_Multi(ST_LineMerge(ST_Collect(c.geom ORDER BY r.ordinal))) AS geom
        FROM published.boundary_line_run r
        JOIN published.boundary_segment_version s
          ON s.segment_id = r.segment_id AND upper_inf(s.known) AND s.valid @> CAST(:day AS date)
        JOIN published.boundary_segment_course c ON c.version_id = s.id
        WHERE r.line_id = l.line_id AND upper_inf(r.known) AND r.valid @> CAST(:day AS date)
    ) course ON true
    WHERE upper_inf(l.known) AND l.valid && CAST(:period AS daterange) AND NOT l.demonstration
    """,
)

MARKERS = FeatureCollection(
    "markers",
    "界桩 Boundary markers",
    "Boundary markers without their position: exact coordinates of markers are for signed-in staff.",
    "Point",
    (
        Column("code", "text", "the marker's number"),
        Column("scheme", "text", "the scheme that the number follows"),
        Column("kind", "text", "single, double, triple …"),
        Column("part", "text", "which of a pair or triple"),
        Column("material", "text", "what it is made of"),
        Column("state", "text", "intact, damaged, lost …"),
        Column("line", "uuid", "the boundary line it stands on"),
        *_VALID,
    ),
    """
    SELECT m.id, m.code, m.scheme, m.kind, m.part, m.material, m.state, m.line_id AS line,
           lower(m.valid) AS valid_from, upper(m.valid) AS valid_to, CAST(NULL AS geometry) AS geom, 0 AS weight
    FROM published.marker_version m
    WHERE upper_inf(m.known) AND m.valid && CAST(:period AS daterange)
      AND NOT EXISTS (SELECT 1 FROM published.boundary_line_version l WHERE l.line_id = m.line_id AND l.demonstration)
    """,
)

HERITAGE = FeatureCollection(
    "heritage",
    "地名文化遗产 Heritage of place names",
    "Entries of the lists of place-name heritage, at the place's position.",
    "Point",
    (
        Column("name", "text", "the place's name on the day"),
        Column("list", "text", "the list"),
        Column("level", "text", "national, province, city or county"),
        Column("category", "text", "the category within the list"),
        Column("place", "uuid", "the place or unit"),
        *_VALID,
    ),
    f"""
    SELECT h.id, coalesce({_NAME.format(column="text")}, {_UNIT.format(column="name", unit="h.subject_id")}) AS name,
           h.list, h.level, h.category, h.subject_id AS place,
           lower(h.valid) AS valid_from, upper(h.valid) AS valid_to, p.geom, 0 AS weight
    FROM published.heritage_tag h
    LEFT JOIN published.place p ON p.id = h.subject_id AND upper_inf(p.known)
    WHERE upper_inf(h.known) AND h.valid && CAST(:period AS daterange)
      AND ({_REAL_PLACE}) AND h.subject_id NOT IN (SELECT unit_id FROM published.demonstration_unit)
    """,
)

SIGNS = FeatureCollection(
    "signs",
    "地名标志 Signs of place names",
    "Signs of place names as the inventory has them, where they stand.",
    "Point",
    (
        Column("code", "text", "its number in the inventory of the division that keeps it"),
        Column("type", "text", "the kind of sign (GB 17733)"),
        Column("state", "text", "standing, damaged, removed …"),
        Column("direction", "text", "how the street runs, where the colour tells it"),
        Column("han", "text", "what its panel says in characters; none: nobody has read it"),
        Column("roman", "text", "what its panel says in Latin letters"),
        Column("name", "text", "the name on the day of the place that it is to show"),
        Column("place", "uuid", "that place"),
        Column("unit_code", "text", "the division whose office keeps it"),
        Column("set_on", "text", "when it was set up, as far as known"),
        Column("sign", "uuid", "the sign through all its states"),
        *_VALID,
    ),
    f"""
    SELECT g.id, g.code, g.type, g.state, g.direction, g.han, g.roman, {_NAME.format(column="text")} AS name,
           g.place_id AS place, {_UNIT.format(column="code", unit="g.unit_id")} AS unit_code,
           CAST(g.set_on AS text) AS set_on, g.sign_id AS sign,
           lower(g.valid) AS valid_from, upper(g.valid) AS valid_to, g.geom, 0 AS weight
    FROM published.sign_version g
    JOIN published.place p ON p.id = g.place_id AND upper_inf(p.known)
    WHERE upper_inf(g.known) AND g.valid && CAST(:period AS daterange)
      AND ({_REAL_PLACE}) AND g.unit_id NOT IN (SELECT unit_id FROM published.demonstration_unit)
    """,
)

#: In the order in which they are listed.
COLLECTIONS: Mapping[str, FeatureCollection] = {
    one.id: one for one in (PLACES, NAMES, UNITS, OUTLINES, LINES, MARKERS, HERITAGE, SIGNS)
}
