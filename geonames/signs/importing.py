"""A table of signs into the inventory: looked at row by row first, then written as a whole by one document, or not.

A number that the inventory has is the same sign in a new state; what the row says alike changes nothing. A sign names
a place of its division: a name that no place or several places bear there is not guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.units.service import chain_of, find_unit, units_below
from data import audit, feed
from data.access import Actor, Matter, require
from data.db import Row as Stored
from data.db import fetch_all, fetch_one, reading, unit_of_work
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.ids import new_id
from geonames.signs import store
from geonames.signs.inventory import registered
from geonames.signs.sign import Sign
from geonames.signs.table import Fault, Row, read_table
from geonames.signs.words import classes_of

RECORD = "sign.record"


@dataclass(frozen=True, slots=True)
class Table:
    """What is imported: the bytes, the code of the division whose inventory it is, and from when the record holds."""

    raw: bytes
    within: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class _Judged:
    """A row beside what the inventory has: the sign to be written (None: nothing is), and what became of it."""

    row: Row
    outcome: str
    sign: Sign | None = None
    stands: Stored | None = None
    warnings: tuple[Fault, ...] = ()


def preview_import(engine: Engine, actor: Actor, table: Table) -> dict[str, Any]:
    """What an import would do, row by row; nothing is written. Raises as `import_signs`."""
    with reading(engine) as connection:
        unit = _permitted(connection, actor, table)
        return _report(table, _judge(connection, unit, table, lock=False), 0)


def import_signs(engine: Engine, actor: Actor, table: Table, document: DecisionDraft) -> dict[str, Any]:
    """Write every row by one document in one transaction, or none where a row is faulty; the report of the rows.

    Raises `BadInput` `sign_table`; `NotFound` `code_never_existed`, `code_not_standing`; `NotPermitted` outside the
    actor's jurisdiction.
    """
    with unit_of_work(engine) as connection:
        unit = _permitted(connection, actor, table)
        judged = _judge(connection, unit, table, lock=True)
        wanted = [one for one in judged if one.sign is not None]
        if any(one.outcome == "faulty" for one in judged) or not wanted:
            return _report(table, judged, 0)
        _write(connection, actor, unit, wanted, table, document)
    return _report(table, judged, len(wanted))


def _permitted(connection: Connection, actor: Actor, table: Table) -> UUID:
    unit: UUID = find_unit(connection, table.within)["id"]
    chain = chain_of(connection, unit, _standing(connection, table))
    require(actor, RECORD, Matter(tuple(one["id"] for one in chain) or (unit,)))
    return unit


def _standing(connection: Connection, table: Table) -> date:
    """The day on which divisions are asked: that of the record, within the days that the register knows."""
    through: date = find_unit(connection, table.within)["register_through"]
    return min(table.effective_on, through)


# -- judging -------------------------------------------------------------------------------------------------------


def _judge(connection: Connection, unit: UUID, table: Table, *, lock: bool) -> list[_Judged]:
    rows = read_table(table.raw)
    if lock:
        connection.execute(store.LOCK, {"unit": str(unit)})
    places = _Places(connection, units_below(connection, unit, _standing(connection, table)), rows, table.effective_on)
    codes = {"unit": unit, "codes": [row.code for row in rows]}
    statement = store.BY_CODES if lock else store.LOOK
    standing = {one["code"]: one for one in fetch_all(connection, statement, codes)}
    return [_judged(row, standing.get(row.code), places, table.effective_on) for row in rows]


class _Places:
    """The places of a division that the rows name."""

    def __init__(self, connection: Connection, units: list[UUID], rows: Sequence[Row], day: date) -> None:
        ids = [row.place for row in rows if row.place]
        names = [row.cells["name"] for row in rows if not row.place and "name" in row.cells]
        found = fetch_all(connection, store.PLACES, {"units": units, "ids": ids, "names": names, "day": day})
        self.classes: dict[UUID, str] = {one["id"]: one["class"] for one in found}
        self._named: dict[str, set[UUID]] = {}
        for one in found:
            self._named.setdefault(one["name"], set()).add(one["id"])

    def of(self, row: Row) -> UUID | Fault:
        """The place that a row names, or why there is none."""
        if row.place is not None:
            lacking = Fault("this division has no place with this id", "本区划没有此标识的地名")
            return row.place if row.place in self.classes else lacking
        name = row.cells["name"]
        found = self._named.get(name, set())
        if not found:
            return Fault(f"no place of this division is called {name}", f"本区划没有名为“{name}”的地名")
        if len(found) > 1:
            return Fault(
                f"{len(found)} places of this division are called {name}: give the id of the place",
                f"本区划有 {len(found)} 个名为“{name}”的地名：请填地名标识",
            )
        return next(iter(found))


def _judged(row: Row, standing: Stored | None, places: _Places, day: date) -> _Judged:
    if row.faults:
        return _Judged(row, "faulty")
    place = places.of(row)
    if isinstance(place, Fault):
        return _faulty(row, place)
    if standing is not None and standing["begin"] > day:
        since = standing["begin"]
        return _faulty(row, Fault(f"a later state stands since {since}", f"已有自 {since} 起的登记"))
    sign = _sign(row, place, standing["sign_id"] if standing else new_id())
    warnings = _doubts(sign, places.classes[place])
    if standing is None:
        return _Judged(row, "new", sign, None, warnings)
    if sign == _stood(standing):
        return _Judged(row, "unchanged", None, standing, warnings)
    return _Judged(row, "changed", sign, standing, warnings)


def _faulty(row: Row, fault: Fault) -> _Judged:
    return _Judged(replace(row, faults=(*row.faults, fault)), "faulty")


def _sign(row: Row, place: UUID, identity: UUID) -> Sign:
    texts = {name: row.cells.get(name) for name in ("model", "han", "roman", "maker", "device")}
    return Sign(
        id=identity, code=row.code, place=place, type=row.type, state=row.state, longitude=row.longitude,
        latitude=row.latitude, direction=row.direction, set_on=row.set_on, warranty_until=row.warranty_until, **texts,
    )  # fmt: skip


def _stood(row: Stored) -> Sign:
    values = {name: row[name] for name in Sign.__slots__ if name not in ("id", "place")}
    return Sign(id=row["sign_id"], place=row["place_id"], **values)


def _doubts(sign: Sign, place_class: str) -> tuple[Fault, ...]:
    """What is said of a row and hinders nothing."""
    if place_class in classes_of(sign.type):
        return ()
    return (
        Fault(
            f"signs of type {sign.type} say names of other classes than {place_class}",
            f"此类标志一般不用于 {place_class} 类地名",
        ),
    )


# -- writing -------------------------------------------------------------------------------------------------------


def _write(
    connection: Connection, actor: Actor, unit: UUID, wanted: Sequence[_Judged], table: Table, document: DecisionDraft
) -> None:
    record_decisions(connection, [document], actor.name)
    changes = [
        _written(connection, unit, one.sign, one.stands, table.effective_on, document.id)
        for one in wanted
        if one.sign is not None
    ]
    record_links(connection, [Link(document.id, "signs", change.entity_id, "opened") for change in changes])
    audit.append(
        connection,
        actor=actor.name,
        action="sign.import",
        decision_id=document.id,
        details={"unit": str(unit), "signs": len(changes), "counts": dict(Counter(one.outcome for one in wanted))},
        rows_hash=audit.hash_rows([one.row.code] for one in wanted),
        feed=feed.publish(connection, [change for change in changes if change.before or change.after]),
    )


def _written(
    connection: Connection, unit: UUID, sign: Sign, stands: Stored | None, day: date, decision: UUID
) -> feed.Change:
    asked = {"id": sign.id, "day": day}
    before = _shown(connection, asked) if stands else None
    if stands:
        connection.execute(store.END_KNOWN, {"version": stands["version"]})
        if stands["begin"] < day:
            values = {"version": stands["version"], "until": day, "decision": decision}
            connection.execute(store.KEEP_UNTIL, values)
    values = {**asdict(sign), "version": new_id(), "unit": unit, "begin": day, "decision": decision}
    connection.execute(store.INSERT, values)
    return feed.Change("signs", sign.id, before, _shown(connection, asked), decision)


def _shown(connection: Connection, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """The sign as the public sees it; None where it does not."""
    row = fetch_one(connection, store.PUBLIC_FIND, asked)
    return None if row is None else registered(row)


def _report(table: Table, judged: Sequence[_Judged], written: int) -> dict[str, Any]:
    return {
        "within": table.within,
        "effective_on": table.effective_on,
        "counts": dict(Counter(one.outcome for one in judged)),
        "written": written,
        "rows": [_told(one) for one in judged],
    }


def _told(one: _Judged) -> dict[str, Any]:
    return {
        "line": one.row.line,
        "code": one.row.code,
        "outcome": one.outcome,
        "faults": [fault.message for fault in one.row.faults],
        "faults_zh": [fault.message_zh for fault in one.row.faults],
        "warnings": [fault.message for fault in one.warnings],
        "warnings_zh": [fault.message_zh for fault in one.warnings],
    }
