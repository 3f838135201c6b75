"""Exports that are ordered: made by a job with progress, their files fetched in parts, forgotten after two weeks.

An export holds what the public may read, so whoever has its address may fetch it; ordering one costs the machine
something and asks for an account. A job that is killed begins anew: a file appears when all of them are whole.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit
from data.access import Actor, Matter, require
from data.blobs import Blobs
from data.cases.reading import require_signed_in
from data.clock import Clock
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import Conflict, DimingError, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from data.queue import Job, enqueue, require_queue
from data.uploads import store as uploads
from geonames.exchange import order_store as store
from geonames.exchange.exporting import Exported, Tell, export, settle
from geonames.exchange.model import Asked, asked_of

ORDER = "export.order"
TASK = "diming:make_export"
#: As long as finished jobs are known: an export is made again at will.
KEPT = timedelta(days=14)
WORKER = "system:worker"


@dataclass(frozen=True, slots=True)
class Warehouse:
    """Where exports are made and lie: the office's database, the public's eyes, the store of bytes, the time.

    `base`: the address of this installation, for the identifiers of Linked Places.
    """

    engine: Engine
    public: Engine
    blobs: Blobs
    clock: Clock
    base: str
    #: A folder of fonts for books, beside those of the machine.
    fonts: Path | None = None


def order_export(house: Warehouse, actor: Actor, asked: Asked) -> dict[str, Any]:
    """Have an export made; the order as `described` shows it. The same question about the same state is made once.

    Raises `NotSignedIn`, `NotPermitted`, as `settle`, and `Unavailable` `queue_missing`.
    """
    require_signed_in(actor)
    require(actor, ORDER, Matter())
    with reading(house.public) as connection:
        state, _ = settle(connection, asked)
    kept = json.dumps({**asked.as_json(), "as_of": state.as_of.isoformat()}, ensure_ascii=False)
    with unit_of_work(house.engine) as connection:
        require_queue(connection)
        since = house.clock() - KEPT / 2
        same = connection.scalar(store.SAME, {"asked": kept, "seq": state.seq, "since": since})
        if same is not None:
            return _found(connection, same)
        identity = new_id()
        job = enqueue(connection, Job(TASK, {"export": str(identity)}), asked_by=actor.account_id)
        connection.execute(store.INSERT, {"id": identity, "asked": kept, "account": actor.account_id, "job": job})
        details = {"export": str(identity), "asked": json.loads(kept)}
        audit.append(connection, actor=actor.name, action="export.ordered", decision_id=None, details=details)
        return _found(connection, identity)


def find_export(connection: Connection, export_id: UUID) -> dict[str, Any]:
    """An export and how it stands. `NotFound` `no_such_export`."""
    return _found(connection, export_id)


def _found(connection: Connection, export_id: UUID) -> dict[str, Any]:
    row = fetch_one(connection, store.FIND, {"id": export_id})
    if row is None:
        raise _none()
    return described(row)


def _none() -> NotFound:
    return NotFound("There is no such export, or it was too long ago: order it again.", code="no_such_export")


def list_exports(
    connection: Connection, *, forms: Sequence[str] | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of exports, the latest first; with `forms` those of these formats."""
    limit, query = check_limit(limit), {"list": "exports", "form": ",".join(forms or ())}
    after = decode_cursor(query, cursor, (datetime.fromisoformat, UUID))
    values = {"after": after[0] if after else None, "after_id": after[1] if after else None, "limit": limit + 1}
    values["forms"] = list(forms) if forms else None
    rows = fetch_all(connection, store.LIST, values)
    shown, following = page(rows, limit, query, lambda row: (row["ordered_at"].isoformat(), row["id"]))
    return {"items": [described(row) for row in shown], "next": following}


