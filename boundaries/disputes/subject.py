"""The three routes and a side's own file as subjects of cases: what their steps do, and what their end does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from boundaries.disputes import ending, steps, store
from boundaries.disputes.model import all_signed, change_known, course_adopted, no_village_changes, village_changes
from boundaries.disputes.steps import TOGETHER
from boundaries.findings.service import take_up
from boundaries.markers.given import by_member
from boundaries.records import store as records
from boundaries.records.subject import OfficeSigner, members
from data.cases.model import Deciding, Outcome, Proposal, ProposalRow, Subject
from data.errors import BadInput
from data.workflow.model import Label
from data.workflow.reading import rule_list

FACTS = {"route", "line", "line_name", "sides", "summary", "findings", "inspection"}
CONDITIONS = {
    "all_signed": all_signed,
    "course_adopted": course_adopted,
    "no_village_changes": no_village_changes,
    "village_changes": village_changes,
    "change_known": change_known,
}


def dispute_subject(sign: OfficeSigner) -> Subject:
    """What each of the three procedures brings; `sign` sets the signature of an office."""
    return Subject(
        check_facts=check_facts,
        conditions=CONDITIONS,
        effects={
            **steps.EFFECTS,
            **ending.EFFECTS,
            "sign_text": partial(steps.sign_text, sign=sign),
        },
        propose=propose,
        opened=opened,
        spent=by_member,
    )


def side_file_subject() -> Subject:
    """What a side's own file brings."""
    return Subject(
        check_facts=check_side_facts,
        effects={"enter_evidence": steps.enter_own_evidence},
        propose=propose_side,
        opened=side_opened,
    )


def check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of a case that `service.open_dispute` made, and of no other."""
    if set(facts) != FACTS or not 1 <= len(str(facts["summary"]).strip()) <= 4000:
        raise BadInput(
            "A dispute is opened at `POST /v1/disputes`, with a summary of 1 to 4000 characters. Nothing was stored.",
            code="bad_case",
        )
    return facts


def check_side_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of a side's file."""
    if set(facts) != {"dispute", "side", "line_name"}:
        raise BadInput("A side's file is opened from its dispute. Nothing was stored.", code="bad_case")
    return facts


def opened(deciding: Deciding) -> Outcome:
    """Write the dispute, let every side take part, take its findings up."""
    facts, connection = deciding.case.facts, deciding.connection
    row = {
        "case": deciding.case.id,
        "route": facts["route"],
        "line": UUID(facts["line"]),
        "inspection": UUID(facts["inspection"]) if facts["inspection"] else None,
        "above": deciding.case.unit_id,
    }
    connection.execute(store.INSERT, row)
    for account in members(facts):
        values = {"case": deciding.case.id, "account": account, "at": deciding.at}
        connection.execute(records.ADD_PARTICIPANT, values)
    take_up(connection, deciding.actor, [UUID(f) for f in facts["findings"]], deciding.case.id)
    return Outcome(details={"route": facts["route"], "line": facts["line"]})


def side_opened(deciding: Deciding) -> Outcome:
    """Bind a side's file to its dispute."""
    dispute = UUID(deciding.case.facts["dispute"])
    deciding.connection.execute(store.LINK, {"from": deciding.case.id, "to": dispute, "relation": "side_file"})
    return Outcome(details={"dispute": str(dispute), "side": deciding.case.facts["side"]})


ROUTES: Mapping[str, str] = {
    "reading": "实地位置认定不一致：法定界线不变，按协议书及附图处理",
    "unclear": "界线从未明确：协商、调解、决定",
    "transfer": "变更行政区域界线：先经批准，再测绘、立桩、签协议、备案",
}


def propose(facts: Mapping[str, Any]) -> Proposal:
    """The dispute as people read it on the page of its case."""
    rows = [
        ProposalRow(Label("界线", "line"), facts["line_name"]),
        ProposalRow(Label("处理途径", "route"), ROUTES[facts["route"]]),
        ProposalRow(Label("争议情况", "what it is about"), facts["summary"]),
    ]
    rows += [
        ProposalRow(Label("参与方", "takes part"), f"{s['name']}（{s['office']}）") for s in facts["sides"].values()
    ]
    rows += [
        ProposalRow(Label(f"证据·{row['rank_label']}", f"evidence ({row['rank']})"), _evidence(row))
        for row in facts.get("evidence", [])
    ]
    rows += [
        ProposalRow(Label("联合工作", "done together"), f"{row['held_on']} {_together(row['kind'])}：{row['outcome']}")
        for row in facts.get("together", [])
    ]
    if facts.get("course"):
        rows.append(
            ProposalRow(Label("拟定走向（SHA-256）", "course proposed"), facts["course"]["sha256"], is_code=True)
        )
    return Proposal(rows)


def _together(kind: str) -> str:
    return dict(rule_list(TOGETHER))[kind].zh


def _evidence(row: Mapping[str, Any]) -> str:
    said = [row["title"], row.get("doc_no"), row.get("dated"), row["article"]]
    return "，".join(part for part in said if part)


def propose_side(facts: Mapping[str, Any]) -> Proposal:
    """A side's own file."""
    rows = [ProposalRow(Label("界线", "line"), facts["line_name"])]
    rows += [
        ProposalRow(Label(f"证据·{row['rank_label']}", f"evidence ({row['rank']})"), _evidence(row))
        for row in facts.get("evidence", [])
    ]
    return Proposal(rows)
