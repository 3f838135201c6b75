"""Keeps the stored spellings as registers and readings say. What an office has settled is left as it is.

Derived from the names and the files of readings; a difference closes the row and
opens another, so that what was answered yesterday can be answered again. The
spelling that units show (`unit_roman`) follows the preferred one, with feed entries.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.units import entering
from boundaries.units import store as units
from data import audit, derived, feed
from data.clock import civil_date, system_clock
from data.db import Row, fetch_all, unit_of_work
from data.decisions import DecisionDraft, Origin, record_decisions, source_record
from data.ids import derived_id, new_id
from geonames.places.store import copy_rows
from geonames.romanize.generics import TERMS
from geonames.romanize.lexicon import READINGS
from geonames.spellings import store
from geonames.spellings.model import SETTLED, Spelled, spellings_of

SETTING = "spellings"
#: Raise it when the form of the rows changes.
SPELLINGS_VERSION = 1
_CLASS_OF_UNITS = "ADMIN_DIVISION"


class Stored(NamedTuple):
    """A row as it should stand."""

    subject_id: UUID
    collection: str
    name: str
    spelled: Spelled


def refresh_spellings(engine: Engine, actor: str) -> int | None:
    """Bring the table up to date if names or readings have changed since; the rows written, None for no need."""
    with unit_of_work(engine) as connection:
        if derived.is_current(connection, SETTING, _version()):
            return None
        written = write_spellings(connection, actor)
        derived.remember(connection, SETTING, _version(), actor)
        return written


@cache
def _version() -> int:
    """Differs where the rows' form or any file of readings does."""
    found = SPELLINGS_VERSION
    for path in (*sorted(READINGS.glob("*.csv")), TERMS):
        found = zlib.crc32(path.read_bytes(), found)
    return found & 0x7FFFFFFF


def write_spellings(
    connection: Connection, actor: str, subjects: Sequence[UUID] | None = None, under: UUID | None = None
) -> int:
    """Write what differs, of some units and places or of all, in the caller's transaction; the rows written.

    `under` is a decision on record that they follow; without one a record of its own says that they were written.
    """
    standing = fetch_all(connection, store.STORED, _of(subjects))
    settled = {(row["subject_id"], row["name"]) for row in standing if row["review"] == SETTLED}
    wanted = {_key(row): row for row in _wanted(connection, subjects) if (row.subject_id, row.name) not in settled}
    there = {_key_of(row): row["id"] for row in standing if (row["subject_id"], row["name"]) not in settled}
    new = [row for key, row in wanted.items() if key not in there]
    gone = [identifier for key, identifier in there.items() if key not in wanted]
    if not new and not gone:
        return 0
    decision, said = (under, []) if under is not None else _recorded(connection, actor)
    connection.execute(store.END_KNOWN, {"ids": gone, "decision": decision})
    copy_rows(connection, store.COPY, (_copied(row, decision) for row in new))
    connection.execute(store.ANALYZE)
    changes = [*said, *follow_units(connection, (row for row in new if row.spelled.preferred), decision)]
    audit.append(
        connection,
        actor=actor,
        action="spellings.written",
        decision_id=decision,
        details={"opened": len(new), "closed": len(gone)},
        rows_hash=audit.hash_rows(sorted(map(str, wanted))),
        feed=feed.publish(connection, changes),
    )
    return len(new)


def _recorded(connection: Connection, actor: str) -> tuple[UUID, list[feed.Change]]:
    """The record that spellings were written, and what the feed says of it."""
    decision = _decision(connection.execute(store.ROUND).scalar_one())
    record_decisions(connection, [decision], actor)
    return decision.id, [feed.Change("decisions", decision.id, None, decision.as_api(), decision.id)]


def _of(subjects: Sequence[UUID] | None) -> Row:
    return {"subjects": None if subjects is None else list(subjects)}


def _wanted(connection: Connection, subjects: Sequence[UUID] | None) -> Iterator[Stored]:
    for row in connection.execute(store.UNIT_NAMES, _of(subjects)):
        for spelled in spellings_of(row.name, _CLASS_OF_UNITS, row.code):
            yield Stored(row.subject_id, "units", row.name, spelled)
    for row in connection.execute(store.PLACE_NAMES, _of(subjects)):
        for spelled in spellings_of(row.name, row.type_code, row.code):
            yield Stored(row.subject_id, "places", row.name, spelled)


def _key(row: Stored) -> tuple[Any, ...]:
    return (row.subject_id, row.name, *row.spelled)


def _key_of(row: Row) -> tuple[Any, ...]:
    return (row["subject_id"], row["name"], *(row[field] for field in Spelled._fields))


def _copied(row: Stored, decision: UUID) -> tuple[Any, ...]:
    s = row.spelled
    identifier = derived_id("spelling", row.subject_id, row.name, *s, decision)
    return (
        identifier, row.subject_id, row.collection, row.name, s.form, s.roman, s.toned, s.system, s.layer, s.source,
        s.preferred, s.review, s.reason, decision,
    )  # fmt: skip


def follow_units(connection: Connection, preferred: Iterable[Stored], decision: UUID) -> list[feed.Change]:
    """Let units show their preferred spellings, in the caller's transaction; what the feed has to say."""
    shown = {(row["unit_id"], row["name"]): row for row in fetch_all(connection, store.ROMANS)}
    differing = [row for row in preferred if row.collection == "units" and _differs(row, shown)]
    names = {row.subject_id for row in differing if (row.subject_id, row.name) in shown}
    before = entering.unit_objects(connection, names)
    connection.execute(
        store.END_KNOWN_ROMANS,
        {"ids": [shown[row.subject_id, row.name]["id"] for row in differing if (row.subject_id, row.name) in shown]},
    )
    copy_rows(connection, units.COPY_ROMAN, (_roman(row, decision) for row in differing))
    after = entering.unit_objects(connection, names)
    return [
        feed.Change("units", unit, before[unit], after[unit], decision)
        for unit in sorted(before)
        if before[unit] != after.get(unit)
    ]


def _differs(row: Stored, shown: dict[tuple[UUID, str], Row]) -> bool:
    found = shown.get((row.subject_id, row.name))
    return found is None or (found["roman"], found["source"], found["ambiguous"]) != _as_shown(row)


def _as_shown(row: Stored) -> tuple[str, str, bool]:
    return row.spelled.roman, row.spelled.layer or SETTLED, row.spelled.reason is not None


def _roman(row: Stored, decision: UUID) -> tuple[Any, ...]:
    return (new_id(), row.subject_id, row.name, *_as_shown(row), decision)


def _decision(round_: int) -> DecisionDraft:
    """The record of one round: registers with the same history get the same identifiers."""
    origin = Origin("data/reference/readings; rules of 1984", None, f"data/reference/readings, CRC-32 {_version():08x}")
    return source_record(
        derived_id("decision", SETTING, _version(), round_),
        "地名罗马字母拼写(按读音资料)",
        origin,
        civil_date(system_clock()),
    )


__all__ = ["Stored", "follow_units", "refresh_spellings", "write_spellings"]
