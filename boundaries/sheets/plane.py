"""The plane of a line's sheets: the 3-degree zone of its middle, with the zone's number before the easting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from data.crs import projected
from data.crs_grids import Grid, grids
from data.errors import BadRequest

#: Zones of 3 degrees cover the country: numbers 25 to 45 (CGCS2000, EPSG 4513 to 4533).
WIDTH_DEG = 3


@dataclass(frozen=True, slots=True)
class SheetPlane:
    """Ways from longitude and latitude to eastings and northings of one zone, in metres."""

    grid: Grid
    transformer: Transformer

    def vertices(self, line: BaseGeometry) -> NDArray[np.float64]:
        """The coordinates of a geometry in the plane."""
        return self.moved(shapely.get_coordinates(line))

    def moved(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Longitudes and latitudes as eastings and northings."""
        return np.column_stack(self.transformer.transform(coordinates[:, 0], coordinates[:, 1]))

    def shape(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry in the plane."""
        moved: BaseGeometry = shapely.transform(geometry, self.moved)
        return moved


def plane_of(courses: Sequence[BaseGeometry] | Iterable[BaseGeometry]) -> SheetPlane:
    """The plane of the zone of the courses' middle; `BadRequest` `bad_crs` outside the zones of the country."""
    west, _, east, _ = shapely.total_bounds(np.array(list(courses), dtype=object)).tolist()
    middle = (west + east) / 2
    zone = round(middle / WIDTH_DEG)
    found = next((g for g in grids() if g.zone == zone and g.width_deg == WIDTH_DEG and g.datum == "China 2000"), None)
    if found is None:
        raise BadRequest(f"There is no zone of 3 degrees of CGCS2000 at {middle:.2f}°E.", code="bad_crs")
    return SheetPlane(found, projected(found.epsg))
