"""The documents that steps of cases issue: what a case knows, handed to `data.documents`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from data.cases import store
from data.cases.model import CaseFile, Casework, Outcome, Whereabouts
from data.db import Row, fetch_all
from data.documents.asking import Issue, issue
from data.documents.values import Known


def issue_of_step(
    casework: Casework, connection: Connection, case: CaseFile, step: Row, outcome: Outcome
) -> Mapping[str, Any]:
    """Issue the document that the step names, in its transaction; what of it is audited (nothing without one)."""
    if step["document"] is None or casework.documents is None:
        return {}
    place = casework.locate(connection, case.unit_id) if case.unit_id else None
    wanted = Issue(
        kind=step["document"],
        chain=(place or Whereabouts()).chain,
        known=_known(connection, case, step, outcome),
        by=step["actor_id"],
        at=step["at"],
        case_id=case.id,
        step_seq=step["seq"],
        decision_id=step["decision_id"],
    )
    return issue(connection, casework.documents, wanted)


def _known(connection: Connection, case: CaseFile, step: Row, outcome: Outcome) -> Known:
    """What a document of this step may print."""
    transition = case.procedure.transition(step["from_state"], step["action"])
    opener = connection.scalar(store.NAME_OF, {"id": case.opened_by})
    return Known(
        case={"title": case.title, "number": case.number, "opener": opener or ""},
        step={"label": transition.label.zh, "article": transition.article} if transition else {},
        fields=step["fields"],
        facts={**case.facts, **outcome.facts},
        findings=fetch_all(connection, store.REQUESTED, {"id": case.id}),
    )
