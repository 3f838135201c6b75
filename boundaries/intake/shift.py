"""Does the whole file lie beside the legal line, by one amount? Then it is one finding, not a thousand.

Asked of stations along the file: first whether the offset is that of a web map,
which has nothing to fit; then by fitting one translation, as the comparison of
surveys does (`boundaries.geometry.fit`). The fit serves the finding alone:
nothing is moved, and the finding gives the offset only to ten metres, because
exact differences between datums are classified.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from boundaries.geometry.fit import fit_vector
from boundaries.intake.chains import Chains
from boundaries.intake.model import Array, Observation
from boundaries.intake.tolerances import Tolerances
from data.crs_offsets import from_bd09, from_gcj02
from data.crs_plane import Plane

STATION_M, STATIONS = 25.0, 2_000
#: Stations that say what remains: the nearest four fifths; the rest may be a real change of the line.
TRUSTED = 0.8
#: An offset is one if what remains is at most so much of it.
REMAINS = 0.1
#: Metres to which an offset is told.
TOLD_M = 10.0
WEB_MAPS: tuple[tuple[str, Callable[[Array], Array]], ...] = (("gcj02", from_gcj02), ("bd09", from_bd09))


def suspect_shift(parts: Array, ends: Array, legal: Chains, plane: Plane, limits: Tolerances) -> Observation | None:
    """What the lines `parts` (metres) as a whole are off the legal line by; None where they are not.

    `ends` (n, 2) are their loose ends.
    """
    stations = _stations(parts)
    distance = legal.locate(stations).distance
    typical = float(np.median(distance))
    if typical <= limits.join / 2:
        return None
    return _web_map(stations, typical, legal, plane, limits) or _constant(stations, ends, typical, legal, limits)


def _stations(parts: Array) -> Array:
    some = parts[:: max(1, len(parts) // STATIONS)]
    step = max(STATION_M, float(shapely.length(some).sum()) / STATIONS)
    return np.vstack([_along(part, step) for part in some])


def _along(part: shapely.LineString, step: float) -> Array:
    """Points every `step` metres; by one pass over the vertices, where GEOS would walk the line for each point."""
    vertices = shapely.get_coordinates(part)
    steps = np.diff(vertices, axis=0)
    run = np.concatenate([[0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))])
    at = np.arange(0.0, run[-1], step)
    return np.column_stack([np.interp(at, run, vertices[:, 0]), np.interp(at, run, vertices[:, 1])])


def _web_map(stations: Array, typical: float, legal: Chains, plane: Plane, limits: Tolerances) -> Observation | None:
    if plane.to_stored is None or plane.from_stored is None:
        return None
    lonlat = plane.to_stored(stations)
    for reason, back in WEB_MAPS:
        there = plane.from_stored(back(lonlat))
        residual = _residual(there, legal)
        if residual <= limits.join / 2 and residual < typical * REMAINS:
            offset = float(np.median(np.hypot(*(there - stations).T)))
            return _observed(reason, offset, residual)
    return None


def _constant(stations: Array, ends: Array, typical: float, legal: Chains, limits: Tolerances) -> Observation | None:
    fitted = [_fitted(stations, guess, legal) for guess in _guesses(stations, ends, legal)]
    shift, residual = min(fitted, key=lambda one: one[1])
    offset = float(np.hypot(*shift))
    if offset <= limits.join or residual > min(max(limits.node, offset * REMAINS), typical / 2):
        return None
    return _observed("constant", offset, residual)


def _guesses(stations: Array, ends: Array, legal: Chains) -> list[Array]:
    """Translations to begin with: none, that of the nearest ends, and that of the middles."""
    nodes = np.vstack([shapely.get_coordinates(shapely.get_point(legal.lines, at)) for at in (0, -1)])
    to_nodes = [nodes[np.argmin(np.hypot(*(nodes - end).T))] - end for end in ends[:8]]
    middle = np.vstack([_along(line, STATION_M * 4) for line in legal.lines]).mean(axis=0)
    return [np.zeros(2), *to_nodes, middle - stations.mean(axis=0)]


def _fitted(stations: Array, guess: Array, legal: Chains) -> tuple[Array, float]:
    """The translation that brings `stations` onto the legal line, from `guess`, and what remains (metres)."""
    move = fit_vector(stations, lambda points: _offsets(points, legal), guess)
    return move.vector, _residual(move.applied(stations), legal)


def _offsets(points: Array, legal: Chains) -> tuple[Array, Array]:
    gap, normal = legal.normals(points)
    return (gap * normal).sum(axis=1), normal


def _residual(points: Array, legal: Chains) -> float:
    return float(np.quantile(legal.locate(points).distance, TRUSTED))


def _observed(reason: str, offset: float, residual: float) -> Observation:
    told = max(TOLD_M, round(offset / TOLD_M) * TOLD_M)
    facts = {"offset_m": told, "residual_m": round(residual, 1)}
    return Observation("datum_suspect", reason, facts, measures=facts)
