"""How long an office has for a sign: `data/rules/signs/terms.toml`, rows by what is to be done and by division."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from data.workflow.model import Label

TERMS = Path(__file__).parents[2] / "data" / "rules" / "signs" / "terms.toml"
#: States of a sign that ask for its repair (地名管理条例 Art. 19; local rules).
BROKEN = ("damaged", "unreadable", "missing")
#: The state of a sign that is gone on purpose: nothing is asked of it, and its place has it no more.
REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class SignTerm:
    """A row: `days` after the day on which it began, where codes of divisions begin with `region`.

    `mark`: V read in its source, M remembered, I set here as a default. `valid_to`: the last day on which a term of
    this row can begin.
    """

    order: str
    region: str
    days: int
    mark: str
    article: Label
    valid_to: date | None = None


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(TERMS.read_text("utf-8"))


@cache
def terms() -> tuple[SignTerm, ...]:
    """All rows, those of the longest region first, so that the first that fits is the one that counts."""
    rows = [
        SignTerm(
            order=row["order"], region=row["region"], days=row["days"], mark=row["mark"],
            article=Label(row["article"]["zh"], row["article"]["en"]), valid_to=row.get("valid_to"),
        )
        for row in _file()["term"]
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda term: (-len(term.region), term.order)))


def naming() -> Mapping[str, tuple[str, ...]]:
    """`classes` of places that get a sign when they are named, and `kinds` of decisions that name."""
    return {name: tuple(values) for name, values in _file()["naming"].items()}
