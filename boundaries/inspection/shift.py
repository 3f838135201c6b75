"""Whether a survey as a whole lies elsewhere: the vector that brings it onto the legal line. In a plane, metres.

A mistaken datum moves every station alike; a disagreement moves some. The vector
is therefore fitted so that disagreements do not count, and accepted only where
almost nothing is left without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaries.inspection.paths import Bundle
from boundaries.inspection.settings import Settings

Coordinates = NDArray[np.float64]
#: More stations than this say nothing more about two numbers.
MAX_STATIONS = 1000
MAX_ROUNDS = 40
#: The vector has settled where it moves less than this, in metres.
SETTLED_M = 1e-3
#: Below this share of all directions the line is straight: along it nothing is observed.
STRAIGHT = 0.01


@dataclass(frozen=True, slots=True)
class Fit:
    """From the legal line to the survey: `vector_m` east and north; `residual_m` is left at two stations of three.

    `one_direction`: the line is so straight that only the part across it is known.
    """

    vector_m: tuple[float, float]
    residual_m: float
    one_direction: bool

    @property
    def length_m(self) -> float:
        """How long the vector is."""
        return float(np.hypot(*self.vector_m))

    def significant(self, tolerance_m: float, rules: Settings) -> bool:
        """Whether it is longer than the tolerance and explains almost everything."""
        return (
            self.length_m > rules.significant_tolerances * tolerance_m
            and self.residual_m < rules.residual_share * self.length_m
        )


def fit_shift(survey: Bundle, legal: Bundle, hints: Sequence[Coordinates], step_m: float, enough_m: float) -> Fit:
    """The vector that brings `survey` onto `legal`, from the best of several beginnings.

    `hints`: vectors from the legal line to the survey that its markers or its ends suggest; they are tried only
    where more than `enough_m` is left without them.
    """
    stations = survey.stations(step_m)
    stations = stations[:: -(-len(stations) // MAX_STATIONS)]
    fits = [_settled(stations, legal, np.zeros(2))]
    if fits[0].residual_m > enough_m:
        fits += [_settled(stations, legal, start) for start in hints]
    return min(fits, key=lambda fit: (round(fit.residual_m, 6), fit.length_m))


def _settled(stations: Coordinates, legal: Bundle, start: Coordinates) -> Fit:
    vector, straight = np.asarray(start, dtype=np.float64), False
    for _ in range(MAX_ROUNDS):
        moved = stations - vector
        offset, normal = _offsets(moved, legal)
        change, straight = _across(offset, normal)
        vector = vector - change
        if np.hypot(*change) < SETTLED_M:
            break
    distance, _, _ = legal.nearest(stations - vector)
    # two thirds of normally spread distances lie within one RMSE; disagreements are among the last third
    return Fit((float(vector[0]), float(vector[1])), float(np.percentile(distance, 68.27)), straight)


def _offsets(points: Coordinates, legal: Bundle) -> tuple[Coordinates, Coordinates]:
    """For each point the signed distance to the legal line along its normal, and the normal."""
    _, chainage, _ = legal.nearest(points)
    foot = legal.at(chainage)
    tangent = legal.at(chainage + 0.5) - legal.at(chainage - 0.5)
    tangent /= np.maximum(np.hypot(*tangent.T), 1e-12)[:, None]
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    return ((foot - points) * normal).sum(axis=1), normal


def _across(offset: Coordinates, normal: Coordinates) -> tuple[Coordinates, bool]:
    """The step that makes the offsets smallest, those far from the common one left out."""
    step, straight = _solve(offset, normal, np.ones(len(offset)))
    for _ in range(5):
        left = np.abs(offset - normal @ step)
        spread = 1.4826 * float(np.median(left))
        # Tukey's weights: beyond six times the spread a station says nothing
        weight = np.clip(1 - (left / max(6 * spread, 1e-9)) ** 2, 0, None) ** 2
        step, straight = _solve(offset, normal, weight)
    return step, straight


def _solve(offset: Coordinates, normal: Coordinates, weight: Coordinates) -> tuple[Coordinates, bool]:
    matrix = (normal * weight[:, None]).T @ normal
    values, vectors = np.linalg.eigh(matrix)
    known = values > STRAIGHT * max(float(values.sum()), 1e-12)
    right = (normal * weight[:, None]).T @ offset
    inverse = np.where(known, 1 / np.where(known, values, 1.0), 0.0)
    return vectors @ (inverse * (vectors.T @ right)), not bool(known.all())
