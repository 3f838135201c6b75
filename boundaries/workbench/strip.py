"""How far one course lies from another, metre by metre along the line: the displacement strip under a comparison. Pure.

Offsets have a sign: positive where the later course lies to the left of the
earlier one, in the direction of the line's run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString

from boundaries.geometry.course import Course
from boundaries.geometry.plane import LocalPlane

#: Metres between stations, as in the comparison of versions (`boundaries.network.displacement.STATION_M`).
STATION_M = 25.0
#: Metres up to which two places are the same: the register's millimetre, and half of one for the projection.
SAME_M = 0.0015

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of the line along which the courses differ: metres from the start, the largest offset with its sign."""

    begin_m: float
    end_m: float
    largest_m: float

    @property
    def side(self) -> str:
        """To which side the later course lies: `left` or `right`."""
        return "left" if self.largest_m > 0 else "right"


@dataclass(frozen=True, slots=True)
class Strip:
    """Stations along the later course: metres from its start and the signed offset in metres from the earlier one."""

    chainage_m: Numbers
    offset_m: Numbers

    @property
    def length_m(self) -> float:
        """The length of the later course in the plane."""
        return float(self.chainage_m[-1]) if len(self.chainage_m) else 0.0

    @property
    def largest_m(self) -> float:
        """The largest offset, whichever its side."""
        return float(np.abs(self.offset_m).max(initial=0.0))

    def stretches(self, least_m: float = SAME_M) -> list[Stretch]:
        """The parts along which the courses are more than `least_m` apart, on one side each."""
        side = np.where(np.abs(self.offset_m) > least_m, np.sign(self.offset_m), 0).astype(int)
        bounds = np.flatnonzero(np.diff(np.concatenate([[0], side, [0]])))
        found = []
        for first, after in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            if side[first]:
                run = self.offset_m[first:after]
                largest = float(run[np.abs(run).argmax()])
                found.append(Stretch(*_reach(self.chainage_m, first, after), largest))
        return found


def _reach(chainage: Numbers, first: int, after: int) -> tuple[float, float]:
    """From the last station where the courses agree to the first where they do again."""
    return float(chainage[max(first - 1, 0)]), float(chainage[min(after, len(chainage) - 1)])


def displacement(before: Sequence[LineString], after: Sequence[LineString], step_m: float = STATION_M) -> Strip:
    """The strip of `after` against `before`, both in run order (degrees). Empty where one of them is."""
    if not before or not after:
        return Strip(np.zeros(0), np.zeros(0))
    plane = LocalPlane.of(*before, *after)
    earlier = [Course(part) for part in _joined(before, plane)]
    chainage, offset, start = [], [], 0.0
    for vertices in _joined(after, plane):
        course = Course(vertices)
        along = np.union1d(np.linspace(0, course.length_m, _count(course, step_m)), course.chainage)
        chainage.append(along + start)
        offset.append(_offsets(earlier, course.at(along)))
        start += course.length_m
    return Strip(np.concatenate(chainage), np.concatenate(offset))


def _count(course: Course, step_m: float) -> int:
    return max(2, int(np.ceil(course.length_m / step_m)) + 1)


def _offsets(courses: Sequence[Course], points: Numbers) -> Numbers:
    found = [course.nearest(points) for course in courses]
    distances = np.stack([near.distance_m for near in found])
    nearest = distances.argmin(axis=0)
    sides = np.stack([near.side for near in found])
    columns = np.arange(len(points))
    offsets: Numbers = distances[nearest, columns] * sides[nearest, columns]
    return offsets


def _joined(lines: Sequence[LineString], plane: LocalPlane) -> list[Numbers]:
    """Lines that follow each other end to start as one, in metres of the plane."""
    parts: list[Numbers] = []
    for line in lines:
        vertices = shapely.get_coordinates(plane.to_plane(line))
        if parts and np.hypot(*(parts[-1][-1] - vertices[0])) < SAME_M:
            parts[-1] = np.vstack([parts[-1], vertices[1:]])
        else:
            parts.append(vertices)
    return parts
