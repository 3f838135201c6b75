"""Land that one view gives to one unit and the other view to another; land that neither gives to anybody.

The work is cut into jobs that need nothing but what they bring along: a unit of
view A with what it meets of view B, or a square of the country with what lies in
it. A job is done alike in this process, in another one, or on another machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon, STRtree, box
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.ellipsoid import area_m2
from boundaries.geometry.overlay import GRID_DEG, robust
from boundaries.geometry.plane import LocalPlane
from boundaries.inspection.settings import Settings
from boundaries.inspection.views.agreement import DEGREE_M
from boundaries.inspection.views.matching import Matching
from boundaries.inspection.views.model import View
from boundaries.inspection.width import wide_parts, widest_m

Geometries = NDArray[np.object_]
#: The side of the squares in which land without a unit is looked for, in degrees.
SQUARE_DEG = 1.0
#: Thinner than the millimetre on which coordinates are kept there is no land, only arithmetic.
NOTHING_DEG, NOTHING_M = 1e-8, 1e-3


@dataclass(frozen=True, eq=False)
class Meeting:
    """A job: a unit of A, and the units of B that it meets and that stand for other land."""

    a: int
    polygon: BaseGeometry
    b: tuple[int, ...]
    others: Geometries


@dataclass(frozen=True, eq=False)
class Square:
    """A job: a square of the country and everything that either view has in it."""

    bounds: tuple[float, float, float, float]
    polygons: Geometries


@dataclass(slots=True)
class Found:
    """What a job found between unit `a` and unit `b` (indices): wide pieces with width and area; the rest summed."""

    a: int
    b: int
    pieces: list[tuple[BaseGeometry, float, float]] = field(default_factory=list)
    slivers: int = 0
    slivers_m2: float = 0.0
    widest_sliver_m: float = 0.0


def meetings(a: View, b: View, matching: Matching) -> Iterator[Meeting]:
    """The jobs of disputed land, one for each unit of A that meets land of another group."""
    tree = STRtree(b.polygons)
    ones, others = tree.query(a.polygons)
    differ = np.array(matching.group_a)[ones] != np.array(matching.group_b)[others]
    ones, others = ones[differ], others[differ]
    order = np.lexsort((others, ones))
    for i in np.unique(ones):
        mine = others[order][ones[order] == i]
        yield Meeting(int(i), a.polygons[i], tuple(mine.tolist()), b.polygons[mine])


def between(job: Meeting, tolerance_m: float, rules: Settings) -> list[Found]:
    """The land that A gives to the job's unit and B to each of the others."""
    shapely.prepare(job.polygon)
    touching = shapely.intersects(job.polygon, job.others)
    found = []
    for b, other in zip(np.array(job.b)[touching].tolist(), job.others[touching], strict=True):
        one = Found(job.a, b)
        _sort(robust(shapely.intersection, job.polygon, other, grid=GRID_DEG), tolerance_m, rules, one)
        if one.pieces or one.slivers:
            found.append(one)
    return found


def _sort(land: BaseGeometry, tolerance_m: float, rules: Settings, found: Found) -> None:
    """The parts of some land into wide pieces and slivers."""
    parts = _areas_of(land)
    if not len(parts):
        return
    areas = _rough_areas(parts)
    # no circle wider than its own area lets in: nearly all slivers end here
    maybe = 2 * np.sqrt(areas / math.pi) > tolerance_m
    found.slivers += int((~maybe).sum())
    found.slivers_m2 += float(areas[~maybe].sum())
    for part in parts[maybe]:
        plane = LocalPlane.of(part)
        wide, thin = wide_parts(plane.to_plane(part), tolerance_m, 0.0, rules)
        for piece in wide:
            _keep(piece.land, plane, tolerance_m, rules, found)
        strips = [strip.area for strip in thin if 2 * strip.area > NOTHING_M * strip.length]
        found.slivers += len(strips)
        found.slivers_m2 += sum(strips)


