"""How far a line moved, and whose land became whose: two versions of some segments compared. Pure.

Displacement is measured both ways at stations, because the nearest place of one
line to a bulge of the other says nothing of the bulge seen from the first.
Areas are those between the old and the new lines; what is narrower than the
tolerance is a sliver and counted apart, for it is the width of the pen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry import LineString, Polygon

from boundaries.geometry.content import to_steps
from boundaries.geometry.course import Course
from boundaries.geometry.ellipsoid import areas_m2
from boundaries.geometry.plane import LocalPlane, width_m
from boundaries.network.cut import Cut, cut
from boundaries.network.model import Segment
from boundaries.network.versions import Change

#: Metres between stations: the recipe of the domain brief; vertices are stations too.
STATION_M = 25.0
Holder = UUID | None
When = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Profile:
    """Distances in metres between two lines: median, 95th percentile, largest."""

    p50_m: float
    p95_m: float
    max_m: float


@dataclass(frozen=True)
class Ceded:
    """A piece of land that went from one holder to another; None: to or from nobody of the register."""

    giver: Holder
    taker: Holder
    geometry: Polygon
    area_m2: float
    in_plane: Polygon
    #: metres that the width cannot pass: the short side of the narrowest rectangle around it
    at_most_m: float

    @cached_property
    def width_m(self) -> float:
        """Metres: the largest circle that fits."""
        return width_m(self.in_plane)

    def is_sliver(self, tolerance_m: float) -> bool:
        """Whether it is not wider than the tolerance; asks for the width only where the rectangle does not say."""
        return self.at_most_m <= tolerance_m or self.width_m <= tolerance_m


@dataclass(frozen=True, slots=True)
class Transfer:
    """All land that changed hands: pieces wider than the tolerance, widest first, and slivers, largest first."""

    pieces: tuple[Ceded, ...]
    slivers: tuple[Ceded, ...]

    @property
    def widest_sliver_m(self) -> float:
        """The width of the widest sliver; asks no more of them than can be it."""
        widest = 0.0
        for piece in sorted(self.slivers, key=lambda piece: -piece.at_most_m):
            if piece.at_most_m <= widest:
                break
            widest = max(widest, piece.width_m)
        return widest

    def balance_m2(self) -> dict[Holder, tuple[float, float]]:
        """For each holder the square metres ceded and gained, slivers included."""
        ceded: dict[Holder, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for piece in (*self.pieces, *self.slivers):
            ceded[piece.giver][0] += piece.area_m2
            ceded[piece.taker][1] += piece.area_m2
        return {holder: (out, in_) for holder, (out, in_) in ceded.items()}


def profile(one: LineString, other: LineString, step_m: float = STATION_M) -> Profile:
    """How far apart two lines run (degrees): stations of each against the other, so the order does not matter."""
    plane = LocalPlane.of(one, other)
    courses = [Course(shapely.get_coordinates(plane.to_plane(line))) for line in (one, other)]
    stations = [np.vstack([course.stations(step_m), course.vertices]) for course in courses]
    distances = np.concatenate([courses[1].nearest(stations[0]).distance_m, courses[0].nearest(stations[1]).distance_m])
    p50, p95 = np.percentile(distances, [50, 95])
    return Profile(float(p50), float(p95), float(distances.max()))


def transfer(changes: Iterable[Change], tolerance_m: float) -> Transfer:
    """The land between the old and the new course of the changed segments; slivers up to `tolerance_m` wide."""
    moved = [c for c in changes if c.before is None or c.after is None or not c.before.same_boundary(c.after)]
    before = [piece for c in moved for piece in _only_in(c.before, c.after)]
    after = [piece for c in moved for piece in _only_in(c.after, c.before)]
    if not before and not after:
        return Transfer((), ())
    pieces = _noded([*before, *after])
    faces = _faces(pieces)
    if not faces:
        return Transfer((), ())
    owners = _owners(faces, _ends(pieces), before, after)
    drawn = np.array(faces, dtype=object)
    in_plane = LocalPlane.of(*faces).to_plane(drawn)
    measured = zip(faces, in_plane, areas_m2(drawn), _short_sides(in_plane), owners, strict=True)
    found = [
        Ceded(giver, taker, face, float(area), flat, float(side))
        for face, flat, area, side, (giver, taker) in measured
        if giver != taker
    ]
    found.sort(key=lambda piece: (-piece.area_m2, piece.geometry.bounds))
    wide = [piece for piece in found if not piece.is_sliver(tolerance_m)]
    narrow = tuple(piece for piece in found if piece.is_sliver(tolerance_m))
    return Transfer(tuple(sorted(wide, key=lambda piece: -piece.width_m)), narrow)


def _short_sides(faces: NDArray[np.object_]) -> NDArray[np.float64]:
    """The short sides of the narrowest rectangles around polygons, in their own unit."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(faces)).reshape(-1, 5, 2)
    sides = np.hypot(*(corners[:, 1:3] - corners[:, :2]).transpose(2, 0, 1))
    return np.asarray(sides.min(axis=1))


