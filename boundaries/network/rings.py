"""From arcs to polygons again: the polygons of cells are derived, so neighbours cannot disagree.

A cell's boundary is followed with the cell on the left and split wherever it
comes back to a node, so that a hole that touches the shell in a point becomes a
hole (OGC 06-103r4 section 6.1.11). A boundary that does not close is reported
with its two ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

from boundaries.network.cut import Cut

Floats = NDArray[np.float64]
#: An arc and the direction in which the cell lies on its left: 1 as it runs, -1 against.
Side = tuple[int, int]
Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class OpenEnd:
    """Where a boundary breaks off: the position, and the arc that leads there or away."""

    cell: int
    position: Position
    arc: int


@dataclass(frozen=True, slots=True)
class Assembled:
    """The polygon of a cell, and where its boundary is open (then the polygon is of what is closed, if anything)."""

    polygon: MultiPolygon
    open_ends: Sequence[OpenEnd]


def assemble(arcs: Mapping[int, Floats], sides: Sequence[Side], cell: int = 0) -> Assembled:
    """The polygon whose boundary are the arcs of `sides`, each with the polygon on its left.

    An arc with the polygon on both sides is no part of its boundary. The order of `sides` and the direction of arcs
    do not matter, also where the boundary does not close.
    """
    both = {(arc, -way) for arc, way in sides}
    lines = _in_order({side: arcs[side[0]][:: side[1]] for side in sides if side not in both})
    following = _following(lines)
    cycles, chains = _cycles(following)
    loops = [loop for cycle in cycles for loop in _split_at_repeated_nodes(lines, cycle)]
    ends = [end for chain in chains for end in _ends(lines, chain, cell)]
    rings = [np.vstack([*(lines[side][:-1] for side in loop), lines[loop[-1]][-1:]]) for loop in loops]
    return Assembled(_with_holes(rings), ends)


def _in_order(lines: Mapping[Side, Floats]) -> dict[Side, Floats]:
    """Lines by their first two vertices: which one goes on where several could must not depend on their order."""
    return dict(sorted(lines.items(), key=lambda item: item[1][:2].ravel().tolist()))


def _position(line: Floats, at: int) -> Position:
    return float(line[at, 0]), float(line[at, 1])


def _following(lines: Mapping[Side, Floats]) -> dict[Side, Side | None]:
    """For each side the one with which the boundary goes on: the first one clockwise from where one came."""
    leaving: dict[Position, list[Side]] = defaultdict(list)
    for side, line in lines.items():
        leaving[_position(line, 0)].append(side)
    return {side: _next(lines, leaving[_position(line, -1)], line) for side, line in lines.items()}


def _next(lines: Mapping[Side, Floats], choices: list[Side], arrived: Floats) -> Side | None:
    if len(choices) <= 1:
        return choices[0] if choices else None
    back = _angle(arrived[-2] - arrived[-1])
    return min(choices, key=lambda side: (back - _angle(lines[side][1] - lines[side][0])) % (2 * np.pi))


def _angle(direction: Floats) -> float:
    return float(np.arctan2(direction[1], direction[0]))


def _cycles(following: Mapping[Side, Side | None]) -> tuple[list[list[Side]], list[list[Side]]]:
    """The sides as closed cycles, and as chains that do not close, each from its first side to its last."""
    followed = {after: side for side, after in following.items() if after is not None}
    heads = [side for side in following if followed.get(side) is None]
    # where two sides lead into one, only one of them goes on; the other ends there
    chains = [list(_along(following, followed, head)) for head in heads]
    seen = {side for chain in chains for side in chain}
    cycles = []
    for start in following:
        if start not in seen:
            cycle = list(_along(following, followed, start))
            seen.update(cycle)
            cycles.append(cycle)
    return cycles, chains


def _along(following: Mapping[Side, Side | None], followed: Mapping[Side, Side], start: Side) -> Iterator[Side]:
    side: Side | None = start
    while side is not None:
        yield side
        after = following[side]
        side = after if after is not None and after != start and followed[after] == side else None


def _split_at_repeated_nodes(lines: Mapping[Side, Floats], cycle: Sequence[Side]) -> list[list[Side]]:
    """A cycle as loops that visit no node twice."""
    loops: list[list[Side]] = []
    path: list[Side] = []
    place: dict[Position, int] = {}
    for side in cycle:
        place[_position(lines[side], 0)] = len(path)
        path.append(side)
        came_back = place.get(_position(lines[side], -1))
        if came_back is not None:
            loops.append(path[came_back:])
            for closed in path[came_back:]:
                del place[_position(lines[closed], 0)]
            del path[came_back:]
    return loops


def _ends(lines: Mapping[Side, Floats], chain: Sequence[Side], cell: int) -> list[OpenEnd]:
    first, last = chain[0], chain[-1]
    return [OpenEnd(cell, _position(lines[first], 0), first[0]), OpenEnd(cell, _position(lines[last], -1), last[0])]


def _with_holes(rings: Sequence[Floats]) -> MultiPolygon:
    """Counter-clockwise rings as shells, the others as holes of the smallest shell around them.

    A hole that lies in no shell makes a polygon that is not valid, and says so when asked; holes alone are no land.
    """
    polygons = [Polygon(ring) for ring in rings]
    ccw = [bool(shapely.is_ccw(polygon.exterior)) for polygon in polygons]
    shells = [polygon for polygon, left in zip(polygons, ccw, strict=True) if left]
    holes: dict[int, list[Any]] = defaultdict(list)
    for polygon, left in zip(polygons, ccw, strict=True):
        if not left and shells:
            holes[_shell_around(shells, polygon)].append(polygon.exterior.coords)
    return MultiPolygon([Polygon(shell.exterior.coords, holes[i]) for i, shell in enumerate(shells)])


def _shell_around(shells: Sequence[Polygon], hole: Polygon) -> int:
    if len(shells) == 1:
        return 0
    around = [i for i, shell in enumerate(shells) if shell.covers(hole)]
    return min(around or range(len(shells)), key=lambda i: shells[i].area)


def derive(network: Cut, count: int) -> list[Assembled]:
    """The polygon of each of the cells 0 to `count` - 1 of a network."""
    sides: dict[int, list[Side]] = defaultdict(list)
    for arc, cell, side in network.uses.tolist():
        sides[cell].append((arc, side))
    return [assemble({arc: network.arc(arc) for arc, _ in sides[cell]}, sides[cell], cell) for cell in range(count)]
