"""Files that were checked, decided and undone: each one transaction with audit entry, decision and feed entries.

Nothing of a file is in the register before it is decided. What is decided is what was checked: the file is read again
when it is taken, and where anything about any row has changed meanwhile nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from boundaries.findings.reach import reach_of
from data import audit
from data.access import Actor, require
from data.clock import civil_date
from data.db import Row, fetch_all, reading, unit_of_work
from data.decisions import DecisionDraft, Origin, record_decisions, source_record
from data.errors import BadInput, BadRequest, Conflict
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from geonames.exchange.incoming import applying, store
from geonames.exchange.incoming import import_sql as sql
from geonames.exchange.incoming.desk import (
    DECIDE,
    MOST_FOLLOWED,
    MOST_TEXT,
    READ,
    STATES,
    UNDO,
    Desk,
    Document,
    Tell,
    described,
    found,
    locked,
    matter_of,
    nobody,
)
from geonames.exchange.incoming.receiving import checking_of


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
        row = locked(connection, import_id)
        require(actor, DECIDE, matter_of(connection, row["unit_id"], row))
        _require_checked(row, document, leave_out_errors)
        decision = _decision(desk, row, document, leave_out_errors)
        record_decisions(connection, [decision], actor.name)
        if row["counts"].get("new_codes"):
            connection.execute(sql.LOCK_CODES)
        with checking_of(desk, connection, row, decision.id) as checking:
            for piece in checking.pieces():
                applying.write(connection, piece, checking.asked, decision.id)
                tell(checking.counts["rows"], row["counts"]["rows"], "rows")
        if checking.digest.digest() != bytes(row["outcome"]):
            raise _changed()
        connection.execute(sql.RAISE_SERIES, {"decision": decision.id})
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
        told = described(connection, found(connection, import_id))
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


def refuse_import(desk: Desk, actor: Actor, import_id: UUID, reason: str) -> dict[str, Any]:
    """Decide that a file is not taken, and why. Permission `import.decide`; as `apply_import`; `bad_import`."""
    if not 0 < len(reason.strip()) <= MOST_TEXT:
        raise BadRequest(f"Say why, in at most {MOST_TEXT} characters. Nothing was changed.", code="bad_import")
    with unit_of_work(desk.engine) as connection:
        row = locked(connection, import_id)
        require(actor, DECIDE, matter_of(connection, row["unit_id"], row))
        if row["state"] not in ("checked", "returned"):
            why = f"The file is {row['state']}. Nothing was changed."
            raise Conflict(why, code="import_not_checked", state=row["state"])
        values = {"id": import_id, "by": actor.name, "at": desk.clock(), "reason": reason.strip()}
        connection.execute(store.REFUSED, values)
        details = {"import": str(import_id), "reason": reason.strip()}
        audit.append(connection, actor=actor.name, action="import.refused", decision_id=None, details=details)
        return described(connection, found(connection, import_id))


def undo_import(desk: Desk, actor: Actor, import_id: UUID, reason: str) -> dict[str, Any]:
    """Take a whole import back by a decision of its own: its rows are closed, the feed tells of their end.

    Permission `import.undo`. Raises `NotFound` `no_such_import`; `Conflict` `import_not_applied`, `import_built_upon`;
    `BadRequest` `bad_import` without a reason.
    """
    if not 0 < len(reason.strip()) <= MOST_TEXT:
        raise BadRequest(f"Say why, in at most {MOST_TEXT} characters. Nothing was changed.", code="bad_import")
    with unit_of_work(desk.engine) as connection:
        row = locked(connection, import_id)
        require(actor, UNDO, matter_of(connection, row["unit_id"], row))
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
        told = described(connection, found(connection, import_id))
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


def _visible(connection: Connection, actor: Actor, import_id: UUID) -> Row:
    row = found(connection, import_id)
    require(actor, READ, matter_of(connection, row["unit_id"]))
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
    after = decode_cursor(query, cursor, (datetime.fromisoformat, UUID))
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
