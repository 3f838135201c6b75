"""Building the network from the polygons of units: one transaction with its decision, audit entry and feed."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Point, Polygon
from sqlalchemy import Connection, Engine

from boundaries.network import store
from boundaries.network.build import Built, Holding, build, counted, to_grid
from boundaries.network.model import Line
from boundaries.shapes.checks import as_multipolygon
from boundaries.shapes.display import DrawnUnit, units_of_map
from boundaries.shapes.store import find_load, insert_load
from boundaries.units.service import register_span
from data import audit, feed
from data.access import Actor, require
from data.access.model import COUNTRY
from data.clock import civil_date, system_clock
from data.db import reading, unit_of_work
from data.decisions import DecisionDraft, Link, Origin, record_decisions, record_links, source_record
from data.errors import BadInput, Conflict, IntegrityError, Unavailable
from data.ids import derived_id

LOAD_KIND = "boundary_network"
NAMED_LINES = Path(__file__).parents[2] / "data" / "reference" / "boundaries" / "lines.csv"
#: Vertices of a stroke to a point and back, closed, with one repetition each; longer ones are not valid polygons.
_FEW = 6

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Layer:
    """The polygons of a day as cells of the network, and where they come from."""

    cells: NDArray[np.object_]
    holdings: Sequence[Holding]
    shapes: Sequence[UUID]
    valid_from: date
    #: parts of polygons that are points or strokes: they have no boundary that could divide anybody
    without_area: Sequence[tuple[str, Point]]

    @property
    def hash(self) -> bytes:
        """SHA-256 of all cells with their units: the identity of a build."""
        digest = hashlib.sha256(self.valid_from.isoformat().encode())
        for holding, cell in zip(self.holdings, self.cells, strict=True):
            digest.update(holding.unit.bytes + shapely.to_wkb(cell))
        return digest.digest()


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """What a build made, or would make."""

    outcome: str
    valid_from: date
    counts: Mapping[str, int]
    findings: Sequence[Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return {
            "outcome": self.outcome,
            "valid_from": self.valid_from.isoformat(),
            "counts": dict(self.counts),
            "findings": list(self.findings),
        }


def build_network(engine: Engine, actor: Actor, progress: Progress, *, preview: bool = False) -> NetworkReport:
    """Cut the polygons of the register's last day into the network, all or nothing.

    What does not fit is reported and left as it is. The same polygons again change nothing
    (`already_built`). Raises `Conflict` `network_exists` where there is a network of other polygons: then a
    boundary is changed by a document; `BadInput` `polygons_not_valid`; `Unavailable` `no_polygons`.
    """
    require(actor, "boundary.build", COUNTRY)
    with unit_of_work(engine) as connection:
        layer = _read(connection, progress)
        earlier = find_load(connection, LOAD_KIND, layer.hash)
        if earlier is not None:
            return _of_earlier(earlier)
        if connection.scalar(store.HAS_NETWORK):
            raise Conflict(
                "There is a network already, made from other polygons. A boundary changes by a document: hand the "
                "new lines in as a changeset. Nothing was changed.",
                code="network_exists",
            )
        progress(f"cutting {len(layer.cells):,} polygons")
        names, sources = _names(connection, layer.valid_from)
        decision = derived_id("decision", LOAD_KIND, layer.hash.hex())
        built = build(layer.cells, layer.holdings, names, document=decision)
        _require_faithful(built)
        report = _report(built, layer, "preview" if preview else "built")
        if not preview:
            progress(f"writing {len(built.segments):,} segments and {len(built.lines):,} lines")
            _write(connection, layer, built, decision, sources, report, actor.name)
        return report


def has_network(engine: Engine) -> bool:
    """Whether there is a network, of whatever polygons."""
    with reading(engine) as connection:
        return bool(connection.scalar(store.HAS_NETWORK))


def _read(connection: Connection, progress: Progress) -> Layer:
    progress("reading the polygons")
    day = register_span(connection).register_through
    rows = {row.unit_id: row for row in connection.execute(store.CELLS, {"on": day})}
    if not rows:
        raise Unavailable("The register holds no polygons to cut. Run `./diming load units` first.", code="no_polygons")
    drawn = [
        DrawnUnit(row.unit_id, row.parent_id, row.level, row.shape_id, shapely.from_wkb(bytes(row.geometry)))
        for row in rows.values()
    ]
    chosen = sorted(units_of_map("county", drawn), key=lambda unit: rows[unit.unit_id].code)
    names = [rows[unit.unit_id].name for unit in chosen]
    cells, without_area = _with_area(to_grid([as_multipolygon(unit.geometry) for unit in chosen]), names)
    _require_valid(cells, names)
    units = {row.unit_id: row for row in connection.execute(store.UNITS, {"on": day})}
    holdings = [
        Holding(u.unit_id, rows[u.unit_id].code, rows[u.unit_id].name, _chain(units, u.unit_id)) for u in chosen
    ]
    # the first day on which all these polygons hold together
    begin = max(rows[unit.unit_id].begin for unit in chosen)
    return Layer(cells, holdings, [unit.shape_id for unit in chosen], begin, without_area)


def _with_area(cells: NDArray[np.object_], names: Sequence[str]) -> tuple[NDArray[np.object_], list[tuple[str, Point]]]:
    """The cells without parts of no area, and those parts, each by the unit's name and its place."""
    parts, whose = shapely.get_parts(cells, return_index=True)
    flat = np.array([_is_flat(part) for part in parts], dtype=bool)  # an area of 0 comes out as 1e-14 at times
    kept = [MultiPolygon(parts[(whose == i) & ~flat].tolist()) if (whose[flat] == i).any() else cell
            for i, cell in enumerate(cells)]  # fmt: skip
    lost = [(names[i], part.centroid) for i, part in zip(whose[flat].tolist(), parts[flat], strict=True)]
    return np.array(kept, dtype=object), lost


