"""Comparisons of files that nobody handed in: ordered, worked out by a job, seen by whoever ordered them, forgotten.

Two layers of a country take minutes: nobody waits for that before a browser. The
files are kept until they are compared, the report for two weeks. Nothing of it
is part of the register.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.comparisons.orders import store
from boundaries.comparisons.orders.written import WRITTEN
from boundaries.comparisons.service import ACCURACY_M, ASK, MAX_DOCUMENT
from boundaries.findings.reach import reach_of
from boundaries.submissions.model import check_file_name
from data import audit
from data.access import Actor
from data.blobs import Blobs, sha256_of
from data.cases.reading import require_signed_in
from data.clock import Clock
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadRequest, Conflict, NotFound, NotSignedIn
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from data.queue import Job, enqueue, require_queue
from data.uploads import store as uploads
from data.uploads.model import check_name, check_size

TASK = "diming:compare_files"
#: As long as finished jobs are known: a comparison is made again at will.
KEPT = timedelta(days=14)
WORKER = "system:worker"
#: One person's comparisons that wait or are worked out: others want the machine too.
MOST_OPEN = 4
#: A name of a field has so many characters at most: that of a GeoPackage's column.
MAX_FIELD = 100

Kind = Literal["lines", "units"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: The roles of the files of each kind, and which of them must be there.
ROLES: Mapping[str, tuple[str, ...]] = {
    "lines": ("legal", "a", "b", "markers_legal", "markers_a", "markers_b"),
    "units": ("a", "b", "condominiums"),
}
NEEDED: Mapping[str, tuple[str, ...]] = {"lines": ("legal", "a", "b"), "units": ("a", "b")}


@dataclass(frozen=True, slots=True)
class Office:
    """Where comparisons are worked out: the office's database, the store of bytes, what time it is."""

    engine: Engine
    blobs: Blobs
    clock: Clock


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be compared: files by role, each with the name that its owner gave it.

    `accuracies_m`: the point RMSE of a side, in metres; without one the settings' (`lines`), or what the layers show
    (`units`). `documents`: by which a side's survey changes the line. `fields`: where a layer's codes stand.
    """

    kind: Kind
    files: Mapping[str, tuple[Path, str]]
    accuracies_m: Mapping[str, float | None]
    documents: Mapping[str, str]
    fields: Mapping[str, str | None]


def may_compare(connection: Connection, actor: Actor) -> None:
    """Refuse whoever may have nothing compared anywhere, before large files are read.

    Errors of `require` for `comparison.ask`.
    """
    _require_account(actor)
    reach_of(connection, actor, ASK)


def _require_account(actor: Actor) -> None:
    """What one ordered is one's own: it needs an account, and a command or a machine has none."""
    require_signed_in(actor)
    if actor.account_id is None:
        raise NotSignedIn(
            "Sign in with an account of your own: what you have compared is for you.", code="sign_in_needed"
        )


