"""Gives past units that have no polygon a point, with the reason for it; where nothing says where, none.

First a place that carries the unit's name on land that the lineage says was
its; else a point inside the unit that now holds its land: the one that carries
its name, or the only one there is. Where the land is now in several units and
nothing has the name, the unit stays without a point: any would be a guess.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from boundaries.units.coding import LEVELS
from boundaries.units.graphs import read_graph
from boundaries.units.lineage import Graph, Result, VersionFact, translate
from boundaries.units.service import register_span
from data import audit, derived
from data.clock import civil_date, system_clock
from data.db import unit_of_work
from data.decisions import Origin, record_decisions, source_record
from data.ids import derived_id
from geonames.places import store
from geonames.places.load import layer_id
from geonames.places.source import LICENCE, SOURCE
from geonames.romanize.readings import split_generic

ACTION = "place_past_units"
#: Raise it when the rules below change: the next load looks again for units without a point.
RULES_VERSION = 1

WITHOUT_POSITION = text("""
    SELECT u.id FROM diming.unit u
    WHERE NOT u.demonstration
      AND NOT EXISTS (SELECT FROM diming.unit_shape s WHERE s.unit_id = u.id AND upper_inf(s.known))
      AND NOT EXISTS (SELECT FROM diming.unit_point p WHERE p.unit_id = u.id AND upper_inf(p.known))
    ORDER BY u.id
""")
LABELS = text("""
    SELECT s.unit_id, s.id, s.layer_id, encode(ST_AsEWKB(s.label), 'hex') AS label
    FROM diming.unit_shape s WHERE upper_inf(s.known) AND upper_inf(s.valid)
""")
#: Where names of the source are: places, and units that rows of the source were found to be.
NAMED = text("""
    SELECT n.text, p.id AS basis_id, p.unit_id, encode(ST_AsEWKB(p.geom), 'hex') AS geom, p.rank
    FROM diming.place p JOIN diming.place_name n ON n.subject_id = p.id AND upper_inf(n.known)
    WHERE upper_inf(p.known) AND p.unit_id IS NOT NULL AND n.kind IN ('standard', 'unverified', 'alias')
