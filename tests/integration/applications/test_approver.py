"""The authority of the route approves, and not the one above it, whose jurisdiction holds the place as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from data.access import Grant, Role
from data.access.model import account_actor
from data.db import unit_of_work
from data.errors import BadInput, Conflict, NotPermitted
from data.ids import new_id
from tests.integration.applications.test_naming import accepted, before_the_decision, heard
from tests.samples.applicants import ADD_ACCOUNT, CITY, COUNTY, NamingOffice


def approver(office: NamingOffice, name: str, unit: UUID | None, body: str | None) -> str:
    account = new_id()
    with unit_of_work(office.engine) as connection:
        connection.execute(ADD_ACCOUNT, {"id": account, "name": name})
    grant = Grant(Role.APPROVING_AUTHORITY, unit, body=body)
    office.people[name] = account_actor(account, (grant,), "session")
    return name


def refusal(office: NamingOffice, case: Mapping[str, Any], who: str) -> NotPermitted:
    with pytest.raises(NotPermitted) as refused:
        office.act(case, who, "approve", type_code="23514")
    return refused.value


def test_only_the_body_and_unit_of_the_route_approve(office: NamingOffice) -> None:
    case = before_the_decision(office)
    wrong = [
        approver(office, "citymayor", CITY, "government"),
        approver(office, "bureau", COUNTY, "place_name_department"),
        approver(office, "nobody", COUNTY, None),
        approver(office, "council", None, "state_council"),
        "housing",
    ]
    for who in wrong:
        found = refusal(office, case, who)
        assert (found.code, found.extra["body"], found.extra["article"]) == (
            "not_the_approver", "government", "地名管理条例 第十二条（五）",
        )  # fmt: skip
        assert "甘棠县人民政府" in found.detail
    assert office.act(case, "mayor", "approve", type_code="23514")["state"] == "approved"


def test_an_authority_by_a_local_rule_is_asked_for_by_its_body(office: NamingOffice) -> None:
    village: dict[str, Any] = {
        "class": "OTHER",
        "names": ["晴砚社"],
        "geometry": {"type": "Point", "coordinates": [110.05, 30.045]},
    }
    case = heard(office, accepted(office, office.apply(**village)))
    entered = {"authority": "甘棠县民政局（虚构）", "article": "示例办法 第六条（虚构）"}
    with pytest.raises(BadInput):
        office.act(case, "reviewer", "enter_authority", body="neighbours", **entered)
    case = office.act(case, "reviewer", "enter_authority", body="place_name_department", code="990121", **entered)
    case = office.act(case, "reviewer", "propose")
    assert refusal(office, case, "mayor").extra["article"] == "示例办法 第六条（虚构）"
    bureau = approver(office, "bureau", COUNTY, "place_name_department")
    case = office.act(case, bureau, "approve", type_code="22200")
    assert (case["facts"]["route"]["filing"]["to"], case["facts"]["route"]["filing"]["above"]) == (
        "place_name_department", True,
    )  # fmt: skip
    assert {clock["key"]: clock["article"] for clock in case["clocks"]} == {
        "filing": "地名管理条例 第十三条", "announcement": "地名管理条例 第十四条",
    }  # fmt: skip


def test_what_is_to_be_reported_upward_is_reported_before_the_decision(office: NamingOffice) -> None:
    case = heard(office, accepted(office, office.apply(circumstances=["sea"])))
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "propose")
    assert "matters_unreported" in [need["code"] for need in refused.value.extra["needs"]]
    with pytest.raises(BadInput):
        office.act(case, "reviewer", "report_matter", matter="weather", how="虚构")
    case = office.act(case, "reviewer", "report_matter", matter="sovereignty", how="报上级，演示〔2026〕9号（虚构）")
    assert office.act(case, "reviewer", "propose")["state"] == "decision"
