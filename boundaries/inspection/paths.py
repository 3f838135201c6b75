"""From the parts of a file to paths that run as the legal line runs, each with its place along it.

How a line is cut into features, in which order and direction they come, is how
somebody saved a file; none of it may change what is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString

from boundaries.geometry.content import canonical_steps
from boundaries.geometry.course import Course

Coordinates = NDArray[np.float64]
#: Vertices of a plane are kept to a tenth of a millimetre, so that the ends of features meet again.
GRID_M = 1e-4


class Bundle:
    """Several courses asked as one; chainage runs on from one to the next."""

    def __init__(self, paths: Sequence[Coordinates]) -> None:
        self.courses = [Course(path) for path in paths]
        lengths = [course.length_m for course in self.courses]
        self.offsets = np.concatenate([[0.0], np.cumsum(lengths)])

    @property
    def length_m(self) -> float:
        """All courses together."""
        return float(self.offsets[-1])

    def nearest(
        self, points: Coordinates, begin_m: float = 0.0, end_m: float = np.inf
    ) -> tuple[Coordinates, Coordinates, NDArray[np.int8]]:
        """For each point the distance, the chainage and the side of the nearest place.

        Of several courses only those are asked that have something between the two chainages: where courses meet, the
        nearest one may be another than that beside which the points belong.
        """
        asked = [k for k in range(len(self.courses)) if self.offsets[k] < end_m and begin_m < self.offsets[k + 1]]
        asked = asked or list(range(len(self.courses)))
        found = [self.courses[k].nearest(points) for k in asked]
        distances = np.stack([one.distance_m for one in found])
        chainages = np.stack([one.chainage_m + self.offsets[k] for one, k in zip(found, asked, strict=True)])
        sides = np.stack([one.side for one in found])
        best, each = distances.argmin(axis=0), np.arange(len(points))
        return distances[best, each], chainages[best, each], sides[best, each]

    def at(self, chainage_m: Coordinates) -> Coordinates:
        """The points at these chainages; at a seam, the end of the earlier course."""
        index = np.clip(np.searchsorted(self.offsets, chainage_m, side="left") - 1, 0, len(self.courses) - 1)
        result = np.empty((len(chainage_m), 2))
        for i, course in enumerate(self.courses):
            mine = index == i
            if mine.any():
                result[mine] = course.at(chainage_m[mine] - self.offsets[i])
        return result

    def stations(self, step_m: float) -> Coordinates:
        """Points at most `step_m` apart along every course, ends included."""
        return np.concatenate([course.stations(step_m) for course in self.courses])


@dataclass(frozen=True, eq=False)
class Path:
    """One connected piece in the plane, running as the legal line runs, from and to a chainage of it."""

    vertices: Coordinates
    begin_m: float
    end_m: float

    @property
    def closed(self) -> bool:
        """Whether it is a ring."""
        return bool((self.vertices[0] == self.vertices[-1]).all())

    @cached_property
    def line(self) -> LineString:
        """The path as a geometry."""
        return LineString(self.vertices)


def spacing_m(*lines: Sequence[Path]) -> float:
    """How far apart the vertices of the coarser of several lines stand, by the median; 0 of no line."""
    edges = [np.concatenate([np.hypot(*np.diff(p.vertices, axis=0).T) for p in line]) for line in lines if line]
    return max((float(np.median(of_line)) for of_line in edges), default=0.0)


def connected(lines: Iterable[LineString], *, directed: bool = False) -> list[Coordinates]:
    """The pieces of a line in a plane, joined where ends meet, in an order of their own. Repeated features count once.

    With `directed` features are joined only head to tail, and keep their direction.
    """
    unique: dict[bytes, Coordinates] = {}
    for line in lines:
        vertices = np.round(shapely.get_coordinates(line) / GRID_M) * GRID_M
        keep = np.concatenate([[True], (np.diff(vertices, axis=0) != 0).any(axis=1)])
        vertices = vertices[keep]
        if len(vertices) > 1:
            unique.setdefault(_key(vertices), vertices)
    if not unique:
        return []
    merged = shapely.line_merge(MultiLineString([unique[key] for key in sorted(unique)]), directed=directed)
    paths = [shapely.get_coordinates(part) for part in shapely.get_parts(merged)]
    if not directed:
        paths = [_canonical(path) for path in paths]
    return sorted(paths, key=lambda path: tuple(path[0]) + tuple(path[-1]) + (len(path),))


def _key(vertices: Coordinates) -> bytes:
    return canonical_steps(vertices).tobytes()


def _canonical(path: Coordinates) -> Coordinates:
    """The same vertices in the direction, and for a ring from the start, that sorts first."""
    if (path[0] == path[-1]).all():
        first = int(np.lexsort((path[:-1, 1], path[:-1, 0]))[0])
        ring = np.roll(path[:-1], -first, axis=0)
        path = np.concatenate([ring, ring[:1]])
    return path if tuple(map(tuple, path)) <= tuple(map(tuple, path[::-1])) else path[::-1].copy()


#: From so many ends of courses in one place on they meet there.
MEETING = 3
#: A survey lies at the one course of the legal line to which so much of it is nearest.
MOST = 0.8


def along(paths: Iterable[Coordinates], legal: Bundle, near_m: float) -> list[Path]:
    """The pieces of a survey turned to run as the legal line runs, in order of their place along it.

    A piece that runs through a place where three or more legal courses meet, within `near_m` of it, is cut there.
    """
    nodes = _nodes(legal)
    placed = [_placed(part, legal) for path in paths for part in _cut(path, nodes, near_m)]
    return sorted(placed, key=lambda path: (path.begin_m, path.end_m, *path.vertices[0]))


def _nodes(legal: Bundle) -> list[Coordinates]:
    """Where the ends of three or more courses of the legal line meet."""
    open_courses = [course.vertices for course in legal.courses if (course.vertices[0] != course.vertices[-1]).any()]
    if len(open_courses) < MEETING:
        return []
    ends = np.concatenate([vertices[[0, -1]] for vertices in open_courses])
    places, counts = np.unique(np.round(ends / GRID_M), axis=0, return_counts=True)
    return [place * GRID_M for place in places[counts >= MEETING]]


def _cut(path: Coordinates, nodes: Sequence[Coordinates], near_m: float) -> list[Coordinates]:
    """A path in pieces that end where it passes a node; one that only begins or ends there stays whole."""
    if not nodes or (path[0] == path[-1]).all():
        return [path]
    course = Course(path)
    found = course.nearest(np.array(nodes))
    inside = (found.chainage_m > near_m) & (found.chainage_m < course.length_m - near_m)
    at = np.unique(found.chainage_m[inside & (found.distance_m < near_m)])
    bounds = [0.0, *at.tolist(), course.length_m]
    return [_between(course, begin, end) for begin, end in pairwise(bounds)]


def _between(course: Course, begin: float, end: float) -> Coordinates:
    inner = course.vertices[(course.chainage > begin + GRID_M) & (course.chainage < end - GRID_M)]
    first, last = course.at(np.array([begin, end]))
    return np.concatenate([first[None, :], inner, last[None, :]])


def _placed(path: Coordinates, legal: Bundle) -> Path:
    spread = _spread(path)
    _, chainage, _ = legal.nearest(spread, *_at(spread, legal))
    # the ends alone could lie beside a loop of the legal line; the whole course decides
    forward = np.polyfit(np.arange(len(chainage)), chainage, 1)[0] >= 0
    if (path[0] == path[-1]).all():
        return _placed_ring(path, chainage, legal)
    if not forward:
        path, chainage = path[::-1].copy(), chainage[::-1]
    return Path(path, float(min(chainage[0], chainage[-1])), float(max(chainage[0], chainage[-1])))


def _at(points: Coordinates, legal: Bundle) -> tuple[float, float]:
    """From and to which chainage the course reaches at which the points lie; the whole line where they lie at none."""
    _, chainage, _ = legal.nearest(points)
    of = np.clip(np.searchsorted(legal.offsets, chainage, side="left") - 1, 0, len(legal.courses) - 1)
    counts = np.bincount(of)
    most = int(counts.argmax())
    whole = counts[most] < MOST * len(points)
    return (0.0, np.inf) if whole else (float(legal.offsets[most]), float(legal.offsets[most + 1]))


def _spread(path: Coordinates) -> Coordinates:
    course = Course(path)
    return course.at(np.linspace(0.0, course.length_m, max(2, min(200, len(path)))))


def _placed_ring(ring: Coordinates, chainage: Coordinates, legal: Bundle) -> Path:
    """A ring turned as the legal ring nearest to it, all of which it covers; without one, as it lies."""
    rings = [i for i, c in enumerate(legal.courses) if (c.vertices[0] == c.vertices[-1]).all()]
    if not rings:
        return Path(ring, float(chainage.min()), float(chainage.max()))
    middle = ring[:-1].mean(axis=0)
    nearest = min(rings, key=lambda i: float(np.hypot(*(legal.courses[i].vertices[:-1].mean(axis=0) - middle))))
    same = _turn(ring) == _turn(legal.courses[nearest].vertices)
    begin, end = legal.offsets[nearest : nearest + 2].tolist()
    return Path(ring if same else ring[::-1].copy(), begin, end)


def _turn(ring: Coordinates) -> bool:
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return bool((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() > 0)
