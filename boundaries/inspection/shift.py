"""Whether a survey as a whole lies elsewhere: the move that brings it onto the legal line. In a plane, metres.

A mistaken datum moves every station alike; a disagreement moves some. The move
is therefore fitted so that disagreements do not count, and accepted only where
almost nothing is left without it: a vector first, and a turn and a scale with
it only where the vector alone leaves what they take away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaries.geometry.fit import Move, Offsets, fit_similarity, fit_vector
from boundaries.inspection.paths import Bundle
from boundaries.inspection.settings import Settings

Coordinates = NDArray[np.float64]
Pairs = tuple[Coordinates, Coordinates]
#: More stations than this say nothing more about four numbers.
MAX_STATIONS = 1000
#: Of every edge so many places where the vector is settled, and in all at most so many.
PLACES, MAX_PLACES = 4, 8_000
#: The share of stations in a hundred that lies within one RMSE of a normal error.
TWO_THIRDS = 68.27
#: What is left is seen at the nearer stations, so many in a hundred, because disagreements are among the others; of
#: normal errors so many lie within this share of the RMSE.
NEARER, NEARER_RMSE = 55.0, 0.7554


@dataclass(frozen=True, slots=True)
class Fit:
    """From the legal line to the survey: `vector_m` east and north; `residual_m` is left, as an RMSE.

    `one_direction`: the line is so straight that only the part across it is known. `back` brings the survey onto
    the legal line; its turn and scale are what the survey needs, not what it has.
    """

    vector_m: tuple[float, float]
    residual_m: float
    one_direction: bool
    back: Move
    #: How far turn and scale move the farthest station, in metres.
    bend_m: float = 0.0
    #: The mean distance of all stations, none counted as farther than the tolerance: what fits most of them is least.
    cost_m: float = 0.0
    #: Two stations of three lie nearer than this.
    spread_m: float = 0.0

    @property
    def length_m(self) -> float:
        """How long the vector is."""
        return float(np.hypot(*self.vector_m))

    def significant(self, tolerance_m: float, rules: Settings) -> bool:
        """Whether it moves a place by more than the tolerance and explains almost everything."""
        moves = max(self.length_m, self.bend_m)
        return moves > rules.significant_tolerances * tolerance_m and self.residual_m < rules.residual_share * moves


def fit_shift(
    survey: Bundle,
    legal: Bundle,
    hints: Sequence[Coordinates],
    step_m: float,
    enough_m: float,
    markers: Pairs | None = None,
) -> Fit:
    """The vector that brings `survey` onto `legal`, from the best of several beginnings.

    `hints`: vectors from the legal line to the survey that its markers or its ends suggest; they are tried only
    where more than `enough_m` is left without them. `markers`: where those of the same code were found and are
    recorded; what brings most of them together too is the better fit.
    """
    stations = _some_stations(survey, step_m)
    fits = [_settled(stations, legal, np.zeros(2), enough_m)]
    if fits[0].residual_m > enough_m / 2:
        fits += [_settled(stations, legal, start, enough_m) for start in hints]
        # where disagreements are many they pull: once more from what lies within the tolerance of each
        starts = [*hints, *(np.array(fit.vector_m) for fit in fits)]
        fits += [_settled(stations, legal, start, enough_m, enough_m) for start in starts]
    return min(fits, key=lambda fit: (round(fit.cost_m + _apart(markers, fit, enough_m), 6), fit.length_m))


def _apart(markers: Pairs | None, fit: Fit, enough_m: float) -> float:
    """The mean distance of markers from their records after a fit, none counted as farther than the tolerance."""
    if markers is None or not len(markers[0]):
        return 0.0
    left = np.hypot(*(fit.back.applied(markers[0]) - markers[1]).T)
    return float(np.minimum(left, enough_m).mean())


def settle(survey: Bundle, legal: Bundle, fit: Fit, enough_m: float, markers: Pairs | None = None) -> Fit:
    """The move of `fit` from every edge of the survey: stations far apart would leave out much of what it says.

    From all edges, and from those alone that it brings within the tolerance, as no disagreement is; kept is what fits
    most of the survey and its markers.
    """
    points = _of_edges(survey)
    settled = _from(points, legal, fit, enough_m, np.inf)
    fits = [settled, *(_from(points, legal, one, enough_m, enough_m) for one in (fit, settled))]
    return min(fits, key=lambda one: round(one.cost_m + _apart(markers, one, enough_m), 6))


def _from(points: Coordinates, legal: Bundle, fit: Fit, enough_m: float, far_m: float) -> Fit:
    if fit.bend_m:
        return _bend_from(points, legal, fit.back, enough_m, far_m)
    return _settled(points, legal, np.array(fit.vector_m), enough_m, far_m)


def _of_edges(survey: Bundle) -> Coordinates:
    """Places within every edge, so that each vertex says as much as any other."""
    shares = (np.arange(PLACES) / PLACES)[:, None, None]
    parts = [course.vertices[:-1] + shares * np.diff(course.vertices, axis=0) for course in survey.courses]
    points = np.concatenate([part.reshape(-1, 2) for part in parts])
    return points[:: -(-len(points) // MAX_PLACES)]


def fit_bend(survey: Bundle, legal: Bundle, starts: Sequence[Move], step_m: float, enough_m: float) -> Fit:
    """The same with a turn and a scale, from the best of several beginnings."""
    stations = _some_stations(survey, step_m)
    fits = [_bend_from(stations, legal, start, enough_m) for start in starts]
    return min(fits, key=lambda fit: round(fit.cost_m, 6))


def _bend_from(stations: Coordinates, legal: Bundle, start: Move, enough_m: float, far_m: float = np.inf) -> Fit:
    move = fit_similarity(stations, offsets_to(legal), start, far_m)
    extent = float(np.hypot(*(stations - move.about).T).max())
    return _told(stations, legal, move, float(np.hypot(move.scale, move.turn)) * extent, enough_m)


def _some_stations(survey: Bundle, step_m: float) -> Coordinates:
    stations = survey.stations(step_m)
    return stations[:: -(-len(stations) // MAX_STATIONS)]


def _settled(stations: Coordinates, legal: Bundle, start: Coordinates, enough_m: float, far_m: float = np.inf) -> Fit:
    move = fit_vector(stations, offsets_to(legal), -np.asarray(start), far_m)
    return _told(stations, legal, move, 0.0, enough_m)


def _told(stations: Coordinates, legal: Bundle, move: Move, bend_m: float, enough_m: float) -> Fit:
    distance, _, _ = legal.nearest(move.applied(stations))
    residual = float(np.percentile(distance, NEARER)) / NEARER_RMSE
    cost = float(np.minimum(distance, enough_m).mean())
    spread = float(np.percentile(distance, TWO_THIRDS))
    return Fit((float(-move.vector[0]), float(-move.vector[1])), residual, move.straight, move, bend_m, cost, spread)


def offsets_to(legal: Bundle) -> Offsets:
    """How far points lie from a line along its normals."""
    return lambda points: _offsets(points, legal)


def _offsets(points: Coordinates, legal: Bundle) -> tuple[Coordinates, Coordinates]:
    """For each point the signed distance to the legal line along its normal, and the normal."""
    _, chainage, _ = legal.nearest(points)
    foot = legal.at(chainage)
    tangent = legal.at(chainage + 0.5) - legal.at(chainage - 0.5)
    tangent /= np.maximum(np.hypot(*tangent.T), 1e-12)[:, None]
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    return ((foot - points) * normal).sum(axis=1), normal
