"""The job: makes the files of a document that was issued. Done once, however often it is begun.

Files are kept by their hash before the row names them, and the same document
gives the same bytes. A worker that is killed leaves at most bytes that the
next attempt finds; the row is `pending` until the transaction that names both
files is committed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit
from data.blobs import Blobs
from data.clock import Clock, civil_date, system_clock
from data.db import Row, fetch_one, reading, unit_of_work
from data.documents import store
from data.documents.fonts import Fonts
from data.documents.model import Box, Documents, Form, Made, Marking, Picture, PrintedValues, State
from data.documents.numbering import numbering_of
from data.documents.pictures import photograph, with_pictures
from data.documents.service import load_document
from data.documents.setting import Order, make_files
from data.documents.templates import kind_of, standing_template
from data.errors import DimingError
from data.papers import DOCX, MEDIA_TYPES

WORKER = "system:worker"
PDF = MEDIA_TYPES[".pdf"]


@dataclass(frozen=True, slots=True)
class Workshop:
    """What making needs: the database, where bytes are kept, the kinds, the fonts (looked up when first needed)."""

    engine: Engine
    blobs: Blobs
    documents: Documents
    fonts: Callable[[], Fonts]
    clock: Clock = system_clock


def make_document(workshop: Workshop, document_id: UUID) -> State:
    """Make the files of the document where they are not made yet; how it stands afterwards.

    What speaks against it (a character without a glyph, a template that makes no document) is recorded as
    its `problem`, and the document is `failed` until somebody has it made again.
    """
    with unit_of_work(workshop.engine) as connection:
        row = load_document(connection, document_id)
        if State(row["state"]) in (State.MADE, State.VOID):
            return State(row["state"])
        template, order = _order(connection, workshop, row)
    try:
        pictured = replace(order, values=_pictured(workshop, row))
        made = make_files(pictured, workshop.fonts())
    except DimingError as error:
        return _failed(workshop, document_id, error)
    return _keep(workshop, row, template["id"], made)


def _order(connection: Connection, workshop: Workshop, row: Row) -> tuple[Row, Order]:
    found = fetch_one(connection, store.NUMBERING_BY_ID, {"id": row["numbering_id"]})
    assert found is not None  # noqa: S101 -- a foreign key
    numbering = numbering_of(found)
    kind = kind_of(workshop.documents, row["kind"], row["dated"])
    template, content = standing_template(
        connection, workshop.blobs, kind, row["language"], numbering.unit_id, civil_date(row["asked_at"])
    )
    order = Order(
        template=content,
        values=row["printed"],
        doc_no=row["doc_no"],
        office=row["office"],
        title=row["title"],
        language=row["language"],
        marking=Marking(row["marking"]),
        sealed=numbering.sealed,
        rare=numbering.rare,
        at=row["asked_at"],
    )
    return template, order


def _pictured(workshop: Workshop, row: Row) -> PrintedValues:
    """What the document prints with the pictures that it names by their hashes."""

    def kept(name: str, box: Box) -> Picture:
        with workshop.blobs.open(bytes.fromhex(name)) as file:
            return photograph(file, box, name)

    return with_pictures(kind_of(workshop.documents, row["kind"], row["dated"]), row["printed"], kept)


def _keep(workshop: Workshop, row: Row, template_id: UUID, made: Made) -> State:
    """Keep both files, then name them in one transaction."""
    files = [
        _kept(workshop.blobs, Form.WORD, made.word, f"{row['doc_no']}.docx", DOCX),
        _kept(workshop.blobs, Form.PDF, made.pdf, f"{row['doc_no']}.pdf", PDF),
    ]
    with unit_of_work(workshop.engine) as connection:
        state = State(connection.execute(store.LOCK_DOCUMENT, {"id": row["id"]}).scalar_one())
        if state in (State.MADE, State.VOID):
            return state
        for file in files:
            connection.execute(store.KEEP_FILE, {"document": row["id"], **file})
        values = {
            "id": row["id"],
            "at": workshop.clock(),
            "template": template_id,
            "made_with": json.dumps(dict(made.made_with), ensure_ascii=False),
        }
        connection.execute(store.SET_MADE, values)
        details = {"document": str(row["id"]), **{f["form"]: f["sha256"].hex() for f in files}}
        _told(connection, "document.made", row, details)
    return State.MADE


def _kept(blobs: Blobs, form: Form, content: bytes, name: str, media_type: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="diming-document-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        digest = blobs.keep(path)
    return {"form": form, "sha256": digest, "bytes": len(content), "file_name": name, "media_type": media_type}


def _failed(workshop: Workshop, document_id: UUID, error: DimingError) -> State:
    with unit_of_work(workshop.engine) as connection:
        state = State(connection.execute(store.LOCK_DOCUMENT, {"id": document_id}).scalar_one())
        if state in (State.MADE, State.VOID):
            return state
        problem = json.dumps(error.problem(), ensure_ascii=False)
        connection.execute(store.SET_FAILED, {"id": document_id, "problem": problem})
        row = load_document(connection, document_id)
        _told(connection, "document.failed", row, {"document": str(document_id), "code": error.code})
    return State.FAILED


def _told(connection: Connection, action: str, row: Row, details: dict[str, Any]) -> None:
    audit.append(connection, actor=WORKER, action=action, decision_id=row["decision_id"], details=details)


def pending_since(engine: Engine, before: datetime) -> list[UUID]:
    """The documents that were issued before a moment and have no files yet."""
    with reading(engine) as connection:
        return list(connection.execute(store.PENDING_SINCE, {"before": before}).scalars())
