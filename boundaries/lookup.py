"""The read-only question that others may ask of positions: which units held this point on a day?

From the day on which the polygons hold, the polygons answer. Before it nobody
drew them here, and the lineage answers: where all land of the unit that holds
the point now came from one unit of then, that unit is given (`present_polygon`);
else all units from which it may have come are (`candidates`), and the chain is
given only down to the level at which they agree. Names and codes only: no
boundary leaves this module, so anonymous visitors may ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, text

from boundaries.units.coding import LEVELS
from boundaries.units.graphs import current_graph
from boundaries.units.lineage import Graph, VersionFact, translate
from boundaries.units.service import RegisterSpan, register_span
from data.crs import check_position
from data.db import PREPARED
from data.errors import DimingError, NotFound

Basis = Literal["polygon", "present_polygon", "candidates"]

SHAPES_AT = text(
    "SELECT unit_id, level, lower(valid) AS begin, upper(valid) AS end FROM published.shapes_at(:lon, :lat)"
).execution_options(**PREPARED)
SHAPES_AT_MANY = text("""
    SELECT q.number, s.unit_id, s.level, lower(s.valid) AS begin, upper(s.valid) AS end
    FROM unnest(CAST(:longitudes AS float8[]), CAST(:latitudes AS float8[])) WITH ORDINALITY AS q(lon, lat, number)
    CROSS JOIN LATERAL published.shapes_at(q.lon, q.lat) s ORDER BY q.number
""")
UNITS_WITH_SHAPE = text("""
    SELECT DISTINCT unit_id FROM published.unit_position WHERE basis = 'polygon' AND unit_id = ANY(:units)