def order_comparison(office: Office, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """Have files compared; the order as `described` shows it. Permission `comparison.ask` anywhere.

    Raises `BadRequest` `bad_accuracy`, `bad_comparison_pair`, `comparisons_open`; `BadInput` `file_too_large`,
    `file_empty`, `file_name_unsafe`; `NotSignedIn`; `NotPermitted`; `Unavailable` `queue_missing`.
    """
    _check(wanted)
    with reading(office.engine) as connection:
        may_compare(connection, actor)
        require_queue(connection)
        if connection.scalar(store.OPEN, {"account": actor.account_id}) >= MOST_OPEN:
            raise Conflict(
                f"{MOST_OPEN} comparisons of yours are not worked out yet: wait for one. Nothing was stored.",
                code="comparisons_open",
            )
    files = {role: _file(path, name) for role, (path, name) in wanted.files.items()}
    for role, (path, _) in wanted.files.items():
        keep_bytes(office, path, files[role]["sha256"])
    return _record(office, actor, wanted, files)


def _check(wanted: Wanted) -> None:
    missing = [role for role in NEEDED[wanted.kind] if role not in wanted.files]
    unknown = sorted(wanted.files.keys() - set(ROLES[wanted.kind]))
    if missing or unknown:
        said = f"lacks a file: {', '.join(missing)}" if missing else f"has files of no use: {', '.join(unknown)}"
        raise BadRequest(f"The comparison {said}. Nothing was compared.", code="bad_comparison_pair")
    for accuracy in wanted.accuracies_m.values():
        if accuracy is not None and not ACCURACY_M[0] <= accuracy <= ACCURACY_M[1]:
            raise BadRequest(
                f"{accuracy} is no point accuracy: metres from {ACCURACY_M[0]} to {ACCURACY_M[1]:g}.",
                code="bad_accuracy",
            )
    if any(len(one) > MAX_DOCUMENT for one in wanted.documents.values()):
        raise BadRequest(f"Name a document in at most {MAX_DOCUMENT} characters.", code="bad_comparison_pair")
    if any(one is not None and len(one) > MAX_FIELD for one in wanted.fields.values()):
        raise BadRequest(f"The name of a field has at most {MAX_FIELD} characters.", code="bad_comparison_pair")


def _file(path: Path, name: str) -> dict[str, Any]:
    size = check_size(path.stat().st_size)
    return {"name": check_file_name(check_name(name)), "bytes": size, "sha256": sha256_of(path)}


def keep_bytes(office: Office, path: Path, digest: bytes) -> None:
    """The bytes into the store, under an intent that says so: killed from here on, they go with the next tidying."""
    with unit_of_work(office.engine) as connection:
        connection.execute(uploads.INTEND, {"sha256": digest, "at": office.clock()})
    office.blobs.keep(path)


def _record(office: Office, actor: Actor, wanted: Wanted, files: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    identity = new_id()
    inputs = {role: {**file, "sha256": file["sha256"].hex()} for role, file in files.items()}
    options = {"accuracies_m": wanted.accuracies_m, "documents": wanted.documents, "fields": wanted.fields}
    with unit_of_work(office.engine) as connection:
        job = enqueue(connection, Job(TASK, {"order": str(identity)}), asked_by=actor.account_id)
        row = {"id": identity, "kind": wanted.kind, "account": actor.account_id, "job": job,
               "inputs": as_json(inputs), "options": as_json(options)}  # fmt: skip
        connection.execute(store.INSERT, row)
        for role, file in files.items():
            connection.execute(store.INSERT_FILE, {"order": identity, "role": f"in:{role}", **file})
            connection.execute(uploads.SETTLE, {"sha256": file["sha256"]})
        details = {"comparison": str(identity), "kind": wanted.kind}
        audit.append(connection, actor=actor.name, action="comparison.ordered", decision_id=None, details=details)
        return described(find_row(connection, actor, identity))


def as_json(value: Any) -> str:
    """As it is written into a column of JSON."""
    return json.dumps(value, ensure_ascii=False)


def find_order(connection: Connection, actor: Actor, order: UUID) -> dict[str, Any]:
    """An order of one's own, and how it stands. `NotSignedIn`; `NotFound` `no_such_comparison`."""
    return described(find_row(connection, actor, order))


def find_row(connection: Connection, actor: Actor, order: UUID) -> Row:
    """The row of an order of one's own; errors of `find_order`."""
    _require_account(actor)
    row = fetch_one(connection, store.FIND, {"id": order})
    if row is None or row["account_id"] != actor.account_id:
        raise NotFound(
            "There is no such comparison, it is somebody else's, or it was more than two weeks ago: compare again.",
            code="no_such_comparison",
        )
    return row


def list_orders(
    connection: Connection, actor: Actor, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of one's own orders, the latest first. `NotSignedIn`; `BadRequest` `limit_out_of_range`, `bad_cursor`."""
    _require_account(actor)
    count, query = check_limit(limit), {"list": "comparison_orders", "for": actor.name}
    after = decode_cursor(query, cursor, (UUID,)) or (None,)
    rows = fetch_all(connection, store.LIST, {"account": actor.account_id, "after": after[0], "limit": count + 1})
    shown, following = page(rows, count, query, lambda row: [row["id"]])
    return {"items": [described(row) for row in shown], "next": following}


def described(row: Row) -> dict[str, Any]:
    """An order as the API shows it: `waiting`, `done` or `failed` (with the problem); kept until `kept_until`."""
    state = "done" if row["answer"] else "failed" if row["problem"] else "waiting"
    return {
        "id": row["id"],
        "kind": row["kind"],
        "state": state,
        "job": row["job"],
        "ordered_at": row["ordered_at"],
        "ended_at": row["ended_at"],
        "kept_until": (row["ordered_at"] + KEPT).date(),
        "inputs": row["inputs"],
        "options": row["options"],
        "answer": row["answer"],
        "counts": row["counts"],
        "problem": row["problem"],
    }


@contextmanager
def open_written(office: Office, actor: Actor, order: UUID, form: str) -> Iterator[tuple[Row, BinaryIO]]:
    """The report of one's own order in a form (`WRITTEN`).

    `NotFound` `no_such_comparison`, `no_such_blob`; `Conflict` `comparison_not_done`.
    """
    if form not in WRITTEN:
        raise NotFound(f"The report has the forms {', '.join(WRITTEN)}.", code="no_such_comparison")
    with reading(office.engine) as connection:
        find_row(connection, actor, order)
        file = fetch_one(connection, store.FILE, {"id": order, "role": form})
    if file is None:
        raise Conflict(
            "The comparison is not worked out yet, or could not be: look at its order.", code="comparison_not_done"
        )
    with office.blobs.open(bytes(file["sha256"])) as content:
        yield file, content


def forget_orders(engine: Engine, clock: Clock) -> int:
    """Forget the orders of more than two weeks ago; their bytes go when the counter is tidied. How many."""
    now = clock()
    with unit_of_work(engine) as connection:
        ids = list(connection.execute(store.OLD, {"before": now - KEPT}).scalars())
        if not ids:
            return 0
        for sha256 in connection.execute(store.FORGET_FILES, {"ids": ids}).scalars():
            connection.execute(uploads.INTEND, {"sha256": sha256, "at": now})
        connection.execute(store.FORGET, {"ids": ids})
        details = {"comparisons": [str(one) for one in ids]}
        audit.append(connection, actor=WORKER, action="comparison.forgotten", decision_id=None, details=details)
    return len(ids)
