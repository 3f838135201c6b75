"""The map on paper: right way up, nothing missing, each border once."""

from __future__ import annotations

from typing import Any

import pytest

from api.web.drawing.mapsheet import WIDTH, draw_sheet, nice_length
from api.web.drawing.mesh import mesh
from api.web.drawing.names import Wish, place_names
from api.web.drawing.projection import COUNTRY, RADIUS_KM, Albers


def unit(code: str, west: float, south: float, *, kind: str = "unit") -> dict[str, Any]:
    ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]
    return {
        "properties": {"code": code, "name": code, "kind": kind, "focus": True, "label": [west + 0.5, south + 0.5]},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def test_north_is_up_and_east_is_right() -> None:
    origin, north, east = COUNTRY.project(105, 35), COUNTRY.project(105, 40), COUNTRY.project(110, 35)
    assert north[1] > origin[1]
    assert abs(north[0]) < 1e-9
    assert east[0] > origin[0]


def test_area_is_kept() -> None:
    """A square of a tenth of a degree has the area of the sphere anywhere in the country."""
    from math import cos, radians

    for lon, lat in [(75.0, 39.0), (112.0, 4.0), (124.0, 53.0)]:
        (x1, y1), (x2, y2), (x3, y3) = (COUNTRY.project(lon + a, lat + b) for a, b in [(0, 0), (0.1, 0), (0, 0.1)])
        drawn = abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1))
        true = radians(0.1) ** 2 * RADIUS_KM**2 * cos(radians(lat + 0.05))
        assert drawn == pytest.approx(true, rel=2e-3)


def test_a_part_on_the_equator_can_be_drawn() -> None:
    assert Albers.around(100, -5, 110, 5).project(105, 3)[1] > 0


def test_a_border_between_two_units_is_drawn_once() -> None:
    one = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]
    other = [(1.0, 0.0), (2.0, 0.0), (2.0, 1.0), (1.0, 1.0), (1.0, 0.0)]
    made = mesh([one, other])
    assert made.inner == [[(1.0, 0.0), (1.0, 1.0)]]
    assert sum(len(line) - 1 for line in made.outer) == 6


def test_the_sheet_holds_all_that_is_looked_at() -> None:
    layer = {"features": [unit("1", 110, 30), unit("2", 111, 30), unit("9", 100, 20, kind="outline")]}
    sheet = draw_sheet(layer, country=False, chosen="2")
    assert sheet
    assert {name.text for name in sheet.names} == {"1", "2"}
    assert all(0 < name.x < WIDTH and 0 < name.y < sheet.height for name in sheet.names)
    assert [name.chosen for name in sheet.names] == [False, True]
    assert sheet.chosen
    assert sheet.inner.count("M") == 1


def test_a_sheet_of_the_country_has_short_names_and_holds_the_lines_in_the_sea() -> None:
    province = unit("150000", 110, 40)
    province["properties"] |= {"name": "内蒙古自治区", "short": "内蒙古"}
    line = {
        "properties": {"kind": "line", "name": "南海断续线"},
        "geometry": {"type": "MultiLineString", "coordinates": [[[112.0, 3.4], [113.0, 3.8]]]},
    }
    sheet = draw_sheet({"features": [province, line]}, country=True)
    assert sheet
    assert [name.text for name in sheet.names] == ["内蒙古"]
    ys = [float(point.split(" ")[1]) for point in sheet.lines.lstrip("M").split("L")]
    assert all(0 < y < sheet.height for y in ys)
    part = draw_sheet({"features": [province]}, country=False)
    assert part
    assert [name.text for name in part.names] == ["内蒙古自治区"]


def test_nothing_to_look_at_gives_no_sheet() -> None:
    assert draw_sheet({"features": []}, country=True) is None


@pytest.mark.parametrize(("km", "nice"), [(1.0, 1), (4.9, 2), (730, 500), (0.07, 0.05)])
def test_scale_bars_have_round_lengths(km: float, nice: float) -> None:
    assert nice_length(km) == pytest.approx(nice)


def test_names_that_would_cover_each_other_give_way() -> None:
    wishes = [Wish(100, 100, "香港特别行政区", 4, False, False), Wish(96, 102, "澳门特别行政区", 2, False, False)]
    one, other = place_names([*wishes, Wish(100, 80, "广东省", 90, False, False)])[:2]
    assert (one.text, one.anchor) == ("澳门特别行政区", "end")
    assert (other.text, other.anchor) == ("香港特别行政区", "start")


def test_no_name_is_dropped() -> None:
    crowd = [Wish(50, 50, f"县{n}", 30, True, False) for n in range(12)]
    assert len(place_names(crowd)) == 12
