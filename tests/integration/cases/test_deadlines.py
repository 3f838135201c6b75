"""The clocks of a case, with the day moved: near, past, standing still, not known."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data.cases import reading, service
from data.cases.deadlines import Looked, look_at_clocks
from data.cases.model import Opening
from data.cases.set_days import look_at_set_days
from data.db import fetch_all
from data.db import reading as database_reading
from data.workdays import Evidence, WorkingDays
from tests.integration.cases.conftest import Do
from tests.samples.office import COUNTY, Office


def clocks(office: Office, opened: dict[str, Any]) -> dict[str, dict[str, Any]]:
    seen = reading.find_case(office.casework, office["clerk"], UUID(opened["id"]))
    return {clock["key"]: clock for clock in seen["clocks"]}


def told(office: Office) -> list[tuple[str, UUID]]:
    with database_reading(office.casework.engine) as connection:
        rows = fetch_all(connection, text("SELECT kind, account_id FROM diming.notification ORDER BY at, id"))
    return [(row["kind"], row["account_id"]) for row in rows]


def test_a_clock_stands_still_while_the_applicant_must_act(office: Office, opened: dict[str, Any], do: Do) -> None:
    office.clock.forward(days=2)  # Wednesday
    do("clerk", "find", rule="R1", severity="block", message="缺图")
    asked = do("clerk", "ask_corrections")
    assert [(c["key"], c["running"], c["due_on"]) for c in asked["clocks"]] == [("decision", False, None)]
    office.clock.forward(days=28)  # Wednesday, 1 April
    do("applicant", "answer_finding", finding=asked["findings"][0]["id"], text="已补")
    do("applicant", "resubmit")
    now = clocks(office, opened)
    # two of twenty days were used; 18 working days from 1 April, of which the 6th is a day off
    assert now["decision"]["due_on"] == date(2026, 4, 28)
    assert now["acceptance"]["due_on"] == date(2026, 4, 9)


def test_what_is_near_is_warned_about_once_and_what_is_past_told_upwards_once(
    office: Office, opened: dict[str, Any], do: Do
) -> None:
    clerk, reviewer = office["clerk"].account_id, office["reviewer"].account_id
    everything = office["everything"].account_id
    do("everything", "assign", to=str(clerk))
    assert told(office) == [("case_assign", clerk)]
    assert look_at_clocks(office.casework) == Looked(0, 0)
    office.clock.forward(days=4)  # Friday; the term ends on Monday
    assert clocks(office, opened)["acceptance"]["near"]
    assert look_at_clocks(office.casework) == Looked(1, 0)
    assert look_at_clocks(office.casework) == Looked(0, 0)
    assert told(office)[1:] == [("clock_near", clerk)]
    office.clock.forward(days=4)  # Tuesday
    assert clocks(office, opened)["acceptance"]["overdue"]
    assert look_at_clocks(office.casework) == Looked(0, 1)
    assert look_at_clocks(office.casework) == Looked(0, 0)
    assert {account for kind, account in told(office) if kind == "clock_past"} == {clerk, reviewer, everything}


def test_overdue_cases_are_listed(office: Office, opened: dict[str, Any]) -> None:
    assert reading.list_cases(office.casework, office["clerk"], overdue=True)["items"] == []
    office.clock.forward(days=8)
    late = reading.list_cases(office.casework, office["clerk"], overdue=True)["items"]
    assert [(c["id"], c["due_on"], c["overdue"]) for c in late] == [(UUID(opened["id"]), date(2026, 3, 9), True)]


def test_a_closed_case_has_no_clock_left(office: Office, do: Do) -> None:
    assert do("applicant", "withdraw")["clocks"] == []
    office.clock.forward(days=60)
    assert look_at_clocks(office.casework) == Looked(0, 0)


def test_a_term_into_a_year_without_a_notice_is_said_so_until_the_notice_is_entered(office: Office) -> None:
    office.clock.forward(days=302)  # 29 December 2026
    opening = Opening("sample.lamp_post", "年末灯杆", COUNTY, {"street": "示例路"})
    opened = service.open_case(office.casework, office["clerk"], opening)
    assert [(c["due_on"], c["missing_year"], c["verified"]) for c in opened["clocks"]] == [(None, 2027, False)] * 2
    assert look_at_clocks(office.casework) == Looked(0, 0)
    now_known = office.casework.calendar
    entered = WorkingDays({**now_known.exceptions, date(2027, 1, 1): False}, {**now_known.years, 2027: Evidence.READ})
    object.__setattr__(office.casework, "calendar", entered)
    look_at_clocks(office.casework)
    due = clocks(office, opened)["acceptance"]
    assert (due["due_on"], due["missing_year"], due["verified"]) == (date(2027, 1, 6), None, True)


@pytest.mark.parametrize(("days", "near"), [(3, False), (4, True)])
def test_the_warning_comes_on_its_day(office: Office, opened: dict[str, Any], days: int, near: bool) -> None:
    office.clock.forward(days=days)
    assert clocks(office, opened)["acceptance"]["near"] is near


def test_who_is_asked_by_a_day_hears_of_it_once_near_and_once_past_with_who_asked(office: Office, do: Do) -> None:
    neighbour, reviewer = office["neighbour"].account_id, office["reviewer"].account_id
    do("clerk", "accept")
    asked = do("reviewer", "consult", to=str(neighbour), text="有无异议？", due_on="2026-03-20")
    seen = len(told(office))
    office.clock.forward(days=14)  # 16 March
    assert look_at_set_days(office.casework) == Looked(0, 0)
    office.clock.forward(days=1)
    assert [look_at_set_days(office.casework) for _ in range(2)] == [Looked(1, 0), Looked(0, 0)]
    assert told(office)[seen:] == [("reply_near", neighbour)]
    office.clock.forward(days=3)  # the day itself
    assert look_at_set_days(office.casework) == Looked(0, 0)
    office.clock.forward(days=1)
    assert [look_at_set_days(office.casework) for _ in range(2)] == [Looked(0, 1), Looked(0, 0)]
    assert {who for kind, who in told(office)[seen + 1 :] if kind == "reply_past"} == {neighbour, reviewer}
    again = do("reviewer", "consult", to=str(neighbour), text="再次征求", due_on="2026-03-22")
    do("neighbour", "reply", answers=asked["opinions"][0]["id"], text="无")
    do("neighbour", "reply", answers=again["opinions"][-1]["id"], text="无")
    office.clock.forward(days=9)
    assert look_at_set_days(office.casework) == Looked(0, 0)
