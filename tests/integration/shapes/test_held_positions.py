"""The polygons held by a long load answer as the database does."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import shapely
from sqlalchemy import Engine, text

from boundaries.shapes.store import ewkb
from data.db import reading
from geonames.places.positions import UnitPolygons
from geonames.places.store import point, units_at
from tests.integration.shapes.test_import import ANJI, CHANGXING, INSIDE, load, options
from tests.unit.shapes.shapefiles import write_shapefile, zipped

CORNERS = text("""
    SELECT ST_X(d.geom) AS x, ST_Y(d.geom) AS y
    FROM diming.unit_shape_piece p, LATERAL ST_DumpPoints(p.geom) d ORDER BY 1, 2
""")


def test_held_polygons_answer_as_the_database_does(fresh_divisions: Engine, tmp_path: Path) -> None:
    with reading(fresh_divisions) as connection:
        assert UnitPolygons(connection).at([INSIDE]) == [[]]  # none is loaded yet
    load(fresh_divisions, zipped(write_shapefile(tmp_path, [CHANGXING, ANJI], cpg="GBK")), options())
    chance = random.Random(4490)
    with reading(fresh_divisions) as connection:
        corners = [(row.x, row.y) for row in connection.execute(CORNERS)]
        x0, y0, x1, y1 = shapely.MultiPoint(corners).buffer(0.1).bounds
        anywhere = [(chance.uniform(x0, x1), chance.uniform(y0, y1)) for _ in range(500)]
        # what lies on a boundary lies in both
        middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in pairwise(corners)]
        positions = [*anywhere, *corners, *middles]
        expected = [[tuple(row)[1:] for row in rows] for rows in units_at(connection, positions)]
        held = UnitPolygons(connection)
    assert [[tuple(row)[:4] for row in rows] for rows in held.at(positions)] == expected
    assert {len(rows) for rows in expected} == {0, 1, 2}
    assert held.at([]) == []


def test_a_position_is_written_for_copy_as_any_geometry() -> None:
    for x, y in ((110.1, 30.2), (73.0, 3.0), (-0.0, 1e-9)):
        assert point(x, y) == ewkb(shapely.Point(x, y))