def _areas_of(land: BaseGeometry) -> Geometries:
    """The polygons of some land that are thick enough to be any."""
    parts = np.array([part for part in shapely.get_parts(land) if isinstance(part, Polygon)], dtype=object)
    if not len(parts):
        return parts
    thick: NDArray[np.bool_] = 2 * shapely.area(parts) > NOTHING_DEG * shapely.length(parts)
    return parts[thick]


def _keep(piece: BaseGeometry, plane: LocalPlane, tolerance_m: float, rules: Settings, found: Found) -> None:
    width = widest_m(piece)
    # a strip is as long as half its outline
    if piece.length / 2 < rules.run_needed_m(width, tolerance_m, 0.0):
        found.slivers += 1
        found.slivers_m2 += piece.area
        found.widest_sliver_m = max(found.widest_sliver_m, width)
        return
    stored = shapely.normalize(plane.to_degrees(piece))
    found.pieces.append((stored, width, area_m2(stored)))


def _rough_areas(parts: Geometries) -> NDArray[np.float64]:
    """Square metres, to a per cent."""
    bounds = shapely.bounds(parts)
    middle = np.radians((bounds[:, 1] + bounds[:, 3]) / 2)
    return np.asarray(shapely.area(parts) * np.cos(middle) * DEGREE_M**2)


# -- land that nobody has ---------------------------------------------------------------------------------------------


def squares(a: View, b: View) -> Iterator[Square]:
    """The jobs of land without a unit: squares over the whole country, and a ring of them around it."""
    everything = np.concatenate([a.polygons, b.polygons])
    west, south, east, north = shapely.total_bounds(everything)
    tree = STRtree(everything)
    for x in np.arange(math.floor(west) - SQUARE_DEG, east + SQUARE_DEG, SQUARE_DEG):
        for y in np.arange(math.floor(south) - SQUARE_DEG, north + SQUARE_DEG, SQUARE_DEG):
            bounds = (float(x), float(y), float(x + SQUARE_DEG), float(y + SQUARE_DEG))
            yield Square(bounds, everything[np.sort(tree.query(box(*bounds)))])


def uncovered(job: Square) -> tuple[list[Polygon], list[Polygon]]:
    """The parts of a square that no polygon covers: those inside it, and those that reach its edge."""
    square = box(*job.bounds)
    clipped = shapely.clip_by_rect(job.polygons, *job.bounds)
    covered = robust(shapely.union_all, clipped[~shapely.is_empty(clipped)], grid=GRID_DEG)
    left = _areas_of(robust(shapely.difference, square, covered, grid=GRID_DEG))
    reach = shapely.intersects(left, square.exterior) if len(left) else np.zeros(0, dtype=bool)
    return left[~reach].tolist(), left[reach].tolist()


def holes(edges: Sequence[Polygon], bounds: tuple[float, float, float, float]) -> list[Polygon]:
    """What is uncovered and enclosed, of the parts that reach the edges of squares; `bounds`: of all polygons.

    What lies outside the country is one part with the ring of squares around it.
    """
    if not edges:
        return []
    joined = shapely.union_all(np.array(list(edges), dtype=object), grid_size=GRID_DEG)
    return [part for part in shapely.get_parts(joined) if isinstance(part, Polygon) and _inside(part, bounds)]


def _inside(part: Polygon, bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = part.bounds
    return west > bounds[0] and south > bounds[1] and east < bounds[2] and north < bounds[3]


def neighbours(hole: Polygon, views: Iterable[tuple[View, STRtree]]) -> tuple[str, ...]:
    """The codes of the units around a hole, in order."""
    codes: set[str] = set()
    for view, tree in views:
        near = tree.query(hole, predicate="dwithin", distance=1e-7)
        codes |= {view.codes[i] for i in near.tolist()}
    return tuple(sorted(codes))


def sorted_hole(hole: Polygon, tolerance_m: float, rules: Settings) -> Found:
    """The wide pieces of a hole, and what of it is a sliver."""
    found = Found(-1, -1)
    _sort(hole, tolerance_m, rules, found)
    return found
