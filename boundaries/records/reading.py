"""Looking at an inspection: every way to what the sides answered goes through `seen_by`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.findings.reach import beside
from boundaries.records import store
from boundaries.records.checklist import Stage, checklist
from boundaries.records.measured import measurement_object, measurements_of
from boundaries.records.measurements import Measurement
from boundaries.records.model import Entry, EntrySide, Task, stage_now, standing, unanswered
from boundaries.records.visibility import EVERY, Reader, is_revealed, side_of, sides_seen
from boundaries.rounds import store as rounds
from boundaries.rounds.planning import PLAN, matter_of_region
from boundaries.rounds.service import READ, inspection_object, inspection_row, no_such_inspection
from boundaries.units.service import register_span
from data.access import Actor, Permit, decide, require
from data.cases.model import Casework
from data.cases.reading import today_of
from data.db import Row, fetch_all, fetch_one, reading
from data.errors import NotFound
from data.signing.service import is_signature_of, public_keys
from data.signing.verifying import PublicKey


def facts_of(connection: Connection, row: Row) -> Mapping[str, Any]:
    """The facts of the case of an inspection."""
    facts: Mapping[str, Any] = connection.execute(store.CASE_FACTS, {"id": row["case_id"]}).scalar_one()
    return facts


def may_look(connection: Connection, actor: Actor, line: UUID) -> bool:
    """Whether `actor` works for an office beside the line or above it."""
    where = beside(connection, line)
    return any(isinstance(decide(actor, READ, matter), Permit) for matter in (*where.sides, where.both))


def tasks_of(connection: Connection, identity: UUID) -> list[Task]:
    """What has to be looked at, in order."""
    rows = fetch_all(connection, store.TASKS, {"id": identity})
    return [Task(r["id"], r["ordinal"], r["kind"], r["target_id"], r["label"]) for r in rows]


def entries_of(connection: Connection, identity: UUID, sides: Sequence[str]) -> list[Entry]:
    """The answers of `sides` that stand."""
    rows = fetch_all(connection, store.ENTRIES, {"id": identity, "sides": sorted(sides)})
    return standing(_entry(row) for row in rows)


def _entry(row: Row) -> Entry:
    position = None if row["lon"] is None else (row["lon"], row["lat"])
    return Entry(
        id=row["id"], task=row["task_id"], stage=row["stage"], side=row["side"], item=row["item"],
        result=row["result"], remark=row["remark"], observed_on=row["observed_on"], position=position,
        accuracy_m=row["accuracy_m"], photo_sha256=row["photo_sha256"], photo_name=row["photo_name"], at=row["at"],
        by=row["by_id"],
    )  # fmt: skip


def lacking_of(connection: Connection, row: Row, stage: Stage, side: EntrySide) -> list[Any]:
    """The questions of a stage that a side has not answered."""
    entries = entries_of(connection, row["id"], [side])
    return unanswered(tasks_of(connection, row["id"]), entries, stage, side)


def reader_of(connection: Connection, actor: Actor, row: Row) -> Reader:
    """How `actor` stands to an inspection: whose side he is on, by its parties or his office, and whether above."""
    where = beside(connection, row["line_id"])
    above = isinstance(decide(actor, READ, where.both), Permit)
    sides: set[EntrySide] = set()
    if row["case_id"] is not None:
        own = side_of(facts_of(connection, row), actor.account_id)
        sides |= {own} if own else set()
    if not above:
        for side in ("left", "right"):
            matter = next((m for m in where.sides if m.chain and m.chain[-1] == row[f"{side}_id"]), None)
            if matter is not None and isinstance(decide(actor, READ, matter), Permit):
                sides.add(side)
    return Reader(frozenset(sides), above)


def seen_by(casework: Casework, connection: Connection, actor: Actor, row: Row) -> frozenset[EntrySide]:
    """Whose answers `actor` sees now; the one way to them."""
    return sides_seen(reader_of(connection, actor, row), is_revealed_now(casework, connection, row))


def is_revealed_now(casework: Casework, connection: Connection, row: Row) -> bool:
    """Whether each side may see what the other found today."""
    handed = [r["side"] for r in fetch_all(connection, store.HANDED_IN, {"id": row["id"]})]
    return is_revealed(row["mode"], row["reveal_after"], handed, today_of(casework))


def visible_row(connection: Connection, actor: Actor, identity: UUID) -> Row:
    """An inspection for an office beside its line or a party of it; `NotFound` `no_such_inspection`."""
    with suppress(NotFound):
        return inspection_row(connection, actor, identity)
    on = register_span(connection).register_through
    row = fetch_one(connection, rounds.INSPECTION, {"id": identity, "on": on})
    if row is None or row["case_id"] is None or side_of(facts_of(connection, row), actor.account_id) is None:
        raise no_such_inspection()
    return row


def inspection_sheet(casework: Casework, actor: Actor, identity: UUID) -> dict[str, Any]:
    """An inspection with its tasks and the answers that `actor` may see, and what is still to be answered."""
    with reading(casework.engine) as connection:
        row = visible_row(connection, actor, identity)
        seen = seen_by(casework, connection, actor, row)
        tasks = tasks_of(connection, identity)
        entries = entries_of(connection, identity, sorted(seen))
        measurements = measurements_of(connection, identity, sorted(seen))
        handed = fetch_all(connection, store.HANDED_IN, {"id": identity})
        own = None if row["case_id"] is None else side_of(facts_of(connection, row), actor.account_id)
        return {
            **inspection_object(row, today_of(casework)),
            "your_side": own,
            "seen": sorted(seen),
            "handed_in": [dict(item) for item in handed],
            "tasks": [_task_object(task, entries, measurements) for task in tasks],
            "missing": _missing(row, tasks, entries, own),
            "records": _records(connection, row, seen),
        }


def last_parties(connection: Connection, actor: Actor, identity: UUID) -> dict[str, Row]:
    """Who spoke last for the unit on each side of an inspection (`office`, `members` by username), to be named again.

    For whoever may plan it; a unit that took part in none is left out. `NotFound` `no_such_inspection`; `NotPermitted`.
    """
    row = inspection_row(connection, actor, identity)
    require(actor, PLAN, matter_of_region(connection, row["above_id"]))
    units = {side: row[f"{side}_id"] for side in ("left", "right")}
    found = {side: fetch_one(connection, store.LAST_PARTY, {"unit": unit}) for side, unit in units.items()}
    return {side: party for side, party in found.items() if party is not None}


def _task_object(task: Task, entries: Sequence[Entry], measurements: Sequence[Measurement]) -> dict[str, Any]:
    return {
        "id": task.id,
        "ordinal": task.ordinal,
        "kind": task.kind,
        "target": task.target,
        "label": task.label,
        "answers": [_entry_object(e) for e in entries if e.task == task.id],
        "measurements": [measurement_object(m) for m in measurements if m.task == task.id],
    }


def _entry_object(entry: Entry) -> dict[str, Any]:
    item = checklist()[entry.item]
    return {
        "id": entry.id,
        "stage": entry.stage,
        "side": entry.side,
        "item": entry.item,
        "question": {"zh": item.label.zh, "en": item.label.en},
        "result": entry.result,
        "remark": entry.remark,
        "observed_on": entry.observed_on,
        "position": entry.position,
        "accuracy_m": entry.accuracy_m,
        "photo": entry.photo_name,
        "photo_sha256": entry.photo_sha256,
        "at": entry.at,
    }


def _missing(row: Row, tasks: Sequence[Task], entries: Sequence[Entry], own: EntrySide | None) -> int | None:
    """How many questions of the present stage the reader's party has not answered; None where it answers none."""
    stage = stage_now(row["state"])
    if stage is None or own is None:
        return None
    side: EntrySide = "joint" if row["mode"] == "joint" else own
    return len(unanswered(tasks, entries, stage, side))


