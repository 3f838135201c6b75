"""Enclaves (飞地): pieces of a unit that lie within one other unit, and which of them only one view has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon, STRtree

from boundaries.geometry.ellipsoid import area_m2, distance_m
from boundaries.inspection.views.matching import Matching
from boundaries.inspection.views.model import View, ViewFinding


@dataclass(frozen=True, eq=False)
class Enclave:
    """A piece of the unit `of` in a hole of the unit `within` (indices of the view)."""

    of: int
    within: int
    land: Polygon


def enclaves_of(view: View) -> list[Enclave]:
    """The pieces of units, beside the largest of each, that lie in a hole of another unit."""
    pieces = [(i, part) for i, polygon in enumerate(view.polygons) for part in _secondary(polygon)]
    holes = [(i, hole) for i, polygon in enumerate(view.polygons) for hole in _holes(polygon)]
    if not pieces or not holes:
        return []
    inside = shapely.point_on_surface(np.array([part for _, part in pieces], dtype=object))
    ones, others = STRtree(np.array([hole for _, hole in holes], dtype=object)).query(inside, predicate="intersects")
    held = [(p, h) for p, h in zip(ones.tolist(), others.tolist(), strict=True) if holes[h][0] != pieces[p][0]]
    # of holes within holes the smallest, which comes last, is the one that encloses it
    found = dict(sorted(held, key=lambda pair: (-holes[pair[1]][1].area, pair)))
    return [Enclave(pieces[piece][0], holes[hole][0], pieces[piece][1]) for piece, hole in sorted(found.items())]


def _secondary(polygon: shapely.Geometry) -> list[Polygon]:
    parts = [part for part in shapely.get_parts(polygon) if isinstance(part, Polygon)]
    return sorted(parts, key=lambda part: (-part.area, part.bounds))[1:]


def _holes(polygon: shapely.Geometry) -> list[Polygon]:
    return [
        Polygon(ring) for part in shapely.get_parts(polygon) if isinstance(part, Polygon) for ring in part.interiors
    ]


def enclave_findings(a: View, b: View, matching: Matching, tolerance_m: float) -> Iterator[ViewFinding]:
    """Enclaves of B that A does not have (`enclave_new`), and of A that B does not have (`enclave_vanished`).

    Larger than T², and only where the other view has both units: what it does not have at all is told as such.
    """
    ones, others = enclaves_of(a), enclaves_of(b)
    yield from _only(b, others, matching.group_b, ones, matching.group_a, "enclave_new", tolerance_m)
    yield from _only(a, ones, matching.group_a, others, matching.group_b, "enclave_vanished", tolerance_m)


def _only(
    view: View,
    enclaves: Sequence[Enclave],
    groups: Sequence[int],
    known: Sequence[Enclave],
    known_groups: Sequence[int],
    kind: str,
    tolerance_m: float,
) -> Iterator[ViewFinding]:
    there = set(known_groups)
    for one in enclaves:
        ours = (groups[one.of], groups[one.within])
        alike = [other for other in known if (known_groups[other.of], known_groups[other.within]) == ours]
        area = area_m2(one.land)
        if (
            area > tolerance_m**2
            and there.issuperset(ours)
            and not any(_same(one, other, tolerance_m) for other in alike)
        ):
            units = (view.codes[one.of], view.codes[one.within])
            yield ViewFinding(kind, "error", units, shapely.normalize(one.land), {"area_m2": area})


def _same(one: Enclave, other: Enclave, tolerance_m: float) -> bool:
    """Whether two pieces are nowhere farther apart than the layers may be; how they differ is told as land."""
    ends = shapely.get_coordinates(shapely.shortest_line(one.land, other.land))
    return distance_m(*ends) <= tolerance_m
