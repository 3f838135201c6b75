"""What the register answers when a rule asks: exact scopes, honest about what is not there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from geonames.rules.around import Answer, Bearing, Known, NotKnown, Pool, Reach
from geonames.rules.model import Kind, Proposal, UnitRef
from geonames.rules.subject import subject_of
from geonames.rules.surroundings import RegisterSurroundings
from tests.samples.invented import place_id, unit_id

DAY = date(2024, 12, 31)
YUNPING = UnitRef("990000", "云屏省", "province")
YUANTING = UnitRef("980000", "远汀省", "province")
YANZHOU = UnitRef("990100", "砚州市", "prefecture")
GANTANG = UnitRef("990121", "甘棠县", "county")
ZHUXIWAN = UnitRef("990122", "竹溪湾县", "county")
HENGLING = UnitRef("990121100", "横岭镇", "township")
IN_GANTANG = (110.051, 30.051)


def around(connection: Connection, name: str, class_: str, *within: UnitRef, day: date = DAY, **said: Any) -> Any:
    return RegisterSurroundings(connection, subject_of(Proposal(name, class_, within=within, **said)), day)


def names(answer: Answer) -> list[tuple[str, str | None]]:
    assert isinstance(answer, Known)
    return [(other.name, other.unit) for other in answer.items]


def why(answer: Answer) -> str:
    assert isinstance(answer, NotKnown)
    return answer.why.zh


# -- the national register: real names, as they stand -------------------------------------------------------------


def test_an_equal_name_of_the_county_level_is_found_in_the_whole_country(national: Connection) -> None:
    found = around(national, "鼓楼区", "ADMIN_DIVISION").same_name(Pool.DIVISION, Reach.NATION)
    assert [unit for _, unit in names(found)] == ["江苏省南京市", "江苏省徐州市", "福建省福州市", "河南省开封市"]


def test_the_same_specific_with_another_generic_is_told_apart(national: Connection) -> None:
    asked = around(national, "平山县", "ADMIN_DIVISION")
    assert names(asked.same_specific(Pool.DIVISION, Reach.NATION)) == [("平山区", "辽宁省本溪市")]


def test_homophones_go_by_the_approved_reading_with_and_without_tones(national: Connection) -> None:
    found = around(national, "平山县", "ADMIN_DIVISION").same_sound(Pool.DIVISION, Reach.NATION)
    assert isinstance(found, Known)
    assert {(o.name, o.toned_equal, o.detail) for o in found.items} == {
        ("坪山区", True, "píngshān"),
        ("屏山县", True, "píngshān"),
    }
    other = around(national, "歙县", "ADMIN_DIVISION").same_sound(Pool.DIVISION, Reach.NATION)
    assert isinstance(other, Known)
    assert ("涉县", True) in {(o.name, o.toned_equal) for o in other.items}


def test_a_default_reading_makes_no_homophone(national: Connection) -> None:
    """蔚县 is Yu Xian: it sounds like 盂县 and 禹, never like 魏县."""
    found = around(national, "魏县", "ADMIN_DIVISION").same_sound(Pool.DIVISION, Reach.NATION)
    assert isinstance(found, Known)
    assert "蔚县" not in {other.name for other in found.items}


def test_a_name_taken_for_another_is_found_with_what_differs(national: Connection) -> None:
    found = around(national, "毫州市", "ADMIN_DIVISION").similar_form(Pool.DIVISION, Reach.NATION)
    assert isinstance(found, Known)
    assert [(o.name, o.detail) for o in found.items] == [("亳州市", "毫/亳")]


def test_answers_hold_on_the_day_asked_about(national: Connection) -> None:
    """襄樊市 became 襄阳市 on 2010-11-26."""
    then = around(national, "襄樊市", "ADMIN_DIVISION", day=date(2005, 1, 1))
    now = around(national, "襄樊市", "ADMIN_DIVISION")
    assert names(then.same_name(Pool.DIVISION, Reach.NATION)) == [("襄樊市", "湖北省")]
    assert names(now.same_name(Pool.DIVISION, Reach.NATION)) == []
    former = now.other_uses(Pool.DIVISION, Reach.NATION)
    assert isinstance(former, Known)
    assert [(o.name, o.role) for o in former.items] == [("襄樊市", "former")]


def test_a_name_whose_unit_has_ended_is_retired(national: Connection) -> None:
    found = around(national, "宜宾县", "ADMIN_DIVISION").other_uses(Pool.DIVISION, Reach.NATION)
    assert isinstance(found, Known)
    assert {(o.name, o.role) for o in found.items} == {("宜宾县", "retired")}


def test_a_change_of_code_makes_no_former_name(national: Connection) -> None:
    assert names(around(national, "平山县", "ADMIN_DIVISION").other_uses(Pool.DIVISION, Reach.NATION)) == []


def test_a_place_never_meets_itself(national: Connection) -> None:
    first = around(national, "屏山县", "ADMIN_DIVISION").same_name(Pool.DIVISION, Reach.NATION)
    assert isinstance(first, Known)
    own = first.items[0].id
    again = around(national, "屏山县", "ADMIN_DIVISION", place_id=own).same_name(Pool.DIVISION, Reach.NATION)
    assert names(again) == []


@pytest.mark.parametrize(
    ("pool", "reach", "reason"),
    [
        (Pool.TOWNSHIP, Reach.PROVINCE, "乡级区划未入库"),
        (Pool.VILLAGE, Reach.COUNTY, "村民委员会"),
        (Pool.SETTLEMENT, Reach.COUNTY, "自然村"),
        (Pool.STREET, Reach.BUILT_UP, "建成区范围未入库"),
        (Pool.BUILDING, Reach.BUILT_UP, "建成区范围未入库"),
        (Pool.STREET, Reach.COUNTY, "街路巷"),
    ],
)
def test_what_is_not_loaded_is_said_and_never_passed(
    national: Connection, pool: Pool, reach: Reach, reason: str
) -> None:
    within = (
        UnitRef("510000", "四川省", "province"),
        UnitRef("511500", "宜宾市", "prefecture"),
        UnitRef("511529", "屏山县", "county"),
    )
    asked = around(national, "新桥镇", "ADMIN_DIVISION", *within)
    for question in (asked.same_name, asked.same_specific, asked.same_sound, asked.other_uses):
        assert reason in why(question(pool, reach))


def test_nothing_is_said_of_a_dialect_of_heritage_or_of_nature_without_data(national: Connection) -> None:
    asked = around(national, "屏山县", "ADMIN_DIVISION", UnitRef("510000", "四川省", "province"), kind=Kind.RENAMING)
    answers = (
        asked.dialect_sound(Pool.DIVISION, Reach.NATION),
        asked.heritage(),
        asked.protection(),
        asked.outside_entities(),
        asked.bearing(),
        asked.renamings(),
    )
    assert all(isinstance(answer, NotKnown) and answer.why.zh and answer.why.en for answer in answers)


def test_renamings_of_a_unit_are_its_later_names(national: Connection) -> None:
    found = around(national, "襄阳市", "ADMIN_DIVISION").same_name(Pool.DIVISION, Reach.NATION)
    assert isinstance(found, Known)
    asked = around(national, "新襄市", "ADMIN_DIVISION", kind=Kind.RENAMING, place_id=found.items[0].id)
    assert date(2010, 11, 26) in asked.renamings()


# -- an invented province: townships, villages, streets, built-up areas -------------------------------------------


def test_townships_are_compared_within_the_province_only(invented: Connection) -> None:
    asked = around(invented, "横岭镇", "ADMIN_DIVISION", YUNPING, YANZHOU, ZHUXIWAN)
    assert names(asked.same_name(Pool.TOWNSHIP, Reach.PROVINCE)) == [("横岭镇", "云屏省砚州市甘棠县")]
    assert names(asked.same_specific(Pool.TOWNSHIP, Reach.PROVINCE)) == [("横岭乡", "云屏省砚州市竹溪湾县")]
    sound = asked.same_sound(Pool.TOWNSHIP, Reach.PROVINCE)
    assert isinstance(sound, Known)
    assert [(o.name, o.toned_equal) for o in sound.items] == [("衡岭镇", True)]


def test_a_township_that_came_later_is_not_there_before(invented: Connection) -> None:
    asked = around(invented, "横岭镇", "ADMIN_DIVISION", YUNPING, day=date(2014, 12, 31))
    assert names(asked.same_sound(Pool.TOWNSHIP, Reach.PROVINCE)) == []


def test_a_name_given_up_in_the_province_is_found(invented: Connection) -> None:
    found = around(invented, "麦坡镇", "ADMIN_DIVISION", YUNPING).other_uses(Pool.TOWNSHIP, Reach.PROVINCE)
    assert isinstance(found, Known)
    assert [(o.name, o.role) for o in found.items] == [("麦坡镇", "retired")]


def test_homophones_in_the_nation_with_other_characters(invented: Connection) -> None:
    found = around(invented, "甘棠县", "ADMIN_DIVISION", place_id=str(unit_id("990121")))
    answer = found.same_sound(Pool.DIVISION, Reach.NATION)
    assert isinstance(answer, Known)
    assert [(o.name, o.unit, o.toned_equal) for o in answer.items] == [("甘塘县", "远汀省芦州市", True)]


def test_villages_are_compared_within_the_county(invented: Connection) -> None:
    asked = around(invented, "柳塘村村民委员会", "VILLAGE_COMMUNITY", YUNPING, YANZHOU, GANTANG)
    assert names(asked.same_name(Pool.VILLAGE, Reach.COUNTY)) == [("柳塘村村民委员会", "云屏省砚州市甘棠县")]


def test_streets_are_compared_within_the_built_up_area_of_their_position(invented: Connection) -> None:
    asked = around(invented, "沿河路", "STREET", YUNPING, YANZHOU, GANTANG, point=IN_GANTANG)
    found = asked.same_name(Pool.STREET, Reach.BUILT_UP)
    assert isinstance(found, Known)
    assert [other.id for other in found.items] == [str(place_id("s1"))]


def test_a_series_of_streets_shares_its_specific(invented: Connection) -> None:
    asked = around(invented, "望江西路", "STREET", GANTANG, point=IN_GANTANG)
    assert names(asked.same_name(Pool.STREET, Reach.BUILT_UP)) == []
    assert [name for name, _ in names(asked.same_specific(Pool.STREET, Reach.BUILT_UP))] == ["望江东路"]


def test_a_street_drawn_as_a_line_touches_every_area_it_passes(invented: Connection) -> None:
    line = {"type": "LineString", "coordinates": [[110.05, 30.05], [110.25, 30.25]]}
    asked = around(invented, "沿河路", "STREET", GANTANG, geometry=line)
    assert len(names(asked.same_name(Pool.STREET, Reach.BUILT_UP))) == 2


def test_an_alias_and_a_former_name_of_a_street_are_in_use(invented: Connection) -> None:
    found = around(invented, "旧仓路", "STREET", GANTANG, point=IN_GANTANG).other_uses(Pool.STREET, Reach.BUILT_UP)
    assert isinstance(found, Known)
    assert [(o.name, o.role) for o in found.items] == [("旧仓路", "former")]


@pytest.mark.parametrize(
    ("said", "reason"), [({}, "未给出位置"), ({"point": (111.0, 31.0)}, "不在已入库的任何建成区内")]
)
def test_without_a_built_up_area_nothing_is_said_of_streets(
    invented: Connection, said: dict[str, Any], reason: str
) -> None:
    asked = around(invented, "沿河路", "STREET", GANTANG, **said)
    assert reason in why(asked.same_name(Pool.STREET, Reach.BUILT_UP))


def test_an_area_without_a_single_estate_says_nothing_of_estates(invented: Connection) -> None:
    asked = around(invented, "翠湖花园", "RESIDENTIAL_BUILDING", GANTANG, point=IN_GANTANG)
    assert "甘棠建成区" in why(asked.same_name(Pool.BUILDING, Reach.BUILT_UP))


def test_townships_of_some_counties_only_leave_a_gap(invented: Connection) -> None:
    whole = around(invented, "新禾镇", "ADMIN_DIVISION", YUNPING).same_name(Pool.TOWNSHIP, Reach.PROVINCE)
    part = around(invented, "横岭镇", "ADMIN_DIVISION", YUANTING).same_name(Pool.TOWNSHIP, Reach.PROVINCE)
    assert isinstance(whole, Known)
    assert whole.gap is None
    assert names(part) == [("横岭镇", "远汀省芦州市甘塘县")]
    assert isinstance(part, Known)
    assert part.gap is not None
    assert "2个县级单位中的1个" in part.gap.zh


def test_a_derived_name_finds_its_base_with_distance_and_direction(invented: Connection) -> None:
    north = (110.06, 30.07)
    found = around(invented, "望江东路北巷", "STREET", YUNPING, YANZHOU, GANTANG, point=north).bases()
    assert isinstance(found, Known)
    base = next(other for other in found.items if other.name == "望江东路")
    assert base.distance_m == pytest.approx(1112, abs=2)  # a hundredth of a degree of latitude
    assert base.azimuth_deg == pytest.approx(0, abs=0.1)


def test_the_middle_of_the_built_up_area_says_where_east_is(invented: Connection) -> None:
    found = around(invented, "东环路", "STREET", GANTANG, point=(110.09, 30.05)).bearing()
    assert isinstance(found, Bearing)
    assert found.of.name == "甘棠建成区"
    assert found.azimuth_deg == pytest.approx(90, abs=0.1)
    assert found.distance_m == pytest.approx(3851, abs=10)  # 0.04 degrees of longitude at 30.05 degrees north


def test_what_is_around_a_station_is_named_nearest_first(invented: Connection) -> None:
    found = around(invented, "沿河站", "FACILITY", YUNPING, GANTANG, HENGLING, point=(110.05, 30.05)).nearby()
    assert isinstance(found, Known)
    assert [o.name for o in found.items][:4] == ["横岭镇", "甘棠县", "云屏省", "沿河路"]


def test_a_division_must_not_borrow_a_mountain_of_another_county(invented: Connection) -> None:
    outside = around(invented, "落星县", "ADMIN_DIVISION", YUNPING, YANZHOU, GANTANG).outside_entities()
    assert names(outside) == [("落星山", "云屏省砚州市竹溪湾县")]
    inside = around(invented, "落星县", "ADMIN_DIVISION", YUNPING, YANZHOU, ZHUXIWAN).outside_entities()
    assert names(inside) == []


def test_a_listed_name_is_protected_and_says_by_which_list(invented: Connection) -> None:
    by_id = around(
        invented, "新岭镇", "ADMIN_DIVISION", YUNPING, kind=Kind.RENAMING, place_id=str(unit_id("990121100"))
    ).protection()
    assert isinstance(by_id, Known)
    assert [o.detail for o in by_id.items] == ["云屏省地名保护名录, 2012-01-01"]
    by_name = around(
        invented, "新岭镇", "ADMIN_DIVISION", YUNPING, YANZHOU, GANTANG, kind=Kind.RENAMING, previous_name="横岭镇"
    ).protection()
    assert isinstance(by_name, Known)
    assert len(by_name.items) == 1


def test_a_listed_name_is_found_for_a_division_that_would_borrow_it(invented: Connection) -> None:
    found = around(invented, "横岭县", "ADMIN_DIVISION", YUNPING).heritage()
    assert isinstance(found, Known)
    assert [o.name for o in found.items] == ["横岭镇"]
