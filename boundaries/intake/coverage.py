"""Polygons of units against each other: land twice, land of nobody, slivers between, new enclaves.

What does not fit is found as the network finds it (`boundaries.network.coverage`), in the metres of the file; here it
is measured against the tolerances of the sheet and put together for each pair of units.
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
from boundaries.network.coverage import Misfit, cells_of, enclaves, misfits_of

#: The width of a face is found to this share of its mean width: a sliver of metres to the centimetre.
WIDTH_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class Units:
    """Polygons in metres, each with its layer, feature and what it is called."""

    polygons: Array
    layers: tuple[str, ...]
    features: Array
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """A piece of land that two units hold, or none: whose it is about, and how wide it is at most (metres)."""

    piece: Misfit
    width_m: float


def check_coverage(units: Units, limits: Tolerances, legal: Array | None = None) -> list[Observation]:
    """Overlaps, gaps and slivers of `units`, among themselves and with the neighbours that `legal` (polygons) has.

    A legal unit of which one of `units` is a new version is replaced by it; what is wrong among
    the legal units alone is not told.
    """
    own = len(units.polygons)
    if own == 0:
        return []
    if legal is not None:
        units = _with_neighbours(units, legal, limits)
    faces = [face for face in _faces(units, limits) if min(face.piece.cells) < own]
    wide = [face for face in faces if face.width_m > limits.sliver]
    narrow = [face for face in faces if face.width_m <= limits.sliver]
    return [*(_wide(units, face) for face in wide), *_slivers(units, narrow)]


def _with_neighbours(units: Units, legal: Array, limits: Tolerances) -> Units:
    """`units`, then the legal units of other land."""
    tree = STRtree(legal)
    replaced = {
        int(at)
        for polygon in units.polygons
        for at in tree.query(polygon, predicate="intersects")
        if _same_land(legal[at], shapely.make_valid(polygon))
    }
    near = set(tree.query(units.polygons, predicate="dwithin", distance=limits.search)[1].tolist())
    rest = sorted(near - replaced)
    return Units(
        np.concatenate([units.polygons, legal[rest]]),
        units.layers + (units.layers[0],) * len(rest),
        np.concatenate([units.features, np.zeros(len(rest), dtype=int)]),
        units.names + tuple(f"LEGAL #{at + 1}" for at in rest),
    )


def _rounded(polygons: Array, limits: Tolerances) -> Array:
    """The polygons on the resolution: layers of two zones, and a file and the legal units, differ by less."""
    decimals = round(-math.log10(limits.coincide))
    rounded: Array = shapely.transform(polygons, lambda xy: np.round(xy, decimals) + 0.0)
    return rounded


def _faces(units: Units, limits: Tolerances) -> list[Face]:
    """What does not fit and is wider than the resolution."""
    found = []
    for piece in misfits_of(_rounded(units.polygons, limits)):
        # what is thinner than the resolution is rounding
        if 2 * piece.geometry.area / piece.geometry.length > limits.coincide / 2:
            width = _width_m(piece.geometry, limits)
            if width > limits.coincide:
                found.append(Face(piece, width))
    return found


def _width_m(face: shapely.Polygon, limits: Tolerances) -> float:
    """The diameter of the largest circle in `face`, to half a hundredth of its mean width."""
    mean = 2 * face.area / face.length
    exact = max(limits.coincide / 2, mean * WIDTH_SHARE)
    return 2 * float(shapely.length(shapely.maximum_inscribed_circle(face, tolerance=exact)))


def _wide(units: Units, face: Face) -> Observation:
    kind, reason = ("overlap", "polygons") if face.piece.kind == "overlap" else ("gap", "plain")
    who, land = face.piece.cells, face.piece.geometry
    measures = {"area_m2": float(land.area), "width_m": face.width_m}
    facts: dict[str, Fact] = {"units": named(units, who), **measures}
    layer, feature = units.layers[who[0]], int(units.features[who[0]])
    return Observation(kind, reason, facts, layer, feature, place=land, measures=measures)


def _slivers(units: Units, faces: Sequence[Face]) -> list[Observation]:
    """One observation for all slivers between the same units."""
    together: dict[tuple[int, ...], list[Face]] = defaultdict(list)
    for face in faces:
        together[face.piece.cells].append(face)
    found = []
    for who, some in sorted(together.items()):
        area = float(sum(face.piece.geometry.area for face in some))
        measures = {"area_m2": area, "width_m": max(face.width_m for face in some), "count": len(some)}
        facts: dict[str, Fact] = {"units": named(units, who), **measures}
        place: BaseGeometry = shapely.MultiPolygon([face.piece.geometry for face in some])
        layer, feature = units.layers[who[0]], int(units.features[who[0]])
        found.append(Observation("sliver", "plain", facts, layer, feature, place=place, measures=measures))
    return found


def named(units: Units, who: Sequence[int]) -> str:
    """The units `who` in words, the first few of many."""
    names = [units.names[at] for at in who[:4]]
    return ", ".join(names) + (" …" if len(who) > 4 else "")


def find_enclaves(units: Units, known: Units, limits: Tolerances) -> list[Observation]:
    """Parts of a unit in another unit's hole, with nobody else beside them, that are no part in the `known` ones."""
    cells = cells_of(_rounded(units.polygons, limits))
    parts, cell = shapely.get_parts(cells.polygons, return_index=True)
    owner = cells.number[cell]
    legal = STRtree(shapely.get_parts(known.polygons))
    legal_parts = shapely.get_parts(known.polygons)
    found = []
    for part, around in enclaves(parts, owner):
        point = shapely.point_on_surface(parts[part])
        alike = [at for at in legal.query(point, predicate="intersects") if _same_land(legal_parts[at], parts[part])]
        if not alike:
            found.append(_enclave(units, parts[part], int(owner[part]), around))
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