""")


@dataclass(frozen=True, slots=True)
class ShapeHere:
    """A polygon that holds the point, and when it holds (`end` exclusive; None: still)."""

    unit_id: UUID
    level: str
    begin: date
    end: date | None

    def holds(self, on: date) -> bool:
        """Whether the polygon is of that day."""
        return self.begin <= on and (self.end is None or on < self.end)


@dataclass(frozen=True, slots=True)
class Answer:
    """Who held the point: `chain` from the province down as far as it is certain, else `candidates`."""

    basis: Basis
    chain: tuple[VersionFact, ...]
    candidates: tuple[VersionFact, ...]


def units_at(connection: Connection, longitude: float, latitude: float, as_of: date | None = None) -> dict[str, Any]:
    """The units at a position (degrees, CGCS2000) on a day: `{"point", "as_of", "basis", "units", "candidates"}`.

    Raises `BadRequest` `coordinates_out_of_range` and for dates outside the register,
    `NotFound` `point_outside_units` where no polygon holds the point (sea, or abroad).
    """
    check_position(longitude, latitude)
    span = register_span(connection)
    day = span.day(as_of)
    rows = connection.execute(SHAPES_AT, {"lon": longitude, "lat": latitude})
    here = [ShapeHere(*row) for row in rows]
    if not here:
        raise _outside(longitude, latitude)
    return {"point": [longitude, latitude], **_shown(connection, here, day, span)}


def units_at_many(
    connection: Connection, points: Sequence[tuple[float, float]], as_of: date | None = None
) -> list[dict[str, Any] | DimingError]:
    """The units at many positions (degrees, CGCS2000), in order; where `units_at` raises, what it raises is given.

    Raises `BadRequest` for a date outside the register.
    """
    span = register_span(connection)
    day = span.day(as_of)
    found: dict[int, list[ShapeHere]] = defaultdict(list)
    good = [(n, point) for n, point in enumerate(points) if not _refused(point)]
    asked = {"longitudes": [p[0] for _, p in good], "latitudes": [p[1] for _, p in good]}
    for number, *shape in connection.execute(SHAPES_AT_MANY, asked):
        found[good[number - 1][0]].append(ShapeHere(*shape))
    # neighbours lie in the same polygons: each combination is thought through once
    known: dict[tuple[ShapeHere, ...], dict[str, Any]] = {}
    answers: list[dict[str, Any] | DimingError] = []
    for number, point in enumerate(points):
        here = tuple(found[number])
        if not here:
            answers.append(_refused(point) or _outside(*point))
            continue
        if here not in known:
            known[here] = _shown(connection, here, day, span)
        answers.append({"point": list(point), **known[here]})
    return answers


def _refused(point: tuple[float, float]) -> DimingError | None:
    try:
        check_position(*point)
    except DimingError as error:
        return error
    return None


def _outside(longitude: float, latitude: float) -> NotFound:
    return NotFound(
        f"No unit's polygon holds ({longitude}, {latitude}): it lies in the sea, abroad, or in land that "
        "the polygons loaded here leave out. Longitude comes first.",
        code="point_outside_units",
    )


def _shown(connection: Connection, here: Sequence[ShapeHere], day: date, span: RegisterSpan) -> dict[str, Any]:
    answer = _answer(connection, here, day, span)
    return {
        "as_of": day,
        "register_through": span.register_through,
        "basis": answer.basis,
        "units": [_brief(version) for version in answer.chain],
        "candidates": [_candidate(connection, version, day) for version in answer.candidates],
        "uncertain": any(version.uncertain_on(day) for version in (*answer.chain, *answer.candidates)),
        "note": NOTES[answer.basis],
    }


NOTES: dict[Basis, str] = {
    "polygon": "By the polygons of that day.",
    "present_polygon": "By today's polygon and the lineage: all land of today's unit was this unit's. "
    "Changes of a boundary that are in no decision are not known.",
    "candidates": "The land of today's unit came from several units, or was parted since; which of them held "
    "this point is not known.",
}


def _answer(connection: Connection, here: Sequence[ShapeHere], day: date, span: RegisterSpan) -> Answer:
    graph = current_graph(connection)
    of_day = [shape for shape in here if shape.holds(day)]
    if of_day:
        return _by_polygons(connection, graph, of_day, day)
    present = [shape for shape in here if shape.end is None] or list(here)
    lowest = _lowest(present)
    on = min(lowest.begin, span.register_through)
    return _by_lineage(graph, lowest.unit_id, on, day)


def _lowest(shapes: Sequence[ShapeHere]) -> ShapeHere:
    return max(shapes, key=lambda shape: (LEVELS.index(shape.level), str(shape.unit_id)))


def _by_polygons(connection: Connection, graph: Graph, shapes: Sequence[ShapeHere], day: date) -> Answer:
    """The chain by the lowest polygons; several where the point is on a boundary."""
    depth = max(LEVELS.index(shape.level) for shape in shapes)
    lowest = [shape.unit_id for shape in shapes if LEVELS.index(shape.level) == depth]
    versions = _still_holding(graph, [shape for shape in shapes if shape.unit_id in lowest], day)
    versions += _undrawn_heirs(connection, graph, lowest, day)
    versions = list({version.unit_id: version for version in versions}.values())
    if len(versions) == 1:
        return Answer("polygon", tuple(graph.chain(versions[0], day)), ())
    return _candidates(graph, versions, day)


def _still_holding(graph: Graph, shapes: Sequence[ShapeHere], day: date) -> list[VersionFact]:
    """The units that hold on `day` the land that these polygons showed on their first day."""
    found: list[VersionFact] = []
    for shape in shapes:
        # by another governing date a unit may begin after its polygon
        version = graph.version_of(shape.unit_id, shape.begin) or next(iter(graph.by_unit.get(shape.unit_id, ())), None)
        if version is not None:
            on = max(shape.begin, version.begin)
            found += [result.version for result in translate(graph, version, on, day)]
    return found


def _undrawn_heirs(connection: Connection, graph: Graph, units: Sequence[UUID], day: date) -> list[VersionFact]:
    """Units that received land of these and have no polygon: the layer is older than they are."""
    heirs = {
        edge.to_unit
        for unit in units
        for edge in graph.forward.get(unit, ())
        if edge.on <= day and graph.version_of(edge.to_unit, day) is not None
    }
    if not heirs:
        return []
    drawn = set(connection.scalars(UNITS_WITH_SHAPE, {"units": list(heirs)}))
    found = [graph.version_of(unit, day) for unit in sorted(heirs - drawn, key=str)]
    return [version for version in found if version is not None]


def _by_lineage(graph: Graph, unit: UUID, on: date, day: date) -> Answer:
    version = graph.version_of(unit, on)
    if version is None:
        return Answer("candidates", (), ())
    # where the register had no units of this level yet, the unit above answers
    for holder in reversed(graph.chain(version, on)):
        results = translate(graph, holder, on, day)
        if len(results) == 1 and results[0].certain:
            return Answer("present_polygon", tuple(graph.chain(results[0].version, day)), ())
        if results:
            return _candidates(graph, [result.version for result in results], day)
    return Answer("candidates", (), ())


def _candidates(graph: Graph, versions: Sequence[VersionFact], day: date) -> Answer:
    """All of `versions`, and the chain as far down as they have it in common."""
    chains = [graph.chain(version, day) for version in versions]
    common: list[VersionFact] = []
    for level in zip(*chains, strict=False):
        if len({version.unit_id for version in level}) > 1:
            break
        common.append(level[0])
    ordered = sorted(versions, key=lambda version: version.code)
    return Answer("candidates", tuple(common), tuple(ordered))


def _brief(version: VersionFact) -> dict[str, Any]:
    return {"id": version.unit_id, "code": version.code, "name": version.name, "level": version.level}


def _candidate(connection: Connection, version: VersionFact, day: date) -> dict[str, Any]:
    chain = current_graph(connection).chain(version, day)
    return {**_brief(version), "chain": [above.name for above in chain]}
