"""From the faces between two lines to the pieces that are wider than the tolerance, and the slivers that are left.

Never by area alone: a strip of 50 km by 2 m has ten hectares and no width. A face may hold several wide
pieces joined by a thin strip; each is a piece of its own unless the strip is short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from boundaries.inspection.tails import Ends

#: Widths of slivers are told to the millimetre.
MEASURED_M = 1e-3
#: Mitred corners are cut off beyond this share of the distance: a spike of a face does not come back longer.
MITRE_LIMIT = 2.0

#: Of a strip beside a wide part of so many metres: what belongs to the part, and what does not; None: nothing.
Cut = Callable[[Polygon, BaseGeometry, float], tuple[BaseGeometry | None, BaseGeometry | None]]


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
    faces: Iterable[Face], legal: Bundle, ends: Ends, tolerance_m: float, spacing_m: float, rules: Settings
) -> tuple[list[Piece], Slivers]:
    """The pieces that are findings, and everything else. `spacing_m`: between the vertices of the coarser line."""
    pieces: list[Piece] = []
    slivers: list[BaseGeometry] = []
    for face in faces:
        if face.both_left == 0:
            continue
        wide, thin = wide_parts(face.polygon, tolerance_m, spacing_m, rules, ends.cut)
        slivers.extend(thin)
        for part in wide:
            piece = _measured(part.land, face.both_left, legal)
            runs = [(_run_m(core, legal), ends.spacing_m(core)) for core in part.cores]
            run_m = sum(run for run, _ in runs)
            if run_m >= rules.run_needed_m(piece.width_m, tolerance_m, _apart_m(runs)):
                pieces.append(piece)
            else:
                slivers.append(part.land)
    return pieces, Slivers(tuple(slivers), _widest(slivers))


def _apart_m(runs: Sequence[tuple[float, float]]) -> float:
    """How far apart the vertices of runs are, each counted by its vertices: one sparse run makes not all sparse."""
    total, spacings = sum(run for run, _ in runs), sum(run / apart for run, apart in runs if apart)
    return total / spacings if spacings else 0.0


def _widest(lands: Sequence[BaseGeometry]) -> float:
    """The widest place of all: the most likely one is measured, then only those in which a wider circle has room."""
    left = np.array([land for land in lands if land.area > 0], dtype=object)
    widest = 0.0
    while len(left):
        likely = int(np.argmax(shapely.area(left) / shapely.length(left)))
        widest = max(widest, widest_m(left[likely]))
        # a measured one is left out even where its circle is not found to the last millimetre
        left = np.delete(left, likely)
        room = shapely.buffer(left, -(widest + MEASURED_M) / 2, join_style="mitre")
        left = left[~shapely.is_empty(room)]
    return widest


def widest_m(land: BaseGeometry) -> float:
    """How wide the widest part of some land is, in metres of the plane."""
    return max((width_m(part) for part in _polygons(land)), default=0.0)


def _polygons(land: BaseGeometry) -> list[Polygon]:
    return [part for part in shapely.get_parts([land]) if isinstance(part, Polygon) and not part.is_empty]


@dataclass(frozen=True, slots=True)
class Wide:
    """A wide part of a face: the places that are wider than the tolerance, and the land with what belongs to them."""

    cores: tuple[BaseGeometry, ...]
    land: BaseGeometry


def wide_parts(
    face: Polygon, tolerance_m: float, spacing_m: float, rules: Settings, cut: Cut | None = None
) -> tuple[list[Wide], list[BaseGeometry]]:
    """The wide parts of a face, and what belongs to none of them.

    `cut` says where a strip beside a wide part ends; without it a short strip belongs to the part whole.
    """
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
    whole, dangling, left = _joined(grown, strips, together, reach_m, cut or _short(reach_m))
    lands, left = _ended(whole, dangling, left, cut or _short(reach_m))
    places = [shapely.point_on_surface(part) for part in grown]
    wider = [tuple(g for g, p in zip(grown, places, strict=True) if p.intersects(part)) for part in whole]
    return [Wide(of_land, land) for of_land, land in zip(wider, lands, strict=True)], left


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
    grown: Sequence[BaseGeometry], strips: Sequence[Polygon], together: Sequence[int], reach_m: float, cut: Cut
) -> tuple[list[BaseGeometry], list[tuple[Polygon, int]], list[BaseGeometry]]:
    """The wide parts, those joined that are `together`, or between which a strip is short or has no end in it.

    Then every other strip with the index of the part beside it; and what lies beside none.
    """
    group = list(range(len(grown)))
    members: dict[int, list[BaseGeometry]] = {i: [part] for i, part in enumerate(grown)}
    for pair in _touching(grown, together):
        _join(group, members, pair, None)
    beside: list[tuple[Polygon, list[int]]] = []
    left: list[BaseGeometry] = []
    for strip in strips:
        near = [i for i, part in enumerate(grown) if part.intersects(strip)]
        between = len({together[i] for i in near}) < len(near)
        # a strip is as long as half its outline
        if not near:
            left.append(strip)
        elif len(near) > 1 and (
            strip.length / 2 <= reach_m or between or _endless(strip, [grown[i] for i in near], cut)
        ):
            _join(group, members, near, strip)
        else:
            beside.append((strip, near))
    order = sorted(members)
    whole = [robust(shapely.union_all, members[root], grid=GRID_M) for root in order]
    dangling = [(s, order.index(root)) for s, near in beside for root in sorted({_root(group, i) for i in near})]
    return whole, dangling, left


def _endless(strip: Polygon, beside: Sequence[BaseGeometry], cut: Cut) -> bool:
    """Whether nowhere in a strip between wide parts the claims agree again."""
    return any(cut(strip, part, widest_m(part))[1] is None for part in beside)


def _touching(grown: Sequence[BaseGeometry], together: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The wide parts with nothing between them, or nothing that is thin enough to part them."""
    for i, one in enumerate(grown):
        for j in range(i):
            if together[i] == together[j] or one.intersects(grown[j]):
                yield j, i


