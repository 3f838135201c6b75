"""From the polygons of units to the network: segments, nodes, lines, and everything that does not fit. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LinearRing, LineString, MultiPolygon, Point, Polygon

from boundaries.geometry.content import on_grid
from boundaries.geometry.ellipsoid import area_m2
from boundaries.geometry.plane import LocalPlane, width_m
from boundaries.network.coverage import SLIVER_M, misfits
from boundaries.network.cut import Cut, cut
from boundaries.network.faults import Survey
from boundaries.network.model import LegalStatus, Line, Segment, TechnicalStatus, ordered_run
from boundaries.network.rings import derive
from data.ids import derived_id

#: Depth of levels, the highest first: of two units' chains the first that differ are the parties of a higher line.
LEVELS = ("province", "prefecture", "county", "township")


@dataclass(frozen=True, slots=True)
class Holding:
    """A cell on its way into the network: whose it is, and the units above it from the province down, itself last."""

    unit: UUID
    code: str
    name: str
    chain: tuple[tuple[str, UUID], ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A gap or an overlap: `units` those that overlap, or those around a gap; measured on the ellipsoid."""

    kind: str
    units: tuple[UUID, ...]
    geometry: Polygon
    area_m2: float
    width_m: float

    def as_json(self, names: Mapping[UUID, str]) -> dict[str, Any]:
        """The fault as a finding of the contract's form, without its outline."""
        return {
            "kind": self.kind,
            "severity": "warning",
            "message": self._message([names[unit] for unit in self.units]),
            "units": [names[unit] for unit in self.units],
            "at": [round(float(v), 6) for v in (self._point.x, self._point.y)],
            "measures": {"area_m2": round(self.area_m2, 4), "width_m": round(self.width_m, 3)},
            "rule": "network_fits",
        }

    @property
    def _point(self) -> Point:
        return shapely.point_on_surface(self.geometry)

    def _message(self, names: Sequence[str]) -> str:
        who = "、".join(names)
        where = "land that both polygons claim" if self.kind.startswith("overlap") else "land that no polygon covers"
        return f"{where}: {who}; {self.area_m2:,.1f} m², up to {self.width_m:,.2f} m wide. Left as it is."


@dataclass(frozen=True, slots=True)
class Built:
    """A network made from a layer, with what does not fit in it."""

    segments: Sequence[Segment]
    lines: Sequence[Line]
    faults: Sequence[Fault]
    vertices: int
    crossings: int
    #: units whose polygon, put together again from the segments, is not the one that was cut; none should be here
    unfaithful: Sequence[UUID]


def to_grid(polygons: Sequence[MultiPolygon]) -> NDArray[np.object_]:
    """The polygons with every vertex on the register's millimetre."""
    return np.asarray(shapely.transform(np.array(polygons, dtype=object), on_grid), dtype=object)


def build(
    cells: NDArray[np.object_],
    holdings: Sequence[Holding],
    names: Mapping[frozenset[UUID], tuple[str, str | None]],
    *,
    document: UUID,
    legal_status: LegalStatus = "undocumented",
) -> Built:
    """The network of `cells` (valid polygons on the grid), one for each of `holdings`.

    `names` gives name and code of the line between two units, where a source names it.
    """
    network = cut(cells)
    survey = Survey(cells, network)
    segments = _segments(network, survey, holdings, document, legal_status)
    return Built(
        segments=segments,
        lines=lines_of(segments, {h.unit: h for h in holdings}, names),
        faults=_faults(survey, holdings),
        vertices=len(network.coordinates),
        crossings=len(survey.crossings.first),
        unfaithful=_unfaithful(network, cells, holdings),
    )


def _segments(
    network: Cut, survey: Survey, holdings: Sequence[Holding], document: UUID, legal_status: LegalStatus
) -> list[Segment]:
    left, right = network.cells_of(1), network.cells_of(-1)
    found = []
    for arc in range(len(network)):
        line = LineString(network.arc(arc))
        for one, other in _sides(left[arc], right[arc]):
            holders = [None if cell is None else holdings[cell] for cell in (one, other)]
            codes = ["" if holding is None else holding.code for holding in holders]
            segment = Segment(
                id=derived_id("boundary-segment", line.wkb_hex, *codes),
                left=None if holders[0] is None else holders[0].unit,
                right=None if holders[1] is None else holders[1].unit,
                geometry=line,
                legal_status=legal_status,
                technical_status=_technical(arc, left[arc], right[arc], survey.unsure_arcs),
                document=document,
            )
            if segment.left != segment.right:
                found.append(segment)
    return found


def _sides(left: Sequence[int], right: Sequence[int]) -> list[tuple[int | None, int | None]]:
    """The pairs of cells on either side; where several claim one side, each is a segment of its own."""
    count = max(len(left), len(right))
    lefts: list[int | None] = [*left] if len(left) > 1 else [*left, None][:1] * count
    rights: list[int | None] = [*right] if len(right) > 1 else [*right, None][:1] * count
    return [(a, b) for a in dict.fromkeys(lefts) for b in dict.fromkeys(rights)]


