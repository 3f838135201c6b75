"""A procedure drawn from its own table: states from top to bottom, ways between them.

The states stand in the order of the table. A way to the next state goes straight
down; a way further down runs in a lane on the right, a way back up in a lane on
the left. Ways between the same two states share one arrow with all their names,
and every name stands in a gap between two states beside the lane it belongs to,
so that nothing is written over anything else. Sizes are CSS pixels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BOX_WIDTH, BOX_HEIGHT = 176, 42
#: Between two states: room for the names of ways, three lines of them.
GAP = 64
LINE = 16
MARGIN, TOP = 12, 34
#: Between the boxes and the first lane, and between a lane and what is written beside it.
LANE_GAP, INSET = 22, 6
#: Width of a Chinese character and of a Latin letter at the size in which names are written.
WIDE, NARROW = 13, 7.2


@dataclass(frozen=True)
class Way:
    """A way between two states, by their keys, and what it is called."""

    source: str
    target: str
    label: str


@dataclass(frozen=True)
class Box:
    """A state with its place (top left corner)."""

    key: str
    label: str
    ends: bool
    x: float
    y: float


@dataclass(frozen=True)
class Arrow:
    """A path with the names beside it: each `(x, y, text)`."""

    path: str
    names: Sequence[tuple[float, float, str]]
    anchor: str


@dataclass(frozen=True)
class Drawing:
    """All of it."""

    width: int
    height: int
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


@dataclass(frozen=True)
class _Edge:
    """All ways between two states, by the places of the states in the order of the table."""

    source: int
    target: int
    names: tuple[str, ...]

    @property
    def top(self) -> int:
        return min(self.source, self.target)

    @property
    def bottom(self) -> int:
        return max(self.source, self.target)

    @property
    def width(self) -> float:
        return max(text_width(name) for name in self.names)


def text_width(text: str) -> float:
    """About how wide `text` is drawn, in pixels."""
    return sum(NARROW if character.isascii() else WIDE for character in text)


def draw_procedure(states: Sequence[tuple[str, str, bool]], ways: Sequence[Way]) -> Drawing:
    """The drawing of `states` (key, label, whether it ends the case) with `ways` between them."""
    place = {key: number for number, (key, _, _) in enumerate(states)}
    edges = _edges(ways, place)
    straight = [edge for edge in edges if edge.target == edge.source + 1]
    down = [edge for edge in edges if edge.target > edge.source + 1 or edge.target == edge.source]
    up = [edge for edge in edges if edge.target < edge.source]
    left, right = _lanes(up), _lanes(down)
    x = MARGIN + sum(_width(lane) for lane in left) + LANE_GAP
    ports = _ports(up, down)
    beside = max((text_width(name) for edge in straight for name in edge.names), default=0)
    arrows = [_straight(edge, x) for edge in straight]
    # a name beside a straight arrow may reach beyond its box: the first lane keeps clear of it
    clear = max(LANE_GAP, beside + 2 * INSET - BOX_WIDTH / 2)
    arrows += _sided(left, x, ports, -1, LANE_GAP) + _sided(right, x + BOX_WIDTH, ports, 1, clear)
    width = x + BOX_WIDTH + clear + sum(_width(lane) for lane in right) + MARGIN
    boxes = [Box(key, label, ends, x, _y(number)) for number, (key, label, ends) in enumerate(states)]
    height = _y(len(states) - 1) + BOX_HEIGHT + MARGIN
    return Drawing(round(width), round(height), boxes, arrows)


def _edges(ways: Sequence[Way], place: Mapping[str, int]) -> list[_Edge]:
    names: dict[tuple[int, int], list[str]] = defaultdict(list)
    for way in ways:
        names[place[way.source], place[way.target]].append(way.label)
    return [_Edge(source, target, tuple(labels)) for (source, target), labels in names.items()]


def _lanes(edges: Sequence[_Edge]) -> list[list[_Edge]]:
    """Edges in as few lanes as keep those apart that lie beside one another; short ones next to the boxes."""
    lanes: list[list[_Edge]] = []
    for edge in sorted(edges, key=lambda e: (e.bottom - e.top, e.top)):
        free = (lane for lane in lanes if all(edge.top >= e.bottom or edge.bottom <= e.top for e in lane))
        lane = next(free, None)
        if lane is None:
            lanes.append(lane := [])
        lane.append(edge)
    return lanes


def _width(lane: Sequence[_Edge]) -> float:
    return max(edge.width for edge in lane) + 2 * INSET + LANE_GAP


def _ports(*sides: Sequence[_Edge]) -> dict[tuple[_Edge, bool], float]:
    """At which height an edge leaves (True) and enters (False) its states: each at its own."""
    found: dict[tuple[_Edge, bool], float] = {}
    for side in sides:
        ends: dict[int, list[tuple[int, _Edge, bool]]] = defaultdict(list)
        for edge in side:
            ends[edge.source].append((edge.target, edge, True))
            ends[edge.target].append((edge.source, edge, False))
        for state, here in ends.items():
            here.sort(key=lambda end: (end[0], end[2]))
            for number, (_, edge, leaves) in enumerate(here, 1):
                found[edge, leaves] = _y(state) + BOX_HEIGHT * number / (len(here) + 1)
    return found


def _y(number: int) -> float:
    return TOP + number * (BOX_HEIGHT + GAP)


def _straight(edge: _Edge, x: float) -> Arrow:
    middle, top = x + BOX_WIDTH / 2, _y(edge.source) + BOX_HEIGHT
    return Arrow(f"M{middle} {top} V{top + GAP - 5}", _names(edge, middle + INSET, edge.source), "start")


def _sided(
    lanes: Sequence[Sequence[_Edge]],
    side: float,
    ports: Mapping[tuple[_Edge, bool], float],
    sign: int,
    clear: float,
) -> list[Arrow]:
    arrows, x = [], side + sign * clear
    for lane in lanes:
        for edge in lane:
            leaves, enters = ports[edge, True], ports[edge, False]
            path = f"M{side} {leaves:.1f} H{x:.1f} V{enters:.1f} H{side + sign * 5}"
            gap = min((edge.top + edge.bottom) // 2, max(edge.bottom - 1, edge.top))
            arrows.append(Arrow(path, _names(edge, x + sign * INSET, gap), "start" if sign > 0 else "end"))
        x += sign * _width(lane)
    return arrows


def _names(edge: _Edge, x: float, gap: int) -> list[tuple[float, float, str]]:
    """The names in the gap below the state `gap`, one under the other."""
    middle = _y(gap) + BOX_HEIGHT + GAP / 2
    first = middle - LINE * (len(edge.names) - 1) / 2 + 5
    return [(round(x, 1), round(first + LINE * number, 1), name) for number, name in enumerate(edge.names)]
