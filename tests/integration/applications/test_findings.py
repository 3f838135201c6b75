"""What is found about a name is cured, justified with a reason, or overridden by a supervisor on a legal basis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import text

from data.db import reading, unit_of_work
from data.errors import BadInput, Conflict, NotPermitted
from tests.integration.applications.test_naming import before_the_decision, heard, with_paper
from tests.integration.cases.pages import Browser
from tests.samples.applicants import NamingOffice

Case = Mapping[str, Any]
BASIS = "示例办法 第九条（虚构）"


def of_rule(case: Case, *rules: str) -> list[Mapping[str, Any]]:
    return [f for f in case["findings"] if f["rule"] in rules and f["closed_at"] is None]


def blocked(office: NamingOffice) -> tuple[Case, str]:
    """A case for a name that stands in the built-up area already, and the finding that blocks it."""
    case = office.apply(names=["沿河路"])
    (finding,) = [f for f in case["findings"] if f["severity"] == "block"]
    return case, str(finding["id"])


def test_what_blocks_is_overridden_by_a_named_supervisor_with_reason_and_basis(office: NamingOffice) -> None:
    case, finding = blocked(office)
    with pytest.raises(Conflict) as refused:
        office.act(case, "clerk", "settle_finding", finding=finding, reason="可以（虚构）")
    assert refused.value.code == "needs_supervisor"
    with pytest.raises(NotPermitted):
        office.act(case, "reviewer", "override_finding", finding=finding, reason="可以（虚构）", basis=BASIS)
    for lacking in ({"reason": "可以（虚构）"}, {"basis": BASIS}):
        with pytest.raises(BadInput):
            office.act(case, "mayor", "override_finding", finding=finding, **lacking)
    case = office.act(case, "mayor", "override_finding", finding=finding, reason="沿用旧名（虚构）", basis=BASIS)
    (closed,) = [f for f in case["findings"] if str(f["id"]) == finding]
    supervisor = str(office.people["mayor"].account_id)
    assert (closed["settled_how"], closed["settled_by"], closed["basis"]) == ("overridden", supervisor, BASIS)
    with reading(office.engine) as connection:
        kept = connection.scalar(
            text("SELECT details FROM diming.audit WHERE action = 'case.override_finding' ORDER BY seq DESC LIMIT 1")
        )
    assert (kept["basis"], kept["reason"], kept["finding"]) == (BASIS, "沿用旧名（虚构）", finding)


def test_a_name_without_a_specific_connection_says_so_and_its_ground_is_kept(office: NamingOffice) -> None:
    case = office.apply(applicant={"name": "晴砚实业有限公司（虚构）", "sort": "company"})
    (brand,) = of_rule(case, "R26")
    assert brand["severity"] == "block"
    assert [ground["key"] for ground in brand["grounds"]] == ["no_specific_connection"]
    said = {"finding": str(brand["id"]), "reason": "取自当地河名（虚构）"}
    with pytest.raises(BadInput):
        office.act(case, "clerk", "settle_finding", **said, ground="pretty")
    case = office.act(case, "clerk", "settle_finding", **said, ground="no_specific_connection")
    (closed,) = [f for f in case["findings"] if f["rule"] == "R26"]
    assert (closed["settled_how"], closed["ground"]) == ("justified", "no_specific_connection")
    assert closed["ground_label"]["zh"].endswith("不存在特定联系")


def test_what_is_found_no_more_is_cured_and_what_comes_back_is_found_again(office: NamingOffice) -> None:
    case, finding = blocked(office)
    case = office.act(case, "clerk", "ask_corrections")
    case = office.act(case, "developer", "change_names", names="照砚路")
    (closed,) = [f for f in case["findings"] if str(f["id"]) == finding]
    assert closed["settled_how"] == "cured"
    case = office.act(case, "developer", "change_names", names="沿河路")
    assert [f["rule"] for f in case["findings"] if f["severity"] == "block" and f["closed_at"] is None] == ["R10"]


def test_what_is_new_at_the_decision_is_settled_first(office: NamingOffice) -> None:
    case = before_the_decision(office)
    office.apply("rival", names=["清砚路"])
    with pytest.raises(Conflict) as refused:
        office.act(case, "mayor", "approve", type_code="23514")
    assert (refused.value.code, refused.value.extra["rule"]) == ("findings_new", "A01")
    case = office.act(case, "mayor", "check_again")
    with pytest.raises(Conflict) as again:
        office.act(case, "mayor", "approve", type_code="23514")
    assert [need["code"] for need in again.value.extra["needs"]] == ["findings_open"]
    case = office.settle(case, "reviewer")
    assert office.act(case, "mayor", "approve", type_code="23514")["state"] == "approved"


def test_another_candidate_is_approved_after_what_is_found_of_it_was_settled(office: NamingOffice) -> None:
    office.apply("rival", names=["亭砚路"])
    case = office.settle(with_paper(office, office.apply(names=["晴砚路", "亭砚路"]), "application"))
    case = office.act(heard(office, office.act(case, "clerk", "accept")), "reviewer", "propose")
    with pytest.raises(Conflict) as refused:
        office.act(case, "mayor", "approve", type_code="23514", name="亭砚路")
    assert refused.value.code == "findings_new"
    with pytest.raises(BadInput):
        office.act(case, "mayor", "check_again", name="别的路")
    case = office.settle(office.act(case, "mayor", "check_again", name="亭砚路"), "reviewer")
    assert office.act(case, "mayor", "approve", type_code="23514", name="亭砚路")["facts"]["name"] == "亭砚路"


def test_the_page_offers_each_way_to_whom_it_is_open(
    office: NamingOffice, visit: Callable[[str | None], Browser]
) -> None:
    case, _ = blocked(office)
    with unit_of_work(office.engine) as connection:
        connection.execute(text("UPDATE diming.account SET display_name = '县长（虚构）' WHERE username = 'mayor'"))
    address = f"/cases/{case['number']}?tab=findings"
    assert not visit("clerk").get(address).forms("/actions/override_finding")
    mayor = visit("mayor")
    mayor.send(mayor.get(address), "/actions/override_finding", f_reason="沿用旧名（虚构）", f_basis=BASIS)
    shown = visit("clerk").get(address).text(".settled")
    assert "县长（虚构）" in shown
    assert BASIS in shown