def _technical(arc: int, left: Sequence[int], right: Sequence[int], unsure: set[int]) -> TechnicalStatus:
    if len(left) > 1 or len(right) > 1:
        return "not_edge_matched"
    if arc in unsure:
        return "not_edge_matched"
    return "edge_matched" if left and right else "one_sided"


def _faults(survey: Survey, holdings: Sequence[Holding]) -> list[Fault]:
    found = [
        _measured(one.kind, tuple(holdings[cell].unit for cell in one.cells), one.geometry) for one in misfits(survey)
    ]
    return sorted(found, key=lambda fault: -fault.width_m)


def _measured(kind: str, units: tuple[UUID, ...], piece: Polygon) -> Fault:
    width = width_m(LocalPlane.of(piece).to_plane(piece))
    return Fault(f"{kind}_sliver" if width <= SLIVER_M else kind, units, piece, area_m2(piece), width)


def _unfaithful(network: Cut, cells: NDArray[np.object_], holdings: Sequence[Holding]) -> list[UUID]:
    back = np.array([found.polygon for found in derive(network, len(cells))], dtype=object)
    whole = np.array([MultiPolygon([_plain(part) for part in shapely.get_parts(cell)]) for cell in cells], dtype=object)
    same = shapely.equals_exact(shapely.normalize(back), shapely.normalize(whole), 0.0)
    return [holding.unit for holding, is_same in zip(holdings, same, strict=True) if not is_same]


def _plain(part: Polygon) -> Polygon:
    """The polygon with repeated vertices once."""
    return Polygon(_once(part.exterior), [_once(hole) for hole in part.interiors])


def _once(ring: LinearRing) -> NDArray[np.float64]:
    vertices = shapely.get_coordinates(ring)
    once: NDArray[np.float64] = vertices[np.append(True, (np.diff(vertices, axis=0) != 0).any(axis=1))]
    return once


def lines_of(
    segments: Sequence[Segment],
    holdings: Mapping[UUID, Holding],
    names: Mapping[frozenset[UUID], tuple[str, str | None]],
) -> list[Line]:
    """The lines between units, at every level at which the two sides differ, each an ordered run of segments."""
    members: dict[tuple[str, frozenset[UUID]], list[Segment]] = defaultdict(list)
    for segment in segments:
        one, other = (holdings.get(unit) if unit else None for unit in (segment.left, segment.right))
        if one is not None and other is not None:
            for level, pair in parties(one.chain, other.chain):
                members[level, pair].append(segment)
    below = _below(holdings.values())
    in_order = sorted(members.items(), key=lambda item: (LEVELS.index(item[0][0]), sorted(item[0][1])))
    return [_line(level, pair, run, below, names) for (level, pair), run in in_order]


def _below(holdings: Iterable[Holding]) -> dict[UUID, frozenset[UUID]]:
    """For each unit the holdings that are it or lie below it."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for holding in holdings:
        for _, unit in holding.chain:
            found[unit].add(holding.unit)
    return {unit: frozenset(units) for unit, units in found.items()}


def parties(one: Sequence[tuple[str, UUID]], other: Sequence[tuple[str, UUID]]) -> list[tuple[str, frozenset[UUID]]]:
    """For each level at which both chains have a unit, and not the same one, the two units."""
    of_other = dict(other)
    pairs = [(level, frozenset([unit, of_other[level]])) for level, unit in one if level in of_other]
    return [(level, pair) for level, pair in pairs if len(pair) == 2]


def _line(
    level: str,
    pair: frozenset[UUID],
    segments: Sequence[Segment],
    below: Mapping[UUID, frozenset[UUID]],
    names: Mapping[frozenset[UUID], tuple[str, str | None]],
) -> Line:
    first, second = sorted(pair)
    name, code = names.get(pair, (None, None))
    run = tuple(ordered_run(segments, below[first]))
    return Line(line_id(level, pair), name, code, level, (first, second), run)


def line_id(level: str, pair: frozenset[UUID]) -> UUID:
    """The identifier of the line between two units of a level: there is one at most at a time."""
    return derived_id("boundary-line", level, *sorted(pair))


def counted(built: Built) -> dict[str, int]:
    """The numbers of a network, by what is counted."""
    return {
        "segments": len(built.segments),
        "vertices": built.vertices,
        "lines": len(built.lines),
        "crossings": built.crossings,
        **dict(sorted(Counter(f"segments_{s.technical_status}" for s in built.segments).items())),
        **dict(sorted(Counter(f"lines_{line.level}" for line in built.lines).items())),
        **dict(sorted(Counter(fault.kind for fault in built.faults).items())),
    }
