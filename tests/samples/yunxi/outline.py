"""The outlines of the invented counties around the line: a loop that every county has a part of. Pure; metres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

Point = tuple[float, float]

#: Where the loop's middle lies as seen from the line's western end, and its half axes.
MIDDLE, HALF_WIDTH_M, HALF_HEIGHT_M = (29_000.0, 0.0), 29_000.0, 23_000.0
#: At which angles (degrees from east) the lines of the third county end on the loop.
TOP_DEG, BOTTOM_DEG = 52.0, -47.0
#: Metres between vertices: outlines come from a map of 1:50,000, the inner lines were walked.
LOOP_SPACING_M, INNER_SPACING_M = 290.0, 62.0
#: How a loop and a short line wobble: waves round it or along it, and swing in metres.
LOOP_WAVES = ((5, 620.0), (11, 330.0), (23, 170.0), (47, 80.0))
INNER_WAVES = ((3, 520.0), (7, 240.0), (17, 90.0), (41, 30.0))


@dataclass(frozen=True, slots=True)
class Outline:
    """The loop's three parts against the clock, each from and to a meeting point, and the two lines from the east."""

    jia: list[Point]
    yi: list[Point]
    bing: list[Point]
    jia_bing: list[Point]
    yi_bing: list[Point]


def outline(meeting: Point, seed: int) -> Outline:
    """Outlines about the line from (0, 0) to `meeting`."""
    loop = _Loop(Random(seed))
    top, bottom = loop.at(math.radians(TOP_DEG)), loop.at(math.radians(BOTTOM_DEG))
    return Outline(
        jia=[top, *loop.between(TOP_DEG, 180.0), (0.0, 0.0)],
        yi=[(0.0, 0.0), *loop.between(180.0, 360.0 + BOTTOM_DEG), bottom],
        bing=[bottom, *loop.between(BOTTOM_DEG, TOP_DEG), top],
        jia_bing=_inner(meeting, top, Random(seed + 1)),
        yi_bing=_inner(meeting, bottom, Random(seed + 2)),
    )


class _Loop:
    def __init__(self, random: Random) -> None:
        self.phases = [2 * math.pi * random.random() for _ in LOOP_WAVES]

    def at(self, angle: float) -> Point:
        """The place at an angle (radians), off the ellipse by the wobble, which is nothing in the west."""
        quiet = math.cos(angle / 2) ** 2
        wobble = quiet * sum(s * math.sin(n * angle + p) for (n, s), p in zip(LOOP_WAVES, self.phases, strict=True))
        x, y = (HALF_WIDTH_M + wobble) * math.cos(angle), (HALF_HEIGHT_M + wobble) * math.sin(angle)
        return MIDDLE[0] + x, MIDDLE[1] + y

    def between(self, begin_deg: float, end_deg: float) -> list[Point]:
        """Vertices between two angles, without the places at them."""
        step = math.degrees(LOOP_SPACING_M / ((HALF_WIDTH_M + HALF_HEIGHT_M) / 2))
        count = round((end_deg - begin_deg) / step)
        return [self.at(math.radians(begin_deg + (end_deg - begin_deg) * i / count)) for i in range(1, count)]


def _inner(start: Point, end: Point, random: Random) -> list[Point]:
    """A winding line from one place to another."""
    length = math.dist(start, end)
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    phases = [2 * math.pi * random.random() for _ in INNER_WAVES]
    count = round(length / INNER_SPACING_M)
    return [start, *(_off(start, along, length, i / count, phases) for i in range(1, count)), end]


def _off(start: Point, along: Point, length: float, share: float, phases: Sequence[float]) -> Point:
    swing = math.sin(math.pi * share) * sum(
        s * math.sin(n * 2 * math.pi * share + p) for (n, s), p in zip(INNER_WAVES, phases, strict=True)
    )
    x, y = start[0] + along[0] * length * share, start[1] + along[1] * length * share
    return x - along[1] * swing, y + along[0] * swing
