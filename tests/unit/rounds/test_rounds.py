"""When lines are due, who leads, which dates a round needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from boundaries.rounds.model import Due, RoundPlan, anniversary, due_of, is_due, lead_of, plan_faults, segment_numbers
from boundaries.rounds.rules import round_rules

RULES = round_rules()
STEPS, LEADS = list(RULES.dates), list(RULES.leads)
DATES = {step: date(2026, 4 + n, 1) for n, step in enumerate(STEPS)}
PLAN = RoundPlan(5, "第五轮联检", UUID(int=1), "county", date(2026, 3, 1), DATES, "示例〔2026〕1号", "alternate")


def test_lines_are_inspected_every_five_years_by_order_353() -> None:
    assert RULES.interval(date(2026, 1, 1)) == (5, "行政区域界线管理条例 第十二条")


def test_before_the_order_no_rule_says_how_often() -> None:
    with pytest.raises(Exception, match="No rule"):
        RULES.interval(date(2001, 1, 1))


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [(date(2021, 6, 1), 5, date(2026, 6, 1)), (date(2020, 2, 29), 5, date(2025, 3, 1)),
     (date(2020, 2, 29), 4, date(2024, 2, 29))],
)  # fmt: skip
def test_the_next_inspection_is_due_on_the_same_day(day: date, years: int, then: date) -> None:
    assert anniversary(day, years) == then
    assert due_of(day, years) == Due(day, then)


def test_a_line_without_an_inspection_on_record_has_no_day_and_is_due() -> None:
    due = due_of(None, 5)
    assert due.due_on is None
    assert is_due(due, date(2000, 1, 1))


def test_a_line_is_due_on_the_day_itself_and_not_before() -> None:
    due = due_of(date(2021, 6, 1), 5)
    assert [is_due(due, date(2026, 5, 31)), is_due(due, date(2026, 6, 1))] == [False, True]


@pytest.mark.parametrize(
    ("rule", "last", "codes", "lead"),
    [
        ("alternate", None, ("990122", "990121"), "right"),
        ("alternate", "right", ("990122", "990121"), "left"),
        ("alternate", "left", ("990121", "990122"), "right"),
        ("lower_code", "left", ("990121", "990122"), "left"),
    ],
)
def test_who_leads(rule: str, last: object, codes: tuple[str, str], lead: str) -> None:
    assert lead_of(rule, last, *codes) == lead  # type: ignore[arg-type]


def test_a_whole_plan_has_no_fault() -> None:
    assert plan_faults(PLAN, STEPS, LEADS) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"number": 0}, "number from 1"),
        ({"title": " "}, "title"),
        ({"basis": ""}, "document that lays the dates down"),
        ({"lead_rule": "lottery"}, "who leads"),
        ({"dates": {}}, "no national default"),
        ({"dates": {**DATES, "party": date(2026, 9, 1)}}, "no step party"),
        ({"begins_on": date(2026, 12, 1)}, "in the order"),
        ({"dates": {**DATES, "report": date(2026, 4, 1)}}, "in the order"),
    ],
)
def test_what_is_wrong_with_a_plan(change: dict[str, object], said: str) -> None:
    assert any(said in fault for fault in plan_faults(replace(PLAN, **change), STEPS, LEADS))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [("1", [1]), ("3-4，1、3", [1, 3, 4]), ("2－3 7", [2, 3, 7]), ("", None), ("4-3", None), ("0", None), ("甲", None)],
)
def test_segments_are_named_by_their_numbers(typed: str, numbers: list[int] | None) -> None:
    assert segment_numbers(typed) == numbers
