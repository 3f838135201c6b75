"""The kinds of publications of codes: which levels, how often. Pure; the rules are data."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from boundaries.changes.kinds import label_of, read_rules
from boundaries.units.coding import LEVELS, Level
from data.workflow.model import Label


@dataclass(frozen=True, slots=True)
class PublicationKind:
    """One kind: the levels whose codes it has, and after how many months the next is due."""

    key: str
    label: Label
    levels: tuple[Level, ...]
    months: int


@cache
def publication_kinds() -> Mapping[str, PublicationKind]:
    """The kinds of data/rules/divisions/publications.toml, by key."""
    return {
        row["key"]: PublicationKind(
            row["key"], label_of(row), tuple(level for level in LEVELS if level in row["levels"]), int(row["months"])
        )
        for row in read_rules("publications")["kind"]
    }


def due_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    # the end of a month is followed by the end of a month: 06-30, 12-31
    is_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if is_end else min(day.day, last))
