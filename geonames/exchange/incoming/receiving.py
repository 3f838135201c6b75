"""Files of other registers received: kept byte for byte, then checked by a dry run that tells every row's end."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.service import register_span, unit_id_at
from data import audit
from data.access import Actor, require
from data.blobs import sha256_of
from data.db import Row, fetch_one, reading, unit_of_work
from data.errors import BadInput, BadRequest, Conflict, DimingError
from data.ids import new_id
from data.queue import Job, enqueue
from data.uploads import store as uploads
from data.uploads.model import check_name
from geonames.exchange.incoming import store
from geonames.exchange.incoming.checking import Checking
from geonames.exchange.incoming.desk import (
    MOST_TEXT,
    PREPARE,
    TASK,
    Desk,
    Tell,
    described,
    found,
    locked,
    matter_of,
    nobody,
)
from geonames.exchange.incoming.mapping import delivered, known_mappings, mapping_of, read_mapping
from geonames.exchange.incoming.model import NAMES_POLICIES, ImportAsked, Outcome
from geonames.exchange.incoming.reading import FORMS, opened
from geonames.exchange.incoming.report import write_report


def hand_in(desk: Desk, actor: Actor, path: Path, name: str, asked: ImportAsked, *, queued: bool) -> dict[str, Any]:
    """Keep the file at `path` byte for byte; with `queued` it is checked by a job. The import as `described` shows it.

    Permission `import.prepare` in the division `within`, else in the country. Raises `NotPermitted`; `BadRequest`
    `bad_import`, `file_name_unsafe`; `BadInput` `bad_mapping`, `file_empty`; `Unavailable` `queue_missing`; as
    `find_unit` for the division.
    """
    name = check_name(name)
    _check_asked(asked)
    row: dict[str, Any] = {"id": new_id(), "file_name": name, "by": actor.name, "account_id": actor.account_id}
    row["job"] = None
    with reading(desk.engine) as connection:
        row["unit_id"] = _unit(connection, asked.within)
        require(actor, PREPARE, matter_of(connection, row["unit_id"]))
    row |= {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
    if row["bytes"] == 0:
        raise BadInput("The file is empty. Nothing was stored.", code="file_empty")
    with unit_of_work(desk.engine) as connection:
        connection.execute(uploads.INTEND, {"sha256": row["sha256"], "at": desk.clock()})
    desk.blobs.keep(path)
    with unit_of_work(desk.engine) as connection:
        if queued:
            row["job"] = enqueue(connection, Job(TASK, {"file": str(row["id"])}), asked_by=actor.account_id)
        connection.execute(store.INSERT, {**row, "asked": json.dumps(asked.as_json(), ensure_ascii=False)})
        connection.execute(uploads.SETTLE, {"sha256": row["sha256"]})
        details = {"import": str(row["id"]), "sha256": row["sha256"].hex(), "bytes": row["bytes"]}
        audit.append(connection, actor=actor.name, action="import.handed_in", decision_id=None, details=details)
        return described(connection, found(connection, row["id"]))


def _check_asked(asked: ImportAsked) -> None:
    if not asked.source.strip():
        raise BadRequest("Say where the file comes from (source). Nothing was stored.", code="bad_import")
    if asked.names not in NAMES_POLICIES:
        raise BadRequest(f"names is one of {', '.join(NAMES_POLICIES)}.", code="bad_import")
    if asked.form is not None and asked.form not in FORMS:
        raise BadRequest(f"The form is one of {', '.join(FORMS)}.", code="bad_import")
    if any(len(text or "") > MOST_TEXT for text in (asked.source, asked.licence, asked.encoding)):
        raise BadRequest(f"source, licence and encoding have at most {MOST_TEXT} characters.", code="bad_import")
    if asked.encoding is not None:
        try:
            "".encode(asked.encoding)
        except LookupError as error:
            raise BadRequest(f"{asked.encoding[:40]!r} is no encoding.", code="bad_import") from error
    if asked.mapping is not None and asked.mapping not in known_mappings():
        read_mapping(asked.mapping)


def _unit(connection: Connection, within: str | None) -> UUID | None:
    if within is None:
        return None
    return unit_id_at(connection, within, register_span(connection).register_through)


def check_again(desk: Desk, actor: Actor, import_id: UUID) -> dict[str, Any]:
    """Have a file checked again, against the register as it is now, by a job. Permission `import.prepare`.

    Raises `NotPermitted`; `NotFound` `no_such_import`; `Conflict` `import_not_checked` after it was decided;
    `Unavailable` `queue_missing`.
    """
    with unit_of_work(desk.engine) as connection:
        _require_undecided(connection, actor, locked(connection, import_id))
        job = enqueue(connection, Job(TASK, {"file": str(import_id)}), asked_by=actor.account_id)
        connection.execute(store.WAITING, {"id": import_id, "job": job})
        details = {"import": str(import_id)}
        audit.append(connection, actor=actor.name, action="import.checked_again", decision_id=None, details=details)
        return described(connection, found(connection, import_id))


def check_now(desk: Desk, actor: Actor, import_id: UUID, tell: Tell = nobody) -> dict[str, Any]:
    """The same here and now, without a job: for a check that was killed, too. The import after it."""
    with reading(desk.engine) as connection:
        _require_undecided(connection, actor, found(connection, import_id))
    check_import(desk, import_id, tell)
    with reading(desk.engine) as connection:
        return described(connection, found(connection, import_id))


def _require_undecided(connection: Connection, actor: Actor, row: Row) -> None:
    require(actor, PREPARE, matter_of(connection, row["unit_id"]))
    if row["state"] not in ("waiting", "checked", "returned"):
        why = f"The file is {row['state']}. Nothing was changed."
        raise Conflict(why, code="import_not_checked", state=row["state"])


def check_import(desk: Desk, import_id: UUID, tell: Tell = nobody) -> str:
    """Check a file that was handed in: a dry run that writes the report by row and nothing else. How it stands then.

    Done again it checks again, against the register of the moment; what was decided is left as it is.
    """
    with reading(desk.engine) as connection:
        row = fetch_one(connection, store.FIND, {"id": import_id})
    if row is None or row["state"] not in ("waiting", "checked", "returned"):
        return "done"
    try:
        _check(desk, row, tell)
    except DimingError as error:
        if error.status >= 500:
            raise
        values = {"id": import_id, "problem": json.dumps(error.problem(), ensure_ascii=False), "at": desk.clock()}
        with unit_of_work(desk.engine) as connection:
            connection.execute(store.RETURNED, values)
        return "returned"
    return "checked"


def _check(desk: Desk, row: Row, tell: Tell) -> None:
    with tempfile.TemporaryDirectory(prefix="diming-report-") as folder:
        report = Path(folder) / "report.csv"
        with reading(desk.engine) as connection, checking_of(desk, connection, row) as checking:
            write_report(report, _told(checking, tell))
        digest = sha256_of(report)
        with unit_of_work(desk.engine) as connection:
            connection.execute(uploads.INTEND, {"sha256": digest, "at": desk.clock()})
        desk.blobs.keep(report)
    with unit_of_work(desk.engine) as connection:
        values = {"id": row["id"], "counts": json.dumps(_counts(checking)), "report": digest}
        connection.execute(store.CHECKED, {**values, "outcome": checking.digest.digest(), "at": desk.clock()})
        connection.execute(uploads.SETTLE, {"sha256": digest})


def _told(checking: Checking, tell: Tell) -> Iterator[Any]:
    for piece in checking.pieces():
        yield piece
        tell(checking.counts["rows"], None, "rows")


def _counts(checking: Checking) -> dict[str, Any]:
    outcomes = {str(one): checking.counts[one] for one in Outcome}
    more = {name: checking.counts[name] for name in ("rows", "new_names", "new_standard_names", "new_codes")}
    form = {"form": checking.file.form, "encoding": checking.file.encoding, "mapping": checking.mapping.key}
    return {**more, **outcomes, "findings": dict(sorted(checking.codes.items())), **form}


@contextmanager
def checking_of(desk: Desk, connection: Connection, row: Row, decision: UUID | None = None) -> Iterator[Checking]:
    """The kept file of an import read again, row by row, against the register of the moment.

    `decision`: the one by which it is being written; what it has written is not yet the register.
    """
    asked = ImportAsked(**row["asked"])
    own = None if asked.mapping is None or asked.mapping in known_mappings() else read_mapping(asked.mapping)
    if own is None and asked.mapping is not None:
        own = delivered(asked.mapping)
    with tempfile.TemporaryDirectory(prefix="diming-original-") as folder:
        path = Path(folder) / "original"
        with desk.blobs.open(bytes(row["sha256"])) as kept, path.open("wb") as out:
            while block := kept.read(1 << 20):
                out.write(block)
        with opened(path, row["file_name"], asked.form, asked.encoding, own) as file:
            mapping = mapping_of(asked.mapping, file.mapping)
            day = register_span(connection).register_through
            yield Checking(connection, file, mapping, asked, row["id"], day, decision)
