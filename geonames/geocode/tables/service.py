"""Tables of addresses are ordered, geocoded by a job chunk by chunk, and fetched by whoever ordered them.

The original is kept as it came. The job writes each chunk with its own transaction and begins, after a kill, where
the last one ended. Addresses can be personal data: only their owner sees a table, and it is forgotten after two weeks.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit
from data.access import Actor, Matter, require
from data.blobs import Blobs, sha256_of
from data.clock import Clock
from data.db import Row, fetch_all, fetch_one, reading, set_role_reader, unit_of_work
from data.errors import Conflict, DimingError, NotFound
from data.governing import EFFECTIVE, govern
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from data.queue import Job, enqueue, require_queue
from data.uploads import store as uploads
from data.uploads.model import check_name
from geonames.geocode.service import geocode
from geonames.geocode.tables import store
from geonames.geocode.tables.model import AddressTable, read_addresses, told
from geonames.geocode.tables.writing import write
from geonames.places.days import gazetteer_span

TASK = "diming:geocode_table"
#: Rows written together: a second's work, so that a kill costs a second and progress moves.
CHUNK = 200
#: Readings that are looked at in each row.
READINGS = 5
KEPT = timedelta(days=14)
#: Tables that one account may have under way.
MOST_OPEN = 5
WORKER = "system:worker"
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Geocoding:
    """Where tables are kept and worked on."""

    engine: Engine
    blobs: Blobs
    clock: Clock


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table to be geocoded: its file as it came, the column (None: found), the day and the date that governs."""

    file: BinaryIO
    file_name: str
    column: str | None = None
    as_of: date | None = None
    governed_by: str = EFFECTIVE


