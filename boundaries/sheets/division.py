"""Dividing a line into sheets (分幅): windows of the paper's size at the scale, along the run of the line. Pure.

Each window holds one stretch of the line with room on all sides and begins
where the one before it ends, so that no part of the line is on no sheet.
North is up; corners lie on whole steps of the map, so that grids are easy to
read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaries.sheets.model import Window
from data.errors import BadRequest

Vertices = NDArray[np.float64]
#: Sheets of one line: more is a mistake in the scale (a province's line at 1:500), and a PDF that nobody can open.
MOST_SHEETS = 120


@dataclass(frozen=True, slots=True)
class Format:
    """The inside of the frame on the ground: metres wide and high, the room that a line keeps, the step of corners."""

    width_m: float
    height_m: float
    room_m: float
    step_m: float


def divide(courses: Sequence[Vertices], size: Format) -> list[Window]:
    """The windows for courses (metres in the plane, run order); `BadRequest` `too_many_sheets`."""
    windows: list[Window] = []
    start = 0.0
    for course in courses:
        chainage = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(course, axis=0).T))])
        dense, along = _dense(course, chainage, min(size.width_m, size.height_m) / 40)
        first = 0
        while first < len(dense) - 1:
            last = _reach(dense, first, size)
            windows.append(
                _window(len(windows) + 1, dense[first : last + 1], size, start + along[first], start + along[last])
            )
            if len(windows) > MOST_SHEETS:
                raise BadRequest(
                    f"The line needs more than {MOST_SHEETS} sheets. Ask for a smaller scale or a larger paper.",
                    code="too_many_sheets",
                )
            first = last
        start += float(chainage[-1])
    return windows


def _dense(course: Vertices, chainage: Vertices, step_m: float) -> tuple[Vertices, Vertices]:
    """The course with points at least every `step_m`, and the metres from its start to each."""
    along = np.union1d(chainage, np.arange(0.0, chainage[-1], step_m))
    return np.column_stack([np.interp(along, chainage, course[:, i]) for i in (0, 1)]), along


def _reach(points: Vertices, first: int, size: Format) -> int:
    """The last point that fits on one sheet with the `first`; always at least the next one."""
    inside = np.array([size.width_m, size.height_m]) - 2 * (size.room_m + size.step_m / 2)
    low = np.minimum.accumulate(points[first:], axis=0)
    high = np.maximum.accumulate(points[first:], axis=0)
    fits = np.all((high - low) <= inside, axis=1)
    held = int(np.argmin(fits)) if not np.all(fits) else len(points) - first
    return first + max(held - 1, 1)


def _window(number: int, points: Vertices, size: Format, begin_m: float, end_m: float) -> Window:
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    corner = np.round((middle - np.array([size.width_m, size.height_m]) / 2) / size.step_m) * size.step_m
    west, south = corner.tolist()
    return Window(number, west, south, west + size.width_m, south + size.height_m, float(begin_m), float(end_m))
