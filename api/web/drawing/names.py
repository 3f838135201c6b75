"""Where names stand on a drawn map, so that none covers another: the smallest units choose first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Anchor = Literal["start", "middle", "end"]
Box = tuple[float, float, float, float]

#: Height of the letters and room round them, in units of the sheet.
LETTER = 12.0
ROOM = 1.0
#: Distance of a name from the point beside which it stands.
GAP = 7.0


@dataclass(frozen=True)
class Wish:
    """A name that wants to stand at a place; `size` is the extent of what it names, `point` whether it is a point."""

    x: float
    y: float
    text: str
    size: float
    point: bool
    chosen: bool


@dataclass(frozen=True)
class Name:
    """A name in its place: base line at `x`, `y`."""

    x: float
    y: float
    text: str
    anchor: Anchor
    chosen: bool


def place_names(wishes: Iterable[Wish]) -> list[Name]:
    """Every name, each at the first of its possible places that is free; at its first where none is."""
    taken: list[Box] = []
    placed = []
    for wish in sorted(wishes, key=lambda w: (w.size, w.text)):
        candidates = list(_candidates(wish))
        free = (name for name in candidates if not any(_meet(_box(name), box) for box in taken))
        name = next(free, candidates[0])
        taken.append(_box(name))
        placed.append(name)
    return placed


def _candidates(wish: Wish) -> Iterator[Name]:
    base = wish.y + LETTER / 3
    on = Name(wish.x, base, wish.text, "middle", wish.chosen)
    right = Name(wish.x + GAP, base, wish.text, "start", wish.chosen)
    left = Name(wish.x - GAP, base, wish.text, "end", wish.chosen)
    above = Name(wish.x, base - LETTER, wish.text, "middle", wish.chosen)
    below = Name(wish.x, base + LETTER, wish.text, "middle", wish.chosen)
    # a point or a speck is not covered by its own name
    specks = wish.point or wish.size < LETTER
    yield from (left, right, above, below) if specks else (on, above, below, right, left)


def _box(name: Name) -> Box:
    width = LETTER * len(name.text)
    left = name.x - {"start": 0.0, "middle": width / 2, "end": width}[name.anchor]
    return left - ROOM, name.y - LETTER, left + width + ROOM, name.y + ROOM


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
