"""The plates of a street out of a table: held against the rule of numbering, then written whole by a document, or not.

A number that the street has is the same door in a new state; a door that gets another number says which it had. What
the table does not name stays as it is. No number is skipped, given twice or on the wrong side: then nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.units.graphs import current_graph
from boundaries.units.service import chain_of, register_span
from data import audit, feed
from data.access import Actor, Matter, require
from data.access.table import Table as Permissions
from data.db import Row as Stored
from data.db import fetch_all, fetch_one, reading, unit_of_work
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.errors import BadInput, BadRequest, NotFound
from data.ids import new_id
from geonames.plates import store
from geonames.plates.service import plate_item
from geonames.plates.table import PlateRow, read_plates
from geonames.signs.numbering import Door, NumberFinding, NumberingRule, check_numbers, rule_named, rule_of

RECORD = "plate.record"
COLLECTION = "plates"
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class PlateTable:
    """What is imported: the bytes, the street or settlement, how it runs, from when, and by which rule of numbering.

    `rule`: key of a rule; None: that of the division in which the street lies.
    """

    raw: bytes
    place: UUID
    direction: str
    effective_on: date
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class _Judged:
    """A row: the plate that it is, the version that it ends (None: it begins), what became of it, why it is faulty."""

    row: PlateRow
    plate: UUID
    stands: Stored | None
    outcome: str
    fault: str | None = None
    fault_zh: str | None = None


@dataclass(frozen=True, slots=True)
class _Street:
    """The street, the rule by which it is numbered, and its numbers."""

    unit: UUID
    rule: NumberingRule
    standing: Mapping[Key, Stored]


def preview_plates(
    engine: Engine, actor: Actor, table: PlateTable, permissions: Permissions | None = None
) -> dict[str, Any]:
    """What an import would do, row by row; nothing is written. Raises as `import_plates`."""
    with reading(engine) as connection:
        street = _street(connection, actor, table, permissions, lock=False)
        judged, findings = _judge(table, street)
        return _report(table, street, judged, findings, 0)


def import_plates(
    engine: Engine, actor: Actor, table: PlateTable, document: DecisionDraft, permissions: Permissions | None = None
) -> dict[str, Any]:
    """Write every row by one document in one transaction, or none where anything is wrong; the report.

    BadInput `number_table`; NotFound `place_not_found`, `numbering_rule_unknown`; BadRequest `bad_parameter` for a
    direction that the rule lacks; NotPermitted outside the actor's jurisdiction.
    """
    with unit_of_work(engine) as connection:
        street = _street(connection, actor, table, permissions, lock=True)
        judged, findings = _judge(table, street)
        wanted = [one for one in judged if one.outcome in ("new", "changed", "renumbered")]
        if findings or any(one.outcome == "faulty" for one in judged) or not wanted:
            return _report(table, street, judged, findings, 0)
        _write(connection, actor, street, wanted, table, document)
    return _report(table, street, judged, findings, len(wanted))


def _street(
    connection: Connection, actor: Actor, table: PlateTable, permissions: Permissions | None, *, lock: bool
) -> _Street:
    place = fetch_one(connection, store.PLACE, {"id": table.place})
    if place is None or place["unit_id"] is None:
        raise NotFound("No street or settlement of a division has this id.", code="place_not_found")
    unit: UUID = place["unit_id"]
    chain = chain_of(connection, unit, min(table.effective_on, register_span(connection).register_through))
    require(actor, RECORD, Matter(tuple(one["id"] for one in chain) or (unit,)), permissions)
    rule = rule_named(table.rule) if table.rule else rule_of(chain[-1]["code"] if chain else "")
    if table.direction not in rule.ways:
        raise BadRequest(f"direction is one of {', '.join(rule.ways)}.", code="bad_parameter")
    if lock:
        connection.execute(store.LOCK, {"place": str(table.place)})
    rows = fetch_all(connection, store.STANDING if lock else store.LOOK, {"place": table.place})
    return _Street(unit, rule, {(row["number"], row["sub"]): row for row in rows})


# -- judging -------------------------------------------------------------------------------------------------------


def _judge(table: PlateTable, street: _Street) -> tuple[list[_Judged], list[NumberFinding]]:
    rows = read_plates(table.raw)
    given_up = {row.former for row in rows if row.former is not None}
    judged = [_judged(row, street.standing, given_up, table.effective_on) for row in rows]
    named = {_key(row) for row in rows}
    kept = [_door(row) for key, row in street.standing.items() if key not in given_up and key not in named]
    doors = [*kept, *(row.door for row in rows)]
    findings = check_numbers(doors, street.rule.ways[table.direction], street.rule.step)
    return judged, findings


def _key(row: PlateRow) -> Key:
    return row.door.number, row.door.sub


def _door(row: Stored) -> Door:
    return Door(0, row["number"], row["sub"], row["side"], row["state"], row["metres"])


def _judged(row: PlateRow, standing: Mapping[Key, Stored], given_up: set[Key], day: date) -> _Judged:
    holder = standing.get(_key(row))
    holder = None if _key(row) in given_up else holder
    if row.former is not None:
        before = standing.get(row.former)
        if before is None or before["state"] != "standing":
            number = _written(row.former)
            return _faulty(row, f"no door of this street bears the number {number}", f"本街路没有 {number} 号门牌")
        if holder is not None:
            return _faulty(row, f"the number {row.door.said} is another door's", f"{row.door.said} 号已属另一门户")
        return _later(row, before, "renumbered", day)
    if holder is None:
        return _Judged(row, new_id(), None, "new")
    return _later(row, holder, "unchanged" if _same(row, holder) else "changed", day)


def _later(row: PlateRow, stands: Stored, outcome: str, day: date) -> _Judged:
    if stands["begin"] > day and outcome != "unchanged":
        since = stands["begin"]
        return _faulty(row, f"a later state stands since {since}", f"已有自 {since} 起的登记")
    return _Judged(row, stands["plate_id"], stands, outcome)


def _faulty(row: PlateRow, why: str, why_zh: str) -> _Judged:
    return _Judged(row, UUID(int=0), None, "faulty", why, why_zh)


def _written(key: Key) -> str:
    return f"{key[0]}-{key[1]}" if key[1] else str(key[0])


def _same(row: PlateRow, held: Stored) -> bool:
    door = row.door
    mine = (door.side, door.state, door.metres, row.longitude, row.latitude)
    return mine == (held["side"], held["state"], held["metres"], held["longitude"], held["latitude"])


# -- writing -------------------------------------------------------------------------------------------------------


def _write(
    connection: Connection, actor: Actor, street: _Street, wanted: Sequence[_Judged], table: PlateTable,
    document: DecisionDraft,
) -> None:  # fmt: skip
    record_decisions(connection, [document], actor.name)
    before = {one.plate: _shown(connection, one.plate, table.effective_on) for one in wanted if one.stands}
    for one in wanted:
        if one.stands is not None:
            connection.execute(store.END_KNOWN, {"version": one.stands["version"]})
            if one.stands["begin"] < table.effective_on:
                values = {"version": one.stands["version"], "until": table.effective_on, "decision": document.id}
                connection.execute(store.KEEP_UNTIL, values)
    connection.execute(store.INSERT, [_values(one, table, document.id) for one in wanted])
    record_links(connection, [Link(document.id, COLLECTION, one.plate, "opened") for one in wanted])
    changes = [
        feed.Change(
            COLLECTION, one.plate, before.get(one.plate), _shown(connection, one.plate, table.effective_on), document.id
        )
        for one in wanted
    ]
    audit.append(
        connection,
        actor=actor.name,
        action="plate.import",
        decision_id=document.id,
        details={
            "unit": str(street.unit), "place": str(table.place), "counts": dict(Counter(o.outcome for o in wanted))
        },
        rows_hash=audit.hash_rows([str(one.plate), one.row.door.said] for one in wanted),
        feed=feed.publish(connection, [change for change in changes if change.before or change.after]),
    )  # fmt: skip


def _values(one: _Judged, table: PlateTable, decision: UUID) -> dict[str, Any]:
    door = one.row.door
    return {
        "version": new_id(), "id": one.plate, "place": table.place, "number": door.number, "sub": door.sub,
        "side": door.side, "state": door.state, "metres": door.metres, "longitude": one.row.longitude,
        "latitude": one.row.latitude, "begin": table.effective_on, "decision": decision,
    }  # fmt: skip


def _shown(connection: Connection, plate: UUID, day: date) -> dict[str, Any] | None:
    """The plate as the public sees it; None where it does not."""
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": plate, "day": day})
    return None if row is None else plate_item(row, current_graph(connection), day)


def _report(
    table: PlateTable, street: _Street, judged: Sequence[_Judged], findings: Sequence[NumberFinding], written: int
) -> dict[str, Any]:
    return {
        "place": table.place,
        "rule": {"key": street.rule.key, "mark": street.rule.mark, "source": street.rule.source},
        "effective_on": table.effective_on,
        "counts": dict(Counter(one.outcome for one in judged)),
        "written": written,
        "rows": [
            {
                "line": one.row.door.line, "number": one.row.door.said, "outcome": one.outcome, "fault": one.fault,
                "fault_zh": one.fault_zh,
            }
            for one in judged
        ],
        "findings": [asdict(one) for one in findings],
    }  # fmt: skip


def refused(report: Mapping[str, Any]) -> BadInput:
    """The refusal of a table whose report says that nothing was written because something is wrong."""
    faults = [f"line {row['line']}: {row['fault']}" for row in report["rows"] if row["fault"]]
    faults += [one["message"] for one in report["findings"]]
    return BadInput(f"Nothing was written: {'; '.join(faults[:20])}.", code="numbers_faulty", findings=faults[:50])
