"""A line goes out as a file in any format and system and comes back to the same millimetre."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from sqlalchemy import Engine, text

from boundaries.geometry.content import content_hash
from boundaries.geometry.ellipsoid import area_m2
from boundaries.network.export import Wanted, export_line, export_unit
from boundaries.network.parts import unit_parts
from boundaries.network.service import line_by_name, list_lines
from data.db import Audience, reading, set_role_reader
from data.errors import BadRequest, NotFound, NotPermitted
from tests.integration.network.test_lines import line_of, ridge_segment
from tests.samples.counties import polygons

CASES = [
    Wanted("shp", 4490), Wanted("shp", 4522), Wanted("shp", 4543), Wanted("shp", 4543, "UTF-8"), Wanted("gpkg", 4522),
    Wanted("gpkg", 4490), Wanted("geojson"), Wanted("parquet", 4543),
]  # fmt: skip


def read(content: bytes, wanted: Wanted, folder: Path) -> gpd.GeoDataFrame:
    if wanted.format == "parquet":
        return gpd.read_parquet(io.BytesIO(content))
    path = folder / f"out.{'zip' if wanted.format == 'shp' else wanted.format}"
    path.write_bytes(content)
    return pyogrio.read_dataframe(path)


@pytest.mark.parametrize("wanted", CASES, ids=lambda w: f"{w.format}-{w.srid}-{w.encoding}")
def test_there_and_back_is_the_same_millimetre(reading_room: Engine, tmp_path: Path, wanted: Wanted) -> None:
    with reading(reading_room) as connection:
        exported = export_line(connection, line_of(reading_room, "990121", "990122"), wanted, None, Audience.STAFF)
    frame = read(exported.content, wanted, tmp_path)
    assert frame.crs.to_epsg() == wanted.srid
    back = frame.to_crs(4490)
    original = ridge_segment(reading_room)
    assert [content_hash(shapely.get_coordinates(g)) for g in back.geometry] == [original.hash]
    assert {*frame["left_name"], *frame["right_name"]} == {"甲县", "乙县"}
    assert max(len(column) for column in frame.columns) <= 10


def test_a_shapefile_says_its_system_and_encoding(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        exported = export_line(
            connection, line_of(reading_room, "990121", "990122"), Wanted("shp", 4522), None, Audience.STAFF
        )
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        members = {Path(name).suffix: archive.read(name) for name in archive.namelist()}
    assert {".shp", ".shx", ".dbf", ".prj", ".cpg"} <= set(members)
    assert members[".cpg"].decode().strip().upper() in ("GB18030", "54936")
    assert "甲县".encode("gb18030") in members[".dbf"]
    assert b"CGCS2000" in members[".prj"] or b"China_2000" in members[".prj"]


def test_the_polygon_of_a_city_is_put_together_from_the_lines_around_it(reading_room: Engine, tmp_path: Path) -> None:
    with reading(reading_room) as connection:
        county = export_unit(connection, "990121", Wanted("gpkg"))
        city = export_unit(connection, "990100", Wanted("gpkg"))
    shapes = polygons()
    (found,) = read(county.content, Wanted("gpkg"), tmp_path).geometry
    assert shapely.equals_exact(shapely.normalize(found), shapely.normalize(shapes["990121"]), 0)
    (whole,) = read(city.content, Wanted("gpkg"), tmp_path).geometry
    assert area_m2(whole) == pytest.approx(sum(area_m2(shape) for shape in shapes.values()), abs=0.01)
    assert len(whole.geoms) == 1


def test_the_public_gets_no_file_without_an_approval_number(reading_room: Engine) -> None:
    line = line_of(reading_room, "990121", "990122")
    with reading(reading_room) as connection, pytest.raises(NotPermitted) as refused:
        set_role_reader(connection)
        export_line(connection, line, Wanted("shp"))
    assert refused.value.code == "map_not_approved"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Wanted("dwg"), "bad_format"),
        (Wanted("shp", 4490, "GBK"), "bad_encoding"),
        (Wanted("shp", 2433), "bad_crs"),
        (Wanted("shp", 999_999), "bad_crs"),
        (Wanted("geojson", 4522), "bad_crs"),
    ],
)
def test_what_cannot_be_written_is_refused(reading_room: Engine, wanted: Wanted, code: str) -> None:
    with reading(reading_room) as connection, pytest.raises(BadRequest) as refused:
        export_line(connection, line_of(reading_room, "990121", "990122"), wanted, None, Audience.STAFF)
    assert refused.value.code == code


def test_a_name_that_no_line_has(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        assert list_lines(connection, name="无名线")["items"] == []
        with pytest.raises(NotFound):
            line_by_name(connection, "无名线")


def test_parts_of_a_unit_and_where_its_ring_is_open(office: Engine) -> None:
    with reading(office) as connection:
        city = unit_parts(connection, "990100")
    assert [(part["kind"], part["within"], part["holes"]) for part in city["parts"]] == [("main", None, 0)]
    assert city["parts"][0]["area_m2"] == pytest.approx(sum(area_m2(p) for p in polygons().values()), abs=0.01)
    assert (city["open_ends"], city["condominiums"]) == ([], [])
    ridge_id = ridge_segment(office).id
    with office.begin() as connection:
        end = "UPDATE diming.boundary_segment_version SET known = tstzrange(lower(known), now()) WHERE segment_id = :id"
        connection.execute(text(end), {"id": ridge_id})
    with reading(office) as connection:
        county = unit_parts(connection, "990121")
        with pytest.raises(NotFound) as refused:
            export_unit(connection, "990121", Wanted("gpkg"))
    assert len(county["open_ends"]) == 2
    assert refused.value.code == "no_boundary"
