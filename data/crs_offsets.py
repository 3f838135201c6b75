"""The offsets of web maps, to recognise lines that were drawn on one: GCJ-02 (火星坐标) and BD-09 (百度坐标).

Maps on the web in China show positions moved by some hundred metres, by an
amount that changes from place to place. A line traced on such a map and handed
in as CGCS2000 is wrong by as much. These functions serve one purpose: asking
whether a file fits the legal line better when it is taken for such a tracing.
Nothing is ever moved by them: no file, no register, no export.

The formulas are the published approximations (wandergis/coordtransform and others,
MIT licence, agree on them); they repeat the offsets to about a metre. Mark: [M].
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

#: Krasovsky 1940 ellipsoid, on which the published formula computes: axis in metres, eccentricity squared.
AXIS_M, ECCENTRICITY_2 = 6_378_245.0, 0.00669342162296594323
#: Origin of the formula's polynomial (degrees).
ORIGIN = (105.0, 35.0)
#: The frequency and the constant offset of BD-09 over GCJ-02 (degrees).
BD_FREQUENCY = np.pi * 3000.0 / 180.0
BD_OFFSET = (0.0065, 0.006)
#: Rounds of iteration: each makes the rest some thousand times smaller, so that five reach a millimetre.
ROUNDS = 5


def to_gcj02(lonlat: Array) -> Array:
    """Where a GCJ-02 map shows the positions `lonlat` (degrees, shape (n, 2))."""
    x, y = lonlat[:, 0] - ORIGIN[0], lonlat[:, 1] - ORIGIN[1]
    latitude = np.radians(lonlat[:, 1])
    curvature = 1 - ECCENTRICITY_2 * np.sin(latitude) ** 2
    meridian = AXIS_M * (1 - ECCENTRICITY_2) / curvature**1.5
    parallel = AXIS_M / np.sqrt(curvature) * np.cos(latitude)
    moved: Array = lonlat + np.degrees(np.column_stack([_east(x, y) / parallel, _north(x, y) / meridian]))
    return moved


def _east(x: Array, y: Array) -> Array:
    smooth = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    waves = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    waves = waves + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi / 3 * x)
    return np.asarray(smooth + (waves + 150 * np.sin(np.pi / 12 * x) + 300 * np.sin(np.pi / 30 * x)) * 2 / 3)


def _north(x: Array, y: Array) -> Array:
    smooth = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    waves = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    waves = waves + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi / 3 * y)
    return np.asarray(smooth + (waves + 160 * np.sin(np.pi / 12 * y) + 320 * np.sin(np.pi / 30 * y)) * 2 / 3)


def to_bd09(lonlat: Array) -> Array:
    """Where a BD-09 map shows the positions `lonlat` (degrees, shape (n, 2))."""
    x, y = to_gcj02(lonlat).T
    distance = np.hypot(x, y) + 0.00002 * np.sin(y * BD_FREQUENCY)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BD_FREQUENCY)
    return np.column_stack([distance * np.cos(angle) + BD_OFFSET[0], distance * np.sin(angle) + BD_OFFSET[1]])


def from_gcj02(lonlat: Array) -> Array:
    """The positions that a GCJ-02 map shows at `lonlat`, by iteration."""
    return _inverted(to_gcj02, lonlat)


def from_bd09(lonlat: Array) -> Array:
    """The positions that a BD-09 map shows at `lonlat`, by iteration."""
    return _inverted(to_bd09, lonlat)


def _inverted(move: Any, lonlat: Array) -> Array:
    guess = lonlat
    for _ in range(ROUNDS):
        guess = guess - (move(guess) - lonlat)
    return guess
