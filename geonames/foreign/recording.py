"""Foreign names into the register, by a document: all rows of a table or none, each looked at first.

A number that stands is the same name told anew; what a row says alike changes nothing. That two places of a country
bear one translation, or one original two, is said and hinders nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection, Engine

from data import audit, feed
from data.access import Actor, Matter, require
from data.access.table import Table
from data.db import Row as Stored
from data.db import fetch_all, fetch_one, reading, unit_of_work
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.ids import new_id
from geonames.foreign import store
from geonames.foreign.folding import fold
from geonames.foreign.service import foreign_item
from geonames.foreign.told import Row, Told

RECORD = "foreign_name.record"
COLLECTION = "foreign_names"


@dataclass(frozen=True, slots=True)
class _Judged:
    """A row beside what the register has, and what became of it; `entry`: its identity."""

    row: Row
    outcome: str
    entry: UUID | None = None
    stands: Stored | None = None
    said: tuple[str, ...] = ()


def preview_foreign(
    engine: Engine, actor: Actor, rows: Sequence[Row], permissions: Table | None = None
) -> dict[str, Any]:
    """What recording would do, row by row; nothing is written. Raises as `record_foreign`."""
    require(actor, RECORD, Matter(), permissions)
    with reading(engine) as connection:
        return _report(_judge(connection, rows), 0)


def record_foreign(
    engine: Engine, actor: Actor, rows: Sequence[Row], document: DecisionDraft, permissions: Table | None = None
) -> dict[str, Any]:
    """Write every row by one document in one transaction, or none where a row is faulty; the report of the rows.

    NotPermitted to whom the register of the whole country is not entrusted.
    """
    require(actor, RECORD, Matter(), permissions)
    with unit_of_work(engine) as connection:
        connection.execute(store.LOCK)
        judged = _judge(connection, rows)
        wanted = [one for one in judged if one.outcome in ("new", "changed")]
        if any(one.outcome == "faulty" for one in judged) or not wanted:
            return _report(judged, 0)
        _write(connection, actor, wanted, document)
    return _report(judged, len(wanted))


def _judge(connection: Connection, rows: Sequence[Row]) -> list[_Judged]:
    told = [row.told for row in rows if row.told]
    asked = {"translations": [one.translation for one in told], "originals": [fold(one.original) for one in told]}
    alike = fetch_all(connection, store.ALIKE, asked)
    found = fetch_all(connection, store.BY_CODES, {"codes": [row.code for row in rows]})
    standing = {row["code"]: row for row in found}
    return [_judged(row, standing.get(row.code), alike) for row in rows]


def _judged(row: Row, stands: Stored | None, alike: Sequence[Stored]) -> _Judged:
    if row.told is None:
        return _Judged(row, "faulty", said=row.faults)
    doubts = (*row.told.doubts(), *_others(row.told, alike))
    if stands is None:
        return _Judged(row, "new", new_id(), said=doubts)
    values = _values(row.told)
    same = all(stands[name] == value for name, value in values.items() if not name.startswith("folded"))
    return _Judged(row, "unchanged" if same else "changed", stands["entry_id"], stands, doubts)


def _others(told: Told, alike: Sequence[Stored]) -> list[str]:
    """What other numbers of the register say of the same translation or original."""
    near = [one for one in alike if one["code"] != told.code and one["country"] == (told.country or None)]
    same = [one for one in near if one["translation"] == told.translation and one["folded"] != fold(told.original)]
    other = [
        one
        for one in near
        if one["folded"] == fold(told.original) and one["kind"] == told.kind and one["translation"] != told.translation
    ]
    return [
        *(
            f"translation: {one['original']} ({one['code']}) of this country is {told.translation} too"
            for one in same[:3]
        ),
        *(f"original: it stands as {one['translation']} ({one['code']}) too" for one in other[:3]),
    ]


def _values(told: Told) -> dict[str, Any]:
    """The row as it is stored, without what identifies it."""
    wkt = None if told.wkt is None else shapely.to_wkt(shapely.from_wkt(told.wkt), rounding_precision=9)
    return {
        "original": told.original, "roman": told.roman or None, "folded": fold(told.original),
        "folded_roman": fold(told.roman) or None, "language": told.language, "country": told.country or None,
        "region": told.region, "kind": told.kind, "rule": told.rule, "status": told.status,
        "translation": told.translation, "note": told.note, "source": told.source, "since": told.since,
        "until": told.until, "wkt": wkt,
    }  # fmt: skip


# -- writing -----------------------------------------------------------------------------------------------------------


def _write(connection: Connection, actor: Actor, wanted: Sequence[_Judged], document: DecisionDraft) -> None:
    record_decisions(connection, [document], actor.name)
    changes = [_written(connection, one, document.id) for one in wanted]
    links = [(one, "opened") for one in wanted] + [(one, "closed") for one in wanted if one.stands]
    record_links(connection, [Link(document.id, COLLECTION, one.entry, effect) for one, effect in links if one.entry])
    audit.append(
        connection,
        actor=actor.name,
        action=RECORD,
        decision_id=document.id,
        details={"names": len(wanted), "counts": dict(Counter(one.outcome for one in wanted))},
        rows_hash=audit.hash_rows([one.row.code] for one in wanted),
        feed=feed.publish(connection, [change for change in changes if change.before or change.after]),
    )


def _written(connection: Connection, one: _Judged, decision: UUID) -> feed.Change:
    assert one.entry is not None and one.row.told is not None  # noqa: S101, PT018 -- only judged rows are written
    before = _shown(connection, one.entry) if one.stands else None
    if one.stands:
        connection.execute(store.END_KNOWN, {"version": one.stands["version"]})
    identity = {"version": new_id(), "entry": one.entry, "code": one.row.code, "decision": decision}
    connection.execute(store.INSERT, {**_values(one.row.told), **identity})
    return feed.Change(COLLECTION, one.entry, before, _shown(connection, one.entry), decision)


def _shown(connection: Connection, entry: UUID) -> dict[str, Any] | None:
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": entry})
    return None if row is None else foreign_item(row)


def _report(judged: Sequence[_Judged], written: int) -> dict[str, Any]:
    return {
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
