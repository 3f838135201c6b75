"""Which polygons a map of one level draws, and how coarsely.

A map of the prefectures of the country has no hole where a province has none
(直辖市, 台湾, 香港, 澳门) or where counties stand directly under the province: the
nearest unit with a polygon is drawn there. All outlines of one map are
simplified together, so that neighbours keep their common edge
(shapely's coverage_simplify, Visvalingam-Whyatt).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

#: Depth of each level that has a map.
DEPTH = {"province": 1, "prefecture": 2, "county": 3}
#: Degrees by which outlines are simplified: for the whole country, and for a part of it.
TOLERANCES = (0.02, 0.005)
#: MapLibre's zoom levels count tiles of 512 pixels: degrees in a pixel at zoom 0.
DEGREES_PER_PIXEL = 360 / 512
#: Degrees of width (about 400 m) up to which a gap is taken for a difference between two drawings of one line.
SLIVER_DEGREES = 0.004
#: Decimal digits of degrees that a map needs (about 10 m).
DIGITS = 4


@dataclass(frozen=True, slots=True)
class DrawnUnit:
    """A unit with a polygon in force, and its place in the hierarchy."""

    unit_id: UUID
    parent_id: UUID | None
    level: str
    shape_id: UUID
    geometry: BaseGeometry


def units_of_map(level: str, units: Sequence[DrawnUnit]) -> list[DrawnUnit]:
    """The units that the map of `level` draws: each land once, none left out.

    Land of a unit that lies in none of the units below it (a farm or a forest district without
    a division code) is drawn as that unit's, so that no hole is taken for foreign land.
    """
    children: dict[UUID | None, list[DrawnUnit]] = defaultdict(list)
    known = {unit.unit_id for unit in units}
    for unit in units:
        children[unit.parent_id if unit.parent_id in known else None].append(unit)
    return [drawn for top in children[None] for drawn in _expand(top, DEPTH[level], children)]


def _expand(unit: DrawnUnit, depth: int, children: dict[UUID | None, list[DrawnUnit]]) -> Iterator[DrawnUnit]:
    below = children[unit.unit_id]
    if DEPTH[unit.level] < depth and any(DEPTH[child.level] <= depth for child in below):
        for child in below:
            yield from _expand(child, depth, children)
        left = land_left_over(unit.geometry, [child.geometry for child in below])
        if left is not None:
            yield replace(unit, geometry=left)
    else:
        yield unit


def land_left_over(whole: BaseGeometry, parts: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """What of `whole` lies in none of `parts`, without the slivers between lines of different files."""
    if whole.area - sum(part.area for part in parts) <= SLIVER_DEGREES**2:
        return None  # nothing of that size can be left; the exact difference costs seconds
    rest = shapely.difference(whole, shapely.union_all(list(parts)))
    wide = [
        piece
        for piece in shapely.get_parts(rest)
        if isinstance(piece, Polygon) and not piece.buffer(-SLIVER_DEGREES / 2).is_empty
    ]
    return MultiPolygon(wide) if wide else None


def simplify_together(geometries: Iterable[BaseGeometry], tolerance: float) -> list[BaseGeometry]:
    """The outlines simplified by `tolerance` degrees, common edges kept common, no part lost."""
    array = np.array(list(geometries), dtype=object)
    if len(array) == 0:
        return []
    return list(shapely.coverage_simplify(array, tolerance))


def tolerance_for(zoom: float | None) -> float:
    """The coarsest stored tolerance that nobody sees at `zoom` (MapLibre's), the coarsest without one."""
    if zoom is None:
        return TOLERANCES[0]
    pixel = DEGREES_PER_PIXEL / 2**zoom
    fitting = [tolerance for tolerance in TOLERANCES if tolerance <= pixel]
    return max(fitting) if fitting else TOLERANCES[-1]
