"""The words of a division change: an act, its parts, the units it names, what a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

PartKind = Literal["establish", "abolish", "merge", "split", "transfer", "rename", "convert", "boundary", "seat"]
Severity = Literal["block", "warn", "info"]


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A unit as an act names it: its code and its name on the side of the change on which it stands."""

    code: str
    name: str

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that an act does: the units that were (`before`) and those that are from the day on (`after`).

    `major`: whether a boundary change is a major one (重大), None where it is not said; `sensitive`: whether coast,
    islands, frontier, lakes or resource areas are concerned. Both say who approves, and nothing else. `seat`: where the
    government of the unit in `after` sits from the day on, in a part of the kind `seat` and in no other.
    """

    kind: PartKind
    before: tuple[Named, ...]
    after: tuple[Named, ...]
    major: bool | None = None
    sensitive: bool = False
    seat: str | None = None

    def __str__(self) -> str:
        if self.kind == "seat":
            return f"seat: {', '.join(map(str, self.after)) or '–'} > {self.seat or '–'}"
        return f"{self.kind}: {', '.join(map(str, self.before)) or '–'} > {', '.join(map(str, self.after)) or '–'}"


@dataclass(frozen=True, slots=True)
class Act:
    """A division-change proposal (行政区划变更方案): parts that take effect together on one day."""

    title: str
    doc_no: str | None
    authority: str | None
    dated: date
    effective_on: date
    source: str
    text: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check has to say of a part (`part` counts from 1; None: the whole act)."""

    rule: str
    severity: Severity
    part: int | None
    message: str
    article: str

    def as_json(self) -> dict[str, Any]:
        """The finding as commands print it."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "part": self.part,
            "message": self.message,
            "article": self.article,
        }