def described(row: Row) -> dict[str, Any]:
    """An export as the API shows it: `waiting`, `made` or `failed` (with the problem)."""
    made = row["package"] is not None
    return {
        "id": row["id"],
        "asked": row["asked"],
        "state": "made" if made else "failed" if row["problem"] else "waiting",
        "job": row["job"],
        "ordered_at": row["ordered_at"],
        "made_at": row["made_at"],
        "kept_until": (row["ordered_at"] + KEPT).date() if made else None,
        "changes_through": row["package"]["diming"]["changes_through"] if made else None,
        "map_approval": row["package"]["diming"]["map_approval"] if made else None,
        "left_out": row["package"]["diming"]["left_out"] if made else {},
        "files": row["files"],
        "problem": row["problem"],
    }


@contextmanager
def open_file(house: Warehouse, export_id: UUID, name: str) -> Iterator[tuple[dict[str, Any], BinaryIO]]:
    """A file of an export with its name, media type, size and SHA-256.

    `NotFound` `no_such_export`, `no_such_export_file`; `Conflict` `export_not_made`.
    """
    with reading(house.engine) as connection:
        found = _found(connection, export_id)
        row = fetch_one(connection, store.FILE, {"id": export_id, "name": name})
    if found["state"] != "made":
        raise Conflict("The export is not made yet, or could not be: look at it.", code="export_not_made")
    if row is None:
        raise NotFound("The export has no file of this name: its package lists them.", code="no_such_export_file")
    with house.blobs.open(bytes(row["sha256"])) as file:
        yield dict(row), file


def make_export(house: Warehouse, export_id: UUID, tell: Tell) -> str:
    """Make an export that was ordered; done again it finds that it is done. How it stands then.

    What speaks against it is kept with the order.
    """
    with reading(house.engine) as connection:
        row = fetch_one(connection, store.FIND, {"id": export_id})
    if row is None or row["package"] is not None:
        return "done"
    try:
        _make(house, export_id, asked_of(row["asked"]), tell)
    except DimingError as error:
        problem = json.dumps(error.problem(), ensure_ascii=False)
        with unit_of_work(house.engine) as connection:
            connection.execute(store.FAILED, {"id": export_id, "problem": problem})
        return "failed"
    return "made"


def _make(house: Warehouse, export_id: UUID, asked: Asked, tell: Tell) -> None:
    with tempfile.TemporaryDirectory(prefix="diming-export-") as name:
        folder = Path(name) / "export"
        with reading(house.public) as connection:
            made = export(connection, asked, folder, export_id, house.clock(), house.base, tell, house.fonts)
        with unit_of_work(house.engine) as connection:  # killed from here on, the bytes go with the next tidying
            for one in made.files:
                connection.execute(uploads.INTEND, {"sha256": bytes.fromhex(one.sha256), "at": house.clock()})
        for one in made.files:
            house.blobs.keep(folder / one.name)
        _record(house, export_id, made)


def _record(house: Warehouse, export_id: UUID, made: Exported) -> None:
    with unit_of_work(house.engine) as connection:
        row = connection.execute(store.LOCK, {"id": export_id}).one_or_none()
        if row is None or row.package is not None:  # forgotten, or made by another attempt
            return
        for one in made.files:
            sha256 = bytes.fromhex(one.sha256)
            rows = sum(one.rows.values()) if one.rows else None
            values = {"id": export_id, "name": one.name, "media_type": one.media_type, "bytes": one.bytes}
            connection.execute(store.ADD_FILE, {**values, "sha256": sha256, "rows": rows})
            connection.execute(uploads.SETTLE, {"sha256": sha256})
        package = json.dumps(made.package, ensure_ascii=False)
        connection.execute(store.MADE, {"id": export_id, "package": package, "at": house.clock()})


def forget_exports(engine: Engine, clock: Clock) -> int:
    """Forget the exports of more than two weeks ago; their bytes go when the counter is tidied. How many."""
    before = clock() - KEPT
    with unit_of_work(engine) as connection:
        files = connection.execute(store.FORGET_FILES, {"before": before}).all()
        gone = connection.execute(store.FORGET, {"before": before}).all()
        for row in files:
            connection.execute(uploads.INTEND, {"sha256": row.sha256, "at": clock()})
        if gone:
            details = {"exports": [str(row.id) for row in gone]}
            audit.append(connection, actor=WORKER, action="export.forgotten", decision_id=None, details=details)
    return len(gone)
