"""Terms that run, stand still and run again."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.workdays import calendar
from data.workflow.clocks import Motion, Run, move, reckon, warn_on
from data.workflow.model import ClockRule, DayKind, Label, RestDay, Term
from data.workflow.reading import load_procedure
from tests.samples import SAMPLE_PROCEDURE

FIVE_WORKING = Term(5, DayKind.WORKING)
DAYS_2026 = st.dates(date(2026, 1, 1), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("since", "term", "due"),
    [
        (date(2026, 3, 2), FIVE_WORKING, date(2026, 3, 9)),  # Monday to Monday: the first day does not count
        (date(2026, 2, 13), FIVE_WORKING, date(2026, 2, 27)),  # 14 February is worked, 15 to 23 are not
        (date(2026, 9, 30), FIVE_WORKING, date(2026, 10, 13)),  # a week of holidays, a Saturday worked
        (date(2026, 3, 2), Term(5, DayKind.CALENDAR), date(2026, 3, 7)),
        (date(2026, 3, 2), Term(5, DayKind.CALENDAR, RestDay.MOVES), date(2026, 3, 9)),
        (date(2026, 2, 27), Term(1, DayKind.CALENDAR, RestDay.MOVES), date(2026, 2, 28)),  # a Saturday with work
    ],
)
def test_a_term_ends_on_the_day_that_a_person_would_count(since: date, term: Term, due: date) -> None:
    found = reckon(term, [Run(since)], calendar())
    assert (found.due_on, found.verified) == (due, True)


def test_a_term_into_a_year_without_a_notice_has_no_date_and_says_why() -> None:
    found = reckon(FIVE_WORKING, [Run(date(2026, 12, 28))], calendar())
    assert (found.due_on, found.missing_year, found.verified) == (None, 2027, False)


def test_a_term_in_calendar_days_needs_no_notice() -> None:
    found = reckon(Term(30, DayKind.CALENDAR), [Run(date(2030, 1, 1))], calendar())
    assert (found.due_on, found.verified) == (date(2030, 1, 31), True)


def test_a_term_over_a_compiled_year_says_that_it_is_not_verified() -> None:
    found = reckon(FIVE_WORKING, [Run(date(2021, 3, 1))], calendar())
    assert (found.due_on, found.verified) == (date(2021, 3, 8), False)


def test_days_that_stand_still_are_added_at_the_end() -> None:
    runs = [Run(date(2026, 3, 2), date(2026, 3, 4)), Run(date(2026, 3, 18))]
    assert reckon(FIVE_WORKING, runs, calendar()).due_on == date(2026, 3, 23)
    standing = reckon(FIVE_WORKING, runs[:1], calendar())
    assert (standing.due_on, standing.used) == (None, 2)


def test_a_term_that_ran_out_before_it_was_paused_stays_run_out() -> None:
    runs = [Run(date(2026, 3, 2), date(2026, 3, 20)), Run(date(2026, 4, 1))]
    assert reckon(FIVE_WORKING, runs, calendar()).due_on == date(2026, 3, 9)


@given(DAYS_2026, st.integers(1, 20))
def test_stopping_and_running_on_the_same_day_loses_nothing(day: date, amount: int) -> None:
    term = Term(amount, DayKind.WORKING)
    plain = reckon(term, [Run(day)], calendar())
    assert reckon(term, [Run(day, day), Run(day)], calendar()).due_on == plain.due_on


@given(st.lists(st.tuples(st.sampled_from(Motion), st.integers(0, 9)), max_size=20))
def test_runs_are_in_order_and_at_most_the_last_one_is_open(moves: list[tuple[Motion, int]]) -> None:
    runs: tuple[Run, ...] = ()
    today = date(2026, 1, 1)
    for to, later in moves:
        today = date.fromordinal(today.toordinal() + later)
        runs = move(runs, to, today)
        assert move(runs, to, today) == runs
    assert all(run.until is not None and run.since <= run.until for run in runs[:-1])
    assert all(a.until is not None and a.until <= b.since for a, b in pairwise(runs))


def test_the_warning_comes_so_many_working_days_before() -> None:
    rule = ClockRule("c", Label("期限", "term"), FIVE_WORKING, "x", frozenset({"a"}), warn_before=3)
    assert warn_on(rule, date(2026, 10, 9), calendar()) == date(2026, 9, 29)


def test_the_sample_clock_stands_still_while_the_applicant_must_act() -> None:
    from data.workflow.clocks import motion

    decision = next(c for c in load_procedure(SAMPLE_PROCEDURE).clocks if c.key == "decision")
    said = {state: motion(decision, state) for state in ("submitted", "correcting", "review", "approved")}
    assert said == {
        "submitted": Motion.RUN,
        "correcting": Motion.PAUSE,
        "review": Motion.RUN,
        "approved": Motion.STOP,
    }
