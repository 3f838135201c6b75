"""Who approves a division change: the matrix of data/rules/divisions/approval.toml on the parts of an act. Pure.

An act is approved by the highest of the authorities that its parts need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from boundaries.changes.kinds import kinds, label_of, read_rules
from boundaries.changes.model import Act, Finding, Part
from boundaries.units.coding import LEVELS, Level, level_of, type_of
from data.workflow.model import Label


@dataclass(frozen=True, slots=True)
class Authority:
    """Who may approve; the higher `rank` approves an act of several parts."""

    key: str
    label: Label
    rank: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the matrix; None: whatever it is."""

    change: frozenset[str]
    levels: frozenset[str]
    authority: str
    article: str
    mark: str
    types: frozenset[str] | None
    major: bool | None
    sensitive: bool | None
    report_to: str | None


@dataclass(frozen=True, slots=True)
class Needed:
    """Who approves one part, by which article; `report_to`: to whom it is reported for the record."""

    part: int
    authority: Authority
    article: str
    mark: str
    report_to: Authority | None

    def as_json(self) -> dict[str, Any]:
        """As cases keep and the API shows it."""
        return {
            "part": self.part,
            "authority": self.authority.key,
            "label": {"zh": self.authority.label.zh, "en": self.authority.label.en},
            "article": self.article,
            "mark": self.mark,
            "report_to": self.report_to.key if self.report_to else None,
        }


@cache
def authorities() -> Mapping[str, Authority]:
    """The authorities by key."""
    rows = read_rules("authorities")["class"]
    return {row["key"]: Authority(row["key"], label_of(row), row["rank"]) for row in rows}


@cache
def matrix() -> tuple[Row, ...]:
    """The rows of the matrix, the first that fits holding."""
    return tuple(
        Row(
            frozenset(row["change"]),
            frozenset(row["levels"]),
            row["authority"],
            row["article"],
            row["mark"],
            frozenset(row["types"]) if "types" in row else None,
            row.get("major"),
            row.get("sensitive"),
            row.get("report_to"),
        )
        for row in read_rules("approval")["row"]
    )


def needed(act: Act) -> list[Needed]:
    """Who approves each part of the act; a part on which no row speaks is left out (`unsaid` finds it).

    The seat of a unit that another part sets up is approved with that part.
    """
    found = ((number, row_for(part)) for number, part in enumerate(act.parts, 1) if not _stated_with(part, act))
    known = authorities()
    return [
        Needed(number, known[row.authority], row.article, row.mark, known[row.report_to] if row.report_to else None)
        for number, row in found
        if row is not None
    ]


def _stated_with(part: Part, act: Act) -> bool:
    """Whether the part states the seat of a unit that another part of the act makes."""
    made = {unit for other in act.parts if other.kind not in ("seat", "boundary") for unit in other.after}
    return part.kind == "seat" and any(unit in made for unit in part.after)


def highest(found: Iterable[Needed]) -> Needed | None:
    """The one whose approval the whole act needs; None where there is no part."""
    return max(found, key=lambda one: one.authority.rank, default=None)


def unsaid(act: Act) -> Iterator[Finding]:
    """The parts of which the plan does not say enough to know who approves them."""
    for number, part in enumerate(act.parts, 1):
        if row_for(part) is None:
            said = f"{part}: the plan does not say who approves it (is the boundary change a major one?)"
            yield Finding("approval_unsaid", "block", number, said, read_rules("approval")["source"])


def row_for(part: Part) -> Row | None:
    """The first row that fits a part."""
    return next((row for row in matrix() if _fits(row, part)), None)


def _fits(row: Row, part: Part) -> bool:
    level, types = _level(part), {type_of(u.name, level_of(u.code)) for u in (*part.before, *part.after)}
    return (
        kinds()[part.kind].change in row.change
        and level in row.levels
        and (row.types is None or bool(row.types & types))
        and (row.major is None or row.major is part.major)
        and (row.sensitive is None or row.sensitive is part.sensitive)
    )


def _level(part: Part) -> Level:
    """The highest level of the units that a part names."""
    found = [level_of(unit.code) for unit in (*part.before, *part.after)]
    return min(found, key=LEVELS.index, default="county")
