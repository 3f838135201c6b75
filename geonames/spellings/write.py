"""Keeps the stored spellings as registers and readings say. What an office has settled is left as it is.

Derived from the names and the files of readings; a difference closes the row and
opens another, so that what was answered yesterday can be answered again. The
spelling that units show (`unit_roman`) follows the preferred one, with feed entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
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
from geonames.places.store import PIECE, copy_rows
from geonames.romanize.versions import with_readings
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
        written = write_spellings(connection, actor, _changed(connection))
        derived.remember(connection, SETTING, _version(), actor)
        return written


def _changed(connection: Connection) -> list[UUID] | None:
    """The places whose spellings may differ since; None where all are looked at."""
    held = int(connection.scalar(store.ROWS) or 0)
    return derived.changed_since(connection, SETTING, _version(), of=held, units=False)


def _version() -> int:
    """Differs where the rows' form or any file of readings does."""
    return with_readings(SPELLINGS_VERSION)


def write_spellings(
    connection: Connection, actor: str, subjects: Sequence[UUID] | None = None, under: UUID | None = None
) -> int:
    """Write what differs, of some units and places or of all, in the caller's transaction; the rows written.

    `under` is a decision on record that they follow; without one a record of its own says that they were written.
    """
    round_ = _Round(connection, actor, under)
    for part in _pieces(subjects) if subjects is not None else _slices(connection):
        round_.write(part)
    if round_.decision is None:
        return 0
    if subjects is None:
        connection.execute(store.ANALYZE)
    audit.append(
        connection,
        actor=actor,
        action="spellings.written",
        decision_id=round_.decision,
        details={"opened": round_.opened, "closed": round_.closed},
        rows_hash=audit.hash_rows(round_.hashes),
        feed=feed.publish(connection, round_.changes),
    )
    return round_.opened


@dataclass(slots=True)
class _Round:
    """One writing of spellings, slice by slice, so that a large register is never whole in memory."""

    connection: Connection
    actor: str
    #: The decision that the rows follow; without one a record is made with the first row that differs.
    decision: UUID | None
    opened: int = 0
    closed: int = 0
    changes: list[feed.Change] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)

    def write(self, subjects: Sequence[UUID]) -> None:
        """Write what differs of some units and places."""
        standing = fetch_all(self.connection, *store.STORED.of(subjects))
        settled = {(row["subject_id"], row["name"]) for row in standing if row["review"] == SETTLED}
        found = _wanted(self.connection, subjects)
        wanted = {_key(row): row for row in found if (row.subject_id, row.name) not in settled}
        there = {_key_of(row): row["id"] for row in standing if (row["subject_id"], row["name"]) not in settled}
        self.hashes.append(audit.hash_rows(sorted(map(str, wanted))).hex())
        new = [row for key, row in wanted.items() if key not in there]
        gone = [identifier for key, identifier in there.items() if key not in wanted]
        if new or gone:
            self._write(new, gone)

    def _write(self, new: Sequence[Stored], gone: Sequence[UUID]) -> None:
        if self.decision is None:
            self.decision, said = _recorded(self.connection, self.actor)
            self.changes += said
        self.opened, self.closed = self.opened + len(new), self.closed + len(gone)
        self.connection.execute(store.END_KNOWN, {"ids": list(gone), "decision": self.decision})
        copy_rows(self.connection, store.COPY, (_copied(row, self.decision) for row in new))
        self.changes += follow_units(self.connection, (row for row in new if row.spelled.preferred), self.decision)


def _pieces(subjects: Sequence[UUID]) -> Iterator[list[UUID]]:
    return (list(subjects[at : at + PIECE]) for at in range(0, len(subjects), PIECE))


def _slices(connection: Connection) -> Iterator[list[UUID]]:
    """All units, then all places and what has spellings, in the order of their identifiers."""
    yield list(connection.scalars(store.UNITS))
    after: UUID | None = None
    while part := list(connection.scalars(store.PLACES_AFTER, {"after": after, "limit": PIECE})):
        yield part
        after = part[-1]


def _recorded(connection: Connection, actor: str) -> tuple[UUID, list[feed.Change]]:
    """The record that spellings were written, and what the feed says of it."""
    decision = _decision(connection.execute(store.ROUND).scalar_one())
    record_decisions(connection, [decision], actor)
    return decision.id, [feed.Change("decisions", decision.id, None, decision.as_api(), decision.id)]


def _wanted(connection: Connection, subjects: Sequence[UUID] | None) -> Iterator[Stored]:
    for row in connection.execute(*store.UNIT_NAMES.of(subjects)):
        for spelled in spellings_of(row.name, _CLASS_OF_UNITS, row.code):
            yield Stored(row.subject_id, "units", row.name, spelled)
    for row in connection.execute(*store.PLACE_NAMES.of(subjects)):
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
    of_units = [row for row in preferred if row.collection == "units"]
    if not of_units:
        return []
    shown = {(row["unit_id"], row["name"]): row for row in fetch_all(connection, store.ROMANS)}
    differing = [row for row in of_units if _differs(row, shown)]
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
