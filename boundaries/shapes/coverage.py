"""How the polygons of a load fit each other: every gap, overlap and sliver, with its place, area and width.

Nothing is healed. What a load brings may still be a layer that does not fit; whoever loads it should know before a
network is cut from it (`./diming boundary build`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon

from boundaries.geometry.content import on_grid
from boundaries.geometry.ellipsoid import area_m2
from boundaries.geometry.plane import LocalPlane, width_m
from boundaries.network.coverage import SLIVER_M, misfits_of
from boundaries.shapes.model import Finding, MatchedShape

SAID = {"overlap": "both have the land", "gap": "none of those around has the land"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """One gap or overlap, measured."""

    kind: str
    units: tuple[int, ...]
    land: Polygon
    area_m2: float
    width_m: float


def find_misfits(shapes: Sequence[MatchedShape]) -> list[Finding]:
    """Gaps and overlaps among the polygons of each level, the widest first; then slivers, one for the same units."""
    found = []
    for level in sorted({shape.unit.level for shape in shapes}):
        found += _of_level([shape for shape in shapes if shape.unit.level == level])
    return found


def _of_level(shapes: Sequence[MatchedShape]) -> list[Finding]:
    geometries = np.empty(len(shapes), dtype=object)
    geometries[:] = [shape.geometry for shape in shapes]
    # on the register's millimetre, as the network is cut: what is nearer is the same place
    pieces = [
        _measured(one.kind, one.cells, one.geometry) for one in misfits_of(shapely.transform(geometries, on_grid))
    ]
    wide = sorted((one for one in pieces if one.width_m > SLIVER_M), key=lambda one: (-one.width_m, one.units))
    narrow: dict[tuple[str, tuple[int, ...]], list[_Piece]] = defaultdict(list)
    for one in pieces:
        if one.width_m <= SLIVER_M:
            narrow[one.kind, one.units].append(one)
    return [
        *(_told(one.kind, [one], shapes) for one in wide),
        *(_told(f"{kind}_sliver", some, shapes) for (kind, _), some in sorted(narrow.items())),
    ]


def _measured(kind: str, units: tuple[int, ...], land: Polygon) -> _Piece:
    return _Piece(kind, units, land, area_m2(land), width_m(LocalPlane.of(land).to_plane(land)))


def _told(kind: str, pieces: Sequence[_Piece], shapes: Sequence[MatchedShape]) -> Finding:
    """One finding for pieces between the same units; its place is in the widest of them."""
    widest = max(pieces, key=lambda piece: piece.width_m)
    at = shapely.point_on_surface(widest.land)
    area = sum(piece.area_m2 for piece in pieces)
    measures = {"count": len(pieces), "area_m2": round(area, 4), "width_m": round(widest.width_m, 3)}
    who = [shapes[number] for number in widest.units]
    many = f"{len(pieces):,} places, " if len(pieces) > 1 else ""
    message = (
        f"{_names(who)}: {SAID[widest.kind]}; {many}{area:,.1f} m², up to {widest.width_m:,.2f} m wide, "
        f"at ({at.x:.6f}, {at.y:.6f}). Kept as handed in."
    )
    first = who[0]
    place = (round(float(at.x), 6), round(float(at.y), 6))
    return Finding(
        kind, "warning", message, first.feature.number, first.unit.code, first.unit.name, at=place, measures=measures
    )


def _names(who: Iterable[MatchedShape]) -> str:
    return ", ".join(f"{shape.unit.name} ({shape.unit.code})" for shape in who)
