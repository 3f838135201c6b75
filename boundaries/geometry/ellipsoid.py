"""Areas, lengths and directions on the ellipsoid of CGCS2000.

The area is that of the surface of the ellipsoid within edges that are straight
in longitude and latitude, as GeoJSON and the register draw them. So measured,
pieces of a cut area add up to the whole, whatever cut them; areas between
geodesics would not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.crs import ELLIPSOID

Coordinates = NDArray[np.float64]

_E2 = ELLIPSOID.es
_E = float(np.sqrt(_E2))
_B2 = ELLIPSOID.b**2
#: Gauss-Legendre nodes and weights on [0, 1]; five make edges of a degree exact to a square millimetre.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2


def _zone_m2(latitudes: Coordinates, reference: float | Coordinates) -> Coordinates:
    """Square metres per radian of longitude between the parallel `reference` and `latitudes` (radians).

    The closed form of the authalic area (Snyder 1987, Map Projections, formula 3-12), as a difference that
    keeps its digits when the two are close.
    """
    s, s0 = np.sin(latitudes), np.sin(reference)
    d = 2 * np.cos((latitudes + reference) / 2) * np.sin((latitudes - reference) / 2)
    rational = d * (1 + _E2 * s * s0) / ((1 - _E2 * s * s) * (1 - _E2 * s0 * s0))
    logarithm = np.arctanh(_E * d / (1 - _E2 * s * s0)) / _E
    area: Coordinates = _B2 / 2 * (rational + logarithm)
    return area


def ring_area_m2(ring: Coordinates) -> float:
    """The area inside a closed ring (first vertex repeated), positive where it runs counter-clockwise."""
    lon, lat = np.radians(ring[:, 0] - ring[0, 0]), np.radians(ring[:, 1])
    along = lat[:-1, None] + np.diff(lat)[:, None] * _NODES
    heights = _zone_m2(along, float(lat[0])) @ _WEIGHTS
    return -float(np.diff(lon) @ heights)


def area_m2(geometry: BaseGeometry) -> float:
    """The area of a Polygon, MultiPolygon or collection of them; lines and points have none."""
    if geometry.geom_type == "Polygon":
        rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(geometry)]
        outer, *holes = [abs(ring_area_m2(ring)) for ring in rings] or [0.0]
        return outer - sum(holes)
    if hasattr(geometry, "geoms"):
        return sum(area_m2(part) for part in geometry.geoms)
    return 0.0


def areas_m2(polygons: NDArray[np.object_]) -> Coordinates:
    """The areas of many Polygons at once; the same numbers as `area_m2` gives for each."""
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    if not len(rings):
        return np.zeros(len(polygons))
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    within = ring[1:] == ring[:-1]
    firsts = np.flatnonzero(np.append(True, ~within))
    lon, lat = np.radians(coordinates[:, 0]), np.radians(coordinates[:, 1])
    reference = lat[firsts][ring[:-1][within]][:, None]
    start, step = lat[:-1][within], np.diff(lat)[within]
    heights = _zone_m2(start[:, None] + step[:, None] * _NODES, reference) @ _WEIGHTS
    signed = -np.bincount(ring[:-1][within], np.diff(lon)[within] * heights, minlength=len(rings))
    outer = np.append(True, polygon[1:] != polygon[:-1])
    weights = np.where(outer, 1.0, -1.0) * np.abs(signed)
    return np.asarray(np.bincount(polygon, weights, minlength=len(polygons)), dtype=np.float64)


def length_m(line: BaseGeometry) -> float:
    """The length of a LineString or MultiLineString, geodesic from vertex to vertex."""
    return sum(float(edge_lengths_m(shapely.get_coordinates(part)).sum()) for part in shapely.get_parts(line))


def edge_lengths_m(coordinates: Coordinates) -> Coordinates:
    """The geodesic lengths of the edges between consecutive vertices."""
    if len(coordinates) < 2:
        return np.zeros(0)
    x, y = coordinates[:, 0], coordinates[:, 1]
    _, _, lengths = ELLIPSOID.inv(x[:-1], y[:-1], x[1:], y[1:])
    return np.asarray(lengths, dtype=np.float64)


def azimuth_deg(start: Any, end: Any) -> float:
    """The direction from `start` to `end` (longitude, latitude), clockwise from true north, 0 to 360."""
    azimuth, _, _ = ELLIPSOID.inv(start[0], start[1], end[0], end[1])
    return float(azimuth) % 360


def distance_m(start: Any, end: Any) -> float:
    """The geodesic distance between two positions (longitude, latitude)."""
    return float(ELLIPSOID.inv(start[0], start[1], end[0], end[1])[2])
