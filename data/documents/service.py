"""What others ask about documents: those of a case, one of them, its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.db import Row, fetch_all
from data.documents import store


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
