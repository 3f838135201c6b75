"""From the faces between two lines to the pieces that are wider than the tolerance, and the slivers that are left.

Never by area alone: a strip of 50 km by 2 m has ten hectares and no width. A face may hold several wide
pieces joined by a thin strip; each is a piece of its own unless the strip is short.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.overlay import GRID_M, robust
from boundaries.geometry.plane import width_m
from boundaries.inspection.faces import Face
from boundaries.inspection.paths import Bundle
from boundaries.inspection.settings import Settings

#: Mitred corners are cut off beyond this share of the distance: a spike of a face does not come back longer.
MITRE_LIMIT = 2.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Land between two lines, in the plane. `sign` as `Face.both_left`; the run is along the legal line."""

    land: BaseGeometry
    sign: int
    width_m: float
    from_m: float
    to_m: float

    @property
    def run_m(self) -> float:
        """How much of the legal line it lies beside."""
        return self.to_m - self.from_m


@dataclass(frozen=True, slots=True)
class Slivers:
    """What is not wider than the tolerance: only its count, its land and the widest place are told."""

    lands: tuple[BaseGeometry, ...]
    widest_m: float


def split(
    faces: Iterable[Face], legal: Bundle, tolerance_m: float, spacing_m: float, rules: Settings
) -> tuple[list[Piece], Slivers]:
    """The pieces that are findings, and everything else. `spacing_m`: between the vertices of the coarser line."""
    pieces: list[Piece] = []
    slivers: list[BaseGeometry] = []
    for face in faces:
        if face.both_left == 0:
            continue
        wide, thin = wide_parts(face.polygon, tolerance_m, spacing_m, rules)
        slivers.extend(thin)
        for land in wide:
            piece = _measured(land, face.both_left, legal)
            if piece.run_m >= rules.run_needed_m(piece.width_m, tolerance_m, spacing_m):
                pieces.append(piece)
            else:
                slivers.append(land)
    return pieces, Slivers(tuple(slivers), _widest(slivers))


def _widest(lands: Sequence[BaseGeometry]) -> float:
    """The widest place of all; a piece whose area lets no wider circle in than the widest so far is not measured."""
    widest = 0.0
    for land in sorted(lands, key=lambda one: (-one.area, one.bounds)):
        if 2 * np.sqrt(land.area / np.pi) <= widest:
            break
        widest = max(widest, widest_m(land))
    return widest


def widest_m(land: BaseGeometry) -> float:
    """How wide the widest part of some land is, in metres of the plane."""
    return max((width_m(part) for part in _polygons(land)), default=0.0)


def _polygons(land: BaseGeometry) -> list[Polygon]:
    return [part for part in shapely.get_parts([land]) if isinstance(part, Polygon) and not part.is_empty]


def wide_parts(
    face: Polygon, tolerance_m: float, spacing_m: float, rules: Settings
) -> tuple[list[BaseGeometry], list[BaseGeometry]]:
    """The wide parts of a face, each with the short strips that belong to it, and the strips that do not."""
    # no circle wider than the face's own area lets in: most slivers end here without a buffer
    if 2 * np.sqrt(face.area / np.pi) <= tolerance_m:
        return [], [face]
    half = tolerance_m / 2
    cores = _polygons(shapely.buffer(face, -half, join_style="mitre", mitre_limit=MITRE_LIMIT))
    if not cores:
        return [], [face]
    grown = [
        robust(
            shapely.intersection,
            shapely.buffer(core, half, join_style="mitre", mitre_limit=MITRE_LIMIT),
            face,
            grid=GRID_M,
        )
        for core in cores
    ]
    strips = _polygons(robust(shapely.difference, face, shapely.union_all(grown), grid=GRID_M))
    together = _together(face, cores, rules.joining_tolerances * half)
    # where a disagreement ends one edge leads from the last place that agrees to the first that does not
    reach_m = max(rules.tail_tolerances * tolerance_m, rules.tail_spacings * spacing_m)
    return _joined(grown, strips, together, reach_m)


def _together(face: Polygon, cores: Sequence[Polygon], half_m: float) -> list[int]:
    """For each core a number; the same for cores between which the face is nowhere thinner than twice `half_m`."""
    if len(cores) == 1:
        return [0]
    looser = _polygons(shapely.buffer(face, -half_m, join_style="mitre", mitre_limit=MITRE_LIMIT))
    points = [shapely.point_on_surface(core) for core in cores]
    return [
        next((i for i, part in enumerate(looser) if part.intersects(point)), -1 - n) for n, point in enumerate(points)
    ]


def _joined(
    grown: Sequence[BaseGeometry], strips: Sequence[Polygon], together: Sequence[int], reach_m: float
) -> tuple[list[BaseGeometry], list[BaseGeometry]]:
    """Wide parts that a strip joins become one where it is no longer than `reach_m` or the parts are `together`.

    Any other strip is a sliver.
    """
    group = list(range(len(grown)))
    members: dict[int, list[BaseGeometry]] = {i: [part] for i, part in enumerate(grown)}
    left: list[BaseGeometry] = []
    for strip in strips:
        beside = [i for i, part in enumerate(grown) if part.intersects(strip)]
        touching = sorted({_root(group, i) for i in beside})
        between = len({together[i] for i in beside}) < len(beside)
        # a strip is as long as half its outline
        if not touching or (strip.length / 2 > reach_m and not between):
            left.append(strip)
            continue
        first = touching[0]
        members[first].append(strip)
        for other in touching[1:]:
            group[other] = first
            members[first].extend(members.pop(other))
    whole = [robust(shapely.union_all, parts, grid=GRID_M) for _, parts in sorted(members.items())]
    return [part if isinstance(part, Polygon) else MultiPolygon(_polygons(part)) for part in whole], left


def _root(group: list[int], i: int) -> int:
    while group[i] != i:
        i = group[i]
    return i


def _measured(land: BaseGeometry, sign: int, legal: Bundle) -> Piece:
    _, chainage, _ = legal.nearest(shapely.get_coordinates(land))
    return Piece(land, sign, widest_m(land), float(chainage.min()), float(chainage.max()))
