"""Corrigenda (更正): a published decision is never edited; what is wrong in it is corrected by a further one.

The corrigendum is a decision of kind `correction` with a number of its own,
linked to the decision that it corrects, published with it in the feed, and
issued as a document. What the register holds is not touched: where a row is
wrong, the subject that owns it corrects it by its own procedure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit, feed
from data.access import Actor, require
from data.db import Row, unit_of_work
from data.decisions import DecisionDraft, Link, find_decision, record_decisions, record_links
from data.documents import store
from data.documents.asking import Issue, issue, reserve
from data.documents.model import Documents
from data.documents.templates import MatterOf
from data.documents.values import Known
from data.errors import BadInput, Conflict
from data.feed import Change
from data.ids import new_id

KIND = "corrigendum"
PERMISSION = "decision.correct"
MAX_PASSAGE = 2000


@dataclass(frozen=True, slots=True)
class Corrigendum:
    """What is wrong in which decision, what it should say, why.

    `unit_id`: whose office corrects it; None: one of the whole country.
    """

    decision_id: UUID
    unit_id: UUID | None
    wrong: str
    right: str
    reason: str


def correct_decision(
    engine: Engine, documents: Documents, matter_of: MatterOf, actor: Actor, wanted: Corrigendum, at: datetime
) -> dict[str, Any]:
    """Issue a corrigendum: decision, link, document, feed and audit entry in one transaction.

    Answers `decision` (its id), `document`, `doc_no`. Raises `NotPermitted`, `NotFound` (`no_such_decision`,
    `no_such_document_kind`), `Conflict` (`numbering_missing`, `already_done`), `BadInput` (`bad_fields`).
    """
    _check(wanted)
    with unit_of_work(engine) as connection:
        matter = matter_of(connection, wanted.unit_id)
        require(actor, PERMISSION, matter)
        assert actor.account_id is not None  # noqa: S101 -- the permission is for people
        corrected = find_decision(connection, wanted.decision_id)
        _check_new(connection, wanted)
        reserved = reserve(connection, documents, KIND, matter.chain, at)
        draft = _draft(corrected, wanted, reserved.numbering.office, reserved.number.text, reserved.dated.isoformat())
        record_decisions(connection, [draft], actor.name)
        record_links(connection, [Link(draft.id, "decisions", wanted.decision_id, "supports")])
        given = {
            "corrected": corrected["doc_no"] or corrected["title"],
            "title": corrected["title"],
            "wrong": wanted.wrong,
            "right": wanted.right,
            "reason": wanted.reason,
        }
        order = Issue(known=Known(given=given), by=actor.account_id, at=at, decision_id=draft.id)
        issued = issue(connection, documents.marking, reserved, order)
        seen = feed.publish(connection, [Change("decisions", draft.id, None, draft.as_api(), draft.id)])
        details = {**issued, "corrects": str(wanted.decision_id)}
        audit.append(
            connection, actor=actor.name, action="decision.corrected", decision_id=draft.id, details=details, feed=seen
        )
    return {"decision": draft.id, **issued}


def _check(wanted: Corrigendum) -> None:
    fields = {"wrong": wanted.wrong, "right": wanted.right, "reason": wanted.reason}
    bad = [name for name, value in fields.items() if not 1 <= len(value.strip()) <= MAX_PASSAGE]
    if bad:
        raise BadInput(
            f"{', '.join(bad)}: each has 1 to {MAX_PASSAGE:,} characters. Nothing was issued.",
            code="bad_fields",
            fields=bad,
        )


def _words(wanted: Corrigendum) -> str:
    return f"“{wanted.wrong}”更正为“{wanted.right}”。{wanted.reason}"


def _check_new(connection: Connection, wanted: Corrigendum) -> None:
    """A request that is sent again issues nothing a second time."""
    connection.execute(store.LOCK_CORRECTED, {"id": str(wanted.decision_id)})
    found = connection.scalar(store.SAME_CORRIGENDUM, {"id": wanted.decision_id, "words": _words(wanted)})
    if found is not None:
        raise Conflict(f"This correction was issued already: {found}. Nothing was changed.", code="already_done")


def _draft(corrected: Row, wanted: Corrigendum, office: str, doc_no: str, day: str) -> DecisionDraft:
    named = corrected["doc_no"] or corrected["title"]
    return DecisionDraft(
        id=new_id(),
        kind="correction",
        doc_no=doc_no,
        title=f"关于更正{named}的公告",
        authority=office,
        approved_on=day,
        announced_on=day,
        effective_on=day,
        basis="document_date",
        list_year=None,
        text=_words(wanted),
        source=doc_no,
        licence=None,
        retrieved_on=None,
    )