def order(geocoding: Geocoding, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """Have a table geocoded; the order as `described` shows it.

    Raises `NotSignedIn`, `NotPermitted`; `BadInput` of `read_addresses`, `file_name_unsafe`; `BadRequest` for days;
    `Conflict` `too_many_geocode_jobs`; `Unavailable` `queue_missing`.
    """
    require(actor, "geocode.order", _own(actor))
    name = check_name(wanted.file_name)
    with tempfile.TemporaryDirectory(prefix="diming-geocode-") as folder:
        path = Path(folder) / "table"
        with path.open("wb") as out:
            shutil.copyfileobj(wanted.file, out)
        table = read_addresses(path, wanted.column)
        return _kept(geocoding, actor, wanted, name, path, table)


def _own(actor: Actor) -> Matter:
    return Matter(relations={actor.account_id: frozenset({"self"})} if actor.account_id else {})


def _kept(
    geocoding: Geocoding, actor: Actor, wanted: Wanted, name: str, path: Path, table: AddressTable
) -> dict[str, Any]:
    digest, now, identity = sha256_of(path), geocoding.clock(), new_id()
    with unit_of_work(geocoding.engine) as connection:  # killed from here on, the bytes go with the next tidying
        require_queue(connection)
        govern(connection, wanted.governed_by)
        gazetteer_span(connection).day(wanted.as_of)
        connection.execute(uploads.INTEND, {"sha256": digest, "at": now})
    geocoding.blobs.keep(path)
    with unit_of_work(geocoding.engine) as connection:
        if (connection.scalar(store.OPEN_OF_ACCOUNT, {"account": actor.account_id}) or 0) >= MOST_OPEN:
            raise Conflict(f"{MOST_OPEN} of your tables are under way; wait for one. Nothing was stored.",
                           code="too_many_geocode_jobs")  # fmt: skip
        job = enqueue(connection, Job(TASK, {"order": str(identity)}), asked_by=actor.account_id)
        values = {"id": identity, "account": actor.account_id, "file_name": name, "sha256": digest,
                  "bytes": path.stat().st_size, "column": table.headings[table.column], "as_of": wanted.as_of,
                  "governed_by": wanted.governed_by, "rows": len(table.rows), "job": job, "at": now}  # fmt: skip
        connection.execute(store.INSERT, values)
        connection.execute(uploads.SETTLE, {"sha256": digest})
        details = {"order": str(identity), "rows": len(table.rows)}
        audit.append(connection, actor=actor.name, action="geocode.ordered", decision_id=None, details=details)
        return described(_order(connection, actor, identity))


def find_order(connection: Connection, actor: Actor, order_id: UUID) -> dict[str, Any]:
    """One of one's own tables, and how far it is. `NotFound` `no_such_geocode_job`."""
    return described(_order(connection, actor, order_id))


def list_orders(connection: Connection, actor: Actor, *, limit: int | None, cursor: str | None) -> dict[str, Any]:
    """A page of one's own tables, latest first."""
    require(actor, "geocode.order", _own(actor))
    size, query = check_limit(limit), {"list": "geocode", "account": str(actor.account_id)}
    before = decode_cursor(query, cursor, (datetime.fromisoformat, UUID)) or (None, None)
    asked = {"account": actor.account_id, "before": before[0], "before_id": before[1], "limit": size + 1}
    rows, following = page(
        fetch_all(connection, store.LIST, asked), size, query, lambda row: (row["ordered_at"].isoformat(), row["id"])
    )
    return {"items": [described(row) for row in rows], "next": following}


def _order(connection: Connection, actor: Actor, order_id: UUID) -> Row:
    require(actor, "geocode.order", _own(actor))
    row = fetch_one(connection, store.FIND, {"id": order_id})
    if row is None or row["account_id"] != actor.account_id:
        raise NotFound(
            "There is no such table, it is somebody else's, or it was too long ago: send it again.",
            code="no_such_geocode_job",
        )
    return row


def described(row: Row) -> dict[str, Any]:
    """An order as the API shows it: `waiting`, `running`, `done` or `failed` (with the problem)."""
    state = "failed" if row["problem"] else "done" if row["ended_at"] else "running" if row["done"] else "waiting"
    return {
        "id": row["id"],
        "state": state,
        "file_name": row["file_name"],
        "column": row["column_name"],
        "as_of": row["as_of"],
        "governed_by": row["governed_by"],
        "rows": row["rows"],
        "done": row["done"],
        "job": row["job"],
        "ordered_at": row["ordered_at"],
        "ended_at": row["ended_at"],
        "kept_until": (row["ordered_at"] + KEPT).date(),
        "sha256": bytes(row["original_sha256"]).hex(),
        "problem": row["problem"],
    }


def original(geocoding: Geocoding, actor: Actor, order_id: UUID) -> tuple[dict[str, Any], bytes]:
    """The bytes of the table as they came. `NotFound` `no_such_geocode_job`."""
    with reading(geocoding.engine) as connection:
        row = _order(connection, actor, order_id)
    with geocoding.blobs.open(bytes(row["original_sha256"])) as file:
        return described(row), file.read()


def result(geocoding: Geocoding, actor: Actor, order_id: UUID, form: str) -> tuple[dict[str, Any], Iterator[bytes]]:
    """The table with its results in one of `writing.FORMS`. `Conflict` `geocode_not_done` before its end."""
    with reading(geocoding.engine) as connection:
        row = _order(connection, actor, order_id)
        if row["ended_at"] is None:
            raise Conflict("The table is not done yet: look at its state.", code="geocode_not_done")
        results = connection.execute(store.RESULTS, {"id": order_id}).scalars().all()
    return described(row), write(form, _table(geocoding.blobs, row), results)


def _table(blobs: Blobs, row: Row) -> AddressTable:
    with tempfile.TemporaryDirectory(prefix="diming-geocode-") as folder:
        path = Path(folder) / "table"
        with blobs.open(bytes(row["original_sha256"])) as source, path.open("wb") as out:
            shutil.copyfileobj(source, out)
        return read_addresses(path, row["column_name"])


def work(geocoding: Geocoding, order_id: UUID, tell: Tell) -> str:
    """Geocode what of a table is left; done again it finds that it is done. How it stands then."""
    with reading(geocoding.engine) as connection:
        row = fetch_one(connection, store.FIND, {"id": order_id})
    if row is None or row["ended_at"] is not None:
        return "done"
    try:
        table = _table(geocoding.blobs, row)
    except DimingError as error:
        problem = json.dumps(error.problem(), ensure_ascii=False)
        with unit_of_work(geocoding.engine) as connection:
            connection.execute(store.FAILED, {"id": order_id, "problem": problem})
        return "failed"
    while (done := _chunk(geocoding, row, table)) < len(table.rows):
        tell(done, len(table.rows))
    tell(done, len(table.rows))
    with unit_of_work(geocoding.engine) as connection:
        connection.execute(store.END, {"id": order_id, "at": geocoding.clock()})
    return "done"


def _chunk(geocoding: Geocoding, row: Row, table: AddressTable) -> int:
    """Geocode the next rows and write them; how many are done then."""
    with unit_of_work(geocoding.engine) as connection:
        connection.execute(store.LOCK, {"id": row["id"]})
        found = fetch_one(connection, store.FIND, {"id": row["id"]})
        first = found["done"] if found else 0
        numbers = range(first, min(first + CHUNK, len(table.rows)))
        results = list(_results(geocoding.engine, row, [table.address(number) for number in numbers]))
        values = {
            "id": row["id"],
            "numbers": list(numbers),
            "results": [json.dumps(one, ensure_ascii=False) for one in results],
        }
        connection.execute(store.ADD_RESULTS, values)
        return numbers.stop


def _results(engine: Engine, row: Row, addresses: list[str]) -> Iterator[dict[str, Any]]:
    """As the public reads: what is not published finds no address."""
    with reading(engine) as connection:
        set_role_reader(connection)
        govern(connection, row["governed_by"])
        for address in addresses:
            yield geocode_row(connection, address, row["as_of"])


def geocode_row(connection: Connection, address: str, as_of: date | None) -> dict[str, Any]:
    """What is said of one address; what is wrong with it is said, too."""
    try:
        return told(geocode(connection, address, as_of=as_of, limit=READINGS)["items"])
    except DimingError as error:
        if error.status >= 500:
            raise
        return {"confidence": 0.0, "other_readings": 0, "problem": error.code}


def forget_orders(engine: Engine, clock: Clock) -> int:
    """Forget tables of more than two weeks ago; their bytes go when the counter is tidied. How many."""
    now = clock()
    with unit_of_work(engine) as connection:
        rows = connection.execute(store.FORGET, {"before": now - KEPT}).all()
        for row in rows:
            connection.execute(uploads.INTEND, {"sha256": row.original_sha256, "at": now})
        if rows:
            details = {"orders": [str(row.id) for row in rows]}
            audit.append(connection, actor=WORKER, action="geocode.forgotten", decision_id=None, details=details)
    return len(rows)
