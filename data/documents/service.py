"""What others ask about documents: those of a case, one of them, its files; what is done to one once it is issued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.access import Actor, Matter, require
from data.db import Row, fetch_all, fetch_one
from data.documents import store
from data.documents.asking import job_of
from data.documents.model import Form, State
from data.errors import BadInput, Conflict, NotFound
from data.queue import enqueue


def documents_of(connection: Connection, case_id: UUID) -> list[dict[str, Any]]:
    """The documents issued in a case, in the order of their issue. The caller has asked who may see the case.

    Each: `id, kind, doc_no, title, state (pending|made|failed|void), marking, dated, asked_at, made_at, step
    (number of the case's step), decision, problem, void, files: [{form (word|pdf|package), file_name, bytes,
    media_type, sha256}]`.
    """
    return [shown(row) for row in fetch_all(connection, store.OF_CASE, {"id": case_id})]


def shown(row: Row) -> dict[str, Any]:
    """A document as the API shows it."""
    return {
        "id": row["id"],
        "case_id": row["case_id"],
        "kind": row["kind"],
        "doc_no": row["doc_no"],
        "office": row["office"],
        "title": row["title"],
        "language": row["language"],
        "state": row["state"],
        "marking": row["marking"],
        "dated": row["dated"],
        "asked_at": row["asked_at"],
        "made_at": row["made_at"],
        "step": row["step_seq"],
        "decision": row["decision_id"],
        "problem": row["problem"],
        "notes": _notes(row["made_with"]),
        "void": None if row["void_at"] is None else {"at": row["void_at"], "why": row["void_why"]},
        "files": row["files"],
    }


def _notes(made_with: Mapping[str, Any] | None) -> list[str]:
    """What a person should know of how it was made: fonts that stood in, characters described."""
    return list((made_with or {}).get("notes", []))


def number_of(connection: Connection, document_id: UUID) -> str:
    """The number of a document; NotFound `no_such_document`."""
    return str(load_document(connection, document_id)["doc_no"])


def load_document(connection: Connection, document_id: UUID, *, lock: bool = False) -> Row:
    """The row of a document; NotFound `no_such_document`."""
    if lock:
        connection.execute(store.LOCK_DOCUMENT, {"id": document_id})
    row = fetch_one(connection, store.FIND_DOCUMENT, {"id": document_id})
    if row is None:
        raise no_such_document()
    return row


def no_such_document() -> NotFound:
    """The same words for a document that does not exist and one that the caller may not see."""
    return NotFound("There is no such document for you.", code="no_such_document")


def find_document(connection: Connection, case_id: UUID, document_id: UUID) -> dict[str, Any]:
    """A document of a case, whose reader the caller has asked about; NotFound `no_such_document`."""
    row = load_document(connection, document_id)
    if row["case_id"] != case_id:
        raise no_such_document()
    return shown(row)


def file_of(connection: Connection, case_id: UUID, document_id: UUID, form: Form) -> Row:
    """Hash, size, name and media type of a file of a document of a case.

    NotFound `no_such_document`; Conflict `document_not_made` (`state`, `problem`) where the file is not there.
    """
    shown_one = find_document(connection, case_id, document_id)
    row = fetch_one(connection, store.FIND_FILE, {"document": document_id, "form": form})
    if row is None:
        raise Conflict(
            f"{shown_one['doc_no']} has no {form} file: the document is {shown_one['state']}.",
            code="document_not_made",
            state=shown_one["state"],
            problem=shown_one["problem"],
        )
    return row


def make_again(connection: Connection, actor: Actor, matter: Matter, document_id: UUID) -> None:
    """Ask again for the files of a document that could not be made; its number stays.

    Raises `NotPermitted`, `Conflict` (`document_not_failed`).
    """
    require(actor, "document.make_again", matter)
    row = load_document(connection, document_id, lock=True)
    if row["state"] != State.FAILED:
        raise Conflict(
            f"{row['doc_no']} is {row['state']}: only a document that could not be made is made again.",
            code="document_not_failed",
        )
    connection.execute(store.SET_PENDING, {"id": document_id})
    enqueue(connection, job_of(document_id), asked_by=actor.account_id, case_id=row["case_id"])
    _told(connection, actor, "document.make_again", row, {})


def void_document(
    connection: Connection, actor: Actor, matter: Matter, document_id: UUID, why: str, at: datetime
) -> None:
    """Mark a document void (作废), with the reason; its number stays taken and its files stay kept.

    Raises `NotPermitted`, `BadInput` (`bad_fields`) without a reason, `Conflict` (`already_done`).
    """
    require(actor, "document.void", matter)
    if not 1 <= len(why.strip()) <= 1000:
        raise BadInput(
            "A document is void for a reason of 1 to 1,000 characters. Nothing was changed.", code="bad_fields"
        )
    row = load_document(connection, document_id, lock=True)
    if row["state"] == State.VOID:
        raise Conflict(f"{row['doc_no']} is void already. Nothing was changed.", code="already_done")
    values = {"id": document_id, "at": at, "by": actor.account_id, "why": why.strip()}
    connection.execute(store.SET_VOID, values)
    _told(connection, actor, "document.void", row, {"was": row["state"]})


def _told(connection: Connection, actor: Actor, action: str, row: Row, details: Mapping[str, Any]) -> None:
    audit.append(
        connection,
        actor=actor.name,
        action=action,
        decision_id=row["decision_id"],
        details={"document": str(row["id"]), "doc_no": row["doc_no"], **details},
    )