def _join(group: list[int], members: dict[int, list[BaseGeometry]], near: Sequence[int], strip: Polygon | None) -> None:
    first, *others = sorted({_root(group, i) for i in near})
    if strip is not None:
        members[first].append(strip)
    for other in others:
        group[other] = first
        members[first].extend(members.pop(other))


def _ended(
    whole: Sequence[BaseGeometry], dangling: Sequence[tuple[Polygon, int]], left: list[BaseGeometry], cut: Cut
) -> tuple[list[BaseGeometry], list[BaseGeometry]]:
    """The parts with what belongs to them of the strips beside them."""
    members = [[land] for land in whole]
    widths = [widest_m(land) for land in whole]
    for strip, index in dangling:
        kept, rest = cut(strip, whole[index], widths[index])
        if kept is not None:
            members[index].append(kept)
        if rest is not None:
            left.append(rest)
    lands = [robust(shapely.union_all, parts, grid=GRID_M) for parts in members]
    return [land if isinstance(land, Polygon) else MultiPolygon(_polygons(land)) for land in lands], left


def _short(reach_m: float) -> Cut:
    """A strip that is no longer than `reach_m` belongs to the part beside it whole, any other not at all."""

    def cut(strip: Polygon, _land: BaseGeometry, _width_m: float) -> tuple[BaseGeometry | None, BaseGeometry | None]:
        return (strip, None) if strip.length / 2 <= reach_m else (None, strip)

    return cut


def _root(group: list[int], i: int) -> int:
    while group[i] != i:
        i = group[i]
    return i


def _run_m(land: BaseGeometry, legal: Bundle) -> float:
    """How much of the legal line some land lies beside; around a headland that is more than the land is long."""
    _, chainage, _ = legal.nearest(shapely.get_coordinates(land))
    return float(min(chainage.max() - chainage.min(), land.length / 2))


def _measured(land: BaseGeometry, sign: int, legal: Bundle) -> Piece:
    _, chainage, _ = legal.nearest(shapely.get_coordinates(land))
    return Piece(land, sign, widest_m(land), float(chainage.min()), float(chainage.max()))
