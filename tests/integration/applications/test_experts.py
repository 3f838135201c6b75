"""Experts are drawn from the pool by a seed, heard, and reported on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data.access import Grant, Role
from data.access.model import account_actor
from data.db import unit_of_work
from data.errors import BadInput, Conflict, NotPermitted
from data.ids import new_id
from geonames.experts import service
from geonames.experts.service import NewExpert
from tests.integration.applications.test_naming import accepted
from tests.integration.cases.pages import Browser
from tests.samples.applicants import ADD_ACCOUNT, ADD_GRANT, CITY, COUNTY, NamingOffice

Case = Mapping[str, Any]
TODAY = date(2026, 3, 2)


def expert(office: NamingOffice, name: str, employer: str = "示例大学（虚构）", *fields: str) -> UUID:
    """Somebody with the role, in the pool of the county; his id there. He signs in by `name`."""
    account = new_id()
    with unit_of_work(office.engine) as connection:
        connection.execute(ADD_ACCOUNT, {"id": account, "name": name})
        values = {"id": new_id(), "account": account, "role": Role.EXPERT, "unit": COUNTY}
        connection.execute(ADD_GRANT, values)
        chain = service.matter_at(office.casework, connection, COUNTY).chain
    office.people[name] = account_actor(account, (Grant(Role.EXPERT, COUNTY),), "session")
    new = NewExpert(name, fields or ("history",), employer)
    return service.add_expert(office.engine, office.people["reviewer"], chain, new, TODAY)


def pool(office: NamingOffice) -> dict[str, UUID]:
    return {name: expert(office, name) for name in ("e1", "e2", "e3", "e4")}


def drawn(office: NamingOffice, case: Case, number: str = "3", **fields: str) -> tuple[Case, dict[str, Any]]:
    case = office.act(case, "reviewer", "draw_experts", number=number, **fields)
    return case, service.find_draw(office.casework, office.people["reviewer"], UUID(case["facts"]["draws"][-1]["id"]))


def test_who_has_an_interest_is_left_out_with_the_reason_and_the_draw_can_be_repeated(office: NamingOffice) -> None:
    people = {**pool(office), "own": expert(office, "own", "示例开发公司")}
    service.declare_interest(office.casework, office.people["e4"], people["e4"], "示例开发公司", "亲属任职")
    case, draw = drawn(office, accepted(office, office.apply()))
    outcome = {t["name"]: (t["excluded"], t["chosen"]) for t in draw["tickets"]}
    assert outcome == {
        "e1": (None, True), "e2": (None, True), "e3": (None, True), "e4": ("interest", False),
        "own": ("employer", False),
    }  # fmt: skip
    assert (draw["holds"], len(draw["seed"])) == (True, 32)
    assert office.act(case, "e1", "vote", stance="for")["state"] == "review"


def test_a_second_draw_leaves_out_who_was_called_and_too_few_are_refused(office: NamingOffice) -> None:
    pool(office)
    case, _ = drawn(office, accepted(office, office.apply()))
    case, second = drawn(office, case, "1")
    assert [t["chosen"] for t in second["tickets"]].count(True) == 1
    assert [t["excluded"] for t in second["tickets"]].count("called") == 3
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "draw_experts", number="1")
    assert refused.value.code == "too_few_experts"


def test_fields_are_asked_for_by_their_words(office: NamingOffice) -> None:
    for name in ("h1", "h2", "h3"):
        expert(office, name, "示例大学（虚构）", "history", "law")
    expert(office, "planner", "示例大学（虚构）", "planning")
    case, draw = drawn(office, accepted(office, office.apply()), fields="历史文化、law")
    assert {t["name"]: t["excluded"] for t in draw["tickets"]} == {"h1": None, "h2": None, "h3": None,
                                                                     "planner": "field"}  # fmt: skip
    with pytest.raises(BadInput) as refused:
        office.act(case, "reviewer", "draw_experts", number="3", fields="占卜")
    assert refused.value.code == "bad_draw"


def test_the_report_waits_for_the_votes_and_says_what_each_found(office: NamingOffice) -> None:
    pool(office)
    case, draw = drawn(office, accepted(office, office.apply()))
    called = [t["name"] for t in draw["tickets"] if t["chosen"]]
    said = {"minutes": "逐一讨论（虚构）", "conclusion": "同意首选名", "met_on": "2026-03-02"}
    case = office.act(case, called[0], "vote", stance="for", text="砚字有据")
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "report_experts", **said)
    assert refused.value.code == "experts_missing"
    case = office.act(case, called[1], "vote", stance="against", text="与老路混淆")
    case = office.act(case, "reviewer", "report_experts", **said)
    facts = case["facts"]
    assert (facts["experts_called"], facts["experts_for"], facts["experts_against"]) == ("3", "1", "1")
    assert {row["vote"] for row in facts["experts_rows"]} == {"同意", "不同意", "未表决"}
    assert "experts" in facts["heard"]


def test_the_pool_is_kept_by_its_own_office(office: NamingOffice) -> None:
    someone = expert(office, "e1")
    for who in ("developer", "mayor", "e1"):
        with pytest.raises(NotPermitted):
            service.leave(office.casework, office.people[who], someone, TODAY)
    office_of, chain = office.people["reviewer"], (CITY, COUNTY)
    with pytest.raises(BadInput):  # the developer has not the role of an expert
        service.add_expert(office.engine, office_of, chain, NewExpert("developer", ["law"], "某"), TODAY)
    with pytest.raises(Conflict):
        service.add_expert(office.engine, office_of, chain, NewExpert("e1", ["law"], "某"), TODAY)
    service.leave(office.casework, office.people["reviewer"], someone, TODAY)
    listed = service.list_experts(office.casework, office.people["reviewer"], COUNTY)
    assert listed["items"] == []


def test_a_draw_stays_as_it_was(office: NamingOffice) -> None:
    pool(office)
    drawn(office, accepted(office, office.apply()))
    with pytest.raises(Exception, match="expert_draw"), unit_of_work(office.engine) as connection:
        connection.execute(text("UPDATE diming.expert_draw SET seed = 'another'"))


def test_the_pool_and_a_draw_on_their_pages(office: NamingOffice, visit: Callable[[str | None], Browser]) -> None:
    pool(office)
    _, draw = drawn(office, accepted(office, office.apply()))
    browser = visit("reviewer")
    listed = browser.get("/experts?within=990121")
    assert "示例大学（虚构）" in listed.text("table")
    shown = browser.get(f"/experts/draws/{draw['id']}")
    assert draw["seed"] in shown.text("code")
    assert shown.text("table").count("抽中") == 4  # three drawn, one 未抽中
    wrong = browser.client.post(
        "/experts", data={"do": "add", "within": "990121", "username": "nobody", "fields": "law", "employer": "某"},
        headers={"Origin": browser.origin},
    )  # fmt: skip
    assert (wrong.status_code, "bad_expert" in wrong.text) == (422, True)