def _chain(units: Mapping[UUID, Any], unit: UUID) -> tuple[tuple[str, UUID], ...]:
    """The units from the province down to `unit`, each with its level."""
    chain: list[tuple[str, UUID]] = []
    row = units.get(unit)
    while row is not None:
        chain.append((row.level, row.unit_id))
        row = units.get(row.parent_id)
    return tuple(reversed(chain))


def _require_valid(cells: NDArray[np.object_], names: Sequence[str]) -> None:
    wrong = [(names[i], shapely.is_valid_reason(cells[i])) for i in np.flatnonzero(~shapely.is_valid(cells)).tolist()]
    if wrong:
        said = "; ".join(f"{name}: {reason}" for name, reason in wrong[:10])
        raise BadInput(
            f"{len(wrong)} polygons are not valid to the millimetre ({said}). Nothing was built.",
            code="polygons_not_valid",
            polygons=[{"name": name, "reason": reason} for name, reason in wrong],
        )


def _require_faithful(built: Built) -> None:
    if built.unfaithful:
        raise IntegrityError(
            f"{len(built.unfaithful)} polygons put together again from the network are not those that were cut. "
            "Nothing was built: this is a fault of the program.",
            code="network_not_faithful",
        )


def _names(
    connection: Connection, day: date
) -> tuple[dict[frozenset[UUID], tuple[str, str | None]], dict[frozenset[UUID], str]]:
    """The names of lines that are on record, and their sources, by the two units."""
    by_code = {row.code: row.unit_id for row in connection.execute(store.UNITS, {"on": day})}
    names: dict[frozenset[UUID], tuple[str, str | None]] = {}
    sources = {}
    with NAMED_LINES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["unit_a"] in by_code and row["unit_b"] in by_code:
                pair = frozenset([by_code[row["unit_a"]], by_code[row["unit_b"]]])
                names[pair], sources[pair] = (row["name"], None), f"{row['source']} [{row['mark']}]"
    return names, sources


