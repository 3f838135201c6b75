"""The move that brings points onto lines: a vector, or a vector with a turn and a scale. In a plane, metres.

Iterated along the normals of the lines, because along a line nothing is
observed; what lies far from the common move is left out, because a real change
of a line moves some of the points and a mistaken datum moves all. Whoever asks
says what lines are: a function that gives, for points, their signed distance
along the normal of the nearest line, and that normal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Coordinates = NDArray[np.float64]
#: For points (n, 2): the distance (n) along the unit normal (n, 2) from the point to the nearest line.
Offsets = Callable[[Coordinates], tuple[Coordinates, Coordinates]]

MAX_ROUNDS = 40
#: The move has settled where a round moves the points less than this, in metres.
SETTLED_M = 1e-3
#: Below this share of all directions the lines are straight: along them nothing is observed.
STRAIGHT = 0.01
#: Rounds of weighing, and beyond how many spreads a point says nothing (Tukey's biweight).
WEIGHINGS, FAR_SPREADS = 5, 6.0
#: From the median of absolute values to the standard deviation of normal errors.
SPREAD_OF_MEDIAN = 1.4826


@dataclass(frozen=True, slots=True)
class Move:
    """What is to be added to the points: `p + vector + scale * (p - about) + turn * (p - about rotated by 90°)`.

    `scale` and `turn` (radians, counter-clockwise) are for small turns; nought for a vector alone.
    `straight`: only the part across the lines is known.
    """

    vector: Coordinates
    about: Coordinates
    scale: float = 0.0
    turn: float = 0.0
    straight: bool = False

    def applied(self, points: Coordinates) -> Coordinates:
        """The points after the move."""
        from_middle = points - self.about
        turned = np.column_stack([-from_middle[:, 1], from_middle[:, 0]])
        moved: Coordinates = points + self.vector + self.scale * from_middle + self.turn * turned
        return moved


def fit_vector(points: Coordinates, offsets: Offsets, start: Coordinates, far_m: float = np.inf) -> Move:
    """The vector that brings `points` onto the lines, from the beginning `start`.

    `far_m`: a point farther than this says nothing, however the others are spread.
    """
    return _fitted(points, offsets, Move(np.asarray(start, dtype=np.float64), points.mean(axis=0)), 2, far_m)


def fit_similarity(points: Coordinates, offsets: Offsets, start: Move, far_m: float = np.inf) -> Move:
    """The vector, turn and scale that bring `points` onto the lines, from the beginning `start`; else as above."""
    return _fitted(points, offsets, start, 4, far_m)


def fit_pairs(points: Coordinates, places: Coordinates) -> Move:
    """The vector, turn and scale that bring `points` onto `places`, one by one; what lies far off says nothing."""
    about = points.mean(axis=0)
    from_middle = points - about
    extent = max(float(np.hypot(*from_middle.T).max()), 1.0)
    axes = [np.tile(axis, (len(points), 1)) for axis in ((1.0, 0.0), (0.0, 1.0))]
    design = np.concatenate([_design(from_middle, axis, extent) for axis in axes])
    step, straight = robust_step((places - points).T.ravel(), design)
    return Move(step[:2], about, step[2] / extent, step[3] / extent, straight)


def _fitted(points: Coordinates, offsets: Offsets, start: Move, free: int, far_m: float) -> Move:
    move = start
    extent = max(float(np.hypot(*(points - move.about).T).max()), 1.0)
    for _ in range(MAX_ROUNDS):
        offset, normal = offsets(move.applied(points))
        design = _design(points - move.about, normal, extent)[:, :free]
        step, straight = robust_step(offset, design, near=True, far_m=far_m)
        step = np.concatenate([step, np.zeros(4 - free)])
        move = Move(move.vector + step[:2], move.about, move.scale + step[2] / extent, move.turn + step[3] / extent,
                    straight)  # fmt: skip
        # turn and scale are in metres at the farthest point, as the vector is
        if np.hypot(*step[:2]) < SETTLED_M and np.hypot(*step[2:]) < SETTLED_M:
            break
    return move


def _design(from_middle: Coordinates, normal: Coordinates, extent: float) -> Coordinates:
    """What each unknown moves a point along its normal: east, north, scale and turn in metres at `extent`."""
    turned = np.column_stack([-from_middle[:, 1], from_middle[:, 0]])
    along = [(vector * normal).sum(axis=1) / extent for vector in (from_middle, turned)]
    return np.column_stack([normal, *along])


def robust_step(
    offset: Coordinates, design: Coordinates, *, near: bool = False, far_m: float = np.inf
) -> tuple[Coordinates, bool]:
    """The step that makes the offsets smallest, those far from the common one left out.

    `near`: the beginning may be right already; then what lies far off at the beginning says nothing from the first.
    """
    step, straight = _solved(offset, design, np.ones(len(offset)))
    if near:
        step = np.zeros(design.shape[1])
    for _ in range(WEIGHINGS):
        left = np.abs(offset - design @ step)
        spread = SPREAD_OF_MEDIAN * float(np.median(left))
        far = max(min(FAR_SPREADS * spread, far_m), 1e-9)
        weight = np.clip(1 - (left / far) ** 2, 0, None) ** 2
        step, straight = _solved(offset, design, weight)
    return step, straight


def _solved(offset: Coordinates, design: Coordinates, weight: Coordinates) -> tuple[Coordinates, bool]:
    matrix = (design * weight[:, None]).T @ design
    values, vectors = np.linalg.eigh(matrix)
    known = values > STRAIGHT * max(float(values.sum()), 1e-12)
    right = (design * weight[:, None]).T @ offset
    inverse = np.where(known, 1 / np.where(known, values, 1.0), 0.0)
    return vectors @ (inverse * (vectors.T @ right)), not bool(known.all())
