"""The legal line, as plain geometries, and the checks of handed-in lines against it.

What counts is the run from node to node. Where a line goes otherwise than the
legal line is no finding here (a proposal may do that; comparing is another
matter); that it does not reach its nodes, or leaves a stretch out, is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from boundaries.intake.chains import Chains, Located
from boundaries.intake.lineset import Ends, LineSet, groups
from boundaries.intake.model import Array, Fact, Observation
from boundaries.intake.place import points_of
from boundaries.intake.tolerances import Tolerances

#: Metres between the stations at which a legal line is asked whether the file is about it.
STATION_M = 25.0
#: Of a file with more vertices only about so many, and all ends, are asked where they lie along the legal line.
STATIONS = 50_000
#: The file is about a legal line of which so much lies near it.
ABOUT_SHARE = 0.1
#: "Near" is so many times as far as a missed node is looked for.
ABOUT_TIMES = 10.0


@dataclass(frozen=True, slots=True)
class LegalLines:
    """The legal line in metres: `parts` from agreed node to agreed node, with the name of each."""

    parts: Array
    names: tuple[str | None, ...]


class Legal:
    """The legal lines that a file is about: chains of parts, their nodes and how many lines meet in each."""

    def __init__(self, legal: LegalLines, lines: LineSet, limits: Tolerances) -> None:
        """Of `legal` only the lines along which `lines` run are asked for."""
        merged = shapely.line_merge(shapely.MultiLineString(list(legal.parts)), directed=True)
        chains = np.asarray(shapely.get_parts(merged), dtype=object)
        chosen = _about(chains, lines, limits)
        self.chains = Chains(chains[chosen])
        self.names = [_name_of(chain, legal) for chain in chains[chosen]]
        self.closed = np.asarray(shapely.is_closed(chains[chosen]))
        self.nodes, self.degrees = _nodes(legal.parts, self.chains.lines, limits)
        self.last_nodes = _last_nodes(self.chains.lines[~self.closed])

    def nearest_node(self, points: Array) -> tuple[Array, Array]:
        """For every point the number of the nearest node and its distance; infinite where there is no node."""
        if len(self.nodes) == 0:
            return np.zeros(len(points), dtype=int), np.full(len(points), np.inf)
        tree = STRtree(points_of(self.nodes))
        found, distance = tree.query_nearest(points_of(points), all_matches=False, return_distance=True)
        return found[1], distance


def _about(chains: Array, lines: LineSet, limits: Tolerances) -> Array:
    """Which of `chains` the file is about; all where it lies along none of them."""
    if len(chains) == 1 or len(lines) == 0:
        return np.ones(len(chains), dtype=bool)
    pieces = Chains(lines.parts)
    shares = np.array([_share(chain, pieces, limits.search * ABOUT_TIMES) for chain in chains])
    chosen: Array = shares >= ABOUT_SHARE
    return chosen if chosen.any() else np.ones(len(chains), dtype=bool)


def _share(chain: shapely.LineString, file: Chains, reach: float) -> float:
    stations = shapely.get_coordinates(shapely.segmentize(chain, max(STATION_M, chain.length / 400)))
    return float((file.locate(stations).distance <= reach).mean())


def _name_of(chain: shapely.LineString, legal: LegalLines) -> str:
    middle = shapely.line_interpolate_point(chain, 0.5, normalized=True)
    return legal.names[int(np.argmin(shapely.distance(legal.parts, middle)))] or ""


def _nodes(parts: Array, chosen: Array, limits: Tolerances) -> tuple[Array, Array]:
    """The agreed nodes on the chosen chains, and how many legal parts end in each."""
    first, last = shapely.get_point(parts, 0), shapely.get_point(parts, -1)
    every = np.vstack([shapely.get_coordinates(first), shapely.get_coordinates(last)])
    of = groups(every, limits.coincide)
    degrees = np.bincount(of)
    points = np.array([every[of == number][0] for number in range(len(degrees))])
    on = shapely.distance(points_of(points), shapely.MultiLineString(list(chosen))) <= limits.coincide
    return points[on], degrees[on]


def _last_nodes(chains: Array) -> Array:
    """Where the chains begin and end."""
    return np.vstack([np.empty((0, 2)), *(shapely.get_coordinates(shapely.get_point(chains, at)) for at in (0, -1))])


@dataclass(frozen=True, slots=True)
class Told:
    """Of what something was said already: `ends` of parts, and `bridges` (steps) over vertices that are no numbers."""

    ends: set[int]
    bridges: Array


class Against:
    """What is wrong with the lines of a file where they should follow the legal line."""

    def __init__(
        self, lines: LineSet, ends: Ends, component: Array, told: Told, legal: Legal, limits: Tolerances
    ) -> None:
        """`component` says what was meant to hang together."""
        self.lines, self.ends, self.component = lines, ends, component
        self.legal, self.limits, self.explained = legal, limits, set(told.ends)
        self.bridges = told.bridges
        self.observations: list[Observation] = []
        self.rings = self._new_rings()
        coordinates, self._of = _stations(lines.parts)
        self._located = legal.chains.locate(coordinates)
        self._gaps = self._missing()
        self._jumps()
        self._check_nodes()
        for end in np.flatnonzero(ends.free):
            if int(end) not in self.explained and not self.rings[end // 2]:
                self._check_end(int(end))
        self._directions()

    # -- rings ----------------------------------------------------------------------------------------------------

    def _new_rings(self) -> Array:
        """Which parts are rings away from the legal line: enclaves that it does not know."""
        closed = np.asarray(shapely.is_closed(self.lines.parts), dtype=bool)
        new = np.zeros(len(closed), dtype=bool)
        for part in np.flatnonzero(closed):
            located = self.legal.chains.locate(shapely.get_coordinates(self.lines.parts[part]))
            if np.median(located.distance) > self.limits.search:
                new[part] = True
                place = shapely.Polygon(shapely.get_coordinates(self.lines.parts[part]))
                measures = {"area_m2": float(place.area)}
                self._see("enclave_new", "line", int(part), place, measures, measures)
        return new

    # -- stretches ------------------------------------------------------------------------------------------------

    def _missing(self) -> list[tuple[int, float, float]]:
        """Stretches of the legal line that no line of the file covers: chain, from, to (metres along it)."""
        gaps = []
        for chain, length in enumerate(self.legal.chains.lengths):
            for low, high in _uncovered(self._covered(chain, float(length)), float(length)):
                at_end = not self.legal.closed[chain] and (low == 0 or high == length)
                if high - low > (self.limits.search if at_end else self.limits.join):
                    gaps.append((chain, low, high))
                    self._see_gap(chain, low, high)
        return gaps

    def _covered(self, chain: int, length: float) -> Array:
        """What the segments of the file cover of a chain, as intervals (n, 2) along it."""
        here = (self._located.line == chain) & ~self.rings[self._of]
        both = here[1:] & here[:-1] & (self._of[1:] == self._of[:-1])
        pairs = np.column_stack([self._located.along[:-1][both], self._located.along[1:][both]])
        low, high = pairs.min(axis=1), pairs.max(axis=1)
        if not self.legal.closed[chain]:
            return np.column_stack([low, high])
        around = high - low > length / 2
        plain = np.column_stack([low, high])[~around]
        wrapped = [
            np.column_stack([np.zeros(around.sum()), low[around]]),
            np.column_stack([high[around], np.full(around.sum(), length)]),
        ]
        return np.vstack([plain, *wrapped])

    def _see_gap(self, chain: int, low: float, high: float, reason: str = "legal", part: int | None = None) -> None:
        facts: dict[str, Fact] = {
            "line": self.legal.names[chain],
            "length_m": high - low,
            "from_m": low,
            "to_m": high,
        }
        measures = {"length_m": high - low, "chainage_from_m": low, "chainage_to_m": high}
        place = substring(self.legal.chains.lines[chain], low, high)
        layer, feature = (None, None) if part is None else (self.lines.layers[part], int(self.lines.features[part]))
        self.observations.append(
            Observation("missing_stretch", reason, facts, layer, feature, place=place, measures=measures)
        )

    def _jumps(self) -> None:
        """Single steps of the file that begin and end on the legal line and leave it out between."""
        coordinates, of = shapely.get_coordinates(self.lines.parts, return_index=True)
        steps = np.diff(coordinates, axis=0)
        long = (np.hypot(steps[:, 0], steps[:, 1]) > self.limits.search) & (of[1:] == of[:-1]) & ~self.rings[of[1:]]
        at = np.flatnonzero(long)
        at = at[~_among(np.hstack([coordinates[at], coordinates[at + 1]]), self.bridges, self.limits)]
        begin, end = (self.legal.chains.locate(coordinates[at + one]) for one in (0, 1))
        on = (begin.distance <= self.limits.join) & (end.distance <= self.limits.join) & (begin.line == end.line)
        for number in np.flatnonzero(on):
            chain = int(begin.line[number])
            low, high = sorted((float(begin.along[number]), float(end.along[number])))
            left_out = substring(self.legal.chains.lines[chain], low, high)
            step = shapely.LineString(coordinates[at[number] : at[number] + 2])
            if not self.legal.closed[chain] and float(shapely.hausdorff_distance(left_out, step)) > self.limits.join:
                self._see_gap(chain, low, high, "jump", int(of[at[number]]))

    # -- ends -----------------------------------------------------------------------------------------------------

    def _check_nodes(self) -> None:
        """Places where three or more lines meet, beside the agreed tri-point."""
        many = np.flatnonzero(self.legal.degrees > 2)
        meeting = [int(end) for end in np.flatnonzero(self.ends.degree > 2)]
        firsts = {int(self.ends.node[end]): end for end in reversed(meeting) if end not in self.explained}
        for end in sorted(firsts.values()):
            distances = np.hypot(*(self.legal.nodes[many] - self.ends.points[end]).T)
            nearest = float(distances.min(initial=np.inf))
            if self.limits.node < nearest <= self.limits.search:
                self._miss("tripoint_mismatch", end, nearest)

    def _check_end(self, end: int) -> None:
        point = self.ends.points[end : end + 1]
        number, distances = self.legal.nearest_node(point)
        node, distance = int(number[0]), float(distances[0])
        if distance <= self.limits.node or self._overshoots(end):
            return
        located = self.legal.chains.locate(point)
        if self._at_gap(located, self.limits.node):
            return
        if distance > self.limits.search:
            if not self._at_gap(located, self.limits.search):
                self._loose(end, "loose", distance)
        elif float(located.distance[0]) <= self.limits.node:
            self._loose(end, "short", distance)
        else:
            three = len(self.legal.degrees) > 0 and self.legal.degrees[node] > 2
            self._miss("tripoint_mismatch" if three else "node_mismatch", end, distance)

    def _overshoots(self, end: int) -> bool:
        """Whether the line passes the last node of a legal line and goes on, off it, to this end."""
        part, tolerance = self.lines.parts[end // 2], self.limits.node
        last = points_of(self.legal.last_nodes)
        passed = last[shapely.distance(last, part) <= tolerance]
        along = np.asarray(shapely.line_locate_point(part, passed))
        beyond = float((part.length - along if end % 2 else along).min(initial=np.inf))
        if not tolerance < beyond < part.length - tolerance:
            return False
        middle = shapely.line_interpolate_point(part, -beyond / 2 if end % 2 else beyond / 2)
        tail = np.vstack([self.ends.points[end], shapely.get_coordinates(middle)])
        if (self.legal.chains.locate(tail).distance <= (tolerance, tolerance / 2)).any():
            return False
        measures = {"length_m": beyond}
        self._see("overshoot", "legal", end // 2, shapely.Point(self.ends.points[end]), measures, measures)
        return True

    def _at_gap(self, located: Located, reach: float) -> bool:
        """Whether a missing stretch begins within `reach` metres: it was said already."""
        chain, along = int(located.line[0]), float(located.along[0])
        return float(located.distance[0]) <= reach and any(
            chain == gap and min(abs(along - low), abs(along - high)) <= reach for gap, low, high in self._gaps
        )

    def _loose(self, end: int, reason: str, distance: float) -> None:
        measures = {"distance_m": distance}
        self._see("dangling_end", reason, end // 2, shapely.Point(self.ends.points[end]), measures, measures)

    def _miss(self, kind: str, end: int, distance: float) -> None:
        facts = {"distance_m": distance, "tolerance_m": self.limits.node}
        place = shapely.Point(self.ends.points[end])
        self._see(kind, "legal", end // 2, place, facts, {"distance_m": distance})

    # -- direction ------------------------------------------------------------------------------------------------

    def _directions(self) -> None:
        against = [part for part in range(len(self.lines)) if not self.rings[part] and self._run(part) < 0]
        if against and len(against) == int((~self.rings).sum()):
            everything = shapely.MultiLineString(list(self.lines.parts[against]))
            self._see("direction", "legal", against[0], everything, {}, {}, whole=len(against) > 1)
            return
        for part in against:
            self._see("direction", "legal", part, self.lines.parts[part], {}, {})

    def _run(self, part: int) -> float:
        """Metres by which the part runs along the legal line, negative against it; 0 where it is too short to say."""
        mine = slice(*np.searchsorted(self._of, [part, part + 1]))
        chain, along = self._located.line[mine], self._located.along[mine]
        steps = np.diff(along)
        steps[np.diff(chain) != 0] = 0.0
        lengths = self.legal.chains.lengths[chain[:-1].astype(int)]
        around = self.legal.closed[chain[:-1].astype(int)] & (np.abs(steps) > lengths / 2)
        steps[around] -= np.sign(steps[around]) * lengths[around]
        run = float(steps.sum())
        return run if abs(run) > self.limits.join else 0.0

    def _see(
        self,
        kind: str,
        reason: str,
        part: int,
        place: BaseGeometry,
        facts: dict[str, float],
        measures: dict[str, float],
        *,
        whole: bool = False,
    ) -> None:
        feature = None if whole else int(self.lines.features[part])
        self.observations.append(
            Observation(kind, reason, facts, self.lines.layers[part], feature, place=place, measures=measures)
        )


def _stations(parts: Array) -> tuple[Array, Array]:
    """Vertices of `parts`, of very many every so many and always the ends, and the part each is of."""
    coordinates, of = shapely.get_coordinates(parts, return_index=True)
    first = np.flatnonzero(np.r_[True, np.diff(of) != 0])
    size = np.diff(np.r_[first, len(of)])
    step = max(1, len(coordinates) // STATIONS)
    place = np.arange(len(of)) - first[of]
    keep = (place % step == 0) | (place == size[of] - 1)
    return coordinates[keep], of[keep]


def _among(steps: Array, bridges: Array, limits: Tolerances) -> Array:
    """Which of `steps` (n, 4) are, to the resolution, one of `bridges` (LineStrings of two vertices)."""
    known = shapely.get_coordinates(bridges).reshape(-1, 4)
    every = {tuple(row) for row in np.round(known / limits.coincide).tolist()}
    return np.array([tuple(row) in every for row in np.round(steps / limits.coincide).tolist()], dtype=bool)


def _uncovered(intervals: Array, length: float) -> list[tuple[float, float]]:
    """What `intervals` (n, 2) leave of 0 to `length`."""
    left, reached = [], 0.0
    for low, high in intervals[np.argsort(intervals[:, 0], kind="stable")].tolist():
        if low > reached:
            left.append((reached, low))
        reached = max(reached, high)
    return [*left, (reached, length)] if reached < length else left
