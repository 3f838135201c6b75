"""Vanished names into the register, by a document: all rows of a table or none, each looked at first.

A number that the office has is the same name told anew; what a row says alike changes nothing. A name that its place
still bears has not vanished: such a row is faulty, and the way out is the abolition of the name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection, Engine

from boundaries.units.service import chain_of, find_unit, units_below
from data import audit, feed
from data.access import Actor, Matter, require
from data.access.table import Table
from data.db import Row as Stored
from data.db import fetch_all, fetch_one, reading, unit_of_work
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.ids import new_id
from geonames.vanished import store
from geonames.vanished.service import vanished_item
from geonames.vanished.told import Row, Told, latest

RECORD = "vanished.record"
COLLECTION = "vanished_names"


@dataclass(frozen=True, slots=True)
class Recording:
    """What is recorded: the rows, the code of the division whose register it is, and today."""

    rows: Sequence[Row]
    within: str
    today: date


@dataclass(frozen=True, slots=True)
class _Judged:
    """A row beside what the register has, and what became of it; `entry`: its identity."""

    row: Row
    outcome: str
    entry: UUID | None = None
    stands: Stored | None = None
    said: tuple[str, ...] = ()


def preview_recording(
    engine: Engine, actor: Actor, recording: Recording, permissions: Table | None = None
) -> dict[str, Any]:
    """What recording would do, row by row; nothing is written. Raises as `record_vanished`."""
    with reading(engine) as connection:
        unit = _permitted(connection, actor, recording, permissions)
        return _report(recording, _judge(connection, unit, recording), 0)


def record_vanished(
    engine: Engine, actor: Actor, recording: Recording, document: DecisionDraft, permissions: Table | None = None
) -> dict[str, Any]:
    """Write every row by one document in one transaction, or none where a row is faulty; the report of the rows.

    NotFound `code_never_existed`, `code_not_standing`; NotPermitted outside the actor's jurisdiction.
    """
    with unit_of_work(engine) as connection:
        unit = _permitted(connection, actor, recording, permissions)
        connection.execute(store.LOCK, {"unit": str(unit)})
        judged = _judge(connection, unit, recording)
        wanted = [one for one in judged if one.outcome in ("new", "changed")]
        if any(one.outcome == "faulty" for one in judged) or not wanted:
            return _report(recording, judged, 0)
        _write(connection, actor, unit, wanted, document)
    return _report(recording, judged, len(wanted))


def _permitted(connection: Connection, actor: Actor, recording: Recording, permissions: Table | None) -> UUID:
    unit: UUID = find_unit(connection, recording.within)["id"]
    chain = chain_of(connection, unit, _standing(connection, recording))
    matter = Matter(tuple(one["id"] for one in chain) or (unit,))
    require(actor, RECORD, matter, permissions)
    return unit


def _standing(connection: Connection, recording: Recording) -> date:
    through: date = find_unit(connection, recording.within)["register_through"]
    return min(recording.today, through)


def _judge(connection: Connection, unit: UUID, recording: Recording) -> list[_Judged]:
    told = [row.told for row in recording.rows if row.told]
    asked = {
        "units": units_below(connection, unit, _standing(connection, recording)), "day": recording.today,
        "ids": [one.place for one in told if one.place], "names": [one.name for one in told],
    }  # fmt: skip
    bearers = {row["id"]: row["named"] for row in fetch_all(connection, store.SUBJECTS, asked)}
    borne = set(connection.scalars(store.STANDING, asked))
    codes = {"unit": unit, "codes": [row.code for row in recording.rows]}
    standing = {row["code"]: row for row in fetch_all(connection, store.BY_CODES, codes)}
    return [_judged(row, standing.get(row.code), bearers, borne, recording.today) for row in recording.rows]


def _judged(row: Row, stands: Stored | None, bearers: Mapping[UUID, bool], borne: set[str], today: date) -> _Judged:
    if row.told is None:
        return _Judged(row, "faulty", said=row.faults)
    wrong = _wrong(row.told, bearers, today)
    if wrong:
        return _Judged(row, "faulty", said=(wrong,))
    doubts = (f"another place of this division is called {row.told.name} today",) if row.told.name in borne else ()
    if stands is None:
        return _Judged(row, "new", new_id(), said=doubts)
    said = _values(row.told)
    alike = said == {**{name: stands[name] for name in said}, "wkt": _normal(stands["wkt"])}
    return _Judged(row, "unchanged" if alike else "changed", stands["entry_id"], stands, doubts)


def _wrong(told: Told, bearers: Mapping[UUID, bool], today: date) -> str | None:
    if told.last_day and _earliest(told.last_day) > today.year:
        return f"last_day: {told.last_day} lies in the future"
    if told.place is None:
        return None
    if told.place not in bearers:
        return "place: this division has no place with this id"
    if bearers[told.place]:
        return "place: it still bears a name; have the name abolished first (an application of kind abolition)"
    return None


def _earliest(text: str) -> int:
    return latest(text) // 10000 - (9 if text[3:4] == "X" else 0) - (90 if text[2:3] == "X" else 0)


def _values(told: Told) -> dict[str, Any]:
    """The row as it is stored, without what identifies it."""
    return {
        "subject_id": told.place, "name": told.name, "roman": told.roman or None, "class": told.class_ or None,
        "reason": told.reason, "note": told.note, "successor": told.successor, "last_day": told.last_day or None,
        "wkt": _normal(told.wkt), "source": told.source,
    }  # fmt: skip


def _normal(wkt: str | None) -> str | None:
    """WKT written in one way, to a tenth of a millimetre."""
    return None if wkt is None else shapely.to_wkt(shapely.from_wkt(wkt), rounding_precision=9)


# -- writing -----------------------------------------------------------------------------------------------------------


def _write(
    connection: Connection, actor: Actor, unit: UUID, wanted: Sequence[_Judged], document: DecisionDraft
) -> None:
    record_decisions(connection, [document], actor.name)
    changes = [_written(connection, unit, one, document.id) for one in wanted]
    links = [(one, "opened") for one in wanted] + [(one, "closed") for one in wanted if one.stands]
    record_links(connection, [Link(document.id, COLLECTION, one.entry, effect) for one, effect in links if one.entry])
    audit.append(
        connection,
        actor=actor.name,
        action="vanished.record",
        decision_id=document.id,
        details={"unit": str(unit), "names": len(wanted), "counts": dict(Counter(one.outcome for one in wanted))},
        rows_hash=audit.hash_rows([one.row.code] for one in wanted),
        feed=feed.publish(connection, [change for change in changes if change.before or change.after]),
    )


def _written(connection: Connection, unit: UUID, one: _Judged, decision: UUID) -> feed.Change:
    assert one.entry is not None and one.row.told is not None  # noqa: S101, PT018 -- only judged rows are written
    before = _shown(connection, one.entry) if one.stands else None
    if one.stands:
        connection.execute(store.END_KNOWN, {"version": one.stands["version"]})
    values = _values(one.row.told)
    gone = latest(one.row.told.last_day) if one.row.told.last_day else None
    identity = {"version": new_id(), "entry": one.entry, "unit": unit, "code": one.row.code, "decision": decision}
    connection.execute(store.INSERT, {**values, **identity, "subject": values["subject_id"], "gone": gone})
    return feed.Change(COLLECTION, one.entry, before, _shown(connection, one.entry), decision)


def _shown(connection: Connection, entry: UUID) -> dict[str, Any] | None:
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": entry, "never": store.NEVER})
    return None if row is None else vanished_item(row)


def _report(recording: Recording, judged: Sequence[_Judged], written: int) -> dict[str, Any]:
    return {
        "within": recording.within,
        "counts": dict(Counter(one.outcome for one in judged)),
        "written": written,
        "rows": [_told(one) for one in judged],
    }


def _told(one: _Judged) -> dict[str, Any]:
    faulty = one.outcome == "faulty"
    return {
        "line": one.row.line,
        "code": one.row.code,
        "id": one.entry,
        "outcome": one.outcome,
        "faults": list(one.said) if faulty else [],
        "warnings": [] if faulty else list(one.said),
    }
