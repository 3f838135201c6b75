"""What does not fit in a layer of polygons, in one list: land of two cells, and land of none that cells enclose.

This is the one place that says so, for the build of the network, for what `load units` brings in and for the counter:
each measures it in its own plane and tells it in its own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry import MultiPolygon, Polygon

from boundaries.network.cut import cut
from boundaries.network.faults import Survey

#: Metres up to which a gap or overlap is a sliver: the width of a line on a map of 1:50,000 (0.2 mm), which is the
#: largest scale that a layer without a scale of its own could have been drawn from for the whole country.
SLIVER_M = 10.0


@dataclass(frozen=True, slots=True)
class Misfit:
    """One connected piece: `cells` are the two that overlap, or those around a gap, in ascending order."""

    kind: Literal["overlap", "gap"]
    cells: tuple[int, ...]
    geometry: Polygon


@dataclass(frozen=True, slots=True)
class Cells:
    """Valid polygons as the cut takes them, and for each the number of the geometry it was made of."""

    polygons: NDArray[np.object_]
    number: NDArray[np.int64]


def cells_of(geometries: NDArray[Any]) -> Cells:
    """The land of `geometries`: what is not valid as GEOS makes it valid, and without what has no area.

    For measuring only: nobody keeps them.
    """
    land = [_land(one) for one in np.where(shapely.is_valid(geometries), geometries, shapely.make_valid(geometries))]
    kept = [number for number, one in enumerate(land) if not one.is_empty]
    polygons = np.empty(len(kept), dtype=object)
    polygons[:] = [land[number] for number in kept]
    return Cells(polygons, np.array(kept, dtype=np.int64))


def _land(geometry: Any) -> MultiPolygon:
    parts = [inner for part in shapely.get_parts(geometry) for inner in shapely.get_parts(part)]
    return MultiPolygon([part for part in parts if isinstance(part, Polygon) and part.area > 0])


def misfits(survey: Survey) -> list[Misfit]:
    """The overlaps by their cells, then the gaps by position."""
    overlaps = [Misfit("overlap", overlap.cells, overlap.geometry) for overlap in survey.overlaps()]
    return [*overlaps, *(Misfit("gap", tuple(survey.around(gap.geometry)), gap.geometry) for gap in survey.gaps())]


def misfits_of(geometries: NDArray[Any]) -> list[Misfit]:
    """What does not fit among `geometries` (polygons, as they are); `cells` are their numbers."""
    cells = cells_of(geometries)
    found = misfits(Survey(cells.polygons, cut(cells.polygons)))
    number = cells.number.tolist()
    return [Misfit(one.kind, tuple(number[cell] for cell in one.cells), one.geometry) for one in found]


def enclaves(parts: NDArray[Any], owner: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Parts (polygons, each of an `owner`) that lie in a hole of one other owner with nobody else beside them.

    Pairs of a part and the owner round it. Land of nobody may lie between: an island in another unit's lake is an
    enclave of that unit too.
    """
    holes, of = _holes(parts)
    if not len(holes):
        return []
    shells = shapely.polygons(shapely.get_exterior_ring(parts))
    neighbours = STRtree(parts)
    found = []
    for part, hole in sorted(STRtree(holes).query(shells, predicate="covered_by").T.tolist()):
        around = int(owner[of[hole]])
        beside = {int(owner[other]) for other in _beside(neighbours, parts, part)} - {int(owner[part])}
        if around != owner[part] and beside <= {around}:
            found.append((int(part), around))
    return list(dict.fromkeys(found))


def _holes(parts: NDArray[Any]) -> tuple[NDArray[Any], list[int]]:
    """The holes of all parts as polygons, and the part each is in."""
    pairs = [(Polygon(ring), number) for number, part in enumerate(parts) for ring in part.interiors]
    holes = np.empty(len(pairs), dtype=object)
    holes[:] = [hole for hole, _ in pairs]
    return holes, [number for _, number in pairs]


def _beside(tree: STRtree, parts: NDArray[Any], part: int) -> list[int]:
    """The parts that have more than points in common with the outline of one."""
    outline = shapely.get_exterior_ring(parts[part])
    near = np.asarray(tree.query(outline, predicate="intersects"))
    found: list[int] = near[shapely.length(shapely.intersection(outline, parts[near])) > 0].tolist()
    return found
