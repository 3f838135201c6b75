"""A plane of a line's own, in which its widths, offsets and displacements are measured."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from data.crs import plane_around


class LocalPlane:
    """The Gauss-Krüger plane (x east, y north, metres) on `central_meridian`, in degrees.

    Lines that cross the edge of a zone of 3 degrees are measured in one plane, and without the zone's
    false easting. Right within about three degrees of longitude.
    """

    def __init__(self, central_meridian: float) -> None:
        self.central_meridian = central_meridian

    @classmethod
    def of(cls, *geometries: BaseGeometry) -> LocalPlane:
        """The plane of the middle longitude of `geometries` (degrees)."""
        west, _, east, _ = shapely.total_bounds(np.array(geometries, dtype=object))
        return cls((west + east) / 2)

    @cached_property
    def _transformers(self) -> tuple[Transformer, Transformer]:
        return plane_around(self.central_meridian)

    def to_plane(self, geometry: Any) -> Any:
        """A geometry, or an array of them, from degrees to metres."""
        return shapely.transform(geometry, lambda c: _moved(self._transformers[0], c))

    def to_degrees(self, geometry: Any) -> Any:
        """A geometry, or an array of them, from metres to degrees."""
        return shapely.transform(geometry, lambda c: _moved(self._transformers[1], c))

    def convergence_deg(self, longitude: float, latitude: float) -> float:
        """Meridian convergence (子午线收敛角): grid north minus true north at a position, positive eastwards of it.

        A true azimuth is the grid bearing plus this angle.
        """
        x, y = self._transformers[0].transform([longitude, longitude], [latitude, latitude + 1e-4])
        return float(-np.degrees(np.arctan2(x[1] - x[0], y[1] - y[0])))


def _moved(transformer: Transformer, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = transformer.transform(coordinates[:, 0], coordinates[:, 1])
    return np.column_stack([x, y])


def width_m(piece: Polygon | MultiPolygon) -> float:
    """The width of an area in the plane: twice the radius of the largest circle that fits in it.

    A long, thin piece is as wide as it is anywhere; its area says nothing of that.
    """
    if piece.is_empty or piece.area == 0:
        return 0.0
    return 2 * float(shapely.length(shapely.maximum_inscribed_circle(piece)))