def _only_in(one: Segment | None, other: Segment | None) -> list[Segment]:
    """The stretches of `one` along which `other` does not run between the same holders."""
    if one is None:
        return []
    line = shapely.get_coordinates(one.geometry)
    if other is None:
        return [one]
    same = np.isin(_edge_keys(one), _edge_keys(other))
    bounds = np.flatnonzero(np.diff(np.concatenate([[True], same, [True]])))
    runs = zip(bounds[::2].tolist(), bounds[1::2].tolist(), strict=True)
    return [replace(one, geometry=LineString(line[first : last + 1])) for first, last in runs]


def _edge_keys(segment: Segment) -> NDArray[np.void]:
    """One key for each edge: its ends on the grid from the smaller one, and whether its holders then stand turned."""
    steps = to_steps(shapely.get_coordinates(segment.geometry))
    start, end = steps[:-1], steps[1:]
    backwards = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low = np.where(backwards[:, None], end, start)
    high = np.where(backwards[:, None], start, end)
    left, right = (hash(holder) for holder in (segment.left, segment.right))
    sides = np.where(backwards[:, None], [right, left], [left, right])
    keys = np.ascontiguousarray(np.hstack([low, high, sides]).astype(np.int64))
    return keys.view(np.dtype((np.void, keys.dtype.itemsize * keys.shape[1]))).ravel()


def _noded(segments: Sequence[Segment]) -> list[LineString]:
    """The lines of all versions in pieces that meet in their ends only."""
    lines = sorted((segment.geometry for segment in segments), key=lambda line: line.wkb)
    ends = np.array([point for line in lines for point in (line.coords[0], line.coords[-1])])
    # a union may join lines at their common end; there another holder may begin
    return _split_at(shapely.get_parts(shapely.union_all(lines)), ends)


def _split_at(lines: NDArray[np.object_], points: NDArray[np.float64]) -> list[LineString]:
    """Lines cut at those of their inner vertices that are among `points`."""
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    first = np.append(True, line[1:] != line[:-1])
    inner = ~first & ~np.append(first[1:], True)
    cuts = np.flatnonzero(inner & np.isin(_keys(coordinates), _keys(points)))
    # a vertex at which is cut ends one piece and begins the next
    repeats = np.ones(len(coordinates), dtype=np.int64)
    repeats[cuts] = 2
    begins = np.repeat(first, repeats)
    begins[cuts + np.arange(1, len(cuts) + 1)] = True
    pieces = shapely.linestrings(np.repeat(coordinates, repeats, axis=0), indices=np.cumsum(begins) - 1)
    return [
        piece for piece in np.atleast_1d(np.asarray(pieces, dtype=object)).tolist() if isinstance(piece, LineString)
    ]


def _keys(coordinates: NDArray[np.float64]) -> NDArray[np.void]:
    exact = np.ascontiguousarray(coordinates + 0.0)  # no negative zeros
    return exact.view(np.dtype((np.void, exact.dtype.itemsize * 2))).ravel()


def _ends(pieces: Sequence[LineString]) -> NDArray[np.float64]:
    coordinates, line = shapely.get_coordinates(pieces, return_index=True)
    first = np.append(True, line[1:] != line[:-1])
    return np.asarray(coordinates[first | np.append(first[1:], True)])


def _faces(pieces: Sequence[LineString]) -> list[Polygon]:
    return [face for face in shapely.get_parts(shapely.polygonize(pieces)) if isinstance(face, Polygon)]


