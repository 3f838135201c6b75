"""Where a case stands, asked with number and code of its receipt; how long cases take, told to desks and to all."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from python_calamine import CalamineWorkbook

from data.access import nobody
from data.cases.status import public_status, status_code
from data.db import reading
from data.errors import NotFound, NotPermitted, NotSignedIn
from data.secrets import Keyring
from geonames.statistics.service import Wanted, announced_counts, case_statistics
from geonames.statistics.sheets import workbook_of
from tests.integration.applications.test_naming import before_the_decision
from tests.integration.cases.pages import Browser
from tests.samples.applicants import COUNTY, NamingOffice

YEAR = Wanted(date(2026, 1, 1), date(2026, 12, 31), "990121", COUNTY)


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


def test_number_and_code_say_where_it_stands_and_nothing_personal(office: NamingOffice, keys: Keyring) -> None:
    case = before_the_decision(office)
    code = status_code(keys, UUID(str(case["id"])))
    found = public_status(office.casework, keys, case["number"].lower(), code.replace("-", " "))
    assert (found["state"], found["with"], found["to_do"]) == (
        "decision",
        ["approving_authority"],
        [{"zh": "撤回", "en": "withdraw"}],
    )
    said = str(found)
    assert "示例开发公司" not in said
    assert all(name not in said for name in ("developer", "mayor", "晴砚"))


def test_whoever_guesses_gets_the_same_answer(office: NamingOffice, keys: Keyring) -> None:
    case, other = office.apply(), office.apply(names=["洗砚路"])
    good = status_code(keys, UUID(str(case["id"])))
    attempts = [
        (case["number"], status_code(keys, UUID(str(other["id"])))),
        ("DM-2026-0000000000", good),
        (case["number"], ""),
        (case["number"], good[:-1]),
    ]
    told = set()
    for number, code in attempts:
        with pytest.raises(NotFound) as refused:
            public_status(office.casework, keys, number, code)
        told.add((refused.value.code, refused.value.detail))
    assert len(told) == 1
    assert status_code(Keyring(keys.folder.parent / "others"), UUID(str(case["id"]))) != good


def test_the_page_and_the_api_tell_it_without_an_account(
    office: NamingOffice, address: str, visit: Callable[[str | None], Browser]
) -> None:
    case = office.apply()
    with httpx.Client(base_url=address) as client:
        wrong = client.post("/v1/case-status", json={"number": case["number"], "code": "AAAA-AAAA-AAAA"})
        assert (wrong.status_code, wrong.json()["code"]) == (404, "no_such_status")
    page = visit("developer").get(f"/cases/{case['number']}")
    code = page.text("main").split("查询码")[1].split()[0]
    with httpx.Client(base_url=address) as client:
        found = client.post("/v1/case-status", json={"number": case["number"], "code": code}).json()
        assert found["state"] == "submitted"
        shown = client.post("/case-status", data={"number": case["number"], "code": code})
    assert "待受理" in shown.text
    assert "示例开发公司" not in shown.text


def test_time_in_each_state_terms_classes_and_regions(office: NamingOffice) -> None:
    case = office.apply()
    office.forward(days=4)
    case = office.act(case, "clerk", "reject", reason="不属于受理范围（虚构）")
    waiting = before_the_decision(office, names=["洗砚路"])
    office.act(waiting, "mayor", "approve", type_code="23514")
    office.forward(days=20)
    found = case_statistics(office.casework, office.people["reviewer"], YEAR)
    assert {key: found["totals"][key] for key in ("opened", "ended", "open")} == {"opened": 2, "ended": 1, "open": 1}
    states = {row["state"]: row for row in found["states"]}
    assert (states["submitted"]["times"], states["submitted"]["median_days"]) == (2, 2.0)
    assert (states["approved"]["now_in_it"], states["approved"]["median_days"]) == (1, 20.0)
    assert {row["key"]: row["overdue"] for row in found["terms"]} == {"announcement": 1, "filing": 1}
    assert [(row["key"], row["opened"]) for row in found["classes"]] == [("STREET", 2)]
    assert [(row["key"], row["opened"]) for row in found["regions"]] == [("990121", 2)]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook_of(found)))
    assert sheet.sheet_names == ["各环节用时", "期限", "按类别", "按地区"]
    assert sheet.get_sheet_by_name("按类别").to_python()[1] == ["STREET", 2.0, 1.0]


def test_desks_see_their_division_and_everybody_what_was_announced(office: NamingOffice) -> None:
    case: Any = office.act(before_the_decision(office), "mayor", "approve", type_code="23514")
    office.act(case, "publisher", "announce", authority="甘棠县民政局（虚构）", position="东起甲路")
    with reading(office.engine) as connection:
        assert announced_counts(connection, YEAR)["items"] == [
            {"class": "STREET", "county": "990121", "name": "甘棠县", "announced": 1}
        ]
    with pytest.raises(NotPermitted):
        case_statistics(office.casework, office.people["developer"], YEAR)
    with pytest.raises(NotPermitted):
        case_statistics(office.casework, office.people["reviewer"], Wanted(YEAR.since, YEAR.until))
    with pytest.raises(NotSignedIn):
        case_statistics(office.casework, nobody(), YEAR)


def test_the_page_of_statistics_draws_for_desks_and_tells_the_public_its_part(
    office: NamingOffice, visit: Callable[[str | None], Browser]
) -> None:
    office.apply()
    address = "/statistics/applications?since=2026-01-01&until=2026-12-31&within=990121"
    assert "各环节用时" in visit("reviewer").get(address).text("main")
    public = visit(None).get(address)
    assert public.status == 200
    assert "各环节用时" not in public.text("main")
    assert "这段时间没有公告" in public.text("main")