def _report(built: Built, layer: Layer, outcome: str) -> NetworkReport:
    names = {holding.unit: holding.name for holding in layer.holdings}
    faults = [fault.as_json(names) for fault in built.faults]
    flat = [_flat(name, point) for name, point in layer.without_area]
    counts = {"polygons": len(layer.cells), **counted(built), "part_without_area": len(flat)}
    return NetworkReport(outcome, layer.valid_from, counts, [*flat, *faults])


def _is_flat(part: Polygon) -> bool:
    """Whether a polygon has fewer than three vertices that differ, or all on one parallel or meridian."""
    west, south, east, north = part.bounds
    if west == east or south == north:
        return True
    few = shapely.get_num_coordinates(part) <= _FEW
    return bool(few and len(np.unique(shapely.get_coordinates(part), axis=0)) < 3)


def _flat(name: str, point: Point) -> dict[str, Any]:
    return {
        "kind": "part_without_area",
        "severity": "warning",
        "message": f"a part of the polygon of {name} at ({point.x:.6f}, {point.y:.6f}) is a point or a stroke: it has "
        "no boundary and stays in the polygon only",
        "units": [name],
        "at": [round(point.x, 6), round(point.y, 6)],
        "measures": {"area_m2": 0.0, "width_m": 0.0},
        "rule": "network_fits",
    }


def _of_earlier(body: Mapping[str, Any]) -> NetworkReport:
    return NetworkReport("already_built", date.fromisoformat(body["valid_from"]), body["counts"], body["findings"])


def _write(
    connection: Connection,
    layer: Layer,
    built: Built,
    decision: UUID,
    sources: Mapping[frozenset[UUID], str],
    report: NetworkReport,
    actor: str,
) -> None:
    record_decisions(connection, [_decision(connection, layer, decision)], actor)
    begin = layer.valid_from
    store.insert_nodes(connection, built.segments, begin, decision)
    store.insert_segments(connection, built.segments, begin, decision)
    named = {line.id: sources[frozenset(line.units)] for line in built.lines if frozenset(line.units) in sources}
    store.insert_lines(connection, built.lines, named, begin, decision)
    record_links(connection, [Link(decision, "segments", segment.id, "opened") for segment in built.segments])
    record_links(connection, [Link(decision, "lines", line.id, "opened") for line in built.lines])
    load_id = derived_id("load", LOAD_KIND, layer.hash.hex())
    body = json.dumps(report.as_json(), ensure_ascii=False)
    insert_load(connection, load_id, LOAD_KIND, layer.hash, decision, body)
    audit.append(
        connection,
        actor=actor,
        action="boundary.build",
        decision_id=decision,
        details={"counts": dict(report.counts)},
        rows_hash=audit.hash_rows([str(s.id), s.hash.hex()] for s in built.segments),
        feed=feed.publish(connection, [_change(line, begin, decision) for line in built.lines]),
    )


def _decision(connection: Connection, layer: Layer, decision: UUID) -> DecisionDraft:
    """The record of where the lines come from: a layer of polygons is no agreement, and none is claimed."""
    layers = connection.execute(store.LAYERS, {"shapes": list(layer.shapes)}).all()
    said = "; ".join(f"{row.key} ({row.title_zh}) SHA-256 {row.sha256}" for row in layers)
    origin = Origin(
        "; ".join(sorted({row.source for row in layers})),
        "; ".join(sorted({row.licence for row in layers})),
        f"{said}. The polygons name no agreement; the legal status of every segment is undocumented.",
    )
    return source_record(decision, "由行政区域面数据生成界线网", origin, civil_date(system_clock()), layer.valid_from)


def _change(line: Line, begin: date, decision: UUID) -> feed.Change:
    """A line in the feed: never its course."""
    after = {
        "id": line.id,
        "name": line.name,
        "code": line.code,
        "level": line.level,
        "units": list(line.units),
        "segments": len(line.run),
        "valid": {"from": begin.isoformat(), "to": None},
    }
    return feed.Change("lines", line.id, None, after, decision)
