"""Disagreements that are made: a run of one survey, or of both, moved sideways, with the land that lies between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.inspection.paths import Bundle
from tests.known_truth.lines import Coordinates, Random

#: Where along the line disagreements lie.
SHARES = (0.25, 0.75)
#: Below so many tolerances a disagreement is narrow: its ends are known to a vertex, which is more than 1 % of it.
NARROW = 3.0
#: A difference is beyond the tolerance where it is so on three tolerances, or fifty metres: boundary-lines, (c).
LEAST_RUN, LEAST_RUN_M = 3.0, 50.0
#: A disagreement is moved by so many tolerances at least; bends leave so much of its width, and more than that many
#: tolerances of it somewhere on such a run: below that the noise of two surveys may hide it.
LEAST_WIDTH, LEFT, LEAST_SURE = 1.5, 0.7, 1.4
#: A line that doubles back has few places for a strip of one width: so many are tried.
TRIES = 5


@dataclass(frozen=True)
class Deed:
    """A disagreement under way: which vertices of either survey were moved, by which vector."""

    kind: str
    width_m: float
    departed: str
    runs: list[NDArray[np.intp]]
    moves: list[Coordinates]


@dataclass(frozen=True)
class Land:
    """A disagreement that was made: its land (plane), its width, who departed, and whether both claim it or neither.

    `rest`: the small land of the other kind that its ends make where they cross the other claim in a bend.
    `doubtful`: its ends on which the claims, as drawn, are within the tolerance of each other, as far as they still
    come nearer: whether that is the end of a disagreement or the noise beside it no two surveys say, so it counts
    neither way.
    """

    kind: str
    land: BaseGeometry
    width_m: float
    departed: str
    narrow: bool
    rest: BaseGeometry
    doubtful: BaseGeometry


def disagree(random: Random, lines: list[Coordinates], truth: Coordinates, tolerance_m: float) -> list[Deed]:
    """One or two disagreements, each half as wide again as the tolerance at least; `lines` are changed."""
    found = []
    for share in SHARES[: int(random.integers(1, 3))]:
        made = None
        for _ in range(TRIES):
            width = tolerance_m * float(np.exp(random.uniform(np.log(LEAST_WIDTH), np.log(30))))
            length = float(random.uniform(max(250.0, 4 * width), max(900.0, 8 * width)))
            offset, side, both = float(random.choice([-1, 1])) * width, int(random.integers(2)), random.uniform() < 0.15
            made = made or _made(lines, truth, side, share, length, offset, bool(both), tolerance_m)
        if made is not None:
            found.append(made)
    return found


def _made(
    lines: list[Coordinates],
    truth: Coordinates,
    side: int,
    share: float,
    length_m: float,
    offset_m: float,
    both: bool,
    tolerance_m: float,
) -> Deed | None:
    """Move a run of one survey, or both apart by half each; None where that makes no clean strip."""
    course = LineString(truth)
    begin, end = share * course.length - length_m / 2, share * course.length + length_m / 2
    if begin < 100 or end > course.length - 100:
        return None
    ends = [np.array(course.interpolate(d).coords[0]) for d in (begin, end)]
    along = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
    across = np.array([-along[1], along[0]]) * offset_m
    runs = [_run(line, begin, end, course) for line in lines]
    if min(len(run) for run in runs) < 4:
        return None
    if not _clean(truth, _run(truth, begin, end, course), across, tolerance_m):
        return None
    moves = [across / 2, -across / 2] if both else [across, np.zeros(2)]
    if side:
        moves = moves[::-1] if not both else [-move for move in moves]
    moved = [_moved(line, run, move) for line, run, move in zip(lines, runs, moves, strict=True)]
    if not all(LineString(line).is_simple for line in moved):
        return None
    lines[:] = moved
    # left of A and right of B: A moved right (negative) or B moved left (positive)
    taken = (side == 0) == (offset_m < 0)
    departed = "both" if both else "ab"[side]
    return Deed("disputed_area" if taken else "unclaimed_area", abs(offset_m), departed, runs, moves)


def land_of(deed: Deed, lines: list[Coordinates], tolerance_m: float) -> Land:
    """The land of a deed between the surveys as drawn, noise and all: that is what can be measured."""
    narrow = deed.width_m < NARROW * tolerance_m
    sure = _between(lines, deed, _beyond(lines, deed, tolerance_m))[0]
    # where the claims cross within it the largest piece may be one that is beyond the tolerance nowhere
    land, *rest = _most_of(sure, _between(lines, deed, deed.runs))
    most = _most_of(sure, _between(lines, deed, _closing(lines, deed, tolerance_m)))[0]
    doubtful = shapely.difference(shapely.union(land, most), sure)
    return Land(deed.kind, land, deed.width_m, deed.departed, narrow, shapely.union_all(rest), doubtful)


def _most_of(sure: BaseGeometry, parts: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """The parts, that which shares most with `sure` first."""
    return sorted(parts, key=lambda part: -float(part.intersection(sure).area))


def _beyond(lines: Sequence[Coordinates], deed: Deed, tolerance_m: float) -> list[NDArray[np.intp]]:
    """Each run from its first to its last stretch that is beyond the tolerance, in width and in length, as drawn."""
    courses = [LineString(line) for line in lines]
    kept = []
    for i, run in enumerate(deed.runs):
        off = np.array([courses[1 - i].distance(Point(lines[i][j])) for j in run])
        near = courses[1 - i].buffer(tolerance_m, quad_segs=32)
        kept.append(_of_stretches(run, lines[i], off > tolerance_m, near, _least_run_m(tolerance_m)))
    return kept


def _least_run_m(tolerance_m: float) -> float:
    return max(LEAST_RUN_M, LEAST_RUN * tolerance_m)


def _closing(lines: Sequence[Coordinates], deed: Deed, tolerance_m: float) -> list[NDArray[np.intp]]:
    """Each run with the vertices beyond its ends over which the claims come nearer or stay near, until they cross.

    Two claims that come near each other without crossing and part again within the tolerance have one land between
    them as drawn, with a waist in it.
    """
    grown = []
    for i, run in enumerate(deed.runs):
        distance, _, side = Bundle([lines[1 - i]]).nearest(lines[i])
        off = distance * side
        off *= np.sign(off[run].sum()) or 1.0
        first, last = int(run[0]), int(run[-1])
        while first > 1 and off[first - 1] > 0 and (off[first - 1] > off[first - 2] or off[first - 1] <= tolerance_m):
            first -= 1
        while (
            last < len(off) - 2
            and off[last + 1] > 0
            and (off[last + 1] > off[last + 2] or off[last + 1] <= tolerance_m)
        ):
            last += 1
        grown.append(np.arange(first, last + 1))
    return grown


def _of_stretches(
    run: NDArray[np.intp], line: Coordinates, far: NDArray[np.bool_], near: BaseGeometry, least_m: float
) -> NDArray[np.intp]:
    """The run from its first to its last stretch of far vertices that is long enough without what of it lies `near`.

    Two far vertices may have the other claim's nearest vertex between them. Where no stretch is, a single near vertex
    between far ones parts nothing; where none is so either, the longest.
    """
    at = np.flatnonzero(far)
    if not len(at):
        return run
    for gap in (1, 2):
        groups: list[NDArray[np.intp]] = np.split(at, np.flatnonzero(np.diff(at) > gap) + 1)
        lengths = [_length_m(line[run[group[0]] : run[group[-1]] + 1], near) for group in groups]
        if max(lengths) >= least_m:
            break
    least = min(least_m, max(lengths))
    long = [group for group, length in zip(groups, lengths, strict=True) if length >= least]
    return run[long[0][0] : long[-1][-1] + 1]


def _moved(line: Coordinates, run: NDArray[np.intp], by: Coordinates) -> Coordinates:
    return np.concatenate([line[: run[0]], line[run[0] : run[-1] + 1] + by, line[run[-1] + 1 :]])


def _run(line: Coordinates, begin_m: float, end_m: float, course: LineString) -> NDArray[np.intp]:
    at = np.array([course.project(Point(p)) for p in line])
    return np.flatnonzero((at >= begin_m) & (at <= end_m))


def _between(lines: list[Coordinates], deed: Deed, runs: Sequence[NDArray[np.intp]]) -> list[BaseGeometry]:
    """The land, the largest piece first, from where the first claim leaves the common course to where the last is back.

    A claim leaves at the last vertex before its run; there the land is closed by the shortest way to the other.
    """
    departed = [i for i in (0, 1) if deed.moves[i].any()]
    courses = [LineString(line) for line in lines]
    bounds = []
    for end in (0, 1):
        leaves = [lines[i][runs[i][0] - 1 if end == 0 else runs[i][-1] + 1] for i in departed]
        at = [[course.project(Point(p)) for course in courses] for p in leaves]
        bounds.append(min(at) if end == 0 else max(at))
    stretches = [_stretch(line, bounds[0][i], bounds[1][i]) for i, line in enumerate(lines)]
    ring = LineString(np.concatenate([stretches[0], stretches[1][::-1], stretches[0][:1]]))
    parts = shapely.get_parts(shapely.polygonize([shapely.node(ring)])).tolist()
    return sorted(parts, key=lambda part: -float(part.area))


def _length_m(course: Coordinates, near: BaseGeometry) -> float:
    return float(LineString(course).difference(near).length) if len(course) > 1 else 0.0


def _stretch(line: Coordinates, begin: float, end: float) -> Coordinates:
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    ends = np.column_stack([np.interp([begin, end], at, line[:, i]) for i in (0, 1)])
    return np.concatenate([ends[:1], line[(at > begin) & (at < end)], ends[1:]])


def _clean(truth: Coordinates, run: NDArray[np.intp], across: Coordinates, tolerance_m: float) -> bool:
    """Whether the run moved is one strip of that width: where a line runs along the move there is no land between.

    It is beyond the tolerance as it is made, in width and on a run that is long enough: what bends have left of a
    narrow one may be within it all along.

    Judged before anything is surveyed, so that no case is left out for its noise.
    """
    if len(run) < 4:
        return False
    width = float(np.hypot(*across))
    strip = Polygon(np.concatenate([truth[run], (truth[run] + across)[::-1]]))
    if not strip.is_valid or not LineString(_moved(truth, run, across)).is_simple:
        return False
    core = shapely.buffer(strip, -0.5 * LEFT * width, join_style="mitre")
    if core.is_empty or len(shapely.get_parts(core)) > 1:
        return False
    sure = shapely.buffer(strip, -0.5 * max(LEFT * width, LEAST_SURE * tolerance_m), join_style="mitre")
    # a strip is as long as half its outline
    return bool(sure.length / 2 >= _least_run_m(tolerance_m))
