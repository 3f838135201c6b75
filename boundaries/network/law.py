"""By which documents a boundary changes: `data/rules/boundaries/documents.toml` as values. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from boundaries.network.structure.descent import descent
from boundaries.network.versions import Change
from data.decisions import DecisionDraft
from data.errors import BadInput

RULES = Path(__file__).parents[2] / "data" / "rules" / "boundaries" / "documents.toml"


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """One kind of document: whether it bears a number, the legal statuses that it gives, and on which ground."""

    numbered: bool
    statuses: frozenset[str]
    article: str
    mark: str


@cache
def document_rules() -> Mapping[str, DocumentRule]:
    """The kinds of document by which a boundary changes."""
    rows = tomllib.loads(RULES.read_text("utf-8"))
    return {
        kind: DocumentRule(row["numbered"], frozenset(row["statuses"]), row["article"], row["mark"])
        for kind, row in rows.items()
    }


def require_kind(kind: str) -> None:
    """Raise `BadInput` `change_without_document` where no boundary changes by documents of this kind."""
    if kind not in document_rules():
        raise BadInput(
            f"A boundary changes by a document of an authority: its kind is one of {', '.join(document_rules())}. "
            "Nothing was changed.",
            code="change_without_document",
        )


def require_document(document: DecisionDraft | None, changes: Sequence[Change], *, back: bool = False) -> None:
    """Raise `BadInput` `change_without_document`, naming the segments, where no numbered document of an authority
    carries `changes`; `status_not_by_document` where one gets a legal status that such a document does not give.
    `back`: a changeset is taken back, and every segment gets the status that it had before.
    """
    rule = document_rules().get(document.kind) if document else None
    if document is None or rule is None or (rule.numbered and not document.doc_no):
        raise BadInput(
            "A boundary changes by a document of an authority: its kind is one of "
            f"{', '.join(document_rules())}, and it has a number. Nothing was changed.",
            code="change_without_document",
            segments=[str(change.segment) for change in changes if change.kind != "changed"],
        )
    if back:
        return
    wrong = [identity for identity, status in _new_statuses(changes) if status not in rule.statuses]
    if wrong:
        raise BadInput(
            f"{len(wrong)} segments would get a legal status that a document of kind {document.kind} does not give: "
            f"it gives {', '.join(sorted(rule.statuses))} ({rule.article}). Nothing was changed.",
            code="status_not_by_document",
            segments=[str(identity) for identity in wrong],
        )


def _new_statuses(changes: Sequence[Change]) -> list[tuple[UUID, str]]:
    """The segments whose legal status neither they nor a segment that they were cut from had before."""
    before = {change.segment: change.before.legal_status for change in changes if change.before is not None}
    had: dict[UUID, set[str]] = {identity: {status} for identity, status in before.items()}
    for parent, child in descent(changes):
        had.setdefault(child, set()).add(before[parent])
    return [
        (change.segment, change.after.legal_status)
        for change in changes
        if change.after is not None and change.after.legal_status not in had.get(change.segment, set())
    ]
