"""Statutory deadlines: when a term ends that ran, stood still and ran again.

A clock is the list of its runs. The day on which a run begins does not count
(民法典 Art. 201), so a clock that stops and runs on the same day loses nothing.
Working days leave out the statutory holidays (行政许可法 Art. 82). The end is
worked out anew from the runs whenever it is asked for: a calendar that is
entered later settles what could not be said before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from data.workdays import ONE_DAY, CalendarMissing, WorkingDays
from data.workflow.model import ClockRule, DayKind, RestDay, Term


class Motion(StrEnum):
    """What entering a state does to a clock."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Run:
    """From the day on which the clock began to run until the day on which it stood still; None: it runs."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """When a term ends, as far as it can be said.

    `due_on`: its last day; None where the clock stands still or a year's calendar is missing
    (`missing_year`). `used`: days gone by up to the last pause. `verified`: False where the days rest on a
    calendar whose notice was not read.
    """

    due_on: date | None
    used: int | None
    verified: bool
    missing_year: int | None = None


def rule_for(rule: ClockRule, facts: Mapping[str, Any]) -> ClockRule | None:
    """The rule as it holds for a case of these facts; None where the case has no such term."""
    if rule.only_if is not None and _fact(facts, rule.only_if.path) != rule.only_if.value:
        return None
    if rule.term_from is None:
        return rule
    said = _fact(facts, rule.term_from)
    if not isinstance(said, Mapping):
        return None
    term = Term(said["amount"], DayKind(said["unit"]), rule.term.rest_day)
    return replace(rule, term=term, warn_before=min(rule.warn_before, term.amount - 1))


def _fact(facts: Any, path: str) -> Any:
    """The fact at a path; None where a step of it is missing."""
    for step in path.split("."):
        facts = facts.get(step) if isinstance(facts, Mapping) else None
    return facts


def motion(rule: ClockRule, state: str) -> Motion:
    """What the clock of `rule` does in `state`."""
    if state in rule.runs_in:
        return Motion.RUN
    return Motion.PAUSE if state in rule.pauses_in else Motion.STOP


def move(runs: Sequence[Run], to: Motion, today: date) -> tuple[Run, ...]:
    """The runs after the clock has been set to `to` on `today`; setting it as it is changes nothing."""
    running = bool(runs) and runs[-1].until is None
    if to is Motion.RUN and not running:
        return (*runs, Run(today))
    if to is not Motion.RUN and running:
        return (*runs[:-1], replace(runs[-1], until=today))
    return tuple(runs)


def reckon(term: Term, runs: Sequence[Run], calendar: WorkingDays) -> Reckoning:
    """When `term` ends under `runs`."""
    used = 0
    try:
        for run in runs:
            end, used = _through(term, run, used, calendar)
            if end is not None:
                end = calendar.next_working(end) if term.rest_day is RestDay.MOVES else end
                return Reckoning(end, used, _verified(term, runs, end, calendar))
    except CalendarMissing as error:
        return Reckoning(None, None, False, error.year)
    last = runs[-1].until or runs[-1].since
    return Reckoning(None, used, _verified(term, runs, last, calendar))


def warn_on(rule: ClockRule, due_on: date, calendar: WorkingDays) -> date:
    """The day from which the end counts as near: `warn_before` days of the term's kind earlier."""
    day, left = due_on, rule.warn_before
    while left:
        day -= ONE_DAY
        left -= _counts(rule.term, day, calendar)
    return day


def _through(term: Term, run: Run, used: int, calendar: WorkingDays) -> tuple[date | None, int]:
    """The day within `run` on which the term is used up, if there is one, and the days used by then."""
    day = run.since
    while run.until is None or day < run.until:
        day += ONE_DAY
        used += _counts(term, day, calendar)
        if used == term.amount:
            return day, used
    return None, used


def _counts(term: Term, day: date, calendar: WorkingDays) -> bool:
    return term.kind is DayKind.CALENDAR or calendar.is_working(day)


def _verified(term: Term, runs: Sequence[Run], last: date, calendar: WorkingDays) -> bool:
    plain = term.kind is DayKind.CALENDAR and term.rest_day is RestDay.STAYS
    return plain or calendar.is_verified(runs[0].since, last)
