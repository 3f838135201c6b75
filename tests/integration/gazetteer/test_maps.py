"""Boundaries under map law: staff see them with the footer, the public under an approval number only."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date

import orjson
import pytest
from shapely import box, get_parts
from shapely.geometry import shape
from sqlalchemy import Connection, Engine

from boundaries.shapes.completeness import missing_from_map, require_complete_map, requirements
from boundaries.shapes.service import STAFF_FOOTER, map_layer, unit_geometry
from data.db import Audience, reading, unit_of_work
from data.errors import BadInput, BadRequest, NotFound, NotPermitted
from data.setting import MAP_APPROVAL, change_setting


@pytest.fixture
def approved(office: Engine, public_engine: Engine) -> Iterator[Connection]:
    """An anonymous visitor's connection while a map-approval number is set."""
    with unit_of_work(office) as connection:
        change_setting(connection, MAP_APPROVAL, {"number": "GS(2024)0650号"}, "test")
    with reading(public_engine) as connection:
        yield connection
    with unit_of_work(office) as connection:
        change_setting(connection, MAP_APPROVAL, None, "test")


def test_staff_see_the_polygon_with_its_layer_and_the_footer(staff: Connection) -> None:
    feature = unit_geometry(staff, "330522", audience=Audience.STAFF)
    assert shape(feature["geometry"]).contains(shape({"type": "Point", "coordinates": [119.91, 31.0]}))
    told = feature["properties"]
    assert (told["basis"], told["footer"], told["map_approval"]) == ("polygon", STAFF_FOOTER, None)
    assert told["layer"]["provenance"] == "undocumented"
    assert told["layer"]["licence"] == "MIT"
    assert "4490" in told["crs"]


def test_the_public_is_refused_every_boundary_without_an_approval_number(public: Connection) -> None:
    with pytest.raises(NotPermitted) as caught:
        unit_geometry(public, "330522")
    assert caught.value.code == "map_not_approved"
    for level, window in [("province", None), ("county", (119.0, 30.0, 120.0, 31.0))]:
        with pytest.raises(NotPermitted) as caught:
            map_layer(public, level, bbox=window)
        assert caught.value.code == "map_not_approved"


def test_the_role_of_the_public_cannot_read_a_boundary_past_the_views(public: Connection) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    for view in ("unit_shape", "map_shape", "display_line"):
        assert public.scalar(text(f"SELECT count(*) FROM published.{view}")) == 0
    with pytest.raises(ProgrammingError, match="permission denied"):
        public.execute(text("SELECT geom FROM diming.unit_shape LIMIT 1"))


def test_under_an_approval_number_the_public_sees_boundaries_and_the_number(approved: Connection) -> None:
    told = unit_geometry(approved, "330522")["properties"]
    assert (told["map_approval"], told["footer"]) == ("GS(2024)0650号", None)
    assert len(map_layer(approved, "province")["features"]) > 34


def test_a_past_unit_is_a_point_with_its_reason_and_never_today_s_polygon(public: Connection) -> None:
    for code, day, basis in [
        ("330522", date(1985, 6, 30), "later_polygon"),
        ("341400", date(2005, 6, 30), "successor"),
        ("110103", date(2005, 6, 30), "place"),
    ]:
        feature = unit_geometry(public, code, day)
        assert (feature["geometry"]["type"], feature["properties"]["basis"]) == ("Point", basis)


def test_a_unit_of_which_nothing_says_where_it_is_has_no_geometry(staff: Connection) -> None:
    with pytest.raises(NotFound) as caught:
        unit_geometry(staff, "653228", audience=Audience.STAFF)
    assert caught.value.code == "no_geometry"


def test_the_map_lacks_nothing_that_the_law_asks_for(staff: Connection) -> None:
    assert missing_from_map(staff) == []


@pytest.mark.parametrize("level", ["province", "prefecture", "county"])
def test_every_map_shows_the_dashed_line_and_all_of_the_country(staff: Connection, level: str) -> None:
    features = map_layer(staff, level, audience=Audience.STAFF)["features"]
    parts = [
        part for f in features if f["properties"]["kind"] == "display_line" for part in get_parts(shape(f["geometry"]))
    ]
    windows = [box(*r.window) for r in requirements() if r.kind == "line" and r.window]
    assert len(windows) == 10
    for window in windows:
        assert any(window.covers(part) for part in parts)
    codes = {f["properties"].get("code") for f in features}
    assert {"710000", "810000", "820000"} <= codes
    assert codes & {"460000", "460300", "460302"}


def test_display_lines_are_no_units(staff: Connection) -> None:
    features = map_layer(staff, "province", audience=Audience.STAFF)["features"]
    assert sum(f["properties"]["kind"] == "unit" for f in features) == 34
    assert all("code" not in f["properties"] for f in features if f["properties"]["kind"] == "display_line")


@pytest.mark.parametrize(("level", "most_bytes"), [("province", 400_000), ("prefecture", 800_000)])
def test_maps_are_small_enough_to_send(staff: Connection, level: str, most_bytes: int) -> None:
    for zoom in (None, 3.0):
        packed = gzip.compress(orjson.dumps(map_layer(staff, level, zoom=zoom, audience=Audience.STAFF)))
        assert len(packed) < most_bytes


def test_a_part_of_the_map_is_finer_and_holds_what_touches_it(staff: Connection) -> None:
    near = map_layer(staff, "county", bbox=(119.5, 30.8, 120.2, 31.2), zoom=9, audience=Audience.STAFF)
    names = {f["properties"]["name"] for f in near["features"]}
    assert {"长兴县", "吴兴区"} <= names
    assert len(names) < 40


def test_a_map_of_the_past_shows_points_and_says_how_many_units_it_cannot_place(public: Connection) -> None:
    then = map_layer(public, "prefecture", as_of=date(1990, 1, 1))
    assert then["shows"] == "points"
    assert {f["geometry"]["type"] for f in then["features"]} == {"Point"}
    names = {f["properties"]["name"] for f in then["features"]}
    assert "襄樊市" in names
    assert "襄阳市" not in names
    assert then["units_without_position"] < 10


def test_there_is_no_map_of_an_unknown_level(staff: Connection) -> None:
    with pytest.raises(BadRequest) as caught:
        map_layer(staff, "village", audience=Audience.STAFF)
    assert caught.value.code == "bad_level"


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        (("UPDATE diming.unit_shape SET known = tstzrange(lower(known), now()) WHERE unit_id = "
         "(SELECT unit_id FROM diming.unit_version WHERE code = '710000')"), {"台湾省", "钓鱼岛", "赤尾屿"}),
        ("UPDATE diming.display_line SET known = tstzrange(lower(known), now()) WHERE name = '南海断续线'",
         {"南海断续线"}),
        (("UPDATE diming.unit_shape SET known = tstzrange(lower(known), now()) WHERE unit_id IN "
         "(SELECT unit_id FROM diming.unit_version WHERE code IN ('820000', '460300'))"),
         {"澳门特别行政区", "三沙市", "西沙群岛", "中沙群岛", "黄岩岛", "南沙群岛", "曾母暗沙"}),
    ],
)  # fmt: skip
def test_a_map_that_lacks_a_part_is_refused_with_what_is_missing(
    office: Engine, statement: str, missing: set[str]
) -> None:
    from sqlalchemy import text

    with office.connect() as connection, connection.begin() as change:
        connection.execute(text(statement))
        with pytest.raises(BadInput) as caught:
            require_complete_map(connection)
        change.rollback()
    assert caught.value.code == "map_incomplete"
    assert {m["label"] for m in caught.value.extra["missing"]} == missing
