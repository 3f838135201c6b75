"""Ends of lines that were meant to meet within one file and do not.

Asked without a legal line: two ends near each other, three or more of them, an
end just before another line, a short branch that leads nowhere, a named line
with a hole in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from boundaries.intake.crossings import Crossings
from boundaries.intake.lineset import Ends, LineSet, groups, members_of
from boundaries.intake.model import Array, Fact, Observation
from boundaries.intake.place import points_of
from boundaries.intake.tolerances import Tolerances

#: Ends are looked for within this part of the usual length of a piece at most.
SHORT = 4
#: Up to so many loose ends of one line every pair is looked at.
ALL_PAIRS = 1_000


class Joins:
    """What is wrong where the lines of a file should meet; `explained` are the ends it is about."""

    def __init__(self, lines: LineSet, ends: Ends, limits: Tolerances, crossings: Crossings) -> None:
        """`crossings`: where lines cross, of which was told already."""
        self.lines, self.ends, self.limits = lines, ends, limits
        self.explained = set(crossings.overshooting)
        self.observations: list[Observation] = []
        self.component = ends.component
        for one, other in sorted(crossings.pairs):
            self._unite([2 * one, 2 * other])
        if len(lines):
            self._clusters()
            self._before_lines()
            self._spurs()

    # -- ends near ends -------------------------------------------------------------------------------------------

    def _clusters(self) -> None:
        """Ends within reach of each other that are not at one place."""
        # in a file of pieces shorter than the tolerance everything would be near everything
        reach = min(self.limits.join, float(np.median(shapely.length(self.lines.parts))) / SHORT)
        for cluster in members_of(groups(self.ends.points, reach)):
            members = [int(end) for end in cluster]
            if len(set(self.ends.node[cluster].tolist())) > 1 and not self._is_short(members):
                self._cluster(members)

    def _is_short(self, members: list[int]) -> bool:
        """Whether it is only the two ends of lines that are themselves as short as the reach."""
        parts = {end // 2 for end in members}
        both = [part for part in parts if 2 * part in members and 2 * part + 1 in members]
        return any(shapely.length(self.lines.parts[part]) <= 3 * self.limits.join for part in both)

    def _cluster(self, members: list[int]) -> None:
        # ends already at one node with others may stay as they are; what is loose near them is what fails to meet
        if not any(self.ends.free[end] for end in members):
            return
        points = self.ends.points[members]
        distance = _widest(points)
        self.explained.update(members)
        self._unite(members)
        features = ", ".join(str(number) for number in sorted({int(self.lines.features[end // 2]) for end in members}))
        three = len(members) > 2
        facts: dict[str, Fact] = {"distance_m": distance, "features": features, "count": len(members)}
        self._see(
            "tripoint_mismatch" if three else "node_mismatch",
            "ends" if three else "pair",
            min(members),
            shapely.MultiPoint(np.unique(points, axis=0)),
            facts,
            {"distance_m": distance},
        )

    def _unite(self, members: list[int]) -> None:
        """What was meant to meet hangs together for the checks that follow."""
        component = self.component.copy()
        joined = set(component[members].tolist())
        component[np.isin(component, list(joined))] = min(joined)
        self.component = component

    # -- ends near the course of lines ----------------------------------------------------------------------------

    def _loose(self) -> list[int]:
        return [int(end) for end in np.flatnonzero(self.ends.free) if int(end) not in self.explained]

    def _before_lines(self) -> None:
        loose = self._loose()
        if not loose:
            return
        asked = points_of(self.ends.points[loose])
        tree = STRtree(self.lines.parts)
        for at, part in tree.query(asked, predicate="dwithin", distance=self.limits.join).T:
            end, other = loose[int(at)], int(part)
            if other != end // 2 and end not in self.explained and not self._hangs_on(end ^ 1, other):
                self._before(end, other)

    def _hangs_on(self, root: int, other: int) -> bool:
        """Whether the line `other` passes the other end of the same part: then it is a branch of it."""
        point = shapely.Point(self.ends.points[root])
        return bool(shapely.dwithin(point, self.lines.parts[other], self.limits.coincide))

    def _before(self, end: int, other: int) -> None:
        point = shapely.Point(self.ends.points[end])
        distance = float(shapely.distance(point, self.lines.parts[other]))
        self.explained.add(end)
        self._unite([end, 2 * other])
        facts = {"distance_m": distance, "other": int(self.lines.features[other])}
        self._see("dangling_end", "line", end, point, facts, {"distance_m": distance})

    def _spurs(self) -> None:
        """Short parts that hang on the others with one end only."""
        for end in self._loose():
            part, root = end // 2, end ^ 1
            length = float(shapely.length(self.lines.parts[part]))
            hangs = self.ends.degree[root] > 2 or (self.ends.degree[root] == 1 and not self.ends.free[root])
            if hangs and length <= self.limits.search:
                self.explained.add(end)
                measures = {"length_m": length}
                self._see("dangling_end", "spur", end, self.lines.parts[part], measures, measures)

    # -- without a legal line -------------------------------------------------------------------------------------

    def alone(self) -> list[Observation]:
        """What else there is to say where no legal line says which nodes there are: wider misses, and holes."""
        before = len(self.observations)
        for end in self._loose():
            if end not in self.explained:
                self._wide_miss(end)
        return [*self.observations[before:], *self._holes()]

    def _wide_miss(self, end: int) -> None:
        """A loose end that misses a node, or else a line, by more than it could by rounding."""
        part = end // 2
        if float(shapely.length(self.lines.parts[part])) <= self.limits.search * SHORT:
            return
        others = np.flatnonzero(self.ends.node != self.ends.node[end])
        others = others[(others // 2 != part) & ~np.isin(others, list(self.explained))]
        steps = self.ends.points[others] - self.ends.points[end]
        distances = np.hypot(steps[:, 0], steps[:, 1])
        nearest = float(distances.min(initial=np.inf))
        if nearest <= self.limits.search:
            node = self.ends.node[others[int(np.argmin(distances))]]
            self._cluster([end, *(int(other) for other in others[self.ends.node[others] == node])])
            return
        point = shapely.Point(self.ends.points[end])
        for other in STRtree(self.lines.parts).query(point, predicate="dwithin", distance=self.limits.search):
            if int(other) != part and not self._hangs_on(end ^ 1, int(other)):
                self._before(end, int(other))
                return

    # -- holes in named lines -------------------------------------------------------------------------------------

    def _holes(self) -> list[Observation]:
        """Named lines that are interrupted: for each the two ends that face each other, nearest first."""
        by_name: dict[str, list[int]] = defaultdict(list)
        for part, name in enumerate(self.lines.names):
            if name:
                by_name[name].append(part)
        return [hole for name in sorted(by_name) for hole in self._holes_of(name, by_name[name])]

    def _holes_of(self, name: str, parts: list[int]) -> list[Observation]:
        ends = [end for part in parts for end in (2 * part, 2 * part + 1)]
        loose = [end for end in ends if self.ends.free[end] and end not in self.explained]
        label = {end: int(self.component[end]) for end in ends}
        found = []
        for distance, a, b in _facing(self.ends.points, loose):
            if label[a] != label[b]:
                old = label[b]
                label = {end: label[a] if own == old else own for end, own in label.items()}
                found.append(self._hole(name, a, b, distance))
        return found

    def _hole(self, name: str, a: int, b: int, distance: float) -> Observation:
        facts: dict[str, Fact] = {"line": name, "length_m": distance}
        place = shapely.LineString(sorted(self.ends.points[[a, b]].tolist()))
        layer = self.lines.layers[a // 2]
        return Observation("missing_stretch", "gap", facts, layer, place=place, measures={"length_m": distance})

    def _see(
        self,
        kind: str,
        reason: str,
        end: int,
        place: BaseGeometry,
        facts: Mapping[str, Fact],
        measures: Mapping[str, float],
    ) -> None:
        layer, feature = self.lines.layers[end // 2], int(self.lines.features[end // 2])
        self.observations.append(Observation(kind, reason, facts, layer, feature, place=place, measures=measures))


def _widest(points: Array) -> float:
    """The greatest distance between two of `points`, which are few."""
    differences = points[:, None, :] - points[None, :, :]
    return float(np.hypot(differences[..., 0], differences[..., 1]).max())


def _facing(points: Array, ends: list[int]) -> list[tuple[float, int, int]]:
    """Pairs of `ends` by their distance: all of them, or where they are very many those with their nearest."""
    if len(ends) < 2:
        return []
    at = points[ends]
    if len(ends) <= ALL_PAIRS:
        left, right = np.triu_indices(len(ends), 1)
    else:
        shapes = points_of(at)
        left, right = STRtree(shapes).query_nearest(shapes, exclusive=True)
    steps = at[left] - at[right]
    distances = np.hypot(steps[:, 0], steps[:, 1])
    order = np.argsort(distances, kind="stable")
    return [(float(distances[n]), ends[int(left[n])], ends[int(right[n])]) for n in order]
