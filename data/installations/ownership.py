"""Who keeps a record: `data/rules/installations/ownership.toml`. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from data.workflow.reading import RULES

FILE = RULES / "installations" / "ownership.toml"


@dataclass(frozen=True, slots=True)
class Rules:
    """`levels` from above; `unit`, `place`: which level keeps a division's names, a place; by level, by class."""

    levels: tuple[str, ...]
    level_of_unit: Mapping[str, str]
    unit: Mapping[str, str]
    place: Mapping[str, str]


@cache
def rules() -> Rules:
    """The rules of the file."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    return Rules(tuple(told["levels"]), told["level_of_unit"], told["unit"], told["place"])


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation: its level, and the division that it covers with all below (None: the country).

    `url`: where to ask it; None for this one.
    """

    name: str
    level: str
    unit_id: UUID | None
    url: str | None = None

    def covers(self, chain: Sequence[UUID]) -> bool:
        """Whether a record of the last division of `chain` (from the province down) lies in its territory."""
        return self.unit_id is None or self.unit_id in chain


@dataclass(frozen=True, slots=True)
class Kept:
    """What decides who keeps a record: the divisions it lies in, from the province down, and what it is.

    `class_` is the class of a place, None for a division; `level` the level of a division, None for a place.
    """

    chain: tuple[UUID, ...]
    class_: str | None = None
    level: str | None = None


def owner_of(kept: Kept, known: Sequence[Installation]) -> Installation | None:
    """The installation of `known` that keeps the record; None where none covers it."""
    levels = rules().levels
    wanted = levels.index(_level(kept))
    covering = [one for one in known if one.covers(kept.chain)]
    above = [one for one in covering if levels.index(one.level) <= wanted]
    if above:
        return max(above, key=lambda one: levels.index(one.level))
    return min(covering, key=lambda one: levels.index(one.level), default=None)


def _level(kept: Kept) -> str:
    if kept.class_ is not None:
        return rules().place[kept.class_]
    return rules().unit[kept.level] if kept.level else rules().levels[0]
