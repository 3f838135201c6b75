"""Documents handed in (附件): received, looked at, kept by their hash, and shown to those who may see the case."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from data import audit
from data.access import Actor
from data.access.question import Reason, Refusal
from data.blobs import Blobs, receive
from data.cases import store
from data.cases.model import Casework
from data.cases.reading import load_case
from data.cases.refusals import no_such_case, refused
from data.db import fetch_one, reading, unit_of_work
from data.ids import new_id
from data.papers import MAX_BYTES, check_paper


def keep_attachment(casework: Casework, blobs: Blobs, actor: Actor, source: BinaryIO, name: str) -> dict[str, Any]:
    """Keep a document that somebody uploads, to be handed in with a case: its id, hash, size and media type.

    BadInput as `data.papers.check_paper` and `data.blobs.receive`; nothing is stored then. The bytes are kept
    before the row that names them, so that no row ever names bytes that are not there.
    """
    if actor.account_id is None:
        raise refused("case.attach", Refusal(Reason.NOT_SIGNED_IN))
    with tempfile.TemporaryDirectory(prefix="diming-paper-") as folder:
        path = Path(folder) / "paper"
        size = receive(source, path, MAX_BYTES)
        paper = check_paper(path, name)
        digest = blobs.keep(path)
    row = {
        "id": new_id(),
        "sha256": digest,
        "bytes": size,
        "name": paper.name,
        "media_type": paper.media_type,
        "at": casework.clock(),
        "by": actor.account_id,
    }
    with unit_of_work(casework.engine) as connection:
        connection.execute(store.INSERT_ATTACHMENT, row)
        details = {"attachment": str(row["id"]), "sha256": digest.hex(), "bytes": size}
        audit.append(connection, actor=actor.name, action="attachment.kept", decision_id=None, details=details)
    return {
        "id": row["id"],
        "sha256": digest.hex(),
        "bytes": size,
        "file_name": paper.name,
        "media_type": paper.media_type,
    }


@contextmanager
def open_attachment(
    casework: Casework, blobs: Blobs, actor: Actor, attachment_id: UUID
) -> Iterator[tuple[dict[str, Any], BinaryIO]]:
    """What the document is, and its bytes, for those who may see its case (before it has one: its bringer).

    NotFound `no_such_case` for everybody else.
    """
    with reading(casework.engine) as connection:
        row = fetch_one(connection, store.FIND_ATTACHMENT, {"id": attachment_id})
        if row is None or actor.account_id is None:
            raise no_such_case()
        if row["case_id"] is not None:
            load_case(casework, connection, actor, row["case_id"])
        elif row["added_by"] != actor.account_id:
            raise no_such_case()
    with blobs.open(bytes(row["sha256"])) as file:
        yield dict(row), file
