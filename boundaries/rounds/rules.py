"""The rules of rounds as data: interval, causes, who leads, the steps that a region gives dates to."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import BadInput
from data.workflow.model import Label

RULES_FILE = Path(__file__).parents[2] / "data" / "rules" / "inspection" / "rounds.toml"
#: The cause of an inspection in its turn; the others stand in the file.
PERIODIC = "periodic"


@dataclass(frozen=True, slots=True)
class RoundRules:
    """`intervals`: from which day how many years, with the article; the rest by key."""

    intervals: tuple[tuple[date, int, str], ...]
    causes: Mapping[str, Label]
    leads: Mapping[str, Label]
    dates: Mapping[str, Label]

    def interval(self, day: date) -> tuple[int, str]:
        """Years between two inspections by the rule in force on `day`, and its article."""
        begun = [row for row in self.intervals if row[0] <= day]
        if not begun:
            raise BadInput(f"No rule on {day} says how often lines are inspected.", code="round_malformed")
        _, years, article = max(begun)
        return years, article


@cache
def round_rules(path: Path = RULES_FILE) -> RoundRules:
    """The rules of the file."""
    table = tomllib.loads(path.read_text("utf-8"))
    return RoundRules(
        intervals=tuple((row["valid_from"], row["years"], row["article"]) for row in table["interval"]),
        causes=_labels(table["cause"]),
        leads=_labels(table["lead"]),
        dates=_labels(table["date"]),
    )


def _labels(rows: list[dict[str, Any]]) -> Mapping[str, Label]:
    return {row["key"]: Label(row["label"]["zh"], row["label"]["en"]) for row in rows}
