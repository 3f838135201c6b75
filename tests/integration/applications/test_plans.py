"""Names of a plan: kept for what will be built, warned of, taken up by an application, given free."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

from data.db import reading, set_role_reader
from data.errors import BadInput, Conflict, NotPermitted
from geonames.plans import service
from geonames.plans.service import NewPlan, Reserved
from tests.integration.applications.test_naming import before_the_decision
from tests.integration.cases.pages import Browser, Page
from tests.samples.applicants import COUNTY, NamingOffice

ROAD = Reserved("砚东路", "STREET", "规划一号路", "990121", "在砚州之东")
PLAN = NewPlan("砚东新区地名方案（虚构）", "甘棠县人民政府（虚构）", date(2026, 2, 1), [ROAD], "演示〔2026〕3号")


def adopt(office: NamingOffice, *names: Reserved) -> tuple[UUID, dict[str, Any]]:
    """The plan's id, and its first name."""
    plan = NewPlan(PLAN.title, PLAN.authority, PLAN.adopted_on, list(names) or [ROAD], PLAN.doc_no)
    identity = service.adopt_plan(office.casework, office.people["reviewer"], COUNTY, plan)
    return identity, shown(office, identity)["reserved"][0]


def shown(office: NamingOffice, plan: UUID) -> dict[str, Any]:
    with reading(office.engine) as connection:
        set_role_reader(connection)
        return service.find_plan(connection, plan)


def rules(case: dict[str, Any]) -> list[str]:
    return [f["rule"] for f in case["findings"]]


def test_others_are_warned_of_a_reserved_name_and_of_its_sound(office: NamingOffice) -> None:
    adopt(office)
    same = office.apply(names=["砚东路"])
    (warned,) = [f for f in same["findings"] if f["rule"] == "A02"]
    assert (warned["severity"], "规划一号路" in warned["message"]) == ("warn", True)
    assert "A02" in rules(office.apply(names=["雁东路"]))  # yàn dōng lù
    assert "A02" not in rules(office.apply(names=["听砚路"]))


def test_the_application_that_takes_it_up_is_not_warned_and_uses_it(office: NamingOffice) -> None:
    plan, name = adopt(office)
    case = before_the_decision(office, names=["砚东路"], reserved_id=str(name["id"]))
    assert "A02" not in rules(dict(case))
    office.act(case, "mayor", "approve", type_code="23514")
    assert (shown(office, plan)["reserved"][0]["state"], shown(office, plan)["taken"]) == ("taken", 1)


def test_another_candidate_leaves_it_reserved(office: NamingOffice) -> None:
    plan, name = adopt(office)
    case = before_the_decision(office, names=["砚东路", "晴砚路"], reserved_id=str(name["id"]))
    office.act(case, "mayor", "approve", type_code="23514", name="晴砚路")
    assert shown(office, plan)["reserved"][0]["state"] == "reserved"


@pytest.mark.parametrize(
    "said",
    [
        {"names": ["晴砚路"]},
        {"names": ["砚东路"], "class": "FACILITY"},
        {"names": ["砚东路"], "reserved_id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6096"},
    ],
)
def test_it_is_taken_up_only_for_what_it_is(office: NamingOffice, said: dict[str, Any]) -> None:
    _, name = adopt(office)
    with pytest.raises(BadInput) as refused:
        office.apply(**{"reserved_id": str(name["id"]), **said})
    assert [problem["field"] for problem in refused.value.extra["fields"]] == ["reserved_id"]


def test_a_name_given_free_is_given_free_once_and_with_its_reason(office: NamingOffice) -> None:
    plan, name = adopt(office)
    service.release_name(office.casework, office.people["reviewer"], name["id"], "规划调整")
    assert shown(office, plan)["reserved"][0]["released_because"] == "规划调整"
    assert "A02" not in rules(office.apply(names=["砚东路"]))
    with pytest.raises(Conflict):
        service.release_name(office.casework, office.people["reviewer"], name["id"], "又一次")
    with pytest.raises(NotPermitted):
        service.release_name(office.casework, office.people["developer"], name["id"], "要用")


def test_a_plan_is_stored_whole_or_not_at_all(office: NamingOffice) -> None:
    bad = [ROAD, Reserved("砚西路", "STREET", "", "990121"), Reserved("砚北路", "STREET", "路", "330522"), ROAD]
    with pytest.raises(BadInput) as refused:
        adopt(office, *bad)
    said = " ".join(refused.value.extra["findings"])
    assert "row 2" in said
    assert "row 3" in said
    assert "twice" in said
    with reading(office.engine) as connection:
        assert service.list_plans(connection)["items"] == []


def test_a_plan_is_recorded_by_its_form_read_by_everybody_and_led_to_an_application(
    office: NamingOffice, address: str, visit: Callable[[str | None], Browser]
) -> None:
    browser = visit("reviewer")
    typed = {
        "title": PLAN.title, "within": "990121", "authority": PLAN.authority, "adopted_on": "2026-02-01",
        "names": "砚东路，街路巷，规划一号路，990121，在砚州之东\n砚西路,STREET,规划二号路,990121",
    }  # fmt: skip
    wrong = browser.client.post("/plans", data={**typed, "names": "砚东路"}, headers={"Origin": browser.origin})
    assert (wrong.status_code, "line 1" in wrong.text) == (422, True)
    page = Page(browser.client.post("/plans", data=typed, headers={"Origin": browser.origin}, follow_redirects=True))
    assert page.text(".badge").count("预留") == 2
    listed = httpx.get(f"{address}/v1/plans?within=990121").json()["items"]
    assert [(item["title"], item["names"]) for item in listed] == [(PLAN.title, 2)]
    links = [a.get("href") for a in page.all("a") if "reserved_id" in a.get("href", "")]
    (link,) = [address for address in links if quote("砚东路") in address]
    form = visit("developer").get(link)
    assert form.all("[name=reserved_id]")[0].get("value")
    assert visit(None).get(page.path).text("table").count("砚") >= 2
