"""Working copies of geometries: in metres, without what was reported and would only be reported again.

The file is not touched. A vertex that is no number, or that lies on another
continent, is reported once and left out of the copy, so that the rest of the
line can still be checked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.intake.model import Array, Layer, Observation
from boundaries.intake.numbers import strays
from data.crs_plane import Plane

SINGLE_LINE = (1, 2)
#: How many points of one finding are shown.
SHOWN = 100


def missing_geometries(layer: Layer) -> list[Observation]:
    """Features without geometry, and those whose geometry cannot be built."""
    found = []
    broken = set(layer.unreadable)
    for at in np.flatnonzero(shapely.is_missing(layer.geometries) | shapely.is_empty(layer.geometries)):
        number = int(at) + 1
        if number in broken:
            found.append(Observation("geometry_invalid", "broken", layer=layer.name, feature=number))
        else:
            found.append(Observation("empty", "feature", layer=layer.name, feature=number))
    return found


def unusable_vertices(layer: Layer) -> tuple[Array, list[Observation]]:
    """The geometries without vertices that are no numbers or lie far from all others, and what was left out."""
    coordinates, owner = shapely.get_coordinates(layer.geometries, return_index=True)
    finite = np.isfinite(coordinates).all(axis=1)
    far = np.zeros(len(coordinates), dtype=bool)
    if finite.any():
        far[finite] = strays(coordinates[finite])
        if far.sum() * 2 >= finite.sum():
            far[:] = False
    if finite.all() and not far.any():
        return layer.geometries, []
    geometries = layer.geometries.copy()
    for at in np.unique(owner[~finite | far]):
        mine = _mine(owner, at)
        geometries[at] = _without(geometries[at], far_of=coordinates[mine][far[mine]])
    return geometries, [
        *_nonfinite(layer, coordinates, owner, np.logical_not(finite)),
        *_strays(layer, coordinates, owner, far),
    ]


def _mine(owner: Array, number: int) -> slice:
    """Where in `owner`, which ascends, `number` stands."""
    low, high = np.searchsorted(owner, [number, number + 1])
    return slice(int(low), int(high))


def _nonfinite(layer: Layer, coordinates: Array, owner: Array, bad: Array) -> list[Observation]:
    found = []
    for at in np.unique(owner[bad]):
        mine = _mine(owner, at)
        wrong = np.flatnonzero(bad[mine])
        before = coordinates[mine][np.isfinite(coordinates[mine]).all(axis=1)]
        place = shapely.Point(before[min(wrong[0], len(before)) - 1]) if len(before) else None
        facts = {"count": len(wrong), "vertex": int(wrong[0]) + 1}
        found.append(
            Observation("coordinate_nonfinite", "plain", facts, layer.name, int(at) + 1, place=place, in_file=True)
        )
    return found


def _strays(layer: Layer, coordinates: Array, owner: Array, far: Array) -> list[Observation]:
    found = []
    for at in np.unique(owner[far]):
        mine = _mine(owner, at)
        x, y = coordinates[mine][far[mine]][0]
        facts = {"count": int(far[mine].sum()), "x": float(x), "y": float(y)}
        found.append(Observation("out_of_area", "vertex", facts, layer.name, int(at) + 1))
    return found


def _without(geometry: BaseGeometry, far_of: Array) -> BaseGeometry | None:
    """`geometry` without vertices that are no numbers or among `far_of`; None where too little is left."""
    dropped = {tuple(point) for point in far_of}
    kept = [part for one in shapely.get_parts(geometry) if (part := _part_without(one, dropped)) is not None]
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else shapely.geometrycollections(kept)


def _part_without(part: BaseGeometry, dropped: set[Any]) -> BaseGeometry | None:
    def usable(coordinates: Array) -> Array:
        good = [bool(np.isfinite(point).all()) and tuple(point) not in dropped for point in coordinates]
        kept: Array = coordinates[np.array(good, dtype=bool)]
        return kept

    if isinstance(part, shapely.Polygon):
        shell, *holes = [usable(shapely.get_coordinates(ring)) for ring in (part.exterior, *part.interiors)]
        return shapely.Polygon(shell, [hole for hole in holes if len(hole) >= 4]) if len(shell) >= 4 else None
    coordinates = usable(shapely.get_coordinates(part))
    if part.geom_type == "Point":
        return shapely.Point(coordinates[0]) if len(coordinates) else None
    return shapely.LineString(coordinates) if len(coordinates) >= 2 else None


def in_metres(geometries: Array, plane: Plane) -> Array:
    """`geometries` of a file in metres of `plane`."""
    moved: Array = shapely.transform(geometries, plane.to_metres)
    return moved


def line_parts(geometries: Array) -> tuple[Array, Array]:
    """All single lines in `geometries` and the number (from 0) of the geometry each is of."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    # a collection made by leaving vertices out holds parts of its own
    parts, inner = shapely.get_parts(parts, return_index=True)
    lines = np.isin(shapely.get_type_id(parts), SINGLE_LINE)
    return parts[lines], owner[inner][lines]
