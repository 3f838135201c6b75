"""An application goes from the window to the public register, as its route lays down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data import audit
from data.access import Actor
from data.db import reading, unit_of_work
from data.errors import BadInput, Conflict, DimingError, NotFound
from data.feed import changes_since
from data.ids import new_id
from geonames.applications.subject import NAMING_APPLICATION
from geonames.places.service import find_place
from geonames.search.service import search_places
from tests.samples.applicants import COUNTY, ESTATE, NamingOffice
from tests.samples.invented import place_id

Case = Mapping[str, Any]


def facts(case: Case) -> Mapping[str, Any]:
    found: Mapping[str, Any] = case["facts"]
    return found


def uploaded(office: NamingOffice, who: Actor) -> str:
    attachment = new_id()
    with unit_of_work(office.engine) as connection:
        connection.execute(
            text("""
                INSERT INTO diming.attachment (id, sha256, bytes, file_name, media_type, added_by)
                VALUES (:id, sha256(CAST(CAST(:id AS text) AS bytea)), 1, 'a.pdf', 'application/pdf', :by)
            """),
            {"id": attachment, "by": who.account_id},
        )
    return str(attachment)


def with_paper(office: NamingOffice, case: Case, paper: str, who: str = "developer") -> Case:
    attachment = uploaded(office, office.people[who])
    case = office.act(case, who, "attach", attachment=attachment)
    return office.act(case, who, "name_paper", paper=paper, attachment=attachment)


def accepted(office: NamingOffice, case: Case) -> Case:
    case = with_paper(office, case, "application")
    case = office.settle(case)
    return office.act(case, "clerk", "accept")


def heard(office: NamingOffice, case: Case) -> Case:
    for hearing in ("evaluation", "experts", "public"):
        case = office.act(case, "reviewer", "hear", hearing=hearing, reason="影响小，群众无异议（虚构）")
    return case


def before_the_decision(office: NamingOffice, **said: Any) -> Case:
    case = heard(office, accepted(office, office.apply(**said)))
    return office.act(case, "reviewer", "propose")


def code_of(error: pytest.ExceptionInfo[DimingError]) -> str:
    return error.value.code


def found(office: NamingOffice, q: str) -> list[UUID]:
    with reading(office.engine) as connection:
        return [item["id"] for item in search_places(connection, q=q)["items"]]


# -- a street: approved by the county, filed above, announced by the county ------------------------------------------


def test_a_street_is_named_filed_and_announced(office: NamingOffice) -> None:
    case = before_the_decision(office)
    approver = {"body": "government", "code": "990121", "name": "甘棠县", "unit": str(COUNTY)}
    assert facts(case)["route"]["approver"] == approver
    case = office.act(case, "mayor", "approve", type_code="23514", doc_no="甘政复〔2026〕1号")
    assert case["state"] == "approved"
    place = UUID(facts(case)["place"])
    assert found(office, "晴砚路") == []
    case = office.act(case, "filing", "file", filing_no="备〔2026〕1号")
    case = office.act(case, "publisher", "announce", authority="甘棠县民政局（虚构）", position="东起甲路，西至乙路")
    assert case["state"] == "done"
    assert found(office, "晴砚路") == [place]
    with reading(office.engine) as connection:
        shown = find_place(connection, place)
        notice = connection.execute(text("SELECT notice, announced_on FROM published.announcement")).one()
        fed = changes_since(connection, 0, 100)[0]
    assert (shown["name"], shown["roman"], shown["type"]) == ("晴砚路", "Qingyan Lu", "23514")
    assert shown["opened_by"]["authority"] == "甘棠县人民政府"
    assert (notice.notice["name"], notice.notice["roman"], notice.announced_on) == (
        "晴砚路",
        "Qingyan Lu",
        date(2026, 3, 2),
    )
    assert [change["collection"] for change in fed] == ["decisions", "places"]
    assert office.act(case, "filing", "archive")["state"] == "archived"
    with reading(office.engine) as connection:
        assert audit.verify(connection)[1] is None


def test_the_announcement_may_come_before_the_filing_where_a_government_approved(office: NamingOffice) -> None:
    case = office.act(before_the_decision(office), "mayor", "approve", type_code="23514")
    assert sorted(c["key"] for c in case["clocks"]) == ["announcement", "filing"]
    case = office.act(case, "publisher", "announce", authority="甘棠县民政局（虚构）", position="东起甲路")
    assert (case["state"], [c["key"] for c in case["clocks"]]) == ("announced", ["filing"])
    assert office.act(case, "filing", "file")["state"] == "done"


def test_both_terms_end_on_the_fifteenth_calendar_day(office: NamingOffice) -> None:
    case = office.act(before_the_decision(office), "mayor", "approve", type_code="23514")
    assert {c["due_on"] for c in case["clocks"]} == {"2026-03-17"}


# -- an estate: approved by the housing department, filed at its own level, announced after the filing ---------------


def estate_before_decision(office: NamingOffice) -> Case:
    case = heard(office, accepted(office, office.apply(**ESTATE)))
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "propose")
    assert [need["code"] for need in refused.value.extra["needs"]] == ["bodies_not_heard"]
    asked = str(office.people["names_bureau"].account_id)
    case = office.act(case, "reviewer", "consult", to=asked, text="征求地名主管部门意见")
    question = next(o for o in case["opinions"] if o["kind"] == "consultation")
    case = office.act(case, "names_bureau", "reply", answers=str(question["id"]), stance="for", text="无意见（虚构）")
    return office.act(case, "reviewer", "propose")


def test_whoever_must_be_asked_replies_itself_and_nobody_in_its_place(office: NamingOffice) -> None:
    case = heard(office, accepted(office, office.apply(**ESTATE)))
    assert "必须征求意见" in str(NAMING_APPLICATION.propose(facts(case)))
    for who in ("filing", "mayor"):
        case = office.act(case, "reviewer", "consult", to=str(office.people[who].account_id), text="征求意见")
        question = next(o for o in reversed(case["opinions"]) if o["kind"] == "consultation")
        case = office.act(case, who, "reply", answers=str(question["id"]), stance="for", text="无意见（虚构）")
        with pytest.raises(Conflict) as refused:
            office.act(case, "reviewer", "propose")
        assert [need["code"] for need in refused.value.extra["needs"]] == ["bodies_not_heard"]


def test_an_estate_is_announced_within_fifteen_days_of_its_filing(office: NamingOffice) -> None:
    case = estate_before_decision(office)
    assert facts(case)["route"]["approver"]["body"] == "housing_department"
    case = office.act(case, "housing", "approve", type_code="22100")
    assert [c["key"] for c in case["clocks"]] == ["filing"]
    with pytest.raises(Conflict) as refused:
        office.act(case, "publisher", "announce", authority="甘棠县民政局（虚构）", position="甲路以东")
    assert refused.value.extra["needs"][0]["code"] == "not_filed"
    office.forward(days=5)
    case = office.act(case, "filing", "file")
    (clock,) = case["clocks"]
    assert (clock["key"], clock["due_on"]) == ("announcement_after_filing", "2026-03-22")
    case = office.act(case, "publisher", "announce", authority="甘棠县民政局（虚构）", position="甲路以东")
    assert case["state"] == "done"


# -- renaming, and a protected name ----------------------------------------------------------------------------------


def test_a_protected_name_is_not_changed_without_protection_measures(office: NamingOffice) -> None:
    street = place_id("s4")
    with unit_of_work(office.engine) as connection:
        connection.execute(
            text("""
                INSERT INTO diming.heritage_tag (id, subject_id, list, level, category, valid, opened_by)
                SELECT :id, :place, '甘棠县地名保护名录（虚构）', 'county', '老街巷', '[2012-01-01,)', opened_by
                FROM diming.place WHERE id = :place
            """),
            {"id": new_id(), "place": street},
        )
    case = office.apply(kind="renaming", place_id=str(street), names=["新晴路"], geometry=None)
    case = office.settle(with_paper(office, case, "application"))
    with pytest.raises(Conflict) as refused:
        office.act(case, "clerk", "accept")
    need = refused.value.extra["needs"][0]
    assert need["code"] == "papers_missing"
    assert len(need["lacking"]) == need["counts"]["n"]
    case = office.act(with_paper(office, case, "protection_measures"), "clerk", "accept")
    case = office.act(heard(office, case), "reviewer", "propose")
    case = office.act(case, "mayor", "approve", effective_on="2026-04-01")
    case = office.act(case, "publisher", "announce", authority="甘棠县民政局（虚构）", position="同前")
    with reading(office.engine) as connection:
        names = connection.execute(
            text("""
                SELECT text, lower(valid) AS since, upper(valid) AS until FROM published.place_name
                WHERE subject_id = :id AND kind = 'standard' AND upper_inf(known) ORDER BY lower(valid)
            """),
            {"id": street},
        ).all()
    day = date(2026, 4, 1)
    assert [tuple(row) for row in names] == [("砚池路", date(2005, 1, 1), day), ("新晴路", day, None)]


# -- what two applications see of each other -------------------------------------------------------------------------


def test_two_applications_for_one_sound_see_each_other(office: NamingOffice) -> None:
    first = office.apply()
    second = office.apply("rival", names=["清砚路"])
    (standing,) = [f for f in second["findings"] if f["rule"] == "A01"]
    assert first["number"] in standing["message"]
    assert "同音" in standing["message"]
    assert standing["severity"] == "warn"
    third = office.apply("rival", names=["晴砚路"])
    assert any("同名" in f["message"] for f in third["findings"] if f["rule"] == "A01")
    office.act(first, "developer", "withdraw")
    office.act(second, "rival", "withdraw")
    assert not [f for f in office.apply(names=["情砚路"])["findings"] if first["number"] in f["message"]]


def test_a_name_taken_meanwhile_is_not_approved(office: NamingOffice) -> None:
    mine, other = before_the_decision(office), before_the_decision(office, names=["晴砚路"])
    mine = office.settle(office.act(mine, "mayor", "check_again"), "reviewer")
    mine = office.act(mine, "mayor", "approve", type_code="23514")
    with pytest.raises(Conflict) as refused:
        office.act(other, "mayor", "approve", type_code="23514")
    assert (code_of(refused), refused.value.extra["rule"]) == ("name_taken", "A01")
    office.act(mine, "publisher", "announce", authority="甘棠县民政局（虚构）", position="东起甲路")
    with pytest.raises(Conflict) as refused:
        office.act(other, "mayor", "approve", type_code="23514")
    assert (code_of(refused), refused.value.extra["rule"]) == ("name_taken", "R10")
    with reading(office.engine) as connection:
        count = connection.scalar(
            text("SELECT count(*) FROM diming.place_name WHERE text = '晴砚路' AND kind = 'standard'")
        )
    assert count == 1


# -- refusals --------------------------------------------------------------------------------------------------------


def test_signs_that_are_no_name_are_refused(office: NamingOffice) -> None:
    with pytest.raises(DimingError) as refused:
        office.apply(names=["晴\u0007砚路"])
    assert code_of(refused) == "name_control_characters"
    assert [f for f in office.apply(names=["😀路"])["findings"] if f["severity"] == "block"]


def test_an_abolition_needs_a_local_rule(office: NamingOffice) -> None:
    with pytest.raises(BadInput) as refused:
        office.apply(kind="abolition", names=[], place_id=str(place_id("s1")), geometry=None, meaning="")
    assert code_of(refused) == "no_route"


def test_a_place_of_another_class_is_not_renamed(office: NamingOffice) -> None:
    with pytest.raises(NotFound) as refused:
        office.apply(kind="renaming", place_id=str(place_id("v1")), geometry=None)
    assert code_of(refused) == "place_not_found"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"effective_on": "2026-03-01"}, "effective_on"),
        ({"effective_on": "soon"}, "effective_on"),
        ({"name": "别的路"}, "name"),
        ({"type_code": None}, "type_code"),
        ({"type_code": "99999"}, None),
    ],
)
def test_a_decision_that_means_nothing_changes_nothing(
    office: NamingOffice, fields: dict[str, str | None], field: str | None
) -> None:
    case = before_the_decision(office)
    given = {name: value for name, value in {"type_code": "23514", **fields}.items() if value is not None}
    with pytest.raises(DimingError) as refused:
        office.act(case, "mayor", "approve", **given)
    assert refused.value.status in (400, 422)
    if field:
        assert refused.value.extra["fields"] == [field]
    with reading(office.engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM diming.unannounced")) == 0
        assert connection.scalar(text("SELECT count(*) FROM diming.decision WHERE kind = 'approval'")) == 0


def test_what_must_be_heard_is_heard_or_left_out_with_a_reason(office: NamingOffice) -> None:
    case = accepted(office, office.apply())
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "propose")
    assert refused.value.extra["needs"][0]["code"] == "hearings_missing"
    with pytest.raises(BadInput):
        office.act(case, "reviewer", "hear", hearing="experts")
    with pytest.raises(BadInput):
        office.act(case, "reviewer", "hear", hearing="astrology", reason="x")
    with pytest.raises(BadInput):
        office.act(case, "reviewer", "hear", hearing="experts", attachment=str(new_id()))


def test_other_names_are_applied_for_while_corrections_are_asked(office: NamingOffice) -> None:
    case = office.apply(names=["沿河路"])
    assert any(f["severity"] == "block" for f in case["findings"])
    case = office.act(case, "clerk", "ask_corrections")
    case = office.act(case, "developer", "change_names", names="照砚路\n\n望砚路")
    assert facts(case)["names"] == ["照砚路", "望砚路"]
    with reading(office.engine) as connection:
        proposed = connection.execute(text("SELECT name FROM diming.proposed_name WHERE open ORDER BY place_in_order"))
        assert [row.name for row in proposed] == ["照砚路", "望砚路"]