class _Beside:
    """Who was beside the segments of one version: asked for edges of faces."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        edges = [shapely.get_coordinates(segment.geometry) for segment in segments]
        pairs = [np.stack([c[:-1], c[1:]], axis=1) for c in edges]
        self._edges = np.concatenate(pairs) if pairs else np.zeros((0, 2, 2))
        self._owner = [s for s, c in zip(segments, pairs, strict=True) for _ in range(len(c))]
        self._tree = STRtree(np.asarray(shapely.linestrings(self._edges), dtype=object)) if pairs else None

    def sides(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> list[tuple[Holder, Holder] | None]:
        """The holders on the left and right of each edge from `start` to `end` (n, 2); None where no segment runs
        along it.
        """
        answers: list[tuple[Holder, Holder] | None] = [None] * len(start)
        if self._tree is None:
            return answers
        middles = np.asarray(shapely.points((start + end) / 2), dtype=object)
        asked, edge = self._tree.query(middles, predicate="dwithin", distance=_ALONG)
        direction = self._edges[edge, 1] - self._edges[edge, 0]
        along = end[asked] - start[asked]
        parallel = _are_parallel(direction, along)
        asked, edge, same_way = asked[parallel], edge[parallel], ((direction * along).sum(axis=1) > 0)[parallel]
        off = shapely.distance(shapely.linestrings(self._edges[edge]), middles[asked])
        for i in np.lexsort([edge, off])[::-1].tolist():  # the nearest is written last and stands
            segment = self._owner[edge[i]]
            sides = (segment.left, segment.right)
            answers[asked[i]] = sides if same_way[i] else sides[::-1]
        return answers


def _are_parallel(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    bound = _PARALLEL * np.hypot(one[:, 0], one[:, 1]) * np.hypot(other[:, 0], other[:, 1])
    return np.asarray(np.abs(cross) <= bound)


#: Degrees (a hundredth of a millimetre) within which a noded edge lies on the edge it is a piece of.
_ALONG = 1e-10
#: Sine of the angle between an edge and a piece of it; pieces down to a millimetre are turned less by rounding.
_PARALLEL = 1e-5


def _owners(
    faces: Sequence[Polygon], ends: NDArray[np.float64], before: Sequence[Segment], after: Sequence[Segment]
) -> list[tuple[Holder, Holder]]:
    """For each face its holder before and after.

    Along an edge of the old line the old holder is the one on that side. Across an edge that only the new line
    has the old holder is the same; so it is passed on from face to face, and from outside, where nothing changed.
    """
    network = cut(faces, fixed=ends)  # so that every arc is a piece of one segment of each version
    known = {when: _known(network, _Beside(version)) for when, version in (("before", before), ("after", after))}
    sides = [network.cells_of(1), network.cells_of(-1)]
    found: list[dict[int, Holder]] = []
    for mine, its in (("before", "after"), ("after", "before")):
        owner: dict[int, Holder] = {}
        open_edges = []
        for arc, (left, right) in enumerate(zip(*sides, strict=True)):
            holders = known[mine][arc]
            if holders is not None:
                owner.update(dict.fromkeys(left, holders[0]) | dict.fromkeys(right, holders[1]))
            else:
                open_edges.append((left, right, known[its][arc]))
        found.append(_passed_on(owner, open_edges))
    return [(found[0].get(i), found[1].get(i)) for i in range(len(faces))]


def _known(network: Cut, beside: _Beside) -> list[tuple[Holder, Holder] | None]:
    """For each arc who is on its left and right, asked at its longest edge."""
    lengths = np.hypot(*np.diff(network.coordinates, axis=0).T)
    last = network.offsets[1:] - 1
    lengths[last[:-1]] = -1.0  # from one arc to the next is no edge
    arc = np.repeat(np.arange(len(network)), np.diff(network.offsets))[:-1]
    order = np.lexsort([-np.arange(len(lengths)), lengths, arc])
    longest = order[np.append(arc[order][1:] != arc[order][:-1], True)]
    return beside.sides(network.coordinates[longest], network.coordinates[longest + 1])


def _passed_on(
    owner: Mapping[int, Holder],
    edges: Sequence[tuple[tuple[int, ...], tuple[int, ...], tuple[Holder, Holder] | None]],
) -> dict[int, Holder]:
    result = dict(owner)
    changed = True
    while changed:
        changed = False
        for left, right, other in edges:
            for one, across, beyond in ((left, right, 1), (right, left, 0)):
                for face in one:
                    if face not in result and (not across or across[0] in result):
                        # outside all faces nothing changed: whoever the other version names there was there
                        result[face] = result[across[0]] if across else (other[beyond] if other else None)
                        changed = True
    return result
