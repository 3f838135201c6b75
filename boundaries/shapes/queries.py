"""The SQL of questions about polygons. What shows boundaries exists twice: published for the public,
behind the approval number, and whole for staff.
"""

from __future__ import annotations

from sqlalchemy import TextClause, text

from data.db import Audience

_LAYER = """l.key AS layer_key, l.title_zh AS layer_title_zh, l.title_en AS layer_title_en,
    l.source AS layer_source, l.licence AS layer_licence, l.dated::text AS layer_dated,
    l.provenance AS layer_provenance, l.declared_crs AS layer_declared_crs"""
#: Degrees with nine decimals keep a tenth of a millimetre: what was handed in comes out as it was.
_FULL_DIGITS = 9

APPROVAL = text("SELECT number FROM published.map_approval")
#: Whether the unit has a polygon of the day; says nothing of its outline.
POLYGON_OF_DAY = text("""
    SELECT 1 FROM published.unit_position
    WHERE unit_id = :unit_id AND basis = 'polygon' AND valid @> CAST(:today AS date)
""")
POINT_OF_UNIT = text(f"""
    SELECT ST_AsGeoJSON(p.geom, {_FULL_DIGITS}, 0) AS geometry, p.basis, {_LAYER}
    FROM published.unit_position p JOIN published.layer l ON l.id = p.layer_id
    WHERE p.unit_id = :unit_id ORDER BY p.valid DESC NULLS LAST LIMIT 1
""")  # noqa: S608 -- constants of this module
LAYERS = text(f"SELECT {_LAYER} FROM published.layer l WHERE l.id = ANY(:ids) ORDER BY l.key")  # noqa: S608 -- constants
#: Whether the polygons of a map are of the day.
DAY_IS_DRAWN = text("""
    SELECT EXISTS (SELECT FROM published.unit_position
                   WHERE basis = 'polygon' AND valid @> CAST(:today AS date) AND NOT demonstration)
""")
_POLYGON = """
    SELECT ST_AsGeoJSON(s.geom, {digits}, 0) AS geometry, {layer}
    FROM {schema}.unit_shape s JOIN published.layer l ON l.id = s.layer_id
    WHERE s.unit_id = :unit_id AND upper_inf(s.known) AND s.valid @> CAST(:today AS date)
"""
_IN_WINDOW = """(CAST(:west AS float8) IS NULL
         OR {geom} && ST_MakeEnvelope(:west, :south, :east, :north, 4490))"""
_MAP_SHAPE = {
    Audience.PUBLIC: "published.map_shape m",
    Audience.STAFF: """(SELECT m.level, m.tolerance, m.geom, s.unit_id, s.layer_id, s.label, s.valid
        FROM diming.map_shape m JOIN diming.unit_shape s ON s.id = m.shape_id AND upper_inf(s.known)) m""",
}
#: A unit that has ended since its polygon was drawn keeps its place on the map, and says so, until polygons of
#: its successors come in: a hole would be taken for foreign land.
_MAP_POLYGONS = """
    SELECT m.unit_id, v.code, v.name, v.level, m.layer_id,
           CASE WHEN v.valid @> CAST(:today AS date) THEN 'polygon' ELSE 'ended_unit' END AS basis,
           ST_AsGeoJSON(m.geom, :digits, 0) AS geometry, ST_X(m.label) AS label_lon, ST_Y(m.label) AS label_lat
    FROM {shapes}
    JOIN LATERAL (
        SELECT * FROM published.unit_version v
        WHERE v.unit_id = m.unit_id AND upper_inf(v.known) AND lower(v.valid) <= :today
        ORDER BY lower(v.valid) DESC LIMIT 1) v ON true
    WHERE m.level = :level AND m.tolerance = :tolerance AND m.valid @> CAST(:today AS date)
      AND {window}
    ORDER BY v.code
"""
#: The lines of the layers that draw the level: each file of the country carries its own.
_MAP_LINES = """
    SELECT d.name, d.layer_id, ST_AsGeoJSON(d.geom, :digits, 0) AS geometry
    FROM {schema}.display_line d
    WHERE upper_inf(d.known)
      AND d.layer_id IN (
          SELECT s.layer_id FROM {schema}.unit_shape s
          WHERE s.level = :level AND upper_inf(s.known) AND s.valid @> CAST(:today AS date))
    ORDER BY d.name, d.id
"""
MAP_POINTS = text(f"""
    SELECT v.unit_id, v.code, v.name, v.level, p.layer_id,
           CASE p.basis WHEN 'polygon' THEN 'later_polygon' ELSE p.basis END AS basis,
           ST_AsGeoJSON(p.geom, :digits, 0) AS geometry, ST_X(p.geom) AS label_lon, ST_Y(p.geom) AS label_lat
    FROM published.unit_version v
    LEFT JOIN LATERAL (
        SELECT * FROM published.unit_position p WHERE p.unit_id = v.unit_id
        ORDER BY p.valid DESC NULLS LAST LIMIT 1) p ON true
    WHERE v.level = :level AND upper_inf(v.known) AND v.valid @> CAST(:today AS date) AND NOT v.demonstration
      AND (p.geom IS NULL OR {_IN_WINDOW.format(geom="p.geom")})
    ORDER BY v.code
""")  # noqa: S608 -- constants of this module
_SCHEMA = {Audience.PUBLIC: "published", Audience.STAFF: "diming"}


def polygon(audience: Audience) -> TextClause:
    """The polygon of a unit on a day, with its layer."""
    return text(_POLYGON.format(schema=_SCHEMA[audience], digits=_FULL_DIGITS, layer=_LAYER))


def map_polygons(audience: Audience) -> TextClause:
    """The simplified polygons of a map."""
    return text(_MAP_POLYGONS.format(shapes=_MAP_SHAPE[audience], window=_IN_WINDOW.format(geom="m.geom")))


def map_lines(audience: Audience) -> TextClause:
    """The display lines of a map. They are always all there, whatever the window."""
    return text(_MAP_LINES.format(schema=_SCHEMA[audience]))
