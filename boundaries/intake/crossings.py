"""Where lines cross, touch or run over each other and there is no node.

GEOS says quickly whether there is anything of the kind; only then are the lines
noded, and each new node is asked whose interior it lies in.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from boundaries.intake.lineset import LineSet
from boundaries.intake.model import Array, Observation
from boundaries.intake.place import points_of
from boundaries.intake.tolerances import Tolerances

#: Crossings listed for one file; more of them say the same.
LISTED = 200


@dataclass(frozen=True, slots=True)
class Crossings:
    """What was found; `overshooting` are the ends (see `Ends`) explained by an overshoot, `pairs` parts that cross."""

    observations: list[Observation]
    overshooting: frozenset[int]
    pairs: frozenset[tuple[int, int]]


def find_crossings(lines: LineSet, limits: Tolerances) -> Crossings:
    """Crossings of `lines` with themselves and each other."""
    if len(lines) == 0 or bool(shapely.is_simple(shapely.MultiLineString(list(lines.parts)))):
        return Crossings([], frozenset(), frozenset())
    return _Search(lines, limits).run()


class _Search:
    def __init__(self, lines: LineSet, limits: Tolerances) -> None:
        self.lines, self.limits = lines, limits
        self.tree = STRtree(lines.parts)
        self.found: list[Observation] = []
        self.overshooting: set[int] = set()
        self.pairs: set[tuple[int, int]] = set()

    def run(self) -> Crossings:
        shared = self._overlaps()
        for at, degree in _nodes(self.lines.parts):
            if len(self.found) >= LISTED:
                self.found.append(Observation("self_intersection", "more", {"count": LISTED}))
                break
            point = shapely.Point(at)
            if shared is None or shapely.distance(shared, point) > self.limits.coincide:
                self._node(point, degree)
        return Crossings(self.found, frozenset(self.overshooting), frozenset(self.pairs))

    def _overlaps(self) -> BaseGeometry | None:
        """Reports lines that run over one another; the shared stretches."""
        left, right = self.tree.query(self.lines.parts, predicate="intersects")
        stretches = []
        for a, b in zip(left[left < right], right[left < right], strict=True):
            common = shapely.intersection(self.lines.parts[a], self.lines.parts[b])
            if shapely.length(common) > self.limits.coincide:
                stretches.append(common)
                self._see_overlap(int(a), int(b), common)
        return shapely.union_all(stretches) if stretches else None

    def _see_overlap(self, a: int, b: int, common: BaseGeometry) -> None:
        length = float(shapely.length(common))
        self.pairs.add((a, b))
        facts = {"other": int(self.lines.features[b]), "length_m": length}
        place = shapely.line_merge(shapely.MultiLineString(_lines_in(common)))
        self.found.append(self._about("overlap", "lines", a, place, facts, {"length_m": length}))

    def _node(self, point: shapely.Point, degree: int) -> None:
        parts = self.tree.query(point, predicate="dwithin", distance=self.limits.coincide)
        inside = [int(part) for part in sorted(parts) if not self._ends_at(int(part), point)]
        if len(parts) == 1 and degree > 2:
            self.found.append(self._about("self_intersection", "line", int(parts[0]), point))
        elif len(inside) > 1:
            self._crossing(point, inside)

    def _crossing(self, point: shapely.Point, inside: list[int]) -> None:
        """Two lines in whose course the point lies: one goes too far, or a node is missing."""
        self.pairs.update(itertools.pairwise(inside))
        for part in inside:
            end, beyond = self._beyond(part, point)
            if beyond <= self.limits.search:
                other = next(one for one in inside if one != part)
                self.overshooting.add(end)
                facts = {"length_m": beyond, "other": int(self.lines.features[other])}
                tail = shapely.Point(self.lines.ends[part][end % 2])
                self.found.append(self._about("overshoot", "crossing", part, tail, facts, {"length_m": beyond}))
                return
        facts = {"other": int(self.lines.features[inside[1]])}
        self.found.append(self._about("self_intersection", "lines", inside[0], point, facts))

    def _beyond(self, part: int, point: shapely.Point) -> tuple[int, float]:
        """The nearer end of `part` and how far along the line it lies from `point`."""
        line = self.lines.parts[part]
        along, length = float(shapely.line_locate_point(line, point)), float(shapely.length(line))
        return (2 * part, along) if along < length - along else (2 * part + 1, length - along)

    def _ends_at(self, part: int, point: shapely.Point) -> bool:
        ends = points_of(self.lines.ends[part])
        return bool((shapely.distance(ends, point) <= self.limits.coincide).any())

    def _about(
        self,
        kind: str,
        reason: str,
        part: int,
        place: BaseGeometry,
        facts: dict[str, float] | None = None,
        measures: dict[str, float] | None = None,
    ) -> Observation:
        layer, feature = self.lines.layers[part], int(self.lines.features[part])
        return Observation(kind, reason, facts or {}, layer, feature, place=place, measures=measures or {})


def _nodes(parts: Array) -> list[tuple[tuple[float, float], int]]:
    """The points at which noding makes three or more pieces meet, in order of their coordinates."""
    noded = shapely.get_parts(shapely.node(shapely.MultiLineString(list(parts))))
    ends = np.vstack(
        [shapely.get_coordinates(shapely.get_point(noded, 0)), shapely.get_coordinates(shapely.get_point(noded, -1))]
    )
    points, degrees = np.unique(ends, axis=0, return_counts=True)
    chosen = degrees > 2
    return [((float(x), float(y)), int(n)) for (x, y), n in zip(points[chosen], degrees[chosen], strict=True)]


def _lines_in(geometry: BaseGeometry) -> list[shapely.LineString]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, shapely.LineString)]
