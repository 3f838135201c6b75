"""How far the boundaries of the same units lie apart in two views, and whether one view as a whole lies elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.geometry.fit import SPREAD_OF_MEDIAN, robust_step
from boundaries.inspection.settings import Settings
from boundaries.inspection.shift import TWO_THIRDS
from boundaries.inspection.views.model import View, ViewAgreement, ViewShift

#: Stations around each unit.
STATIONS = 48
#: Metres of a degree of latitude, and of longitude on the equator, on the sphere of the ellipsoid's mean radius: the
#: differences of two views are small, and a per cent of them does not matter here.
DEGREE_M = 111_195.0

Coordinates = NDArray[np.float64]


def offsets(a: View, b: View, same: Sequence[tuple[int, int]]) -> tuple[Coordinates, Coordinates]:
    """For stations around the units that both views have: how far B's boundary is along A's normal, and the normal.

    Stations stand on either view's boundary, so that the two exchanged say the same with the other sign.
    """
    found = [_of_unit(a.polygons[i], b.polygons[j]) for i, j in same]
    back = [_of_unit(b.polygons[j], a.polygons[i]) for i, j in same]
    found += [(-offset, normal) for offset, normal in back]
    if not found:
        return np.zeros(0), np.zeros((0, 2))
    return np.concatenate([offset for offset, _ in found]), np.concatenate([normal for _, normal in found])


def _of_unit(one: shapely.Geometry, other: shapely.Geometry) -> tuple[Coordinates, Coordinates]:
    outline = max(shapely.get_parts(shapely.get_exterior_ring(shapely.get_parts(one))), key=lambda ring: ring.length)
    at = (np.arange(STATIONS) + 0.5) / STATIONS * outline.length
    stations = shapely.line_interpolate_point(outline, at)
    ahead = shapely.line_interpolate_point(outline, np.minimum(at + 1e-5, outline.length))
    scale = np.array([np.cos(np.radians(shapely.get_y(stations).mean())), 1.0]) * DEGREE_M
    here = shapely.get_coordinates(stations)
    tangent = (shapely.get_coordinates(ahead) - here) * scale
    tangent /= np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    nearest = shapely.get_coordinates(shapely.shortest_line(stations, shapely.boundary(other)))[1::2]
    vector = (nearest - here) * scale
    # of a nearest place the vector is the distance; its sign along the normal says on which side
    distance = np.hypot(*vector.T)
    signed: Coordinates = np.copysign(distance, (vector * normal).sum(axis=1))
    return signed, normal


def agreement_of(offset: Coordinates) -> ViewAgreement:
    """The distances in figures."""
    if not len(offset):
        return ViewAgreement(0, None, None, None)
    p50, p95 = np.percentile(np.abs(offset), [50, 95]).tolist()
    return ViewAgreement(len(offset), p50, p95, float(np.abs(offset).max()))


def shift_of(offset: Coordinates, normal: Coordinates, tolerance_m: float, rules: Settings) -> ViewShift | None:
    """The vector by which all of B lies beside A, where it explains almost everything; None where there is none."""
    if not len(offset):
        return None
    vector, straight = robust_step(offset, normal)
    length = float(np.hypot(*vector))
    residual = float(np.percentile(np.abs(offset - normal @ vector), TWO_THIRDS))
    if straight or length <= rules.significant_tolerances * tolerance_m or residual >= rules.residual_share * length:
        return None
    return ViewShift(float(vector[0]), float(vector[1]), residual)


def spread_of(offset: Coordinates) -> float:
    """The RMSE of the differences that are no disagreements, in metres, by their median."""
    return SPREAD_OF_MEDIAN * float(np.median(np.abs(offset))) if len(offset) else 0.0


def moved_back(view: View, shift: ViewShift) -> View:
    """The view without its shift."""

    def back(degrees: Coordinates) -> Coordinates:
        east = shift.dx_m / (DEGREE_M * np.cos(np.radians(degrees[:, 1])))
        moved: Coordinates = degrees - np.column_stack([east, np.full(len(degrees), shift.dy_m / DEGREE_M)])
        return moved

    return View(view.codes, view.names, shapely.transform(view.polygons, back), view.accuracy_m, view.mended)
