"""Working copies of geometries: in metres, without what was reported and would only be reported again.

The file is not touched. A vertex that is no number, or that lies on another
continent, is reported once and left out of the copy, so that the rest of the
line can still be checked.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Usable:
    """Geometries without vertices that cannot be meant, and what was left out.

    `bridges` are the steps (LineStrings of two vertices) by which the copies of lines go past what was left out: what
    they leave out of a legal line was told already.
    """

    geometries: Array
    observations: list[Observation]
    bridges: Array


NO_BRIDGES = np.empty(0, dtype=object)


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


def usable_of(layer: Layer) -> Usable:
    """The geometries without vertices that are no numbers or lie far from all others."""
    coordinates, owner = shapely.get_coordinates(layer.geometries, return_index=True)
    finite = np.isfinite(coordinates).all(axis=1)
    far = np.zeros(len(coordinates), dtype=bool)
    if finite.any():
        far[finite] = strays(coordinates[finite])
        if far.sum() * 2 >= finite.sum():
            far[:] = False
    if finite.all() and not far.any():
        return Usable(layer.geometries, [], NO_BRIDGES)
    geometries = layer.geometries.copy()
    bridges: list[BaseGeometry] = []
    for at in np.unique(owner[~finite | far]):
        mine = _mine(owner, at)
        dropped = {tuple(point) for point in coordinates[mine][far[mine]]}
        bridges += _bridges(geometries[at], dropped)
        geometries[at] = _without(geometries[at], dropped)
    observations = [
        *_nonfinite(layer, coordinates, owner, np.logical_not(finite)),
        *_strays(layer, coordinates, owner, far),
    ]
    return Usable(geometries, observations, np.array(bridges, dtype=object))


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


def _without(geometry: BaseGeometry, dropped: set[Any]) -> BaseGeometry | None:
    """`geometry` without vertices that are no numbers or among `dropped`; None where too little is left."""
    kept = [part for one in shapely.get_parts(geometry) if (part := _part_without(one, dropped)) is not None]
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else shapely.geometrycollections(kept)


def _part_without(part: BaseGeometry, dropped: set[Any]) -> BaseGeometry | None:
    def usable(of: BaseGeometry) -> Array:
        coordinates: Array = shapely.get_coordinates(of)
        return coordinates[_good(coordinates, dropped)]

    if isinstance(part, shapely.Polygon):
        shell, *holes = [usable(ring) for ring in (part.exterior, *part.interiors)]
        return shapely.Polygon(shell, [hole for hole in holes if len(hole) >= 4]) if len(shell) >= 4 else None
    coordinates = usable(part)
    if part.geom_type == "Point":
        return shapely.Point(coordinates[0]) if len(coordinates) else None
    return shapely.LineString(coordinates) if len(coordinates) >= 2 else None


def _good(coordinates: Array, dropped: set[Any]) -> Array:
    return np.array([bool(np.isfinite(one).all()) and tuple(one) not in dropped for one in coordinates], dtype=bool)


def _bridges(geometry: BaseGeometry, dropped: set[Any]) -> list[BaseGeometry]:
    """The steps that `_without` makes over what it leaves out of lines."""
    found: list[BaseGeometry] = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "LineString":
            coordinates = shapely.get_coordinates(part)
            kept = np.flatnonzero(_good(coordinates, dropped)).tolist()
            found += [shapely.LineString(coordinates[[a, b]]) for a, b in itertools.pairwise(kept) if b > a + 1]
    return found


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
