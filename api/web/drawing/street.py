"""A street as a strip with a row of doors on each side, gaps to be seen at once. Numbers in, places out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DOOR, GAP, HEIGHT, ROAD = 34, 4, 30, 34


@dataclass(frozen=True)
class Box:
    """One number: its place, its words, its state, the address of its page."""

    x: float
    y: float
    number: str
    state: str
    id: Any


@dataclass(frozen=True)
class StreetDrawing:
    """The drawing in its own units; `sides`: the words of the upper and the lower row."""

    boxes: list[Box]
    sides: tuple[str, str]
    width: float
    height: int = 2 * HEIGHT + ROAD
    door: int = DOOR
    box: int = HEIGHT
    road: int = ROAD


#: Which side is drawn above: north, and west of a street that runs north.
ABOVE = {"north": True, "south": False, "west": True, "east": False}
OPPOSITE = {"north": "south", "west": "east", "south": "north", "east": "west"}


def draw_street(plates: Sequence[Mapping[str, Any]]) -> StreetDrawing | None:
    """The numbers of one street in order; None where it has none."""
    if not plates:
        return None
    rows: dict[bool, list[Mapping[str, Any]]] = {True: [], False: []}
    for plate in plates:
        rows[ABOVE[plate["side"]]].append(plate)
    boxes = [
        Box(n * (DOOR + GAP), 0 if above else HEIGHT + ROAD, one["number"], one["state"], one["id"])
        for above, those in rows.items()
        for n, one in enumerate(those)
    ]
    first = plates[0]["side"]
    upper = first if ABOVE[first] else OPPOSITE[first]
    return StreetDrawing(boxes, (upper, OPPOSITE[upper]), max(map(len, rows.values())) * (DOOR + GAP))
