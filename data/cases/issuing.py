"""The documents that steps of cases issue: what a case knows, handed to `data.documents`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from data.cases import store
from data.cases.model import CaseFile, Casework, Outcome
from data.cases.views import Dossier
from data.db import Row, fetch_all
from data.documents.asking import Issue, Reserved, issue, reserve
from data.documents.model import Marking
from data.documents.values import Known
from data.errors import Conflict
from data.workflow.model import Transition

#: Nobody laid down here who numbers documents of that kind.
NOT_NUMBERED = "numbering_missing"


def reserve_for_step(
    casework: Casework, connection: Connection, dossier: Dossier, transition: Transition, at: datetime
) -> Reserved | None:
    """Take the number of the document that `transition` names; None where it names none.

    Before the effect, so that the decision can bear it (`Deciding.doc_no`); a step that fails gives it back. None
    also for an optional document that nobody numbers here.
    """
    if transition.document is None or casework.documents is None:
        return None
    try:
        return reserve(connection, casework.documents, transition.document, dossier.whereabouts.chain, at)
    except Conflict as missing:
        if transition.document_optional and missing.code == NOT_NUMBERED:
            return None
        raise


def issue_of_step(
    casework: Casework,
    connection: Connection,
    case: CaseFile,
    step: Row,
    outcome: Outcome,
    reserved: Reserved | None,
) -> Mapping[str, Any]:
    """Issue the document for which a number was taken; what of it is audited (nothing without one)."""
    if reserved is None:
        return {}
    wanted = Issue(
        known=_known(connection, case, step, outcome),
        by=step["actor_id"],
        at=step["at"],
        case_id=case.id,
        step_seq=step["seq"],
        decision_id=step["decision_id"],
    )
    marking = casework.documents.marking if casework.documents else Marking.NONE
    return issue(connection, marking, reserved, wanted)


def _known(connection: Connection, case: CaseFile, step: Row, outcome: Outcome) -> Known:
    """What a document of this step may print."""
    transition = case.procedure.transition(step["from_state"], step["action"])
    opener = connection.scalar(store.NAME_OF, {"id": case.opened_by})
    return Known(
        case={"title": case.title, "number": case.number, "opener": opener or ""},
        step={"label": transition.label.zh, "article": transition.article} if transition else {},
        fields=step["fields"],
        facts={**case.facts, **outcome.facts, **outcome.printed},
        findings=fetch_all(connection, store.REQUESTED, {"id": case.id}),
    )
