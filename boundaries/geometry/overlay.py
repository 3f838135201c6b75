"""Overlays that end: GEOS's own first, and where its arithmetic gives up, the same on a grid finer than any survey."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

#: The grids: a tenth of a millimetre, in metres of a plane and in degrees.
GRID_M, GRID_DEG = 1e-4, 1e-9


def robust(operation: Callable[..., Any], *geometries: Any, grid: float) -> BaseGeometry:
    """`operation` of shapely (intersection, difference, union_all) on `geometries`.

    On noding errors ("found non-noded intersection") it is repeated with snap rounding to `grid`, which cannot fail
    so, and moves a vertex by less than the grid.
    """
    try:
        found: BaseGeometry = operation(*geometries)
    except GEOSException:
        found = operation(*(_mended(one, grid) for one in geometries), grid_size=grid)
    return found


def _mended(geometry: Any, grid: float) -> Any:
    return shapely.set_precision(shapely.make_valid(geometry, method="structure", keep_collapsed=False), grid)
