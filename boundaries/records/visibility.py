"""Who sees whose answers. The one function that every way of reading asks: pages, API, photographs, records."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from boundaries.records.model import EntrySide

EVERY: frozenset[EntrySide] = frozenset({"joint", "left", "right"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: the sides to which he belongs (as its party or by his office), and whether he stands above both."""

    sides: frozenset[EntrySide]
    above: bool


def is_revealed(mode: str, reveal_after: date | None, handed_in: Collection[str], today: date) -> bool:
    """Whether each side may see what the other found: one party, both handed in, or the day has passed."""
    if mode == "joint":
        return True
    return {"left", "right"} <= set(handed_in) or (reveal_after is not None and today > reveal_after)


def sides_seen(reader: Reader, revealed: bool) -> frozenset[EntrySide]:
    """Whose answers `reader` sees.

    Whoever stands above both and belongs to neither sees both; whoever belongs to one sees the other's only when
    it is revealed, also where an office of his would let him see more.
    """
    if revealed or (reader.above and not reader.sides):
        return EVERY
    return frozenset({"joint", *reader.sides}) if reader.sides or reader.above else frozenset()


def side_of(facts: Any, account: object) -> EntrySide | None:
    """The side for which an account takes part, by the facts of the case; None where it does not."""
    for side in ("left", "right"):
        if str(account) in facts["sides"][side]["members"]:
            return side
    return None
