"""The land between two lines, every piece labelled by which line has it on which side. In a plane, metres.

Both lines run the same way. A face of their common drawing lies left or right of
a line by the direction in which the line runs along the face's edge: an exact
answer from the drawing itself, where the nearest vertex would guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from boundaries.inspection.paths import GRID_M, Bundle, Path

Coordinates = NDArray[np.float64]
#: An edge of the common drawing lies on the line it came from within this: the grid may have moved it by half a step.
ON_LINE_M = 10 * GRID_M


@dataclass(frozen=True, slots=True)
class Face:
    """A piece of land, and on which side of each line it lies: 1 left, -1 right, 0 not beside it."""

    polygon: Polygon
    of_first: int
    of_second: int

    @property
    def both_left(self) -> int:
        """1: left of the first and right of the second; -1: the other way; 0: between nothing."""
        if self.of_first == 1 and self.of_second == -1:
            return 1
        if self.of_first == -1 and self.of_second == 1:
            return -1
        return 0


def faces_between(first: Sequence[Path], second: Sequence[Path]) -> list[Face]:
    """Every piece of land that lies between the two lines, with its sides; in no particular order."""
    if not first or not second:
        return []
    drawing = [path.line for path in (*first, *second)] + list(_connectors(first, second))
    noded = shapely.union_all(drawing, grid_size=GRID_M)
    polygons = np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts([noded]))), dtype=object)
    if not len(polygons):
        return []
    polygons = shapely.orient_polygons(polygons)
    sides = [_sides(polygons, Bundle([path.vertices for path in line])) for line in (first, second)]
    return [Face(*found) for found in zip(polygons.tolist(), *(s.tolist() for s in sides), strict=True)]


def _sides(polygons: NDArray[np.object_], line: Bundle) -> NDArray[np.int64]:
    """For each polygon whether it lies left (1) or right (-1) of the line along its own edges on it, else 0.

    Exteriors run counter-clockwise and holes clockwise: the land is left of every edge.
    """
    start, end, owner = _edges(polygons)
    vector = end - start
    length = np.hypot(*vector.T)
    chainage = []
    on_line = np.ones(len(start), dtype=bool)
    for share in (0.25, 0.75):
        distance, at, _ = line.nearest(start + share * vector)
        on_line &= distance <= ON_LINE_M
        chainage.append(at)
    along = np.sign(chainage[1] - chainage[0]) * length * on_line
    # a seam of a ring is one edge among many: the longer run decides
    return np.sign(np.bincount(owner, weights=along, minlength=len(polygons))).astype(np.int64)


def _edges(polygons: NDArray[np.object_]) -> tuple[Coordinates, Coordinates, NDArray[np.int64]]:
    rings, of_polygon = shapely.get_rings(polygons, return_index=True)
    vertices, of_ring = shapely.get_coordinates(rings, return_index=True)
    inner = of_ring[:-1] == of_ring[1:]
    return vertices[:-1][inner], vertices[1:][inner], of_polygon[of_ring[:-1][inner]]


def _connectors(first: Sequence[Path], second: Sequence[Path]) -> Iterator[LineString]:
    """Short lines that close the land at the ends of each path: to the other line's end there, or to the line itself.

    Where the other line was not surveyed beside an end there is nothing to close: the connector then
    only touches it at its own end.
    """
    for one, other in ((first, second), (second, first)):
        bundle = Bundle([path.vertices for path in other])
        for path in one:
            if path.closed:
                continue
            for end in (path.vertices[0], path.vertices[-1]):
                distance, at, _ = bundle.nearest(end[None, :])
                if distance[0] > GRID_M:
                    yield LineString([end, bundle.at(at)[0]])
