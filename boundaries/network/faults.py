"""Where polygons do not fit: overlaps between two of them, and gaps that none of them covers.

The cut says which pairs can overlap and where the outside is enclosed; only
those are measured, by the same operations that brute force would apply to
everything. Findings are states of the data: nothing is given to anybody.

A pair can overlap where boundaries cross between their vertices, where both
run along an arc with the same side, where they claim the same sector at a node,
and where one lies inside the other without touching it; and if two overlap,
their neighbours at a common node may. What overlaps without any of these
there is not (docs/decisions/0018-the-network.md has the argument).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.network.crossings import Crossings, find_crossings
from boundaries.network.cut import Cut, turns_left
from boundaries.network.halves import NOBODY, Halves, components

Ints = NDArray[np.int64]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Land of two cells: numbers in ascending order, and one connected piece of it."""

    cells: Pair
    geometry: Polygon


@dataclass(frozen=True, slots=True)
class Gap:
    """Land that no cell covers, all round enclosed by cells: one connected piece."""

    geometry: Polygon


@dataclass(frozen=True)
class Survey:
    """A layer of cells (valid polygons) with its cut: asked for its faults."""

    cells: NDArray[np.object_]
    network: Cut

    @cached_property
    def _halves(self) -> Halves:
        return Halves(self.network)

    @cached_property
    def crossings(self) -> Crossings:
        """The edges that cross or touch outside common vertices."""
        return find_crossings(self.network)

    @cached_property
    def _disputed(self) -> Ints:
        return self._halves.disputed_nodes()

    @cached_property
    def _tree(self) -> STRtree:
        return STRtree(self.cells)

    # -- overlaps ------------------------------------------------------------------------------------------

    def overlaps(self) -> list[Overlap]:
        """All overlaps, by cells and then by position."""
        waiting, seen = sorted(set(self._suspects())), set[Pair]()
        found: list[Overlap] = []
        while waiting:
            pair = waiting.pop()
            if pair not in seen:
                seen.add(pair)
                pieces = _areas(shapely.intersection(self.cells[pair[0]], self.cells[pair[1]]))
                found += [Overlap(pair, piece) for piece in pieces]
                waiting += self._beside(pair) if pieces else []
        return sorted(found, key=lambda overlap: (overlap.cells, shapely.to_wkt(overlap.geometry.centroid)))

    def _suspects(self) -> Iterator[Pair]:
        """Pairs with a sign of overlap: every connected piece of overlapping land shows one such pair."""
        around = self._cells_around_arcs
        for one, other in self.crossings.arcs(self.network).tolist():
            yield from _pairs((*around[one], *around[other]))
        for side in (1, -1):
            for cells in self.network.cells_of(side):
                yield from _pairs(cells)
        for node in self._disputed.tolist():
            yield from _pairs(self._cells_at_nodes[node])
        yield from self._inside()

    @cached_property
    def _cells_around_arcs(self) -> list[tuple[int, ...]]:
        left, right = self.network.cells_of(1), self.network.cells_of(-1)
        return [tuple(sorted({*a, *b})) for a, b in zip(left, right, strict=True)]

    @cached_property
    def _cells_at_nodes(self) -> dict[int, tuple[int, ...]]:
        found: dict[int, set[int]] = defaultdict(set)
        ends = zip(self.network.starts.tolist(), self.network.ends.tolist(), strict=True)
        for (start, end), cells in zip(ends, self._cells_around_arcs, strict=True):
            found[start].update(cells)
            found[end].update(cells)
        return {node: tuple(sorted(cells)) for node, cells in found.items()}

    @cached_property
    def _neighbours(self) -> dict[int, set[int]]:
        """Cells that have a node in common."""
        found: dict[int, set[int]] = defaultdict(set)
        for cells in self._cells_at_nodes.values():
            for cell in cells:
                found[cell].update(cells)
        return found

    def _beside(self, pair: Pair) -> Iterator[Pair]:
        for one, other in (pair, pair[::-1]):
            for neighbour in self._neighbours[one]:
                yield from _pairs((neighbour, other))

    @cached_property
    def _component(self) -> Ints:
        return components(self.network)

    def _inside(self) -> Iterator[Pair]:
        """A connected piece of network, and a cell inside which its first vertex lies and that is not part of it."""
        first = np.unique(self._component)
        points = np.asarray(shapely.points(self.network.coordinates[self.network.offsets[first]]), dtype=object)
        members = self._members(set(first.tolist()))
        for arc, cell in self._covering(first, points):
            if cell not in members[arc]:
                yield from ((min(cell, m), max(cell, m)) for m in members[arc])

    def _members(self, wanted: set[int]) -> dict[int, set[int]]:
        members: dict[int, set[int]] = {arc: set() for arc in wanted}
        for arc, cells in zip(self._component.tolist(), self._cells_around_arcs, strict=True):
            members[arc].update(cells)
        return members

    def _covering(self, arcs: Ints, points: NDArray[np.object_]) -> Iterator[Pair]:
        """Pairs of an arc and a cell that covers its point: the boxes first, then the polygon, once prepared."""
        place, cell = self._tree.query(points)
        own = {(a, c) for a in arcs.tolist() for c in self._cells_around_arcs[a]}
        foreign = np.array([(arcs[p], c) not in own for p, c in zip(place, cell, strict=True)], dtype=bool)
        place, cell = place[foreign], cell[foreign]
        shapely.prepare(self.cells[np.unique(cell)])
        inside = shapely.contains_properly(self.cells[cell], points[place])
        yield from zip(arcs[place[inside]].tolist(), cell[inside].tolist(), strict=True)

    # -- gaps ----------------------------------------------------------------------------------------------

    def gaps(self) -> list[Gap]:
        """All gaps, by position: water or foreign land that is enclosed is a gap too, and people know it."""
        shells = [*self._clean_shells(), *self._noded_shells()]
        found = {shapely.to_wkb(shapely.normalize(p)): p for shell in shells for p in self._uncovered(shell)}
        return [Gap(piece) for piece in sorted(found.values(), key=lambda p: shapely.to_wkt(p.centroid))]

    @cached_property
    def _free_faces(self) -> list[list[int]]:
        """The halves of each boundary of a face on whose left nobody is."""
        face, owner = self._halves.faces(), self._halves.left_owner
        order = np.argsort(face, kind="stable")
        groups = np.split(order, np.flatnonzero(np.diff(face[order])) + 1)
        return [self._in_order(group) for group in groups if len(group) and (owner[group] == NOBODY).any()]

    def _in_order(self, group: Ints) -> list[int]:
        following = self._halves.following
        half, path = int(group[0]), []
        for _ in group:
            path.append(half)
            half = int(following[half])
        return path

    @cached_property
    def unsure_arcs(self) -> set[int]:
        """Arcs that cross others, or end where cells contradict each other: their faces are not what they seem."""
        crossed = set(self.crossings.arcs(self.network).ravel().tolist())
        at = np.isin(self.network.starts, self._disputed) | np.isin(self.network.ends, self._disputed)
        return crossed | set(np.flatnonzero(at).tolist())

    def around(self, gap: Polygon) -> list[int]:
        """The cells that touch a gap, in ascending order."""
        return sorted(self._tree.query(gap, predicate="intersects").tolist())

    def _is_unsure(self, path: Iterable[int]) -> bool:
        return any(half >> 1 in self.unsure_arcs for half in path)

    def _clean_shells(self) -> Iterator[Polygon]:
        for path in self._free_faces:
            if not self._is_unsure(path):
                ring = self._ring(path)
                if turns_left(ring):  # not shapely.is_ccw, which is wrong where a ring touches itself
                    yield Polygon(ring)

    def _ring(self, path: Sequence[int]) -> NDArray[np.float64]:
        lines = [self.network.arc(half >> 1)[:: -1 if half & 1 else 1] for half in path]
        return np.vstack([*(line[:-1] for line in lines), lines[-1][-1:]])

    def _noded_shells(self) -> Iterator[Polygon]:
        """Faces of the free arcs that are involved in a contradiction, noded where they cross."""
        unsure = {half >> 1 for path in self._free_faces if self._is_unsure(path) for half in path}
        if unsure:
            lines = [LineString(self.network.arc(arc)) for arc in sorted(unsure & self._half_free)]
            crossing = [i for i, arc in enumerate(sorted(unsure & self._half_free)) if arc in self.unsure_arcs]
            noded = shapely.node(shapely.union_all([lines[i] for i in crossing]))
            whole = [line for i, line in enumerate(lines) if i not in set(crossing)]
            faces = shapely.polygonize([*whole, *shapely.get_parts(noded)])
            polygons = [face for face in shapely.get_parts(faces) if isinstance(face, Polygon)]
            yield from (face for face in polygons if not self._is_covered_at_its_edge(face))

    @cached_property
    def _half_free(self) -> set[int]:
        return set((np.flatnonzero(self._halves.left_owner == NOBODY) >> 1).tolist())

    def _is_covered_at_its_edge(self, face: Polygon) -> bool:
        """Whether a cell covers `face` just inside its shell: then it covers all of it but for clean gaps within."""
        return bool(len(self._tree.query(_just_inside(face), predicate="intersects")))

    def _uncovered(self, shell: Polygon) -> list[Polygon]:
        """What of `shell` lies in no cell."""
        near = self._tree.query(shell, predicate="intersects")
        within = near[shapely.area(shapely.intersection(shell, self.cells[near])) > 0]
        return _areas(shapely.difference(shell, shapely.union_all(self.cells[within]))) if len(within) else [shell]


#: How far from the middle of its longest edge a face is looked at, in lengths of that edge; halved until inside.
_INSIDE = 1e-6


def _just_inside(face: Polygon) -> shapely.Point:
    ring = shapely.get_coordinates(shapely.orient_polygons(face).exterior)
    edges = np.diff(ring, axis=0)
    longest = int(np.hypot(*edges.T).argmax())
    middle, along = ring[longest] + edges[longest] / 2, edges[longest]
    step = _INSIDE
    while step > np.finfo(float).eps:
        point = shapely.Point(middle + step * np.array([-along[1], along[0]]))
        if face.contains(point):
            return point
        step /= 2
    return shapely.point_on_surface(face)


def _pairs(cells: Sequence[int]) -> Iterator[Pair]:
    distinct = sorted(set(cells))
    for i, one in enumerate(distinct):
        yield from ((one, other) for other in distinct[i + 1 :])


def _areas(geometry: BaseGeometry) -> list[Polygon]:
    """The parts of a geometry that have an area."""
    parts = shapely.get_parts(geometry)
    inner = [p for part in parts for p in (shapely.get_parts(part) if isinstance(part, MultiPolygon) else [part])]
    return [part for part in inner if isinstance(part, Polygon) and part.area > 0]
