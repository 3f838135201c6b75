"""The millimetre of the register, and the hash by which identical geometry is recognised.

One step of the grid is 1e-8 degrees: 1.1 mm of latitude, less of longitude. The
network keeps its vertices on it, so that a line given out in any projection and
handed in again comes back to the same vertices, and "identical" means equal.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

#: Degrees of one step.
STEP_DEGREES = 1e-8
_STEPS = 1e8

Coordinates = NDArray[np.float64]


def to_steps(coordinates: Coordinates) -> NDArray[np.int64]:
    """Longitude and latitude as whole steps of the grid."""
    return np.rint(np.asarray(coordinates, dtype=np.float64)[:, :2] * _STEPS).astype(np.int64)


def on_grid(coordinates: Coordinates) -> Coordinates:
    """Longitude and latitude in degrees, each the nearest value of the grid."""
    return to_steps(coordinates) / _STEPS


def to_degrees(steps: tuple[int, int]) -> tuple[float, float]:
    """Longitude and latitude of a place of the grid."""
    return steps[0] / _STEPS, steps[1] / _STEPS


def content_hash(coordinates: Coordinates) -> bytes:
    """SHA-256 of a line's vertices to the millimetre: the same for both directions, and for any start of a ring.

    Consecutive vertices within one step count once.
    """
    return hashlib.sha256(canonical_steps(coordinates).astype("<i8").tobytes()).digest()


def canonical_steps(coordinates: Coordinates) -> NDArray[np.int64]:
    """The vertices as steps, repeated ones once, in the direction (and from the start) that sorts first."""
    steps = to_steps(coordinates)
    if len(steps) > 1:
        steps = steps[np.concatenate([[True], (np.diff(steps, axis=0) != 0).any(axis=1)])]
    starts = _turned(steps) if len(steps) > 2 and (steps[0] == steps[-1]).all() else [steps]
    best = starts[0]
    for one in [direction for start in starts for direction in (start, start[::-1])]:
        best = best if _sorts_first(best, one) else one
    return best


def _turned(ring: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """A closed line from each of its places that sort first: one, unless it comes back to that place on its way."""
    corners = ring[:-1]
    least = corners[np.lexsort((corners[:, 1], corners[:, 0]))[0]]
    turned = [np.roll(corners, -first, axis=0) for first in np.flatnonzero((corners == least).all(axis=1))]
    return [np.concatenate([one, one[:1]]) for one in turned]


def _sorts_first(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    """Whether `one` comes before `other`, or is the same, place by place."""
    differ = np.flatnonzero((one != other).any(axis=1))
    return not len(differ) or tuple(one[differ[0]]) < tuple(other[differ[0]])
