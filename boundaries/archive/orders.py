"""Archives that are made by a job: ordered, made with progress, fetched by whoever ordered them, forgotten.

A long line has hundreds of registration forms, each set as Word and PDF: nobody waits for that before a browser. What
is in it is what the person who ordered it may see when it is made, and nobody else fetches it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.archive import store
from boundaries.archive.service import READ, Tell, archive_line
from boundaries.findings.reach import beside, require_beside
from boundaries.units.service import register_span
from data import audit
from data.access import Actor
from data.accounts.identity import actor_of
from data.blobs import Blobs, sha256_of
from data.cases.model import Casework
from data.cases.reading import require_signed_in
from data.clock import Clock
from data.db import Row, fetch_one, reading, unit_of_work
from data.documents.making import Workshop
from data.errors import Conflict, DimingError, NotFound
from data.ids import new_id
from data.queue import Job, enqueue, require_queue
from data.uploads import store as uploads

TASK = "diming:make_archive"
#: As long as finished jobs are known: an archive is made again at will.
KEPT = timedelta(days=14)
WORKER = "system:worker"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where archives lie that were made: the office's database and the store of bytes."""

    engine: Engine
    blobs: Blobs


def order_archive(engine: Engine, actor: Actor, line: UUID, as_of: date | None = None) -> dict[str, Any]:
    """Have the archive of a line made as it stands on a day; the order as `described` shows it.

    Permission `inspection.read` beside the line. Raises `NotSignedIn`; `NotFound` `no_such_line`; `BadRequest`
    `as_of_after_register`, `as_of_before_register`; `NotPermitted`; `Unavailable` `queue_missing`.
    """
    require_signed_in(actor)
    identity = new_id()
    with unit_of_work(engine) as connection:
        require_queue(connection)
        require_beside(actor, READ, beside(connection, line))
        day = register_span(connection).day(as_of)
        job = enqueue(connection, Job(TASK, {"order": str(identity)}), asked_by=actor.account_id)
        row = {"id": identity, "line": line, "day": day, "account": actor.account_id, "job": job}
        connection.execute(store.INSERT_ORDER, row)
        details = {"archive": str(identity), "line": str(line)}
        audit.append(connection, actor=actor.name, action="archive.ordered", decision_id=None, details=details)
        return described(_order(connection, actor, identity))


def find_order(connection: Connection, actor: Actor, order: UUID) -> dict[str, Any]:
    """An order of one's own, and how it stands. `NotFound` `no_such_archive`."""
    return described(_order(connection, actor, order))


def _order(connection: Connection, actor: Actor, order: UUID) -> Row:
    require_signed_in(actor)
    row = fetch_one(connection, store.ORDER, {"id": order})
    if row is None or row["account_id"] != actor.account_id:
        raise NotFound(
            "There is no such archive, it is somebody else's, or it was too long ago: order it again.",
            code="no_such_archive",
        )
    return row


def described(row: Row) -> dict[str, Any]:
    """An order as the API shows it: `waiting`, `made` or `failed` (with the problem); kept until `kept_until`."""
    made = row["sha256"] is not None
    return {
        "id": row["id"],
        "line": {"id": row["line_id"], "name": row["line_name"]},
        "as_of": row["as_of"],
        "state": "made" if made else "failed" if row["problem"] else "waiting",
        "job": row["job"],
        "ordered_at": row["ordered_at"],
        "kept_until": (row["ordered_at"] + KEPT).date() if made else None,
        "file_name": row["file_name"],
        "files": row["files"],
        "bytes": row["bytes"],
        "sha256": bytes(row["sha256"]).hex() if made else None,
        "problem": row["problem"],
    }


@contextmanager
def open_archive(shelf: Shelf, actor: Actor, order: UUID) -> Iterator[tuple[dict[str, Any], BinaryIO]]:
    """The package of one's own order. `NotFound` `no_such_archive`, `no_such_blob`; `Conflict` `archive_not_made`."""
    with reading(shelf.engine) as connection:
        row = _order(connection, actor, order)
    if row["sha256"] is None:
        raise Conflict("The archive is not made yet, or could not be: look at its order.", code="archive_not_made")
    with shelf.blobs.open(bytes(row["sha256"])) as file:
        yield described(row), file


def make_archive(workshop: Workshop, casework: Casework, order: UUID, tell: Tell) -> str:
    """Make an archive that was ordered; done again it finds that it is done. How it stands then.

    It holds what the person who ordered it may see now. What speaks against it is kept with the order.
    """
    with reading(workshop.engine) as connection:
        row = fetch_one(connection, store.ORDER, {"id": order})
        if row is None or row["sha256"] is not None:
            return "done"
        actor = actor_of(connection, row["account_id"], "job", casework.clock())
    try:
        _made(workshop, casework, actor, row, tell)
    except DimingError as error:
        problem = json.dumps(error.problem(), ensure_ascii=False)
        with unit_of_work(workshop.engine) as connection:
            connection.execute(store.ORDER_FAILED, {"id": order, "problem": problem})
        return "failed"
    return "made"


def _made(workshop: Workshop, casework: Casework, actor: Actor, row: Row, tell: Tell) -> None:
    with tempfile.TemporaryDirectory(prefix="diming-archive-") as name:
        path = Path(name) / "archive.zip"
        with path.open("wb") as out:
            archive = archive_line(workshop, casework, actor, row["line_id"], cast(BinaryIO, out), row["as_of"], tell)
        digest = sha256_of(path)
        with unit_of_work(workshop.engine) as connection:  # killed from here on, the bytes go with the next tidying
            connection.execute(uploads.INTEND, {"sha256": digest, "at": casework.clock()})
        workshop.blobs.keep(path)
        values = {"id": row["id"], "sha256": digest, "name": archive.name, "files": archive.files,
                  "bytes": path.stat().st_size}  # fmt: skip
    with unit_of_work(workshop.engine) as connection:
        connection.execute(store.ORDER_MADE, values)
        connection.execute(uploads.SETTLE, {"sha256": digest})


def forget_archives(engine: Engine, clock: Clock) -> int:
    """Forget the orders of more than two weeks ago; their bytes go when the counter is tidied. How many."""
    now: datetime = clock()
    with unit_of_work(engine) as connection:
        rows = connection.execute(store.FORGET_ORDERS, {"before": now - KEPT}).all()
        for row in rows:
            if row.sha256 is not None:
                connection.execute(uploads.INTEND, {"sha256": row.sha256, "at": now})
        if rows:
            details = {"archives": [str(row.id) for row in rows]}
            audit.append(connection, actor=WORKER, action="archive.forgotten", decision_id=None, details=details)
    return len(rows)
