"""Polygons of units against each other: land twice, land of nobody, slivers between, new enclaves.

The outlines are cut into segments once. Where two neighbours fit, each segment
is there twice, in opposite directions, and can be forgotten; what is left over is
the rim of the whole and the places that do not fit, which are few. Only these
are noded and made into faces, and each face is asked how many units hold it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from boundaries.intake.model import Array, Fact, Observation
from boundaries.intake.tolerances import Tolerances

#: Odd constants for mixing the bits of four coordinates into one number (from the digits of the golden ratio, as in
#: splitmix64): two different segments share it once in some 10^19 pairs.
MIX = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93], dtype=np.uint64)

#: The width of a face is found to this share of its mean width: a sliver of metres to the centimetre.
WIDTH_SHARE = 0.005
#: How often a point of a face is looked for that lies on no outline.
TRIES = 8


@dataclass(frozen=True, slots=True)
class Units:
    """Polygons in metres, each with its layer, feature and what it is called."""

    polygons: Array
    layers: tuple[str, ...]
    features: Array
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Segments:
    """All segments of the outlines: ends (n, 4), the unit and the part of each, and whether a neighbour has it too.

    `twin` is the unit on the other side, -1 where there is none that fits.
    """

    ends: Array
    unit: Array
    part: Array
    twin: Array


@dataclass(frozen=True, slots=True)
class Face:
    """A piece of land that not exactly one unit holds: who holds or borders it, how wide it is at most (metres)."""

    polygon: shapely.Polygon
    held_by: tuple[int, ...]
    beside: tuple[int, ...]
    width_m: float


def check_coverage(units: Units, limits: Tolerances, legal: Array | None = None) -> list[Observation]:
    """Overlaps, gaps and slivers of `units`, among themselves and with the neighbours that `legal` (polygons) has.

    A legal unit of which one of `units` is a new version is replaced by it; what is wrong among
    the legal units alone is not told.
    """
    if len(units.polygons) == 0:
        return []
    own = len(units.polygons)
    if legal is not None:
        units = _with_neighbours(units, legal, limits)
    segments = cut(units.polygons)
    faces = [one for one in _faces(units, segments, limits) if min(one.held_by or one.beside, default=own) < own]
    wide = [face for face in faces if face.width_m > limits.sliver]
    narrow = [face for face in faces if face.width_m <= limits.sliver]
    return [*(_wide(units, face) for face in wide), *_slivers(units, narrow)]


def _with_neighbours(units: Units, legal: Array, limits: Tolerances) -> Units:
    """`units`, then the legal units of other land, both rounded to the resolution so that what is one point is one."""
    tree = STRtree(legal)
    replaced = {
        int(at)
        for polygon in units.polygons
        for at in tree.query(polygon, predicate="intersects")
        if _same_land(legal[at], shapely.make_valid(polygon))
    }
    near = set(tree.query(units.polygons, predicate="dwithin", distance=limits.search)[1].tolist())
    rest = sorted(near - replaced)
    both = np.concatenate([units.polygons, legal[rest]])
    decimals = round(-math.log10(limits.coincide))
    return Units(
        shapely.transform(both, lambda xy: np.round(xy, decimals)),
        units.layers + (units.layers[0],) * len(rest),
        np.concatenate([units.features, np.zeros(len(rest), dtype=int)]),
        units.names + tuple(f"LEGAL #{at + 1}" for at in rest),
    )


def cut(polygons: Array) -> Segments:
    """The segments of all outlines, each looked for in the opposite direction among the others."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(shapely.orient_polygons(parts, exterior_cw=False), return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    ends = np.hstack([coordinates[:-1][same], coordinates[1:][same]]) + 0.0  # no negative zeros
    part = ring_part[ring[1:][same]]
    ends, part = ends[(ends[:, :2] != ends[:, 2:]).any(axis=1)], part[(ends[:, :2] != ends[:, 2:]).any(axis=1)]
    return Segments(ends, owner[part], part, _twins(ends, owner[part]))


def _twins(ends: Array, unit: Array) -> Array:
    """For each segment the unit that has it in the opposite direction, -1 where not exactly one other has."""
    forward = (ends[:, 0] < ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] < ends[:, 3]))
    key = _hash(np.where(forward[:, None], ends, ends[:, [2, 3, 0, 1]]))
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(key[order]) != 0])
    sizes = np.diff(np.r_[starts, len(order)])
    first = order[starts[sizes == 2]]
    second = order[starts[sizes == 2] + 1]
    opposite = forward[first] != forward[second]
    twin = np.full(len(ends), -1)
    twin[first[opposite]], twin[second[opposite]] = unit[second[opposite]], unit[first[opposite]]
    return twin


def _hash(ends: Array) -> Array:
    bits = np.ascontiguousarray(ends).view(np.uint64)
    with np.errstate(over="ignore"):
        mixed = bits * MIX
        mixed ^= mixed >> np.uint64(29)
        total: Array = (mixed * MIX[::-1]).sum(axis=1, dtype=np.uint64)
    folded: Array = total ^ (total >> np.uint64(32))
    return folded


def _faces(units: Units, segments: Segments, limits: Tolerances) -> list[Face]:
    loose = segments.ends[segments.twin < 0]
    if len(loose) == 0:
        return []
    lines = shapely.linestrings(loose.reshape(-1, 2, 2))
    noded = shapely.node(shapely.MultiLineString(list(np.atleast_1d(np.asarray(lines, dtype=object)))))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    # what is thinner than the resolution is rounding
    thin = 2 * shapely.area(faces) / np.maximum(shapely.length(faces), 1e-9)
    faces = faces[thin > limits.coincide / 2]
    return _not_once(units, faces, limits)


