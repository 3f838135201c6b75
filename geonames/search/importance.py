"""How important a name is among those that a question meets: a sum of points, each with its reason. Pure.

The points are data (`data/reference/search/importance.toml`); greater is more important.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "data" / "reference" / "search" / "importance.toml"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the importance of a name hangs on.

    `level` of a unit, None for a place; `powers` of ten of the population; `links`: other registers and lists
    that name the thing; `name_holds`, `stands`: the name, and the thing, have no end.
    """

    level: str | None
    class_: str
    powers: int
    links: int
    kind: str
    name_holds: bool
    stands: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One reason, its value, and its points."""

    what: str
    value: str | int
    points: int


@cache
def points() -> Mapping[str, Any]:
    """The tables of the data file."""
    return tomllib.loads(FILE.read_text("utf-8"))


def parts(facts: Facts) -> list[Part]:
    """The reasons for a name's importance; those of no points are left out, except the first."""
    table = points()
    first = (
        Part("level", facts.level, table["level"][facts.level])
        if facts.level is not None
        else Part("class", facts.class_, table["class"][facts.class_])
    )
    further = [
        Part("population", 10**facts.powers, _counted(table["population"], "each_power_of_ten", facts.powers)),
        Part("links", facts.links, _counted(table["links"], "each", facts.links)),
        Part("name", facts.kind, table["name"][facts.kind]),
        Part("name_ended", "true", 0 if facts.name_holds else table["ended"]["name"]),
        Part("thing_ended", "true", 0 if facts.stands else table["ended"]["thing"]),
    ]
    return [first, *(part for part in further if part.points)]


def importance(facts: Facts) -> int:
    """The sum of `parts`."""
    return sum(part.points for part in parts(facts))


def tier_sizes() -> list[int]:
    """Names in each tier but the last."""
    return list(points()["tiers"]["sizes"])


def near_m() -> int:
    """How far from a position is near, in metres."""
    return int(points()["near"]["within_m"])


def _counted(table: Mapping[str, int], each: str, count: int) -> int:
    return min(table["at_most"], table[each] * count)
