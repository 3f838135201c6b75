"""A table of markers into the register: looked at row by row first, then written as a whole by one document, or not.

What was put in later may break the order of numbers, and a stone may stand off
the line: both are said of the row and hinder nothing. A marker moves no line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.markers import store
from boundaries.markers.along import along_line
from boundaries.markers.coding import parse_code
from boundaries.markers.faults import fault
from boundaries.markers.model import MOVING, Marker, chainage_faults
from boundaries.markers.service import (
    Happening,
    check_document,
    doubts,
    matter_of,
    place_tolerance_m,
    set_doubts,
    write_marker,
)
from boundaries.markers.table import Row, read_table, told
from boundaries.markers.vocabulary import label_zh
from boundaries.markers.witnesses import accuracies
from data import audit, feed
from data.access import Actor, require
from data.crs import STORED_SRID
from data.db import reading, unit_of_work
from data.decisions import DecisionDraft, record_decisions


@dataclass(frozen=True, slots=True)
class Table:
    """What is imported: the bytes, the scheme of numbers, the line, what happened, and the grid of the metres."""

    raw: bytes
    scheme: str
    line: UUID
    happening: Happening
    srid: int = STORED_SRID


@dataclass(frozen=True, slots=True)
class _Judged:
    """A row beside what the register has: the marker to be written (None: nothing is), and what became of it."""

    row: Row
    outcome: str
    marker: Marker | None = None
    displacement_m: float | None = None


def preview_import(engine: Engine, actor: Actor, table: Table) -> dict[str, Any]:
    """What an import would do, row by row; nothing is written. Raises as `import_markers`, but for the document."""
    with reading(engine) as connection:
        _permit(connection, actor, table)
        return _report(connection, table, _judge(connection, table), 0)


def import_markers(engine: Engine, actor: Actor, table: Table, document: DecisionDraft) -> dict[str, Any]:
    """Write every row by one document in one transaction, or none where a row is faulty; the report of the rows.

    Raises `BadInput` `marker_table`, `marker_scheme_unknown`, `change_without_document`; `NotFound` `no_such_line`;
    `NotPermitted` outside the actor's jurisdiction.
    """
    check_document(table.happening, document)
    with unit_of_work(engine) as connection:
        _permit(connection, actor, table)
        judged = _judge(connection, table)
        wanted = [one.marker for one in judged if one.marker is not None]
        if any(one.outcome == "faulty" for one in judged) or not wanted:
            return _report(connection, table, judged, 0)
        report = _report(connection, table, judged, len(wanted))
        _write(connection, actor, table, wanted, document)
    return report


def _permit(connection: Connection, actor: Actor, table: Table) -> None:
    require(actor, "marker.record", matter_of(connection, table.line, table.happening.effective_on))


def _write(
    connection: Connection, actor: Actor, table: Table, markers: Sequence[Marker], document: DecisionDraft
) -> None:
    record_decisions(connection, [document], actor.name)
    changes = [write_marker(connection, marker, table.happening, document.id) for marker in markers]
    audit.append(
        connection,
        actor=actor.name,
        action="marker.import",
        decision_id=document.id,
        details={"line": str(table.line), "event": table.happening.kind, "markers": len(markers)},
        rows_hash=audit.hash_rows([marker.code] for marker in markers),
        feed=feed.publish(connection, changes),
    )


def _judge(connection: Connection, table: Table) -> list[_Judged]:
    rows = read_table(table.raw, table.scheme, table.line, table.srid)
    codes = {"scheme": table.scheme, "codes": [row.code for row in rows]}
    known = {row.code: row for row in connection.execute(store.BY_CODES, codes)}
    return [_judged(row, known.get(row.code), table) for row in rows]


def _judged(row: Row, standing: Any, table: Table) -> _Judged:
    kind = table.happening.kind
    if row.faults or row.marker is None:
        return _Judged(row, "faulty")
    if standing is None:
        if kind == "set":
            return _Judged(row, "new", row.marker)
        return _faulty(row, "absent", event=kind, event_zh=label_zh("marker_event", kind))
    stood = store.marker_of(standing)
    marker = replace(row.marker, id=stood.id, state=stood.state, sides=stood.sides)
    if marker == stood and kind in ("set", "corrected"):
        return _Judged(row, "unchanged")
    if kind == "set":
        return _faulty(row, "there")
    if standing.begin > table.happening.effective_on:
        return _faulty(row, "later", begin=standing.begin)
    return _moved(row, stood, marker, table)


def _moved(row: Row, stood: Marker, marker: Marker, table: Table) -> _Judged:
    off = stood.displacement_m(marker.longitude, marker.latitude)
    kind, limit = table.happening.kind, place_tolerance_m(stood, marker)
    if kind not in MOVING and off > limit:
        told = {"event": kind, "event_zh": label_zh("marker_event", kind)}
        return _faulty(row, "would_move", off=off, limit=limit, **told)
    return _Judged(row, "changed", marker, round(off, 3))


def _faulty(row: Row, kind: str, **facts: Any) -> _Judged:
    return _Judged(replace(row, faults=(*row.faults, fault(kind, **facts))), "faulty")


# -- the report ----------------------------------------------------------------------------------------------------


def _report(connection: Connection, table: Table, judged: Sequence[_Judged], written: int) -> dict[str, Any]:
    markers = [one.marker for one in judged if one.marker is not None]
    beside = _beside_line(connection, table, markers)
    for marker in markers:
        beside.setdefault(marker.code, []).extend(set_doubts(connection, marker, markers))
    rows = [_told(connection, one, beside) for one in judged]
    return {
        "line": table.line,
        "scheme": table.scheme,
        "event": table.happening.kind,
        "effective_on": table.happening.effective_on,
        "counts": dict(Counter(one.outcome for one in judged)),
        "written": written,
        "rows": rows,
    }


def _told(connection: Connection, one: _Judged, beside: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    marker = one.marker
    warnings = [] if marker is None else [*doubts(connection, marker), *beside.get(marker.code, [])]
    return told(one.row, one.outcome, displacement_m=one.displacement_m, warnings=warnings)


def _beside_line(connection: Connection, table: Table, markers: Sequence[Marker]) -> dict[str, list[dict[str, Any]]]:
    """What the line and its other markers leave in doubt, by code: off the line, numbers that run backwards."""
    day, new = table.happening.effective_on, {marker.id for marker in markers}
    rows = connection.execute(store.OF_LINE, {"line": table.line, "on": day})
    others = [other for other in map(store.marker_of, rows) if other.id not in new]
    placed = along_line(connection, [*others, *markers], day)
    found: dict[str, list[dict[str, Any]]] = {}
    for one in placed:
        limit = accuracies().tolerance_m(0.0, one.marker.accuracy_m)
        if one.marker.kind == "single" and one.off_m > limit:
            doubt = {"kind": "off_line", "offset_m": round(one.off_m, 2), "tolerance_m": round(limit, 2)}
            found.setdefault(one.marker.code, []).append(doubt)
    serials = [(m.marker.code, parse_code(m.marker.code, m.marker.scheme).serial, m.chainage_m) for m in placed]
    for pair in chainage_faults(serials):
        for code, other in (pair, pair[::-1]):
            found.setdefault(code, []).append({"kind": "order_broken", "value": code, "other": other})
    return found