def _not_once(units: Units, faces: Array, limits: Tolerances) -> list[Face]:
    """Of `faces` those that not exactly one unit holds."""
    usable = np.where(shapely.is_valid(units.polygons), units.polygons, shapely.make_valid(units.polygons))
    tree = STRtree(usable)
    inside = _clear_points(faces, tree)
    held: dict[int, list[int]] = defaultdict(list)
    for face, unit in tree.query(inside, predicate="intersects").T.tolist():
        held[face].append(unit)
    found = []
    for number, face in enumerate(faces):
        holders = sorted(held[number])
        if len(holders) == 1:
            continue
        width = _width_m(face, limits)
        if width > limits.coincide:
            near = tree.query(face, predicate="dwithin", distance=limits.coincide)
            found.append(Face(face, tuple(holders), tuple(sorted(near.tolist())), width))
    return found


def _width_m(face: shapely.Polygon, limits: Tolerances) -> float:
    """The diameter of the largest circle in `face`, to half a hundredth of its mean width."""
    mean = 2 * face.area / face.length
    exact = max(limits.coincide / 2, mean * WIDTH_SHARE)
    return 2 * float(shapely.length(shapely.maximum_inscribed_circle(face, tolerance=exact)))


def _clear_points(faces: Array, tree: STRtree) -> Array:
    """A point in each face that lies on no outline: on an outline that two units share it would count twice."""
    points = shapely.point_on_surface(faces)
    rest = faces
    for _ in range(TRIES):
        touching = np.unique(tree.query(points, predicate="touches")[0])
        if len(touching) == 0:
            break
        rest = rest.copy()
        rest[touching] = [_larger_side(rest[at], points[at]) for at in touching]
        points[touching] = shapely.point_on_surface(rest[touching])
    return points


def _larger_side(face: BaseGeometry, point: shapely.Point) -> BaseGeometry:
    """What lies of `face` to one side of the north-south line through `point`, the larger of the two."""
    west, south, east, north = face.bounds
    sides = (shapely.box(west, south, point.x, north), shapely.box(point.x, south, east, north))
    return max((shapely.intersection(face, side) for side in sides), key=lambda one: float(one.area))


def _wide(units: Units, face: Face) -> Observation:
    kind, reason = ("overlap", "polygons") if face.held_by else ("gap", "plain")
    who = face.held_by or face.beside
    measures = {"area_m2": float(face.polygon.area), "width_m": face.width_m}
    facts: dict[str, Fact] = {"units": named(units, who), **measures}
    first = who[0] if who else 0
    return Observation(
        kind,
        reason,
        facts,
        units.layers[first],
        int(units.features[first]),
        place=face.polygon,
        measures=measures,
    )


def _slivers(units: Units, faces: Sequence[Face]) -> list[Observation]:
    """One observation for all slivers between the same units."""
    together: dict[tuple[int, ...], list[Face]] = defaultdict(list)
    for face in faces:
        together[face.held_by or face.beside].append(face)
    found = []
    for who, some in sorted(together.items()):
        area = float(sum(face.polygon.area for face in some))
        measures = {"area_m2": area, "width_m": max(face.width_m for face in some), "count": len(some)}
        facts: dict[str, Fact] = {"units": named(units, who), **measures}
        place: BaseGeometry = shapely.MultiPolygon([face.polygon for face in some])
        layer, feature = units.layers[who[0]], int(units.features[who[0]])
        found.append(Observation("sliver", "plain", facts, layer, feature, place=place, measures=measures))
    return found


def named(units: Units, who: Sequence[int]) -> str:
    """The units `who` in words, the first few of many."""
    names = [units.names[at] for at in who[:4]]
    return ", ".join(names) + (" …" if len(who) > 4 else "")


def find_enclaves(units: Units, known: Units) -> list[Observation]:
    """Parts of a unit that lie wholly within one other unit and are no part of their own in the `known` ones."""
    segments = cut(units.polygons)
    parts, owner = shapely.get_parts(units.polygons, return_index=True)
    legal = STRtree(shapely.get_parts(known.polygons))
    legal_parts = shapely.get_parts(known.polygons)
    found = []
    for part, around in _landlocked(segments, len(parts), owner):
        point = shapely.point_on_surface(parts[part])
        alike = [at for at in legal.query(point, predicate="intersects") if _same_land(legal_parts[at], parts[part])]
        if not alike:
            found.append(_enclave(units, parts[part], int(owner[part]), around))
    return found


def _landlocked(segments: Segments, count: int, owner: Array) -> list[tuple[int, int]]:
    """Parts all of whose outline is shared with one other unit, and that unit."""
    found = []
    order = np.argsort(segments.part, kind="stable")
    bounds = np.searchsorted(segments.part[order], np.arange(count + 1))
    for part in range(count):
        twins = np.unique(segments.twin[order[bounds[part] : bounds[part + 1]]])
        if len(twins) == 1 and twins[0] >= 0 and twins[0] != owner[part]:
            found.append((part, int(twins[0])))
    return found


def _same_land(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether two polygons are one land drawn twice: more than half of both in common."""
    common = shapely.intersection(one, other).area
    return bool(common * 2 > max(one.area, other.area))


def _enclave(units: Units, part: BaseGeometry, owner: int, around: int) -> Observation:
    area = float(part.area)
    facts: dict[str, Fact] = {"unit": units.names[owner], "other": units.names[around], "area_m2": area}
    layer, feature = units.layers[owner], int(units.features[owner])
    return Observation("enclave_new", "polygon", facts, layer, feature, place=part, measures={"area_m2": area})
