"""Anybody reports a wrong use of a name; the office opens a case for it or says why not; who reported stays with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from api.app import create_app
from api.settings import Settings
from data import audit
from data.access import Grant, Role, nobody
from data.access.model import account_actor
from data.db import reading
from data.errors import BadInput, Conflict, NotFound, NotPermitted, NotSignedIn, TooManyAttempts
from geonames.supervision import reports
from geonames.supervision.report import Report, ReportState
from geonames.supervision.reports import Sender
from geonames.supervision.rules import use_rules
from geonames.supervision.subject import UseFound, open_finding
from tests.integration.cases.pages import Browser
from tests.integration.supervision.test_usage import FOUND, office
from tests.samples.applicants import CITY, COUNTY, NamingOffice
from tests.serving import serving

__all__ = ["office"]
SEEN = Report("sign", "晴岩路", "石桥镇路口路牌", "与公告的名称不一致（虚构）", "虚构联系人")
SECRET = b"k" * 32


def sent(office: NamingOffice, address: str, report: Report = SEEN, key: str | None = None) -> dict[str, Any]:
    return reports.report_use(office.engine, COUNTY, report, Sender(address, SECRET, key), office.now)


def listed(office: NamingOffice, who: str = "clerk", state: ReportState | None = ReportState.WAITING) -> dict[str, Any]:
    found = reports.list_reports(office.casework, office.people[who], state=state, limit=100)
    return {item["number"]: item for item in found["items"]}


def test_a_report_becomes_a_case_and_its_number_tells_so(office: NamingOffice) -> None:
    number = sent(office, "192.0.2.1")["number"]
    assert reports.report_state(office.engine, number.lower())["state"] == "waiting"
    report = listed(office)[number]
    assert (report["shown"], report["contact"]) == ("晴岩路", "虚构联系人")
    found = UseFound(COUNTY, {**FOUND, "report": str(report["id"])})
    case = open_finding(office.casework, office.people["clerk"], found)
    assert reports.report_state(office.engine, number) | {"received_on": None, "settled_on": None} == {
        "number": number, "state": "taken", "received_on": None, "settled_on": None, "why": None,
    }  # fmt: skip
    assert listed(office, state=ReportState.TAKEN)[number]["case_number"] == case["number"]
    with pytest.raises(Conflict) as again:
        open_finding(office.casework, office.people["clerk"], found)
    assert again.value.code == "already_done"
    with reading(office.engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM diming.usage_report WHERE origin IS NOT NULL")) == 0
        assert audit.verify(connection)[1] is None


def test_a_report_without_a_case_has_its_reason(office: NamingOffice) -> None:
    number = sent(office, "192.0.2.2")["number"]
    identity = listed(office)[number]["id"]
    with pytest.raises(BadInput):
        reports.dismiss_report(office.casework, office.people["clerk"], identity, " ")
    with pytest.raises(NotPermitted):
        reports.dismiss_report(office.casework, office.people["mayor"], identity, "名称无误（虚构）")
    reports.dismiss_report(office.casework, office.people["clerk"], identity, "名称无误（虚构）")
    assert reports.report_state(office.engine, number)["why"] == "名称无误（虚构）"
    with pytest.raises(Conflict):
        reports.dismiss_report(office.casework, office.people["clerk"], identity, "再次（虚构）")


def test_only_the_office_where_it_lies_reads_reports(office: NamingOffice) -> None:
    number = sent(office, "192.0.2.3")["number"]
    identity = listed(office)[number]["id"]
    neighbour = account_actor(UUID(int=9), (Grant(Role.CLERK, UUID(int=7)),), "session")
    office.people["neighbour"] = neighbour
    assert number in listed(office, "mayor")
    assert listed(office, "neighbour") == listed(office, "developer") == {}
    for who in ("neighbour", "developer"):
        with pytest.raises(NotFound):
            reports.find_report(office.casework, office.people[who], identity)
    with pytest.raises(NotSignedIn):
        reports.list_reports(office.casework, nobody())
    elsewhere = UseFound(CITY, {**FOUND, "report": str(identity)})
    office.people["cityclerk"] = replace(office.people["clerk"], grants=(Grant(Role.CLERK, CITY),))
    with pytest.raises(BadInput):
        open_finding(office.casework, office.people["cityclerk"], elsewhere)


def test_one_address_has_its_say_and_not_hundreds(office: NamingOffice) -> None:
    limit = use_rules().reports.of_one_origin_a_day
    for number in range(limit):
        sent(office, "192.0.2.4", Report("map", f"晴岩路{number}", "某地图"))
    with pytest.raises(TooManyAttempts) as refused:
        sent(office, "192.0.2.4")
    assert refused.value.code == "too_many_reports"
    sent(office, "192.0.2.5")


def test_the_same_request_again_is_one_report(office: NamingOffice) -> None:
    first = sent(office, "192.0.2.6", key="report-1")
    assert sent(office, "192.0.2.6", key="report-1") == first
    with pytest.raises(Conflict) as other:
        sent(office, "192.0.2.6", Report("sign", "另一处", "别处"), key="report-1")
    assert other.value.code == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Report("rumour", "晴岩路", "路口"), "use"),
        (Report("sign", " ", "路口"), "shown"),
        (Report("sign", "晴岩路", ""), "where"),
        (Report("sign", "晴岩路\u0007", "路口"), "shown"),
        (Report("sign", "晴岩路", "路口", "长" * 2001), "what"),
    ],
    ids=["use", "blank", "nowhere", "control", "long"],
)
def test_what_says_nothing_is_refused(office: NamingOffice, wrong: Report, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        sent(office, "192.0.2.7", wrong)
    assert (refused.value.code, [one["field"] for one in refused.value.extra["fields"]]) == ("bad_report", [field])


@pytest.fixture(scope="module")
def address(office: NamingOffice) -> Iterator[str]:
    app = create_app(Settings(database_url=office.engine.url.render_as_string(hide_password=False)))
    app.state.clock = lambda: office.now
    app.state.casework = office.casework
    with serving(app) as found:
        yield found


def test_a_citizen_reports_by_the_form_and_by_program(office: NamingOffice, address: str) -> None:
    citizen = Browser(address, None)
    form = citizen.get("/supervision/report")
    said = {"within": "990121", "use": "sign", "shown": "晴岩大街", "where": "车站"}
    wrong = citizen.send(form, "/supervision/report", -1, **{**said, "shown": "  "})
    assert (wrong.status, "晴岩大街" not in wrong.text("main")) == (422, True)
    page = citizen.send(wrong, "/supervision/report", -1, **said)
    assert page.status == 200
    number = page.text("code")
    assert number in listed(office)
    assert "待处理" in page.text("main")
    key = {"Idempotency-Key": "report-of-a-citizen"}
    answer = httpx.post(f"{address}/v1/supervision/reports", json={**said, "shown": "晴岩巷"}, headers=key)
    assert answer.status_code == 201, answer.text
    told = httpx.get(f"{address}/v1/supervision/reports/{answer.json()['number']}").json()
    assert (told["state"], set(told)) == ("waiting", {"number", "state", "received_on", "settled_on", "why"})
    assert httpx.get(f"{address}/v1/supervision/reports").status_code == 401
    assert httpx.get(f"{address}/v1/supervision/reports/JB-2026-0000000000").status_code == 404
    citizen.close()
