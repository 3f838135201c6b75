"""An invented course as a surveyor would have drawn it: ridges, a river, field paths, each with its own vertices. Pure.

The plane is the line's own: x metres along, y across. The numbers come from one seed and from functions that every
machine computes alike to far below the millimetre, so drawing again gives the file that is committed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the line that follows one thing: how far vertices are apart, how finely and how wide it winds (m)."""

    name: str
    share: float
    spacing_m: float
    wave_m: float
    swing_m: float
    roughness_m: float


#: In order from west to east; `share` of the way.
STRETCHES = (
    Stretch("山脊", 0.24, 22.0, 2600.0, 560.0, 1.6),
    Stretch("河流中心线", 0.22, 16.0, 1500.0, 430.0, 0.5),
    Stretch("田间道路", 0.10, 95.0, 5200.0, 160.0, 0.0),
    Stretch("山脊", 0.26, 22.0, 3100.0, 620.0, 2.0),
    Stretch("沟谷", 0.18, 18.0, 1900.0, 380.0, 0.9),
)
#: Waves of which a stretch winds: each 0.61 as long and 0.61 · 0.85 as wide as the one before, so that none repeats,
#: and coarse and fine belong together as in real coastlines and ridges.
WAVES, SHORTER, NARROWER = 7, 0.61, 0.85
#: The lie of the land that the whole line follows: wave length and swing in metres.
LAND = ((33_000.0, 2100.0), (14_500.0, 1150.0))
#: Metres over which one stretch becomes the next, and the line leaves its ends.
BLEND_M = 900.0


def course(length_m: float, straight_m: float, seed: int) -> list[Point]:
    """A course from (0, 0) to (straight_m, 0) that is `length_m` long, to a centimetre."""
    fine = winding(straight_m, seed)
    low, high = 0.0, 4.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _length(_drawn(fine, straight_m, middle, seed)) < length_m else (low, middle)
    return _drawn(fine, straight_m, high, seed)


def winding(straight_m: float, seed: int) -> Callable[[float], float]:
    """How far the course is across at each place along, before it is scaled."""
    random = Random(seed)
    bounds = edges(straight_m)
    waves = [[(random.random() * 2 * math.pi, 0.7 + 0.6 * random.random()) for _ in range(WAVES)] for _ in STRETCHES]

    def across(x: float) -> float:
        weights = [_weight(x, begin, end) for begin, end in pairwise(bounds)]
        parts = (w * _wave(x, stretch, wave) for w, stretch, wave in zip(weights, STRETCHES, waves, strict=True) if w)
        ends = min(1.0, x / BLEND_M) * min(1.0, (straight_m - x) / BLEND_M)
        return ends * sum(parts) / (sum(weights) or 1.0)

    return across


def edges(straight_m: float) -> list[float]:
    """Where the stretches begin and end along the way."""
    found = [0.0]
    for stretch in STRETCHES:
        found.append(found[-1] + stretch.share * straight_m)
    return found


def _weight(x: float, begin: float, end: float) -> float:
    inside = min(x - begin, end - x)
    return min(1.0, max(0.0, 0.5 + inside / BLEND_M))


def _wave(x: float, stretch: Stretch, phases: Sequence[tuple[float, float]]) -> float:
    total, wave, swing = 0.0, stretch.wave_m, stretch.swing_m
    for phase, share in phases:
        total += swing * share * math.sin(2 * math.pi * x / wave + phase)
        wave, swing = wave * SHORTER, swing * SHORTER * NARROWER
    return total


def lie(x: float, straight_m: float) -> float:
    """How far the lie of the land takes the whole line across; nothing at its ends."""
    return math.sin(math.pi * x / straight_m) * sum(swing * math.sin(2 * math.pi * x / wave) for wave, swing in LAND)


def _drawn(fine: Callable[[float], float], straight_m: float, scale: float, seed: int) -> list[Point]:
    """The vertices: as far apart as the stretch's surveyors set them, each off the ideal by its roughness."""
    random = Random(seed + 1)

    def across(x: float) -> float:
        return lie(x, straight_m) + scale * fine(x)

    points: list[Point] = [(0.0, 0.0)]
    bounds = edges(straight_m)
    for stretch, (begin, end) in zip(STRETCHES, pairwise(bounds), strict=True):
        x = max(begin, points[-1][0])
        while True:
            slope = across(min(x + 1.0, straight_m)) - across(x)
            x += stretch.spacing_m * (0.6 + 0.8 * random.random()) / math.hypot(1.0, slope)
            rough = stretch.roughness_m * (2 * random.random() - 1)
            if x >= end or straight_m - x < stretch.spacing_m / 2:
                break
            points.append((x, across(x) + rough))
    return [*points, (straight_m, 0.0)]


def _length(points: Sequence[Point]) -> float:
    return sum(math.dist(one, other) for one, other in pairwise(points))
