"""Each row of the routes: who approves, to whom it is filed, who announces, within which terms, under which article."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geonames.applications.routes.finding import Found, Matter, NoRoute, Standing, route_of
from geonames.applications.routes.model import Body, Circumstance, Hearing, Kind, Need
from geonames.applications.routes.rows import load_routes, route_book
from geonames.rules.errors import RuleError

TODAY = date(2026, 11, 22)
#: Invented divisions of every sort that the rows tell apart.
PROVINCE = Standing("990000", "示例省", "province", "省")
CITY = Standing("990100", "云溪市", "prefecture", "地级市")
AGENCY = Standing("992100", "示例地区", "prefecture", "地区")
COUNTY = Standing("990121", "甲县", "county", "县")
DISTRICT = Standing("990102", "示例区", "county", "市辖区")
COUNTY_CITY = Standing("990181", "示例县级市", "county", "县级市")
TOWN = Standing("990121100", "甲镇", "township", "镇")
IN_COUNTY = (PROVINCE, CITY, COUNTY, TOWN)
#: The divisions of the local profiles, by code and sort alone.
SHANGHAI = (Standing("310000", "上海市", "province", "直辖市"), Standing("310101", "黄浦区", "county", "市辖区"))
NINGBO = (
    Standing("330000", "浙江省", "province", "省"),
    Standing("330200", "宁波市", "prefecture", "地级市"),
    Standing("330203", "海曙区", "county", "市辖区"),
)
HUZHOU = (
    Standing("330000", "浙江省", "province", "省"),
    Standing("330500", "湖州市", "prefecture", "地级市"),
    Standing("330522", "长兴县", "county", "县"),
)


def found(art3_class: str, units: tuple[Standing, ...] = IN_COUNTY, day: date = TODAY, **how: Any) -> Found:
    route = asked(art3_class, units, day, **how)
    assert isinstance(route, Found), route
    return route


def asked(
    art3_class: str,
    units: tuple[Standing, ...] = IN_COUNTY,
    day: date = TODAY,
    kind: Kind = Kind.NAMING,
    given: frozenset[Circumstance] = frozenset(),
    protected: bool = False,
) -> Found | NoRoute:
    return route_of(route_book(), Matter(kind, art3_class, None, units, given, protected), day)


# -- the country: Art. 12 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("units", "seat"),
    [
        (IN_COUNTY, COUNTY),
        ((PROVINCE, CITY, DISTRICT), CITY),
        ((PROVINCE, CITY, COUNTY_CITY), COUNTY_CITY),
        ((PROVINCE, COUNTY_CITY), COUNTY_CITY),
        ((PROVINCE, AGENCY, COUNTY), COUNTY),
        ((PROVINCE, CITY), CITY),
        (SHANGHAI, SHANGHAI[0]),
    ],
)
def test_streets_are_for_the_government_of_the_municipality_city_or_county(
    units: tuple[Standing, ...], seat: Standing
) -> None:
    route = found("STREET", units)
    assert (route.approver.body, route.approver.unit) == (Body.GOVERNMENT, seat)
    assert route.route.article.zh == "地名管理条例 第十二条（五）"


def test_a_street_through_two_districts_of_a_province_s_agency_has_no_seat() -> None:
    route = asked("STREET", (PROVINCE, AGENCY))
    assert isinstance(route, NoRoute)
    assert route.code == "no_seat"


def test_buildings_are_for_the_housing_department_which_asks_the_place_name_department() -> None:
    route = found("RESIDENTIAL_BUILDING")
    assert (route.approver.body, route.approver.unit) == (Body.HOUSING_DEPARTMENT, COUNTY)
    (consulted,) = route.route.consulted
    assert (consulted.body, consulted.need) == (Body.PLACE_NAME_DEPARTMENT, Need.COMPULSORY)
    assert "第十二条（六）" in route.route.article.zh


def test_facilities_are_for_the_competent_department_which_may_ask_the_government() -> None:
    route = found("FACILITY")
    assert route.approver.body is Body.COMPETENT_DEPARTMENT
    assert [(c.body, c.need) for c in route.route.consulted] == [(Body.GOVERNMENT, Need.WEIGHED)]
    assert "第十二条（七）" in route.route.article.zh


@pytest.mark.parametrize(
    ("art3_class", "article"),
    [
        ("NATURAL", "第十二条（一）"),
        ("VILLAGE_COMMUNITY", "第十二条（三）"),
        ("OTHER", "第三条（八）"),
    ],
)
def test_where_the_province_rules_a_person_enters_the_authority(art3_class: str, article: str) -> None:
    route = found(art3_class)
    assert not route.approver.is_known
    assert article in route.route.article.zh


@pytest.mark.parametrize("given", [Circumstance.FAMOUS, Circumstance.SPANS_PROVINCES, Circumstance.BORDER])
def test_famous_features_and_those_at_the_border_are_for_the_state_council(given: Circumstance) -> None:
    for units in (IN_COUNTY, SHANGHAI, HUZHOU):
        route = found("NATURAL", units, given=frozenset({given}))
        assert (route.approver.body, route.approver.unit) == (Body.STATE_COUNCIL, None)
        assert route.route.applicants == ("government",)


def test_features_of_the_sea_are_for_the_department_of_the_state_council() -> None:
    route = found("NATURAL", given=frozenset({Circumstance.SEA}))
    assert route.approver.body is Body.STATE_COUNCIL_DEPARTMENT


def test_parks_are_for_the_competent_department_and_marked_as_inferred() -> None:
    route = found("PARK_RESERVE")
    assert (route.approver.body, route.route.mark) == (Body.COMPETENT_DEPARTMENT, "I")


def test_divisions_take_no_route_of_naming() -> None:
    assert isinstance(asked("ADMIN_DIVISION"), NoRoute)


def test_the_country_abolishes_no_names() -> None:
    route = asked("STREET", kind=Kind.ABOLITION)
    assert isinstance(route, NoRoute)
    assert route.code == "no_route_for_kind"


def test_before_the_regulations_came_into_force_no_route_is_known() -> None:
    route = asked("STREET", day=date(2022, 4, 30))
    assert isinstance(route, NoRoute)
    assert route.code == "no_route_then"
    assert isinstance(asked("STREET", day=date(2022, 5, 1)), Found)


# -- papers and hearings: Art. 11 and 25 -------------------------------------------------------------------------------


def test_every_application_has_its_form_and_a_protected_name_its_measures() -> None:
    assert [p.key for p in found("STREET").papers] == ["application"]
    assert [p.key for p in found("STREET", kind=Kind.RENAMING).papers] == ["application"]
    assert [p.key for p in found("STREET", kind=Kind.RENAMING, protected=True).papers] == [
        "application",
        "protection_measures",
    ]
    assert [p.key for p in found("STREET", protected=True).papers] == ["application"]


def test_the_abolition_of_a_protected_name_needs_its_measures_too() -> None:
    book = route_book()
    (rule,) = [rule for rule in book.papers if rule.paper.key == "protection_measures"]
    assert (rule.kinds, rule.when) == (frozenset({Kind.RENAMING, Kind.ABOLITION}), "protected")


def test_what_is_heard_before_the_decision_is_weighed() -> None:
    assert dict(found("STREET").route.hearings) == dict.fromkeys(Hearing, Need.WEIGHED)


# -- filing and announcing: Art. 13 and 14 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("art3_class", "given", "to", "above", "article"),
    [
        ("STREET", None, Body.GOVERNMENT, True, "第十三条（二）"),
        ("RESIDENTIAL_BUILDING", None, Body.PLACE_NAME_DEPARTMENT, False, "第十三条（四）"),
        ("FACILITY", None, Body.PLACE_NAME_DEPARTMENT, False, "第十三条（四）"),
        ("PARK_RESERVE", None, Body.PLACE_NAME_DEPARTMENT, False, "第十三条（四）"),
        ("NATURAL", Circumstance.SEA, Body.STATE_COUNCIL, True, "第十三条（一）"),
    ],
)
def test_an_approval_is_filed_within_fifteen_calendar_days(
    art3_class: str, given: Circumstance | None, to: Body, above: bool, article: str
) -> None:
    filing = found(art3_class, given=frozenset({given} if given else ())).filing
    assert filing is not None
    assert (filing.to, filing.above) == (to, above)
    assert (filing.term.amount, filing.term.unit, filing.term.since) == (15, "calendar_days", "approval")
    assert article in filing.term.article.zh


def test_what_the_state_council_itself_approves_is_filed_with_nobody() -> None:
    route = found("NATURAL", given=frozenset({Circumstance.FAMOUS}))
    assert (route.filing, route.announcing) == (None, None)


@pytest.mark.parametrize(
    ("art3_class", "since"),
    [("STREET", "approval"), ("RESIDENTIAL_BUILDING", "filing"), ("FACILITY", "filing"), ("PARK_RESERVE", "filing")],
)
def test_the_place_name_department_announces_within_fifteen_days(art3_class: str, since: str) -> None:
    announcing = found(art3_class).announcing
    assert announcing is not None
    assert announcing.by is Body.PLACE_NAME_DEPARTMENT
    assert (announcing.term.amount, announcing.term.since) == (15, since)
    assert "第十四条" in announcing.term.article.zh


# -- local profiles ----------------------------------------------------------------------------------------------------


def test_ningbo_decides_on_buildings_in_ten_working_days() -> None:
    route = found("RESIDENTIAL_BUILDING", NINGBO, date(2024, 3, 1))
    assert (route.approver.body, route.approver.unit) == (Body.HOUSING_DEPARTMENT, NINGBO[2])
    term = route.route.decision
    assert term is not None
    assert (term.amount, term.unit, term.since) == (10, "working_days", "acceptance")
    assert "第十五条" in term.article.zh


def test_ningbo_sets_signs_within_sixty_days_of_the_approval() -> None:
    signs = found("RESIDENTIAL_BUILDING", NINGBO, date(2024, 3, 1)).route.signs
    assert signs is not None
    assert (signs.amount, signs.since) == (60, "approval")


@pytest.mark.parametrize(
    ("day", "body"),
    [
        (date(2021, 6, 1), Body.PLACE_NAME_DEPARTMENT),
        (date(2022, 5, 1), Body.GOVERNMENT),
        (date(2026, 1, 1), Body.GOVERNMENT),
    ],
)
def test_ningbo_s_streets_follow_the_higher_law_from_its_day(day: date, body: Body) -> None:
    assert found("STREET", NINGBO, day).approver.body is body


def test_ningbo_s_villages_are_for_the_district_s_government_while_its_text_was_seen() -> None:
    route = found("VILLAGE_COMMUNITY", NINGBO, date(2024, 3, 1))
    assert (route.approver.body, route.approver.unit) == (Body.GOVERNMENT, NINGBO[2])
    assert not found("VILLAGE_COMMUNITY", NINGBO, date(2025, 7, 31)).approver.is_known


def test_ningbo_s_rail_transit_was_for_its_place_name_department() -> None:
    given = frozenset({Circumstance.RAIL_TRANSIT})
    route = found("FACILITY", NINGBO, date(2021, 6, 1), given=given)
    assert (route.approver.body, route.approver.unit) == (Body.PLACE_NAME_DEPARTMENT, NINGBO[1])
    assert found("FACILITY", NINGBO, date(2023, 6, 1), given=given).approver.body is Body.COMPETENT_DEPARTMENT
    assert found("FACILITY", NINGBO, date(2021, 6, 1)).approver.body is Body.COMPETENT_DEPARTMENT


@pytest.mark.parametrize(("units", "day"), [(NINGBO, date(2024, 3, 1)), (SHANGHAI, TODAY)])
def test_names_are_abolished_where_a_local_rule_knows_it(units: tuple[Standing, ...], day: date) -> None:
    assert found("STREET", units, day, kind=Kind.ABOLITION).route.region == units[-2].code


def test_zhejiang_s_villages_ask_for_the_authority_that_was_not_seen() -> None:
    route = found("VILLAGE_COMMUNITY", HUZHOU)
    assert (route.route.region, route.approver.is_known) == ("330000", False)
    assert "自然村" in route.route.title.zh
    assert found("VILLAGE_COMMUNITY", HUZHOU, date(2025, 5, 31)).route.region == ""


@pytest.mark.parametrize(
    ("art3_class", "day", "body", "seat", "days"),
    [
        ("VILLAGE_COMMUNITY", TODAY, Body.GOVERNMENT, 1, 30),
        ("NATURAL", TODAY, Body.GOVERNMENT, 0, 60),
        ("STREET", date(2021, 1, 1), Body.PLACE_NAME_DEPARTMENT, 0, 30),
        ("RESIDENTIAL_BUILDING", date(2021, 1, 1), Body.PLACE_NAME_DEPARTMENT, 1, 30),
    ],
)
def test_shanghai_s_routes_and_terms(art3_class: str, day: date, body: Body, seat: int, days: int) -> None:
    route = found(art3_class, SHANGHAI, day)
    assert (route.approver.body, route.approver.unit) == (body, SHANGHAI[seat])
    term = route.route.decision
    assert term is not None
    assert (term.amount, term.unit) == (days, "calendar_days")
    assert "第二十四条" in term.article.zh


# -- the rows themselves -----------------------------------------------------------------------------------------------


def test_no_two_rows_for_the_same_matter_hold_on_the_same_day() -> None:
    for row in route_book().routes:
        for other in route_book().routes:
            same = row is not other and row.region == other.region and row.circumstances == other.circumstances
            if same and row.classes & other.classes and row.kinds & other.kinds:
                assert not row.holds_on(other.valid_from), (row.id, other.id)
                assert not other.holds_on(row.valid_from), (row.id, other.id)


def test_an_office_adds_a_profile_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "990100.toml").write_text(PROFILE, "utf-8")
    route = route_of(load_routes(tmp_path), Matter(Kind.NAMING, "VILLAGE_COMMUNITY", None, IN_COUNTY), TODAY)
    assert isinstance(route, Found)
    assert (route.approver.body, route.approver.unit) == (Body.GOVERNMENT, COUNTY)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('body = "mayor"', "body"),
        ('mark = "?"', "mark is one of"),
        ('classes = ["HOUSE"]', "unknown class"),
        ('classes = ["ADMIN_DIVISION"]', "route of their own"),
        ('applicants = ["neighbour"]', "unknown applicant"),
        ("surprise = 1", "surprise"),
    ],
)
def test_a_row_without_meaning_is_refused(tmp_path: Path, wrong: str, said: str) -> None:
    key = wrong.split(" =")[0]
    lines = [line for line in PROFILE.splitlines() if not line.startswith(f"{key} =")]
    lines.insert(lines.index("[[route]]") + 1, wrong)
    (tmp_path / "990100.toml").write_text("\n".join(lines), "utf-8")
    with pytest.raises(RuleError, match=said):
        load_routes(tmp_path)


PROFILE = """
source = "示例（虚构）"
[defaults]
valid_from = 2026-01-01
applicants_article = { zh = "示例（虚构）", en = "invented" }
hearings = { evaluation = "none", experts = "none", public = "none" }
[[route]]
id = "village"
title = { zh = "村（虚构）", en = "villages (invented)" }
classes = ["VILLAGE_COMMUNITY"]
kinds = ["naming"]
applicants = ["committee"]
body = "government"
seat = "county"
article = { zh = "示例（虚构）", en = "invented" }
mark = "I"
"""


def test_a_correction_takes_the_row_of_its_class_with_its_proof_and_nothing_is_heard() -> None:
    for art3_class in ("STREET", "RESIDENTIAL_BUILDING", "FACILITY"):
        named, corrected = found(art3_class), found(art3_class, kind=Kind.CORRECTION)
        assert corrected.approver == named.approver
        assert [p.key for p in corrected.papers] == ["application", "evidence"]
        assert (set(corrected.route.hearings.values()), corrected.route.consulted) == ({Need.NONE}, ())
    assert route_book().kinds[Kind.CORRECTION].article.zh.startswith("地名管理条例 第十一条")
