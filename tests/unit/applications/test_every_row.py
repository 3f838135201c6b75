"""Every row of the routes against the law as it is written down here once more: a row without an expectation fails.

Not read from the rows: each line is body, seat, article, what is consulted, terms, as the text of the law has them.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from geonames.applications.routes.model import Body, Circumstance, DueIn, Hearing, Kind, Need, Route, Seat
from geonames.applications.routes.rows import route_book
from tests.unit.applications.test_routes import HUZHOU, IN_COUNTY, NINGBO, SHANGHAI, found

B, S, C = Body, Seat, Circumstance
Key = tuple[str, str, str]


class Law(NamedTuple):
    """What a row must say. `consulted`: body and whether it is compulsory; terms: amount, unit, article."""

    body: Body
    seat: Seat
    article: str
    consulted: tuple[tuple[Body, bool], ...] = ()
    decision: tuple[int, str, str] | None = None
    signs: tuple[int, str, str] | None = None
    until: str | None = None


REG, SH, NB, ZJ = "地名管理条例 ", "上海市地名管理条例 ", "宁波市地名管理条例 ", "浙江省地名管理办法"
SH30, SH60 = (30, "calendar_days", f"{SH}第二十四条"), (60, "calendar_days", f"{SH}第二十四条")
SIGNS = (60, "calendar_days", f"{NB}第二十一条")
ANNULLED, AMENDED = "2022-05-01", "2025-07-31"
LAW: dict[Key, Law] = {
    ("", "natural.state_council", "2022-05-01"): Law(B.STATE_COUNCIL, S.COUNTRY, f"{REG}第十二条（一）"),
    ("", "natural.sea", "2022-05-01"): Law(B.STATE_COUNCIL_DEPARTMENT, S.COUNTRY, f"{REG}第十二条（一）"),
    ("", "natural.other", "2022-05-01"): Law(B.PROVINCE_RULES, S.PROVINCE, f"{REG}第十二条（一）"),
    ("", "village", "2022-05-01"): Law(B.PROVINCE_RULES, S.PROVINCE, f"{REG}第十二条（三）"),
    ("", "park", "2022-05-01"): Law(B.COMPETENT_DEPARTMENT, S.CITY_OR_COUNTY, f"{REG}第十二条（四）"),
    ("", "street", "2022-05-01"): Law(B.GOVERNMENT, S.CITY_OR_COUNTY, f"{REG}第十二条（五）"),
    ("", "building", "2022-05-01"): Law(
        B.HOUSING_DEPARTMENT, S.CITY_OR_COUNTY, f"{REG}第十二条（六）", ((B.PLACE_NAME_DEPARTMENT, True),)
    ),
    ("", "facility", "2022-05-01"): Law(
        B.COMPETENT_DEPARTMENT, S.CITY_OR_COUNTY, f"{REG}第十二条（七）", ((B.GOVERNMENT, False),)
    ),
    ("", "other", "2022-05-01"): Law(B.PROVINCE_RULES, S.PROVINCE, f"{REG}第三条（八）"),
    ("310000", "village", "1999-01-01"): Law(B.GOVERNMENT, S.COUNTY, f"{SH}第十条", decision=SH30),
    ("310000", "natural.other", "1999-01-01"): Law(B.GOVERNMENT, S.CITY, f"{SH}第十一条", decision=SH60),
    ("310000", "street", "1999-01-01"): Law(
        B.PLACE_NAME_DEPARTMENT, S.CITY, f"{SH}第十四条", decision=SH30, until=ANNULLED
    ),
    ("310000", "building", "1999-01-01"): Law(
        B.PLACE_NAME_DEPARTMENT, S.COUNTY, f"{SH}第十三条、第十八条", decision=SH30, until=ANNULLED
    ),
    ("310000", "abolition", "1999-01-01"): Law(B.PLACE_NAME_DEPARTMENT, S.CITY, f"{SH}第二十一条"),
    ("330000", "village", "2025-06-01"): Law(B.PROVINCE_RULES, S.COUNTY, f"{ZJ} 第三条（三）"),
    ("330000", "natural.other", "2025-06-01"): Law(B.PROVINCE_RULES, S.COUNTY, ZJ),
    ("330200", "village", "2020-05-01"): Law(B.GOVERNMENT, S.COUNTY, f"{NB}第十一条", signs=SIGNS, until=AMENDED),
    ("330200", "street", "2020-05-01"): Law(
        B.PLACE_NAME_DEPARTMENT, S.CITY_OR_COUNTY, f"{NB}第十二条", signs=SIGNS, until=ANNULLED
    ),
    ("330200", "facility.rail", "2020-05-01"): Law(
        B.PLACE_NAME_DEPARTMENT, S.CITY, f"{NB}第十三条", signs=SIGNS, until=ANNULLED
    ),
    ("330200", "facility", "2020-05-01"): Law(
        B.COMPETENT_DEPARTMENT, S.CITY_OR_COUNTY, f"{NB}第十四条", ((B.GOVERNMENT, True),), signs=SIGNS, until=AMENDED
    ),
    ("330200", "building", "2020-05-01"): Law(
        B.HOUSING_DEPARTMENT, S.COUNTY, f"{NB}第十五条", ((B.PLACE_NAME_DEPARTMENT, True),),
        (10, "working_days", f"{NB}第十五条"), SIGNS, AMENDED,
    ),
    ("330200", "abolition", "2020-05-01"): Law(
        B.COMPETENT_DEPARTMENT, S.CITY_OR_COUNTY, f"{NB}第十七条", signs=SIGNS, until=AMENDED
    ),
}  # fmt: skip
UNITS = {"": IN_COUNTY, "310000": SHANGHAI, "330000": HUZHOU, "330200": NINGBO}
#: Of which bodies an approval goes where, within how many days of what, under which article; all calendar days.
FILED = {
    B.STATE_COUNCIL_DEPARTMENT: (B.STATE_COUNCIL, True, "第十三条（一）"),
    B.GOVERNMENT: (B.GOVERNMENT, True, "第十三条（二）"),
    B.PLACE_NAME_DEPARTMENT: (B.PLACE_NAME_DEPARTMENT, True, "第十三条（三）"),
    B.HOUSING_DEPARTMENT: (B.PLACE_NAME_DEPARTMENT, False, "第十三条（四）"),
    B.COMPETENT_DEPARTMENT: (B.PLACE_NAME_DEPARTMENT, False, "第十三条（四）"),
}
ANNOUNCED = {
    B.GOVERNMENT: "approval", B.PLACE_NAME_DEPARTMENT: "approval", B.HOUSING_DEPARTMENT: "filing",
    B.COMPETENT_DEPARTMENT: "filing", B.STATE_COUNCIL_DEPARTMENT: "filing",
}  # fmt: skip


def key_of(route: Route) -> Key:
    return route.region, route.id, route.valid_from.isoformat()


def told(term: DueIn | None) -> tuple[int, str, str] | None:
    return (term.amount, str(term.unit), term.article.zh) if term else None


def test_every_row_has_its_law_here_and_nothing_else() -> None:
    assert sorted(key_of(route) for route in route_book().routes) == sorted(LAW)


@pytest.mark.parametrize("key", sorted(LAW), ids="-".join)
def test_a_row_says_what_the_law_says(key: Key) -> None:
    (route,) = [route for route in route_book().routes if key_of(route) == key]
    assert (
        Law(
            route.body, route.seat, route.article.zh,
            tuple((c.body, c.need is Need.COMPULSORY) for c in route.consulted),
            told(route.decision), told(route.signs),
            route.valid_to.isoformat() if route.valid_to else None,
        )
        == LAW[key]
    )  # fmt: skip
    assert set(route.hearings) == set(Hearing)
    assert route.article.en


@pytest.mark.parametrize("key", sorted(LAW), ids="-".join)
def test_a_row_is_taken_by_what_it_speaks_of(key: Key) -> None:
    (route,) = [route for route in route_book().routes if key_of(route) == key]
    kind = Kind.NAMING if Kind.NAMING in route.kinds else Kind.ABOLITION
    for art3_class in sorted(route.classes):
        taken = found(art3_class, UNITS[route.region], route.valid_from, kind=kind, given=route.circumstances)
        assert key_of(taken.route) == key


def test_every_rule_of_filing_and_announcement_is_that_of_the_regulations() -> None:
    book = route_book()
    filed = {body: (f.to, f.above, f.term.article.zh.removeprefix(REG)) for f in book.filings for body in f.of}
    assert filed == FILED
    assert {body: str(a.term.since) for a in book.announcings for body in a.of} == ANNOUNCED
    terms = [f.term for f in book.filings] + [a.term for a in book.announcings]
    assert {(term.amount, str(term.unit)) for term in terms} == {(15, "calendar_days")}
    assert {a.term.article.zh for a in book.announcings} == {f"{REG}第十四条"}
    assert {f.valid_from for f in book.filings} == {date(2022, 5, 1)}


def test_every_paper_has_its_article() -> None:
    asked = {rule.paper.key: (rule.paper.article.zh, rule.when) for rule in route_book().papers}
    assert asked == {
        "application": (f"{REG}第十一条", None),
        "protection_measures": (f"{REG}第二十五条（销名比照）", "protected"),
        "evidence": (f"{REG}第四条（地名保持稳定，更正须有依据）", None),
    }
