"""The kinds of parts of a division change as data: data/rules/divisions/kinds.toml as objects."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.workflow.model import Label

RULES = Path(__file__).parents[2] / "data" / "rules" / "divisions"


@dataclass(frozen=True, slots=True)
class Span:
    """How many units a part names on one side: from `least` to `most` (None: any number)."""

    least: int
    most: int | None = None

    def __contains__(self, number: int) -> bool:
        return self.least <= number and (self.most is None or number <= self.most)

    def __str__(self) -> str:
        return f"at least {self.least}" if self.most is None else f"exactly {self.most}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of part: its name, the change of the law that it is (`approval.toml`), units before and after."""

    key: str
    label: Label
    change: str
    before: Span
    after: Span


def read_rules(name: str) -> Mapping[str, Any]:
    """A table of data/rules/divisions."""
    return tomllib.loads((RULES / f"{name}.toml").read_text("utf-8"))


@cache
def kinds() -> Mapping[str, Kind]:
    """The kinds by key, in the order of the file."""
    rows = read_rules("kinds")["class"]
    return {row["key"]: Kind(row["key"], label_of(row), row["change"], *_spans(row)) for row in rows}


def label_of(row: Mapping[str, Any]) -> Label:
    """The name of a row in both languages."""
    return Label(row["label"]["zh"], row["label"]["en"])


def _spans(row: Mapping[str, Any]) -> tuple[Span, Span]:
    return Span(**row["before"]), Span(**row["after"])


@cache
def plan_article() -> str:
    """The article that says what a plan states."""
    found: str = read_rules("kinds")["article"]
    return found
