"""The plane in which a file of lines is measured, in metres, and the way back to longitude and latitude.

A file in a Gauss-Krüger zone is measured in its own numbers, as its surveyor
sees them; one in degrees in a transverse Mercator projection on its own middle
meridian (scale 1, ellipsoid of CGCS2000). Where the zone or the datum is not
known there are still metres, and no positions: `to_stored` says so by None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyproj import CRS, Proj, Transformer

from data.crs import ELLIPSOID, STORED_SRID
from data.crs_grids import FALSE_EASTING_M

Array = np.ndarray[Any, Any]
Move = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Plane:
    """Ways between the numbers of a file, metres, and longitude and latitude (CGCS2000, degrees).

    `key` is the same for files whose numbers mean the same: either plane measures both.
    The ways take and give arrays of shape (n, 2); `to_stored` and `from_stored` are
    None where the position on the Earth is not known.
    """

    key: str
    to_metres: Move
    to_file: Move
    to_stored: Move | None
    from_stored: Move | None


def grid_plane(central_meridian: float, false_easting_m: float, *, swapped: bool = False) -> Plane:
    """The plane of a Gauss-Krüger zone: the file's own eastings and northings; `swapped` where northing is first."""
    project = _transverse_mercator(central_meridian, false_easting_m)
    turn = _turned if swapped else _same
    key = f"grid {central_meridian} {false_easting_m} {swapped}"
    return Plane(key, turn, turn, _inverse(project), _forward(project))


def degree_plane(middle_longitude: float, *, swapped: bool = False) -> Plane:
    """The plane for degrees: transverse Mercator on the file's middle meridian; `swapped` where latitude is first."""
    project = _transverse_mercator(middle_longitude, FALSE_EASTING_M)
    forward, inverse = _forward(project), _inverse(project)
    if not swapped:
        return Plane("degrees", forward, inverse, inverse, forward)
    return Plane("degrees swapped", lambda xy: forward(_turned(xy)), lambda xy: _turned(inverse(xy)), inverse, forward)


def other_plane(declared: str, middle_longitude: float) -> Plane:
    """The plane for a declared projection that is no national zone, measured like degrees."""
    there = Transformer.from_crs(CRS.from_user_input(declared), CRS.from_epsg(STORED_SRID), always_xy=True)
    degrees = degree_plane(middle_longitude)

    def to_degrees(xy: Array) -> Array:
        return np.column_stack(there.transform(xy[:, 0], xy[:, 1]))

    def to_file(xy: Array) -> Array:
        lonlat = degrees.to_file(xy)
        return np.column_stack(there.transform(lonlat[:, 0], lonlat[:, 1], direction="INVERSE"))

    def to_metres(xy: Array) -> Array:
        return degrees.to_metres(to_degrees(xy))

    return Plane(f"other {declared}", to_metres, to_file, degrees.to_stored, degrees.from_stored)


def unplaced_plane(*, swapped: bool = False) -> Plane:
    """Metres whose zone or datum is not known: nothing can be said of positions."""
    turn = _turned if swapped else _same
    return Plane(f"unplaced {swapped}", turn, turn, None, None)


def _transverse_mercator(central_meridian: float, false_easting_m: float) -> Proj:
    return Proj(
        proj="tmerc",
        lat_0=0,
        lon_0=central_meridian,
        k=1,
        x_0=false_easting_m,
        y_0=0,
        a=ELLIPSOID.a,
        rf=1 / ELLIPSOID.f,
    )


def _forward(project: Proj) -> Move:
    return lambda lonlat: np.column_stack(project(lonlat[:, 0], lonlat[:, 1]))


def _inverse(project: Proj) -> Move:
    return lambda xy: np.column_stack(project(xy[:, 0], xy[:, 1], inverse=True))


def _same(xy: Array) -> Array:
    return xy


def _turned(xy: Array) -> Array:
    return xy[:, ::-1]
