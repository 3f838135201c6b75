"""What the network of boundaries is made of. Pure values; coordinates are degrees of the stored system.

The polygons of units are not here: they follow from the segments
(`Network.polygon`), so two neighbours can never disagree by accident. What
lies beside a segment is a holder: a unit, a condominium (共管地), or `None`
where no unit of the register is (sea, abroad, a gap nobody claims).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import LinearRing, LineString, MultiPolygon, Polygon

from boundaries.geometry.content import content_hash, to_steps
from boundaries.network.rings import Assembled, assemble

#: By what right a segment is where it is. `undocumented`: it was drawn by a source that names no document.
LegalStatus = Literal["agreed", "ordered", "not_agreed", "undocumented"]
#: Whether both sides draw it vertex by vertex. `one_sided`: only one unit of the register is beside it.
TechnicalStatus = Literal["edge_matched", "not_edge_matched", "one_sided"]
#: 三交点, 四交点, 界桩, 约定转折点, where a ring without another node begins, and where a line ends.
NodeKind = Literal["tri_point", "quad_point", "marker", "turning_point", "ring_start", "end"]
#: Degrees by which the frame stands off land whose outside is looked for; any that is not zero does.
FRAME = 1.0


@dataclass(frozen=True, slots=True)
class Node:
    """A place at which segments meet or begin."""

    id: UUID
    kind: NodeKind
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of boundary between two nodes, with one holder on each side all along.

    `scale` is the denominator of the source map's scale, `accuracy_m` the RMSE of a point; None: not known.
    `document` is the id of the decision that put it there.
    """

    id: UUID
    left: UUID | None
    right: UUID | None
    geometry: LineString
    legal_status: LegalStatus = "undocumented"
    technical_status: TechnicalStatus = "edge_matched"
    scale: int | None = None
    accuracy_m: float | None = None
    method: str | None = None
    document: UUID | None = None

    @property
    def hash(self) -> bytes:
        """SHA-256 of the geometry to the millimetre, in either direction."""
        return content_hash(shapely.get_coordinates(self.geometry))

    def reversed(self) -> Segment:
        """The same stretch run through from its end: left becomes right."""
        return replace(self, left=self.right, right=self.left, geometry=shapely.reverse(self.geometry))

    def same_boundary(self, other: Segment) -> bool:
        """Whether both divide the same holders along the same vertices, whichever way they run."""
        turned = other if self._runs_as(other) else other.reversed()
        return self.hash == other.hash and (self.left, self.right) == (turned.left, turned.right)

    def _runs_as(self, other: Segment) -> bool:
        mine, its = (to_steps(shapely.get_coordinates(s.geometry)) for s in (self, other))
        return bool(mine.shape == its.shape and (mine == its).all())