""")


@dataclass(frozen=True, slots=True)
class NamedPosition:
    """A place that carries a name: in which present unit it lies, where, and how important it is."""

    basis_id: UUID
    unit_id: UUID
    geom: str
    rank: int


@dataclass(frozen=True, slots=True)
class PastPoint:
    """Where a past unit is shown, and why; `geom` as hexadecimal EWKB."""

    unit_id: UUID
    layer_id: UUID
    geom: str
    basis: str
    basis_id: UUID


def place_past_units(engine: Engine, actor: str) -> dict[str, int] | None:
    """Write points for units that have neither polygon nor point; the counts of what was found.

    None where nothing has changed since the last time. Units that stay without a point are counted
    under `without_point`.
    """
    with unit_of_work(engine) as connection:
        if derived.is_current(connection, ACTION, RULES_VERSION):
            return None
        units = list(connection.execute(WITHOUT_POSITION).scalars())
        points = _find_points(connection, units)
        counts = Counter(point.basis for point in points)
        result = {
            "by_place": counts["place"],
            "by_successor": counts["successor"],
            "without_point": len(units) - len(points),
        }
        if points:
            _write(connection, points, result, actor)
        derived.remember(connection, ACTION, RULES_VERSION, actor)
        return result


def _find_points(connection: Connection, units: Sequence[UUID]) -> list[PastPoint]:
    graph = read_graph(connection)
    through = register_span(connection).register_through
    labels = {row.unit_id: row for row in connection.execute(LABELS)}
    named = _named_positions(connection)
    found = (_find_point(graph, unit, through, labels, named) for unit in units)
    return [point for point in found if point is not None]


def _named_positions(connection: Connection) -> Mapping[str, list[NamedPosition]]:
    found: dict[str, list[NamedPosition]] = defaultdict(list)
    for row in connection.execute(NAMED):
        found[row.text].append(NamedPosition(row.basis_id, row.unit_id, row.geom, row.rank))
    return found


def _find_point(
    graph: Graph,
    unit: UUID,
    through: date,
    labels: Mapping[UUID, Any],
    named: Mapping[str, list[NamedPosition]],
) -> PastPoint | None:
    last = graph.by_unit[unit][-1]
    on = through if last.end is None else last.end - date.resolution
    holders = translate(graph, last, on, through)
    by_place = _by_place(graph, last, holders, through, named)
    if by_place is not None:
        return PastPoint(unit, layer_id(), by_place.geom, "place", by_place.basis_id)
    successor = _namesake(graph, last, holders, through) or _only_holder(holders)
    label = labels.get(successor) if successor is not None else None
    return PastPoint(unit, label.layer_id, label.label, "successor", label.id) if label else None


def _only_holder(holders: Sequence[Result]) -> UUID | None:
    alone = len(holders) == 1 and holders[0].certain
    return holders[0].version.unit_id if alone else None


def _namesake(graph: Graph, version: VersionFact, holders: Sequence[Result], through: date) -> UUID | None:
    """The one unit among the holders, and the units in them, that carries or carried the name."""
    wanted = set(_names(version))
    inside = {below for h in holders for below in graph.leaves_below(h.version.unit_id, through)}
    now = [unit for unit in inside if wanted & set(_names(graph.by_unit[unit][-1]))]
    ever = [unit for unit in inside if any(wanted & set(_names(v)) for v in graph.by_unit[unit])]
    for found in (now, ever):
        lowest = _lowest(graph, found)
        if len(lowest) == 1:
            return lowest[0]
    return None


def _lowest(graph: Graph, units: Sequence[UUID]) -> list[UUID]:
    depth = max((LEVELS.index(graph.by_unit[unit][-1].level) for unit in units), default=0)
    return [unit for unit in units if LEVELS.index(graph.by_unit[unit][-1].level) == depth]


def _names(version: VersionFact) -> list[str]:
    """The name, and without its generic term where two characters are left."""
    specific, generic = split_generic(version.name)
    return [version.name, specific] if generic is not None and len(specific) >= 2 else [version.name]


def _by_place(
    graph: Graph,
    version: VersionFact,
    holders: Sequence[Result],
    through: date,
    named: Mapping[str, list[NamedPosition]],
) -> NamedPosition | None:
    """The place of the unit's name inside its present holders; None where there is none, or several alike."""
    inside = {below for h in holders for below in graph.leaves_below(h.version.unit_id, through)}
    for name in _names(version):
        here = {p.basis_id: p for p in named.get(name, ()) if p.unit_id in inside}
        best = min((p.rank for p in here.values()), default=None)
        leading = [p for p in here.values() if p.rank == best]
        if len(leading) == 1:
            return leading[0]
    return None


def _write(connection: Connection, points: Sequence[PastPoint], counts: Mapping[str, int], actor: str) -> None:
    digest = audit.hash_rows([str(p.unit_id), str(p.basis_id), p.geom] for p in points)
    origin = Origin(
        SOURCE,
        LICENCE,
        "Points for units without a polygon: a place of their name on their land, or the unit that holds it now.",
    )
    decision = source_record(
        derived_id("decision", ACTION, digest.hex()), "无界线历史区划的示意点", origin, civil_date(system_clock())
    )
    record_decisions(connection, [decision], actor)
    rows = [
        (
            derived_id("unit_point", p.unit_id, digest.hex()),
            p.unit_id,
            p.layer_id,
            p.geom,
            p.basis,
            p.basis_id,
            decision.id,
        )
        for p in points
    ]
    store.copy_rows(connection, store.COPY_POINTS, rows)
    audit.append(
        connection,
        actor=actor,
        action=ACTION,
        decision_id=decision.id,
        details={"counts": dict(counts)},
        rows_hash=digest,
    )
