"""How disputes end: the document, what it does to the register, what becomes of the findings; in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import LineString

from boundaries.disputes import store
from boundaries.disputes.steps import latest_course
from boundaries.findings.service import give_back, settle_in
from boundaries.network import store as network
from boundaries.network.changes import enact_in
from boundaries.network.model import LegalStatus
from boundaries.network.versions import Change
from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from data.db import fetch_all
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.errors import Conflict
from data.ids import new_id


def _findings(deciding: Deciding) -> list[UUID]:
    return [UUID(finding) for finding in deciding.case.facts["findings"]]


def _settle(deciding: Deciding, how: str) -> None:
    settle_in(deciding.connection, deciding.actor, _findings(deciding), how)


def _decision(deciding: Deciding, kind: str, doc_no: str | None, title: str, authority: str | None) -> DecisionDraft:
    today = civil_date(deciding.at).isoformat()
    return DecisionDraft(
        id=new_id(),
        kind=kind,
        doc_no=doc_no,
        title=title,
        authority=authority,
        approved_on=today if kind == "approval" else None,
        announced_on=None,
        effective_on=today,
        basis="document_date",
        list_year=None,
        text="",
        source=f"case {deciding.case.number}",
        licence=None,
        retrieved_on=None,
    )


# -- the line stays --------------------------------------------------------------------------------------------------


def decide_reading(deciding: Deciding) -> Outcome:
    """Decide by agreement and sheets where the agreed line lies (Order 353 Art. 15): the register is left as it is."""
    title = f"关于{deciding.case.facts['line_name']}行政区域界线实地位置认定的处理意见"
    decision = _decision(deciding, "document", deciding.doc_no, title, None)
    record_decisions(deciding.connection, [decision], deciding.actor.name)
    line = UUID(deciding.case.facts["line"])
    record_links(deciding.connection, [Link(decision.id, "lines", line, "supports")])
    _settle(deciding, f"{deciding.doc_no}：按协议书及附图认定，法定界线不变")
    return Outcome(decision_id=decision.id, details={"register": "left"}, facts={"ended_by": deciding.doc_no})


def withdraw(deciding: Deciding) -> Outcome:
    """End without a document: the findings stand open again, the register is left as it is."""
    give_back(deciding.connection, deciding.actor, _findings(deciding), deciding.fields["reason"])
    return Outcome(details={"register": "left"})


# -- the register changes --------------------------------------------------------------------------------------------


def correct_copy(deciding: Deciding) -> Outcome:
    """Correct the digital copy by a correction order: the legal line is where agreement and sheets have it."""
    title = f"关于更正{deciding.case.facts['line_name']}行政区域界线数字成果的通知"
    document = _decision(deciding, "correction", deciding.doc_no, title, None)
    return _changed(deciding, latest_course(deciding), document, civil_date(deciding.at), None)


def enter_agreement(deciding: Deciding) -> Outcome:
    """Enter the agreement that all sides have signed; it holds from the day of the last signature (Art. 14)."""
    return _enter(deciding, date.fromisoformat(deciding.case.facts["signed_on"]))


def enter_approved_agreement(deciding: Deciding) -> Outcome:
    """Enter the agreement after the approval without which it had no effect; it holds from today."""
    return _enter(deciding, civil_date(deciding.at))


def _enter(deciding: Deciding, effective_on: date) -> Outcome:
    facts = deciding.case.facts
    offices = "、".join(side["office"] for side in facts["sides"].values())
    title = f"{facts['line_name']}行政区域界线协议书"
    document = replace(
        _decision(deciding, "agreement", facts["agreement_no"], title, offices), effective_on=effective_on.isoformat()
    )
    return _changed(deciding, facts["course"], document, effective_on, "agreed")


def decide_dispute(deciding: Deciding) -> Outcome:
    """Decide for both sides (Order 26 Arts. 11, 12); the line holds from today (Art. 14)."""
    title = f"关于{deciding.case.facts['line_name']}边界争议的处理决定"
    document = _decision(deciding, "approval", deciding.doc_no, title, None)
    return _changed(deciding, deciding.case.facts["course"], document, civil_date(deciding.at), "ordered")


def _changed(
    deciding: Deciding,
    course: Mapping[str, Any],
    document: DecisionDraft,
    effective_on: date,
    status: LegalStatus | None,
) -> Outcome:
    """Make the course law by `document` and settle the findings."""
    changes = _changes(deciding, UUID(str(course["id"])), status)
    enacted = enact_in(
        deciding.connection,
        deciding.actor,
        changes,
        message=f"{document.title}（{deciding.case.number}）",
        document=document,
        effective_on=effective_on,
    )
    _settle(deciding, f"{document.doc_no}：{document.title}")
    details = {"register": "changed", "changeset": str(enacted.changeset), "course": course["sha256"]}
    facts = {"ended_by": document.doc_no, "changeset": str(enacted.changeset)}
    return Outcome(decision_id=document.id, details=details, facts=facts)


def _changes(deciding: Deciding, course: UUID, status: LegalStatus | None) -> list[Change]:
    parts = fetch_all(deciding.connection, store.PARTS, {"course": course})
    ids = [part["before_id"] for part in parts]
    rows = deciding.connection.execute(network.VERSIONS, {"ids": ids})
    before = {found.version: found.segment for found in map(network.stored, rows)}
    changes = []
    for part in parts:
        segment, geometry = before[part["before_id"]], shapely.from_wkb(bytes(part["geometry"]))
        if not isinstance(geometry, LineString):
            raise Conflict("A part of the course is no line. Nothing was changed.", code="dispute_course_malformed")
        after = replace(segment, geometry=geometry, legal_status=status or segment.legal_status)
        changes.append(Change(segment, after))
    return changes


EFFECTS: Mapping[str, Callable[[Deciding], Outcome]] = {
    "decide_reading": decide_reading,
    "withdraw_dispute": withdraw,
    "correct_copy": correct_copy,
    "enter_agreement": enter_agreement,
    "enter_approved_agreement": enter_approved_agreement,
    "decide_dispute": decide_dispute,
}