@dataclass(frozen=True, slots=True)
class Condominium:
    """Land that several units hold together (共管地), a holder of its own in the network."""

    id: UUID
    name: str
    holders: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Line:
    """A boundary line (界线): an ordered run of segments between two units of one level.

    `name` and `code` None: none is on record. `run` names each segment with the direction in which the line goes
    through it (1 as it is stored, -1 against).
    """

    id: UUID
    name: str | None
    code: str | None
    level: str
    units: tuple[UUID, UUID]
    run: tuple[tuple[UUID, int], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One separate piece of a unit's land. `within`: the only holder all round it, where it is an enclave (飞地).

    `alone`: nobody of the register lies round it, as with an island.
    """

    polygon: Polygon
    is_main: bool
    within: UUID | None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Hole:
    """Land inside a unit's part that is not the unit's. `holders`: who lies along its edge; `None`: nobody does."""

    polygon: Polygon
    holders: frozenset[UUID | None]


@dataclass(frozen=True, slots=True)
class BreakingOff:
    """Where a unit's ring is open: the place (longitude, latitude), and the segment that breaks off there."""

    at: tuple[float, float]
    segment: UUID


class Network:
    """Segments with the condominiums among their holders: asked for polygons, parts and open ends."""

    def __init__(self, segments: Iterable[Segment], condominiums: Iterable[Condominium] = ()) -> None:
        self.segments: Mapping[UUID, Segment] = {segment.id: segment for segment in segments}
        self.condominiums = tuple(condominiums)

    @cached_property
    def _sides(self) -> Mapping[UUID, list[tuple[UUID, int]]]:
        sides: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
        for segment in self.segments.values():
            for holder, side in ((segment.left, 1), (segment.right, -1)):
                if holder is not None:
                    sides[holder].append((segment.id, side))
        return sides

    @property
    def holders(self) -> Sequence[UUID]:
        """Everybody who is beside a segment, in order."""
        return sorted(self._sides)

    def boundary(self, holder: UUID) -> Assembled:
        """The polygon of a holder, and where its ring is open."""
        sides = self._sides.get(holder, [])
        number = {identity: i for i, (identity, _) in enumerate(sides)}
        arcs = {i: shapely.get_coordinates(self.segments[identity].geometry) for identity, i in number.items()}
        return assemble(arcs, [(number[identity], side) for identity, side in sides])

    def polygon(self, unit: UUID) -> MultiPolygon:
        """The land of a unit alone, without condominiums in which it has a part."""
        return self.boundary(unit).polygon

    def open_ends(self, unit: UUID) -> list[BreakingOff]:
        """Where the ring of a unit is open, each end with the segment that breaks off there, from west to east."""
        sides = self._sides.get(unit, [])
        ends = {BreakingOff(end.position, sides[end.arc][0]) for end in self.boundary(unit).open_ends}
        return sorted(ends, key=lambda end: (end.at, end.segment))

    def holes(self, unit: UUID) -> list[Hole]:
        """The land inside a unit's parts that is not its own, the largest first.

        Parts that touch each other in points can enclose land between them too.
        """
        found = [Hole(Polygon(ring), frozenset(self._along(unit, ring))) for ring in _around_holes(self.polygon(unit))]
        return sorted(found, key=lambda hole: (-hole.polygon.area, hole.polygon.bounds))

    def shared(self, unit: UUID) -> list[Condominium]:
        """The condominiums in which a unit has a part."""
        return [one for one in self.condominiums if unit in one.holders]

    def parts(self, unit: UUID) -> list[Part]:
        """The pieces of a unit's land, the largest first; the others are exclaves of it."""
        pieces = sorted(self.polygon(unit).geoms, key=lambda piece: -piece.area)
        return [self._part(unit, piece, i == 0) for i, piece in enumerate(pieces)]

    def _part(self, unit: UUID, piece: Polygon, is_main: bool) -> Part:
        around = self._along(unit, piece.exterior)
        return Part(piece, is_main, next(iter(around)) if len(around) == 1 else None, around == {None})

    def _along(self, unit: UUID, ring: LinearRing) -> set[UUID | None]:
        """Who lies on the other side of a ring of a unit's land."""
        places = {tuple(step) for step in to_steps(shapely.get_coordinates(ring)).tolist()}
        around: set[UUID | None] = set()
        for identity, side in self._sides[unit]:
            segment = self.segments[identity]
            steps = to_steps(shapely.get_coordinates(segment.geometry))
            if all(tuple(step) in places for step in steps.tolist()):
                around.add(segment.right if side > 0 else segment.left)
        return around


def _around_holes(land: MultiPolygon) -> list[LinearRing]:
    """The rings around what land encloses: where it is in several pieces, around what is no way out of it."""
    if len(land.geoms) < 2 or not land.is_valid:  # an open boundary's land can be drawn over itself
        return [ring for piece in land.geoms for ring in piece.interiors]
    frame = shapely.box(*land.bounds).buffer(FRAME, join_style="mitre")
    outside = shapely.get_parts(shapely.difference(frame, land))
    return [piece.exterior for piece in outside if piece.bounds != frame.bounds]


def node_kinds(segments: Iterable[Segment]) -> dict[tuple[int, int], NodeKind]:
    """What each end of a segment is, by its place on the grid: how many ends meet there says it."""
    degree: Counter[tuple[int, int]] = Counter()
    rings: set[tuple[int, int]] = set()
    for segment in segments:
        first, last = _ends(segment, 1)
        degree.update([first, last])
        rings |= {first} if first == last else set()
    kinds: dict[int, NodeKind] = {1: "end", 2: "turning_point", 3: "tri_point"}
    return {
        place: "ring_start" if count == 2 and place in rings else kinds.get(count, "quad_point")
        for place, count in degree.items()
    }


def ordered_run(segments: Sequence[Segment], left: frozenset[UUID]) -> list[tuple[UUID, int]]:
    """Segments of one line as an ordered run, each with the direction in which the line goes through it.

    `left` are the holders on one side: all segments get them on the same hand. The run goes from west to east, or
    from north to south where the line is taller than wide (界桩 are numbered so: 由西向东, 由北向南); separate
    stretches follow each other in that order.
    """
    turned = {s.id: (1 if s.left in left else -1) for s in segments}
    by_start: dict[tuple[int, int], list[Segment]] = defaultdict(list)
    arrivals: Counter[tuple[int, int]] = Counter()
    for segment in segments:
        first, last = _ends(segment, turned[segment.id])
        by_start[first].append(segment)
        arrivals[last] += 1
    heads = [s for s in segments if not arrivals[_ends(s, turned[s.id])[0]]]
    chains, used = [], set[UUID]()
    for head in [*sorted(heads, key=_westward), *sorted(segments, key=_westward)]:
        chain = _chain(head, by_start, turned, used)
        if chain:
            chains.append([(segment, turned[segment.id]) for segment in chain])
    return [(segment.id, way) for chain in _in_direction(chains) for segment, way in chain]


def _ends(segment: Segment, way: int) -> tuple[tuple[int, int], tuple[int, int]]:
    steps = to_steps(shapely.get_coordinates(segment.geometry)[[0, -1]])[::way]
    return (int(steps[0, 0]), int(steps[0, 1])), (int(steps[1, 0]), int(steps[1, 1]))


def _westward(segment: Segment) -> tuple[float, ...]:
    return tuple(np.asarray(segment.geometry.bounds).tolist())


def _chain(
    head: Segment, by_start: Mapping[tuple[int, int], list[Segment]], turned: Mapping[UUID, int], used: set[UUID]
) -> list[Segment]:
    chain, segment = [], head if head.id not in used else None
    while segment is not None:
        chain.append(segment)
        used.add(segment.id)
        following = by_start[_ends(segment, turned[segment.id])[1]]
        segment = next((s for s in following if s.id not in used), None)
    return chain


Run = list[tuple[Segment, int]]


def _in_direction(chains: list[Run]) -> list[Run]:
    """Chains, and each in itself, from west to east where the line is wider than tall, else from north to south."""
    if not chains:
        return []
    bounds = shapely.total_bounds(np.array([s.geometry for chain in chains for s, _ in chain], dtype=object))
    west, south, east, north = bounds.tolist()
    wide = (east - west) * np.cos(np.radians((south + north) / 2)) >= north - south
    axis, sign = (0, 1) if wide else (1, -1)

    def progress(chain: Run) -> int:
        return sign * (_ends(*chain[-1])[1][axis] - _ends(*chain[0])[0][axis])

    if sum(map(progress, chains)) < 0:
        chains = [[(segment, -way) for segment, way in reversed(chain)] for chain in chains]
    return sorted(chains, key=lambda chain: sign * _ends(*chain[0])[0][axis])
