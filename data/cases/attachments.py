"""Documents handed in (附件): received, looked at, kept by their hash, and shown to those who may see the case."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.access import Actor
from data.access.question import Reason, Refusal
from data.blobs import Blobs, receive
from data.cases import store
from data.cases.model import Casework
from data.cases.reading import load_case, require_signed_in
from data.cases.refusals import no_such_case, refused
from data.cases.requests import check_key
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import Conflict
from data.ids import derived_id, new_id
from data.paging import check_limit, decode_cursor, page
from data.papers import MAX_BYTES, MAX_NAME, check_paper


def keep_attachment(
    casework: Casework, blobs: Blobs, actor: Actor, source: BinaryIO, name: str, key: str | None = None
) -> dict[str, Any]:
    """Keep a document that somebody uploads, to be handed in with a case: its id, hash, size and media type.

    BadInput as `data.papers.check_paper` and `data.blobs.receive`; nothing is stored then. The bytes are kept
    before the row that names them, so that no row ever names bytes that are not there. With `key`
    (Idempotency-Key) the same upload again gives the first one's id, another one Conflict `idempotency_key_reused`.
    """
    if actor.account_id is None:
        raise refused("case.attach", Refusal(Reason.NOT_SIGNED_IN))
    check_key(key)
    with tempfile.TemporaryDirectory(prefix="diming-paper-") as folder:
        path = Path(folder) / "paper"
        size = receive(source, path, MAX_BYTES)
        paper = check_paper(path, name)
        digest = blobs.keep(path)
    row = {
        "id": derived_id("attachment", actor.account_id, key) if key else new_id(),
        "sha256": digest,
        "bytes": size,
        "name": paper.name,
        "media_type": paper.media_type,
        "at": casework.clock(),
        "by": actor.account_id,
    }
    with unit_of_work(casework.engine) as connection:
        if connection.execute(store.INSERT_ATTACHMENT, row).one_or_none() is None:
            return _kept_before(connection, row)
        details = {"attachment": str(row["id"]), "sha256": digest.hex(), "bytes": size}
        audit.append(connection, actor=actor.name, action="attachment.kept", decision_id=None, details=details)
        kept = connection.execute(store.FIND_ATTACHMENT, {"id": row["id"]}).mappings().one()
    return described(dict(kept))


@dataclass(frozen=True, slots=True)
class Made:
    """A document that a step of the case makes itself; its bytes are kept already."""

    sha256: bytes
    size: int
    name: str
    media_type: str


def keep_made(connection: Connection, case_id: UUID, actor: Actor, made: Made, at: datetime) -> UUID:
    """Let a document that a step made belong to its case, in the step's transaction, which audits it; its id."""
    row = {"id": new_id(), "sha256": made.sha256, "bytes": made.size, "name": made.name[-MAX_NAME:],
           "media_type": made.media_type, "at": at, "by": actor.account_id}  # fmt: skip
    connection.execute(store.INSERT_ATTACHMENT, row)
    connection.execute(store.CLAIM_ATTACHMENT, {"id": case_id, "attachment": row["id"], "by": actor.account_id})
    return cast(UUID, row["id"])


def _kept_before(connection: Connection, row: Row) -> dict[str, Any]:
    """The upload made before under the same key."""
    kept = dict(connection.execute(store.FIND_ATTACHMENT, {"id": row["id"]}).mappings().one())
    if bytes(kept["sha256"]) != row["sha256"] or kept["file_name"] != row["name"]:
        raise Conflict(
            "This Idempotency-Key was used for another document. Nothing was stored: a new upload has a new key.",
            code="idempotency_key_reused",
        )
    return described(kept)


def described(row: Row) -> dict[str, Any]:
    """A document as the API shows it; `handed_in`: it belongs to a case."""
    return {
        "id": row["id"],
        "sha256": bytes(row["sha256"]).hex(),
        "bytes": row["bytes"],
        "file_name": row["file_name"],
        "media_type": row["media_type"],
        "added_at": row["added_at"],
        "added_by": row["added_by"],
        "handed_in": row["case_id"] is not None,
    }


def waiting_attachments(
    casework: Casework, actor: Actor, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the documents that `actor` has uploaded and not handed in, the latest first."""
    require_signed_in(actor)
    limit = check_limit(limit)
    query = {"list": "attachments", "for": actor.name}
    after = decode_cursor(query, cursor, (datetime.fromisoformat, UUID))
    parameters = {
        "by": actor.account_id,
        "at": after[0] if after else None,
        "after": after[1] if after else None,
        "limit": limit + 1,
    }
    with reading(casework.engine) as connection:
        rows = fetch_all(connection, store.WAITING_ATTACHMENTS, parameters)
    shown, following = page(rows, limit, query, lambda row: (row["added_at"].isoformat(), row["id"]))
    return {"items": [described(row) for row in shown], "next": following}


def case_attachments(casework: Casework, actor: Actor, case_id: UUID) -> list[dict[str, Any]]:
    """The documents handed in with a case, in their order; NotFound `no_such_case`."""
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        dossier = load_case(casework, connection, actor, case_id)
    return [described({**row, "case_id": case_id}) for row in dossier.attachments]


def find_attachment(casework: Casework, actor: Actor, attachment_id: UUID) -> dict[str, Any]:
    """What the document is, and the case to which it belongs; NotFound `no_such_case`."""
    with reading(casework.engine) as connection:
        row = _visible(casework, connection, actor, attachment_id)
    return {**described(row), "case": row["case_id"]}


@contextmanager
def open_attachment(
    casework: Casework, blobs: Blobs, actor: Actor, attachment_id: UUID
) -> Iterator[tuple[dict[str, Any], BinaryIO]]:
    """What the document is, and its bytes, for those who may see its case (before it has one: its bringer).

    NotFound `no_such_case` for everybody else.
    """
    with reading(casework.engine) as connection:
        row = _visible(casework, connection, actor, attachment_id)
    with blobs.open(bytes(row["sha256"])) as file:
        yield dict(row), file


def _visible(casework: Casework, connection: Connection, actor: Actor, attachment_id: UUID) -> Row:
    """The row of a document that `actor` may see."""
    require_signed_in(actor)
    row = fetch_one(connection, store.FIND_ATTACHMENT, {"id": attachment_id})
    if row is None or actor.account_id is None:
        raise no_such_case()
    if row["case_id"] is not None:
        load_case(casework, connection, actor, row["case_id"])
    elif row["added_by"] != actor.account_id:
        raise no_such_case()
    return row
