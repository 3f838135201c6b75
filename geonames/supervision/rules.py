"""Where standard names must be used, and what can be wrong: rows with their articles. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data.workflow.model import Label

RULES = Path(__file__).parents[2] / "data" / "rules" / "supervision" / "uses.toml"


@dataclass(frozen=True, slots=True)
class Word:
    """A use or a wrong with the article that it rests on."""

    key: str
    label: Label
    article: str


@dataclass(frozen=True, slots=True)
class ReportLimits:
    """How many reports are taken from one address in a day, and how many may wait in one division."""

    of_one_origin_a_day: int
    waiting_at_once: int


@dataclass(frozen=True, slots=True)
class UseRules:
    """The rules: uses and wrongs by key, how many days the office may set, how many reports are taken."""

    uses: Mapping[str, Word]
    wrongs: Mapping[str, Word]
    least_days: int
    most_days: int
    reports: ReportLimits


@cache
def use_rules() -> UseRules:
    """The rules in force."""
    table = tomllib.loads(RULES.read_text("utf-8"))
    uses, wrongs = (_words(table[name]) for name in ("use", "wrong"))
    term, limits = table["term"], ReportLimits(**table["reports"])
    return UseRules(uses, wrongs, term["least_days"], term["most_days"], limits)


def _words(rows: list[dict[str, str]]) -> Mapping[str, Word]:
    return {row["key"]: Word(row["key"], Label(**row["label"]), row["article"]) for row in rows}  # type: ignore[arg-type]
