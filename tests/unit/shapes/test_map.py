"""What maps draw and what they must not leave out."""

from uuid import UUID, uuid4

import pytest
from shapely import LineString, MultiLineString, box

from boundaries.shapes.completeness import name_lines, requirements
from boundaries.shapes.display import TOLERANCES, DrawnUnit, land_left_over, tolerance_for, units_of_map
from boundaries.shapes.model import DisplayLine


def unit(level: str, parent: DrawnUnit | None = None) -> DrawnUnit:
    return DrawnUnit(uuid4(), parent.unit_id if parent else None, level, uuid4(), box(0, 0, 1, 1))


def ids(units: list[DrawnUnit]) -> set[UUID]:
    return {u.unit_id for u in units}


def test_a_province_without_prefectures_is_drawn_whole_on_every_map() -> None:
    taiwan = unit("province")
    for level in ("province", "prefecture", "county"):
        assert units_of_map(level, [taiwan]) == [taiwan]


def test_a_county_directly_under_its_province_fills_its_place_among_the_prefectures() -> None:
    hubei = unit("province")
    xiangyang, xiantao = unit("prefecture", hubei), unit("county", hubei)
    district = unit("county", xiangyang)
    everything = [hubei, xiangyang, xiantao, district]
    assert ids(units_of_map("province", everything)) == ids([hubei])
    assert ids(units_of_map("prefecture", everything)) == ids([xiangyang, xiantao])
    assert ids(units_of_map("county", everything)) == ids([district, xiantao])


def test_a_municipality_is_one_on_the_map_of_prefectures() -> None:
    beijing = unit("province")
    district = unit("county", beijing)
    assert ids(units_of_map("prefecture", [beijing, district])) == ids([beijing])
    assert ids(units_of_map("county", [beijing, district])) == ids([district])


def test_a_prefecture_without_counties_is_drawn_among_the_counties() -> None:
    guangdong = unit("province")
    dongguan = unit("prefecture", guangdong)
    assert ids(units_of_map("county", [guangdong, dongguan])) == ids([dongguan])


@pytest.mark.parametrize(("zoom", "expected"), [(None, TOLERANCES[0]), (3, 0.02), (6, 0.005), (12, 0.005)])
def test_the_coarsest_outline_that_nobody_sees(zoom: float | None, expected: float) -> None:
    assert tolerance_for(zoom) == expected


def test_the_required_list_names_what_the_law_asks_for() -> None:
    labels = {r.label for r in requirements()}
    assert {"台湾省", "香港特别行政区", "澳门特别行政区", "三沙市", "南海断续线", "钓鱼岛", "赤尾屿"} <= labels
    assert len([r for r in requirements() if r.kind == "line"]) == 10


def test_the_dashed_line_gets_its_name_and_other_lines_keep_theirs() -> None:
    dash = LineString([(119.06, 15.01), (119.06, 16.03)])
    other = LineString([(73.9, 38.3), (74.8, 38.6)])
    lines = [DisplayLine("境界线", MultiLineString([dash])), DisplayLine("境界线", MultiLineString([other]))]
    assert [line.name for line in name_lines(lines)] == ["南海断续线", "境界线"]


def test_land_in_none_of_the_counties_is_drawn_as_the_prefecture_s_and_leaves_no_hole() -> None:
    """大柴旦 in 海西蒙古族藏族自治州 has no division code of its own."""
    haixi = DrawnUnit(uuid4(), None, "prefecture", uuid4(), box(90, 35, 96, 40))
    golmud = DrawnUnit(uuid4(), haixi.unit_id, "county", uuid4(), box(90, 35, 93, 40))
    delhi = DrawnUnit(uuid4(), haixi.unit_id, "county", uuid4(), box(94, 35, 96, 40))
    drawn = {u.unit_id: u.geometry for u in units_of_map("county", [haixi, golmud, delhi])}
    assert drawn[haixi.unit_id].equals(box(93, 35, 94, 40))
    assert sum(shape.area for shape in drawn.values()) == haixi.geometry.area


def test_a_sliver_between_two_drawings_of_one_line_is_no_land() -> None:
    whole, part = box(0, 0, 1, 1), box(0.001, 0, 1, 1)
    assert land_left_over(whole, [part]) is None