def _records(connection: Connection, row: Row, seen: frozenset[EntrySide]) -> list[dict[str, Any]]:
    """The versions of the record with their signatures; they exist only after everything is revealed."""
    if seen != EVERY:
        return []
    rows = fetch_all(connection, store.RECORDS, {"id": row["id"]})
    signatures = fetch_all(connection, store.SIGNATURES, {"ids": [r["id"] for r in rows]})
    keys = public_keys(connection) if signatures else {}
    return [
        {
            "version": r["version"],
            "sha256": r["sha256"],
            "at": r["at"],
            "content": json.loads(r["content"]),
            "signatures": [_signature(s, r, keys) for s in signatures if s["record_id"] == r["id"]],
        }
        for r in rows
    ]


def _signature(row: Row, record: Row, keys: Mapping[str, PublicKey]) -> dict[str, Any]:
    """A signature as the API shows it; `valid`: the record is byte for byte what was signed, by a key that stands."""
    names = ("side", "office", "key_id", "signature", "at")
    valid = is_signature_of(keys, row["key_id"], record["content"].encode(), bytes.fromhex(row["signature"]))
    return {**{name: row[name] for name in names}, "valid": valid}


def photo_of(casework: Casework, actor: Actor, identity: UUID, entry: UUID) -> tuple[bytes, str]:
    """Hash and name of the photograph of an answer that `actor` may see; `NotFound` `no_such_inspection`."""
    with reading(casework.engine) as connection:
        row = visible_row(connection, actor, identity)
        found = fetch_one(connection, store.ENTRY_PHOTO, {"id": entry})
        if found is None or found["inspection_id"] != identity:
            raise no_such_inspection()
        if found["side"] not in seen_by(casework, connection, actor, row):
            raise no_such_inspection()
        return bytes(found["photo_sha256"]), found["photo_name"]
