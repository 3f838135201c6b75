"""The rules of division-change cases as data: dossier, departments, terms (data/rules/divisions)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from boundaries.changes.kinds import label_of, read_rules
from data.workflow.model import Label


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a list: its name, its article; `required`: whether a case needs it; `settles`: of a stance."""

    key: str
    label: Label
    article: str
    required: bool = True
    settles: bool = True


@dataclass(frozen=True, slots=True)
class Months:
    """A term counted in months."""

    months: int
    article: str
    extension_months: int = 0


@cache
def items(name: str) -> Mapping[str, Item]:
    """The rows of a list by key: `papers`, `departments`, `stances`."""
    return {
        row["key"]: Item(
            row["key"], label_of(row), row.get("article", ""), row.get("required", True), row.get("settles", True)
        )
        for row in read_rules(name)["class"]
    }


@cache
def terms() -> Mapping[str, Months]:
    """The terms after the approval, by key."""
    rows = read_rules("terms")
    return {key: Months(row["months"], row["article"], row.get("extension_months", 0)) for key, row in rows.items()}


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


@cache
def labels(name: str) -> Mapping[str, Label]:
    """What the rows of a list are called, by key."""
    return {row["key"]: label_of(row) for row in read_rules(name)["class"]}
