"""The inspection as a procedure of cases: what its steps do to the inspection, its record and the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from boundaries.markers.given import by_member
from boundaries.records import store
from boundaries.records.drawing import OfficeSigner, amend, both_signed, draw_up, sign_record
from boundaries.records.filing import cancel, file_inspection, report, return_report
from boundaries.records.illustrating import KeepDrawing
from boundaries.records.steps import moved, require_answered
from data.cases.model import Deciding, Outcome, Proposal, ProposalRow, Subject
from data.errors import BadInput, Conflict
from data.workflow.model import Label

__all__ = ["OfficeSigner", "inspection_subject", "members"]

FACTS = {"inspection", "line", "line_name", "mode", "reveal_after", "lead_side", "sides"}


def inspection_subject(sign: OfficeSigner, keep_drawing: KeepDrawing | None = None) -> Subject:
    """What the procedure `boundary.inspection` brings; `sign` sets the signature of an office.

    `keep_drawing` keeps the map of the report; without it the report has none.
    """
    return Subject(
        check_facts=check_facts,
        conditions={"both_signed": both_signed},
        effects={
            "begin_office": begin_office,
            "finish_office": finish_office,
            "draw_up": draw_up,
            "sign_record": lambda deciding: sign_record(deciding, sign),
            "amend": amend,
            "report": lambda deciding: report(deciding, keep_drawing),
            "return_report": return_report,
            "cancel_inspection": cancel,
            "file_inspection": file_inspection,
        },
        propose=propose,
        opened=opened,
        spent=by_member,
    )


def check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of a case that `service.begin_inspection` made, and of no other."""
    if set(facts) != FACTS:
        raise BadInput(
            "An inspection is begun where it was planned (`POST /v1/inspections/{id}/begin`). Nothing was stored.",
            code="bad_case",
        )
    return facts


def opened(deciding: Deciding) -> Outcome:
    """Bind the case to its inspection; the people of both sides take part in it from now on."""
    facts, connection = deciding.case.facts, deciding.connection
    reveal = facts["reveal_after"]
    values = {
        "id": UUID(facts["inspection"]),
        "case": deciding.case.id,
        "mode": facts["mode"],
        "reveal_after": date.fromisoformat(reveal) if reveal else None,
    }
    if connection.execute(store.BEGIN, values).one_or_none() is None:
        raise Conflict(
            "The inspection is begun already, or it was cancelled. Nothing was changed.", code="inspection_started"
        )
    for account in members(facts):
        row = {"case": deciding.case.id, "account": account, "at": deciding.at}
        connection.execute(store.ADD_PARTICIPANT, row)
    return Outcome(details={"inspection": facts["inspection"]})


def members(facts: Mapping[str, Any]) -> list[UUID]:
    """The accounts of both sides."""
    return [UUID(account) for side in facts["sides"].values() for account in side["members"]]


# -- office and field ------------------------------------------------------------------------------------------------


def begin_office(deciding: Deciding) -> Outcome:
    """The plan is laid down; the office check begins."""
    return moved(deciding, "office", {"plan": deciding.fields["plan"]})


def finish_office(deciding: Deciding) -> Outcome:
    """Every question of the office check has an answer; the field check begins."""
    require_answered(deciding, "office")
    return moved(deciding, "field", {})


def propose(facts: Mapping[str, Any]) -> Proposal:
    """The inspection as people read it on the page of its case."""
    sides = facts["sides"]
    mode = {"joint": "双方组成联检组、共同填写一份记录", "separate": "双方分别填报"}[facts["mode"]]
    rows = [
        ProposalRow(Label("界线", "line"), facts["line_name"]),
        ProposalRow(Label("左侧", "on the left"), f"{sides['left']['name']}（{sides['left']['office']}）"),
        ProposalRow(Label("右侧", "on the right"), f"{sides['right']['name']}（{sides['right']['office']}）"),
        ProposalRow(Label("牵头方", "side that leads"), sides[facts["lead_side"]]["name"]),
        ProposalRow(Label("记录方式", "kind of record"), mode),
    ]
    if facts.get("record"):
        rows.append(ProposalRow(Label("联检记录（SHA-256）", "record (SHA-256)"), facts["record"], is_code=True))
        signed = "、".join(sides[side]["name"] for side in facts["signed"]) or "—"
        rows.append(ProposalRow(Label("已签署", "signed by"), signed))
    return Proposal(rows)
