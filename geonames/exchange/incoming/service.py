"""Files handed in, checked, decided and undone: each one transaction with its audit entry, decision and feed entries.

Nothing of a file is in the register before it is decided. What is decided is what was checked: the file is read again
when it is taken, and where anything about any row has changed meanwhile nothing is written.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.findings.reach import reach_of
from boundaries.units.service import chain_of, register_span, unit_by_id, unit_id_at
from data import audit
from data.access import Actor, Matter, require
from data.blobs import Blobs, sha256_of
from data.clock import Clock, civil_date
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.decisions import DecisionDraft, Origin, record_decisions, source_record
from data.errors import BadInput, BadRequest, Conflict, DimingError, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from data.queue import Job, enqueue
from data.uploads import store as uploads
from data.uploads.model import check_name
from geonames.exchange.incoming import applying, store
from geonames.exchange.incoming import import_sql as sql
from geonames.exchange.incoming.checking import Checking
from geonames.exchange.incoming.mapping import delivered, known_mappings, mapping_of, read_mapping
from geonames.exchange.incoming.model import NAMES_POLICIES, ImportAsked, Outcome
from geonames.exchange.incoming.reading import FORMS, opened
from geonames.exchange.incoming.report import write_report

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


# -- handing in ----------------------------------------------------------------------------------------------------


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
        require(actor, PREPARE, _matter(connection, row["unit_id"]))
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
        return described(connection, _found(connection, row["id"]))


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


def _matter(connection: Connection, unit_id: UUID | None, row: Row | None = None) -> Matter:
    """The division of an import with those above it; whoever handed it in has done so."""
    deeds = {row["account_id"]: frozenset({PREPARE})} if row is not None and row["account_id"] else {}
    if unit_id is None:
        return Matter(deeds=deeds)
    chain = chain_of(connection, unit_id, register_span(connection).register_through)
    return Matter(tuple(unit["id"] for unit in chain), chain[-1]["level"] if chain else None, deeds=deeds)


# -- checking ------------------------------------------------------------------------------------------------------


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
        with reading(desk.engine) as connection, _checking(desk, connection, row) as checking:
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
    more = {name: checking.counts[name] for name in ("rows", "new_names", "new_standard_names")}
    form = {"form": checking.file.form, "encoding": checking.file.encoding, "mapping": checking.mapping.key}
    return {**more, **outcomes, "findings": dict(sorted(checking.codes.items())), **form}


@contextmanager
def _checking(desk: Desk, connection: Connection, row: Row) -> Iterator[Checking]:
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
            yield Checking(connection, file, mapping, asked, row["id"], day)


# -- deciding ------------------------------------------------------------------------------------------------------


def apply_import(
    desk: Desk,
    actor: Actor,
    import_id: UUID,
    document: Document | None,
    *,
    leave_out_errors: bool = False,
    tell: Tell = nobody,
) -> dict[str, Any]:
    """Take a checked file into the register by a decision: all of it or nothing. The import after it.

    Permission `import.decide`, not by whoever handed the file in. Raises `NotPermitted`; `NotFound` `no_such_import`;
    `Conflict` `import_not_checked`, `import_has_errors` (unless they are left out), `import_changed` where a row would
    now end otherwise than it was checked; `BadInput` `import_document_missing` where names are to be standard.
    """
    with unit_of_work(desk.engine) as connection:
        row = _locked(connection, import_id)
        require(actor, DECIDE, _matter(connection, row["unit_id"], row))
        _require_checked(row, document, leave_out_errors)
        decision = _decision(desk, row, document, leave_out_errors)
        record_decisions(connection, [decision], actor.name)
        with _checking(desk, connection, row) as checking:
            for piece in checking.pieces():
                applying.write(connection, piece, checking.asked, decision.id)
                tell(checking.counts["rows"], row["counts"]["rows"], "rows")
        if checking.digest.digest() != bytes(row["outcome"]):
            raise _changed()
        connection.execute(sql.ANALYZE)
        places = applying.link(connection, decision.id, decision.id, "opened")
        followed = places <= MOST_FOLLOWED
        if followed:
            _follow(desk, connection, actor, decision.id, decision.id)
        values = {"id": import_id, "decision": decision.id, "by": actor.name, "at": desk.clock(), "reason": None}
        connection.execute(store.APPLIED, {**values, "counts": json.dumps(row["counts"])})
        details = {"import": str(import_id), "sha256": bytes(row["sha256"]).hex(), "counts": row["counts"],
                   "errors_left_out": leave_out_errors}  # fmt: skip
        numbers = applying.tell(connection, decision, decision.id, gone=False)
        audit.append(
            connection, actor=actor.name, action="import.applied", decision_id=decision.id, details=details,
            rows_hash=bytes(row["outcome"]), feed=numbers,
        )  # fmt: skip
        told = described(connection, _found(connection, import_id))
    if not followed:
        desk.refresh()
    return told


def _follow(desk: Desk, connection: Connection, actor: Actor, of: UUID, under: UUID) -> None:
    for ids in list(applying.touched(connection, of)):
        desk.follow(connection, actor.name, ids, under)


def _require_checked(row: Row, document: Document | None, leave_out_errors: bool) -> None:
    if row["state"] != "checked":
        raise Conflict(
            f"The file is {row['state']}: only one that is checked is taken. Nothing was changed.",
            code="import_not_checked",
            state=row["state"],
        )
    if row["counts"]["error"] and not leave_out_errors:
        raise Conflict(
            f"{row['counts']['error']:,} rows cannot be taken as they are: hand in a mended file, or decide that these "
            "rows are left out. Nothing was changed.",
            code="import_has_errors",
        )
    if document is None and row["asked"]["names"] == "as_stated":
        raise BadInput(
            "The file's names are to be standard as it states them: that needs the document (authority, title, day) "
            "that says so. Nothing was changed.",
            code="import_document_missing",
        )
    if document is not None and not (document.authority.strip() and document.title.strip()):
        raise BadInput("The document has an authority and a title.", code="import_document_missing")


def _changed() -> Conflict:
    return Conflict(
        "The register has changed since the file was checked, so that a row would end otherwise than it was reported. "
        "Nothing was changed: check it again and look at the report.",
        code="import_changed",
    )


def _decision(desk: Desk, row: Row, document: Document | None, leave_out_errors: bool) -> DecisionDraft:
    asked, counts = row["asked"], row["counts"]
    left = f"，有误的 {counts['error']} 行不予导入" if leave_out_errors and counts["error"] else ""
    said = f"批量导入 {row['file_name']}（SHA-256 {bytes(row['sha256']).hex()}）：{counts['rows']} 行{left}。"
    today = civil_date(desk.clock())
    if document is None:
        origin = Origin(asked["source"], asked["licence"], said)
        return source_record(new_id(), f"地名数据导入：{row['file_name']}", origin, today)
    day = document.decided_on.isoformat()
    return DecisionDraft(
        id=new_id(), kind="document", doc_no=document.doc_no, title=document.title, authority=document.authority,
        approved_on=day, announced_on=None, effective_on=day, basis="document_date", list_year=None, text=said,
        source=asked["source"], licence=asked["licence"], retrieved_on=today,
    )  # fmt: skip


def check_again(desk: Desk, actor: Actor, import_id: UUID) -> dict[str, Any]:
    """Have a file checked again, against the register as it is now, by a job. Permission `import.prepare`.

    Raises `NotPermitted`; `NotFound` `no_such_import`; `Conflict` `import_not_checked` after it was decided;
    `Unavailable` `queue_missing`.
    """
    with unit_of_work(desk.engine) as connection:
        row = _locked(connection, import_id)
        require(actor, PREPARE, _matter(connection, row["unit_id"]))
        if row["state"] not in ("waiting", "checked", "returned"):
            why = f"The file is {row['state']}. Nothing was changed."
            raise Conflict(why, code="import_not_checked", state=row["state"])
        job = enqueue(connection, Job(TASK, {"file": str(import_id)}), asked_by=actor.account_id)
        connection.execute(store.WAITING, {"id": import_id, "job": job})
        details = {"import": str(import_id)}
        audit.append(connection, actor=actor.name, action="import.checked_again", decision_id=None, details=details)
        return described(connection, _found(connection, import_id))


def refuse_import(desk: Desk, actor: Actor, import_id: UUID, reason: str) -> dict[str, Any]:
    """Decide that a file is not taken, and why. Permission `import.decide`; as `apply_import`; `bad_import`."""
    if not 0 < len(reason.strip()) <= MOST_TEXT:
        raise BadRequest(f"Say why, in at most {MOST_TEXT} characters. Nothing was changed.", code="bad_import")
    with unit_of_work(desk.engine) as connection:
        row = _locked(connection, import_id)
        require(actor, DECIDE, _matter(connection, row["unit_id"], row))
        if row["state"] not in ("checked", "returned"):
            why = f"The file is {row['state']}. Nothing was changed."
            raise Conflict(why, code="import_not_checked", state=row["state"])
        values = {"id": import_id, "by": actor.name, "at": desk.clock(), "reason": reason.strip()}
        connection.execute(store.REFUSED, values)
        details = {"import": str(import_id), "reason": reason.strip()}
        audit.append(connection, actor=actor.name, action="import.refused", decision_id=None, details=details)
        return described(connection, _found(connection, import_id))


def undo_import(desk: Desk, actor: Actor, import_id: UUID, reason: str) -> dict[str, Any]:
    """Take a whole import back by a decision of its own: its rows are closed, the feed tells of their end.

    Permission `import.undo`. Raises `NotFound` `no_such_import`; `Conflict` `import_not_applied`, `import_built_upon`;
    `BadRequest` `bad_import` without a reason.
    """
    if not 0 < len(reason.strip()) <= MOST_TEXT:
        raise BadRequest(f"Say why, in at most {MOST_TEXT} characters. Nothing was changed.", code="bad_import")
    with unit_of_work(desk.engine) as connection:
        row = _locked(connection, import_id)
        require(actor, UNDO, _matter(connection, row["unit_id"], row))
        if row["state"] != "applied":
            raise Conflict(
                f"The file is {row['state']}: only one that was taken is undone. Nothing was changed.",
                code="import_not_applied",
                state=row["state"],
            )
        of, decision = row["decision_id"], _correction(desk, row, reason.strip())
        record_decisions(connection, [decision], actor.name)
        places, names = applying.take_back(connection, of)
        applying.link(connection, decision.id, of, "closed")
        followed = places <= MOST_FOLLOWED
        if followed:
            _follow(desk, connection, actor, of, decision.id)
        connection.execute(store.UNDONE, {"id": import_id, "decision": decision.id, "at": desk.clock()})
        details = {"import": str(import_id), "places": places, "names": names, "reason": reason.strip()}
        numbers = applying.tell(connection, decision, of, gone=True)
        audit.append(
            connection, actor=actor.name, action="import.undone", decision_id=decision.id, details=details, feed=numbers
        )
        told = described(connection, _found(connection, import_id))
    if not followed:
        desk.refresh()
    return told


def _correction(desk: Desk, row: Row, reason: str) -> DecisionDraft:
    today = civil_date(desk.clock())
    return DecisionDraft(
        id=new_id(), kind="correction", doc_no=None, title=f"撤销地名数据导入：{row['file_name']}", authority=None,
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text=reason,
        source=row["asked"]["source"], licence=None, retrieved_on=today,
    )  # fmt: skip


# -- asking --------------------------------------------------------------------------------------------------------


def _found(connection: Connection, import_id: UUID) -> Row:
    row = fetch_one(connection, store.FIND, {"id": import_id})
    if row is None:
        raise _none()
    return row


def _locked(connection: Connection, import_id: UUID) -> Row:
    row = fetch_one(connection, store.LOCK, {"id": import_id})
    if row is None:
        raise _none()
    return row


def _none() -> NotFound:
    return NotFound("There is no such import for you.", code="no_such_import")


def _visible(connection: Connection, actor: Actor, import_id: UUID) -> Row:
    row = _found(connection, import_id)
    require(actor, READ, _matter(connection, row["unit_id"]))
    return row


def find_import(connection: Connection, actor: Actor, import_id: UUID) -> dict[str, Any]:
    """An import, how it stands and what was found. Permission `import.read`; `NotFound` `no_such_import`."""
    return described(connection, _visible(connection, actor, import_id))


def list_imports(
    connection: Connection,
    actor: Actor,
    *,
    state: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of imports of one's jurisdiction, the latest first. `BadRequest` `bad_import` for an unknown state."""
    if state is not None and state not in STATES:
        raise BadRequest(f"state is one of {', '.join(STATES)}.", code="bad_import")
    limit, query = check_limit(limit), {"list": "imports", "state": state}
    after = decode_cursor(query, cursor, (str, UUID))
    units, _ = reach_of(connection, actor, READ)
    values = {
        "state": state, "everywhere": None in units, "units": [unit for unit in units if unit is not None],
        "after": after[0] if after else None, "after_id": after[1] if after else None, "limit": limit + 1,
    }  # fmt: skip
    rows = fetch_all(connection, store.LIST, values)
    shown, following = page(rows, limit, query, lambda row: (row["handed_in_at"].isoformat(), row["id"]))
    return {"items": [described(connection, row) for row in shown], "next": following}


@contextmanager
def open_report(desk: Desk, actor: Actor, import_id: UUID) -> Iterator[tuple[dict[str, Any], BinaryIO]]:
    """The report by row of an import. `Conflict` `import_not_checked` where there is none."""
    with reading(desk.engine) as connection:
        row = _visible(connection, actor, import_id)
    if row["report_sha256"] is None:
        why = "The file is not checked: there is no report yet."
        raise Conflict(why, code="import_not_checked", state=row["state"])
    with desk.blobs.open(bytes(row["report_sha256"])) as file:
        yield dict(row), file


@contextmanager
def open_original(desk: Desk, actor: Actor, import_id: UUID) -> Iterator[tuple[dict[str, Any], BinaryIO]]:
    """The file as it was handed in, byte for byte."""
    with reading(desk.engine) as connection:
        row = _visible(connection, actor, import_id)
    with desk.blobs.open(bytes(row["sha256"])) as file:
        yield {"name": row["file_name"], "media_type": "application/octet-stream", **dict(row)}, file


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
