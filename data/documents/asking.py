"""Issuing a document: its number is taken, what it prints is fixed, and a job is asked to make its files.

All in the caller's transaction: a step that fails issues nothing and gives
the number back, a document that was issued will be made, later if not now.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.clock import civil_date
from data.documents import store
from data.documents.model import DocumentKind, Documents, Marking, Number, Numbering
from data.documents.numbering import numbering_for, take_number
from data.documents.values import Known, printed_values
from data.errors import NotFound
from data.ids import new_id
from data.queue import Job, enqueue

TASK = "diming:make_document"


@dataclass(frozen=True, slots=True)
class Reserved:
    """A number taken for a document that is issued later in the same transaction."""

    kind: DocumentKind
    numbering: Numbering
    number: Number
    dated: date


@dataclass(frozen=True, slots=True)
class Issue:
    """What a document is issued with: what may be printed, by whom, of which case, step and decision."""

    known: Known
    by: UUID
    at: datetime
    case_id: UUID | None = None
    step_seq: int | None = None
    decision_id: UUID | None = None
    language: str = "zh"


def reserve(connection: Connection, documents: Documents, key: str, chain: Sequence[UUID], at: datetime) -> Reserved:
    """Take the number of a document of kind `key` in the last unit of `chain` (from the province down).

    For decisions that bear the number of their document. Raises `NotFound` (`no_such_document_kind`),
    `Conflict` (`numbering_missing`).
    """
    dated = civil_date(at)
    kind = documents.kind(key, dated)
    if kind is None:
        raise no_such_kind(documents, key)
    numbering = numbering_for(connection, kind.key, chain, dated)
    return Reserved(kind, numbering, take_number(connection, numbering, dated), dated)


def issue(connection: Connection, marking: Marking, reserved: Reserved, wanted: Issue) -> dict[str, Any]:
    """Issue the document of a number; what of it belongs into the audit entry: `document` (id) and `doc_no`.

    Raises `BadInput` (`document_fields`) where something that it prints is missing.
    """
    kind, numbering, number = reserved.kind, reserved.numbering, reserved.number
    printed = printed_values(kind, wanted.known, numbering, number, reserved.dated, wanted.language)
    document_id = new_id()
    connection.execute(
        store.INSERT_DOCUMENT,
        {
            "id": document_id,
            "case_id": wanted.case_id,
            "kind": kind.key,
            "office": numbering.office,
            "year": number.year,
            "series": numbering.series,
            "serial": number.serial,
            "doc_no": number.text,
            "by": wanted.by,
            "language": wanted.language,
            "title": getattr(kind.label, wanted.language),
            "marking": marking,
            "at": wanted.at,
            "dated": reserved.dated,
            "numbering": numbering.id,
            "step": wanted.step_seq,
            "decision": wanted.decision_id,
            "printed": json.dumps(printed, ensure_ascii=False),
        },
    )
    enqueue(connection, job_of(document_id), asked_by=wanted.by, case_id=wanted.case_id)
    return {"document": str(document_id), "doc_no": number.text}


def job_of(document_id: UUID) -> Job:
    """The job that makes a document's files; while one waits there is no second."""
    name = f"document:{document_id}"
    return Job(TASK, {"document": str(document_id)}, lock=name, unique=name)


def no_such_kind(documents: Documents, key: str) -> NotFound:
    """The refusal of a kind that is not known."""
    known = ", ".join(sorted({kind.key for kind in documents.kinds})) or "none"
    return NotFound(f"There is no kind of document {key[:60]!r}; known: {known}.", code="no_such_document_kind")
