"""When a line is due, which side leads, and whether the dates of a round make sense. Pure values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal
from uuid import UUID

Side = Literal["left", "right"]
SIDES: tuple[Side, ...] = ("left", "right")
State = Literal["planned", "office", "field", "signing", "reported", "filed", "cancelled"]
STATES: tuple[State, ...] = ("planned", "office", "field", "signing", "reported", "filed", "cancelled")
#: States in which nothing more happens.
ENDED: frozenset[str] = frozenset({"filed", "cancelled"})


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """A round about to be planned.

    `region`: who organises it (None: the country). `level`: of the lines. `dates`: the region's own, by step.
    `basis`: the document that lays them down. `lead_rule`: a key of the rules. `lines` None: all that are due.
    """

    number: int
    title: str
    region: UUID | None
    level: str
    begins_on: date
    dates: Mapping[str, date]
    basis: str
    lead_rule: str
    lines: Sequence[UUID] | None = None


@dataclass(frozen=True, slots=True)
class LineSides:
    """A line with the units on its left and right as it runs, their codes, and who stands above both."""

    line: UUID
    name: str | None
    level: str
    left: UUID
    right: UUID
    left_code: str
    right_code: str
    left_name: str
    right_name: str
    above: tuple[UUID, ...]

    @property
    def called(self) -> str:
        """The line's name; of one without a name the names of its units."""
        return self.name or f"{self.left_name}—{self.right_name}"


@dataclass(frozen=True, slots=True)
class Due:
    """When a line is due. `last` None: no inspection of it is on record, so the rule gives no day."""

    last: date | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to be looked at in an inspection: a segment or a marker, with what it is called."""

    kind: Literal["segment", "marker"]
    id: UUID
    label: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many inspections of a round stand where."""

    counts: Mapping[str, int] = field(default_factory=dict)
    overdue: int = 0


def due_of(last: date | None, years: int) -> Due:
    """The day on which the next inspection is due after the one filed on `last`."""
    return Due(last, None if last is None else anniversary(last, years))


def anniversary(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def is_due(due: Due, by: date) -> bool:
    """Whether a line is to be inspected by a day. One of which no inspection is on record is."""
    return due.due_on is None or due.due_on <= by


def lead_of(rule: str, last_lead: Side | None, left_code: str, right_code: str) -> Side:
    """Which side leads by a rule of the table; the first turn is that of the lower code."""
    lower: Side = "left" if left_code <= right_code else "right"
    if rule == "alternate" and last_lead is not None:
        return other(last_lead)
    return lower


def other(side: Side) -> Side:
    """The side across."""
    return "right" if side == "left" else "left"


def segment_numbers(typed: str) -> list[int] | None:
    """The numbers in 1, 3-4 (also with 、 and ，), in order and each once; None for anything else."""
    found: set[int] = set()
    for part in re.split(r"[,，、;；\s]+", typed.strip()):
        ends = re.fullmatch(r"(\d{1,4})(?:[-－—](\d{1,4}))?", part)
        if ends is None:
            return None
        first, last = int(ends[1]), int(ends[2] or ends[1])
        if not 1 <= first <= last:
            return None
        found |= set(range(first, last + 1))
    return sorted(found)


def plan_faults(plan: RoundPlan, steps: Sequence[str], leads: Sequence[str]) -> list[str]:
    """What is wrong with a plan, in words."""
    wrong = []
    if plan.number < 1:
        wrong.append("a round has a number from 1 on")
    if not 1 <= len(plan.title.strip()) <= 200:
        wrong.append("a round has a title of 1 to 200 characters")
    if not 1 <= len(plan.basis.strip()) <= 300:
        wrong.append("name the document that lays the dates down, in 1 to 300 characters")
    if plan.lead_rule not in leads:
        wrong.append(f"the rule of who leads is one of {', '.join(leads)}")
    missing = [step for step in steps if step not in plan.dates]
    unknown = sorted(set(plan.dates) - set(steps))
    wrong += [f"the date of {step} is missing; there is no national default" for step in missing]
    wrong += [f"there is no step {step}" for step in unknown]
    if not missing and not unknown:
        wrong += _order_faults(plan, steps)
    return wrong


def _order_faults(plan: RoundPlan, steps: Sequence[str]) -> list[str]:
    days = [plan.begins_on, *(plan.dates[step] for step in steps)]
    if any(later < earlier for earlier, later in pairwise(days)):
        return [f"the dates are in the order beginning, {', '.join(steps)}"]
    return []
