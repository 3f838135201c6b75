"""Where files are handed in, whose matter each is, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.units.service import chain_of, register_span, unit_by_id
from data.access import Matter
from data.blobs import Blobs
from data.clock import Clock
from data.db import Row, fetch_one
from data.errors import NotFound
from geonames.exchange.incoming import store

PREPARE, READ, DECIDE, UNDO = "import.prepare", "import.read", "import.decide", "import.undo"
TASK = "diming:check_import"
STATES = ("waiting", "returned", "checked", "applied", "refused", "undone")
#: More changed places are not followed one by one: the keys of search are then written whole after the transaction.
MOST_FOLLOWED = 20_000
MOST_TEXT = 1_000

Tell = Callable[[int, int | None, str], None]
Follow = Callable[[Connection, str, list[UUID], UUID], None]
Refresh = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where files are handed in: the office's database, the store of bytes, the time.

    `follow`: brings up to date what is derived from places, in the transaction; `refresh`: all of it, after one.
    """

    engine: Engine
    blobs: Blobs
    clock: Clock
    follow: Follow
    refresh: Refresh


@dataclass(frozen=True, slots=True)
class Document:
    """The document by which a file is taken: None for facts without one. `decided_on`: its day."""

    authority: str
    title: str
    doc_no: str | None
    decided_on: date


def nobody(_done: int, _total: int | None, _note: str) -> None:
    """Whoever waits is told nothing."""


def matter_of(connection: Connection, unit_id: UUID | None, row: Row | None = None) -> Matter:
    """The division of an import with those above it; whoever handed it in has done so."""
    deeds = {row["account_id"]: frozenset({PREPARE})} if row is not None and row["account_id"] else {}
    if unit_id is None:
        return Matter(deeds=deeds)
    chain = chain_of(connection, unit_id, register_span(connection).register_through)
    return Matter(tuple(unit["id"] for unit in chain), chain[-1]["level"] if chain else None, deeds=deeds)


def found(connection: Connection, import_id: UUID) -> Row:
    """An import as it is stored; `NotFound` `no_such_import`."""
    row = fetch_one(connection, store.FIND, {"id": import_id})
    if row is None:
        raise _none()
    return row


def locked(connection: Connection, import_id: UUID) -> Row:
    """The same, held against everybody else until the end of the transaction."""
    row = fetch_one(connection, store.LOCK, {"id": import_id})
    if row is None:
        raise _none()
    return row


def _none() -> NotFound:
    return NotFound("There is no such import for you.", code="no_such_import")


def described(connection: Connection, row: Row) -> dict[str, Any]:
    """An import as the API shows it."""
    unit = None
    if row["unit_id"] is not None:
        found = unit_by_id(connection, row["unit_id"], register_span(connection).register_through)
        unit = {"code": found["code"], "name": found["name"]} if found else None
    return {
        "id": row["id"],
        "file_name": row["file_name"],
        "bytes": row["bytes"],
        "sha256": bytes(row["sha256"]).hex(),
        "asked": row["asked"],
        "unit": unit,
        "handed_in_by": row["person"] or row["handed_in_by"],
        "handed_in_at": row["handed_in_at"],
        "job": row["job"],
        "state": row["state"],
        "counts": row["counts"],
        "problem": row["problem"],
        "checked_at": row["checked_at"],
        "decision": row["decision_id"],
        "decided_at": row["decided_at"],
        "reason": row["reason"],
        "undone_by": row["undone_by"],
        "undone_at": row["undone_at"],
    }
