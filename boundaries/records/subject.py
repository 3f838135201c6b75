"""The inspection as a procedure of cases: what its steps do to the inspection, its record and the register."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.findings.model import FindingDraft
from boundaries.findings.service import open_findings
from boundaries.records import store
from boundaries.records.checklist import Stage, checklist
from boundaries.records.model import NOT_IN_ORDER, Entry, EntrySide, Task, answering, record_content, record_rows
from boundaries.records.reading import entries_of, lacking_of, tasks_of
from boundaries.records.visibility import is_revealed, side_of
from boundaries.rounds import store as rounds
from data.audit import canonical_json
from data.cases.model import Deciding, Outcome, Proposal, ProposalRow, Subject
from data.clock import civil_date
from data.db import Row, fetch_all, fetch_one
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.errors import BadInput, Conflict, NotPermitted
from data.feed import Change
from data.ids import new_id
from data.workflow.model import CaseView, Label, Missing

#: Signs for an office: its name and the content; the key's id and the signature.
OfficeSigner = Callable[[Connection, str, bytes], tuple[str, bytes]]
FACTS = {"inspection", "line", "line_name", "mode", "reveal_after", "lead_side", "sides"}


def inspection_subject(sign: OfficeSigner) -> Subject:
    """What the procedure `boundary.inspection` brings; `sign` sets the signature of an office."""
    return Subject(
        check_facts=check_facts,
        conditions={"both_signed": both_signed},
        effects={
            "begin_office": begin_office,
            "finish_office": finish_office,
            "draw_up": draw_up,
            "sign_record": lambda deciding: sign_record(deciding, sign),
            "amend": amend,
            "report": report,
            "return_report": return_report,
            "cancel_inspection": cancel,
            "file_inspection": file_inspection,
        },
        propose=propose,
        opened=opened,
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
    return _moved(deciding, "office", {"plan": deciding.fields["plan"]})


def finish_office(deciding: Deciding) -> Outcome:
    """Every question of the office check has an answer; the field check begins."""
    _require_answered(deciding, "office")
    return _moved(deciding, "field", {})


def _require_answered(deciding: Deciding, stage: Stage) -> None:
    row = _inspection(deciding)
    sides = [side for side in answering(row["mode"]) if not _is_excused(deciding, row, side)]
    lacking = sum(len(lacking_of(deciding.connection, row, stage, side)) for side in sides)
    if lacking:
        raise Conflict(
            f"{lacking} questions of the {stage} check have no answer yet. Nothing was changed.",
            code="answers_missing",
            n=lacking,
        )


def _is_excused(deciding: Deciding, row: Row, side: EntrySide) -> bool:
    """Whether the record goes on without a side that handed nothing in by the day named."""
    return row["mode"] == "separate" and side not in _handed_in(deciding, row) and _is_open(deciding, row)


def _handed_in(deciding: Deciding, row: Row) -> set[str]:
    return {r["side"] for r in fetch_all(deciding.connection, store.HANDED_IN, {"id": row["id"]})}


def _is_open(deciding: Deciding, row: Row) -> bool:
    today = civil_date(deciding.at)
    return is_revealed(row["mode"], row["reveal_after"], _handed_in(deciding, row), today)


def _inspection(deciding: Deciding) -> Row:
    row = fetch_one(deciding.connection, rounds.LOCK_INSPECTION, {"id": UUID(deciding.case.facts["inspection"])})
    assert row is not None  # noqa: S101 -- the case was opened on it
    return row


def _moved(deciding: Deciding, state: str, facts: Mapping[str, Any]) -> Outcome:
    inspection = deciding.case.facts["inspection"]
    deciding.connection.execute(store.MOVE, {"id": UUID(inspection), "state": state})
    return Outcome(details={"inspection": inspection}, facts=facts)


# -- the record ------------------------------------------------------------------------------------------------------


def draw_up(deciding: Deciding) -> Outcome:
    """Draw the record up from the answers; what is not in order becomes a finding of the line.

    Raises `Conflict` `answers_missing`, `not_revealed`.
    """
    row = _inspection(deciding)
    if not _is_open(deciding, row):
        raise Conflict(
            "Both sides hand in first, or the day named passes: the record says what each of them found. Nothing was "
            "changed.",
            code="not_revealed",
        )
    _require_answered(deciding, "field")
    tasks = tasks_of(deciding.connection, row["id"])
    entries = entries_of(deciding.connection, row["id"], ["joint", "left", "right"])
    content = _content(deciding, row, tasks, entries)
    written = canonical_json(content)
    _insert_record(deciding, row, written)
    found = _open_findings(deciding, row, tasks, entries)
    digest = hashlib.sha256(written).hexdigest()
    facts = {
        "record": digest,
        "signed": {},
        "conclusion": deciding.fields["conclusion"],
        "rows": record_rows(content),
        "open_findings": found,
        "left_office": deciding.case.facts["sides"]["left"]["office"],
        "right_office": deciding.case.facts["sides"]["right"]["office"],
    }
    outcome = _moved(deciding, "signing", facts)
    return Outcome(details={**outcome.details, "record": digest, "findings": found}, facts=facts)


def _content(deciding: Deciding, row: Row, tasks: list[Task], entries: list[Entry]) -> dict[str, Any]:
    facts = deciding.case.facts
    inspection = {**row, "line": facts["line_name"]}
    today = civil_date(deciding.at)
    return record_content(inspection, facts["sides"], tasks, entries, deciding.fields["conclusion"], today)


def _insert_record(deciding: Deciding, row: Row, written: bytes) -> None:
    latest = fetch_one(deciding.connection, store.LATEST_RECORD, {"id": row["id"]})
    values = {
        "id": new_id(),
        "inspection": row["id"],
        "version": (latest["version"] if latest else 0) + 1,
        "content": written.decode(),
        "sha256": hashlib.sha256(written).digest(),
        "at": deciding.at,
        "by": deciding.actor.account_id,
    }
    deciding.connection.execute(store.INSERT_RECORD, values)


def _open_findings(deciding: Deciding, row: Row, tasks: list[Task], entries: list[Entry]) -> int:
    by_id = {task.id: task for task in tasks}
    drafts = [_draft(row, by_id[e.task], e) for e in entries if e.result in NOT_IN_ORDER]
    return len(open_findings(deciding.connection, deciding.actor, drafts)) if drafts else 0


def _draft(row: Row, task: Task, entry: Entry) -> FindingDraft:
    """A finding of the inspection; the answer is its key, so that a record drawn up again opens it once."""
    return FindingDraft(
        line_id=row["line_id"],
        source="record",
        source_id=row["id"],
        source_item=str(entry.id),
        kind=checklist()[entry.item].finding,
        severity="warning" if entry.result == "problem" else "info",
        found_on=entry.observed_on,
        side="both" if entry.side == "joint" else entry.side,
        segment_id=task.target if task.kind == "segment" else None,
        marker_id=task.target if task.kind == "marker" else None,
        inspection_id=row["id"],
        note=entry.remark,
    )


def sign_record(deciding: Deciding, sign: OfficeSigner) -> Outcome:
    """Sign the record as it stands, for the side of whoever acts, with the key of its office.

    Raises `NotPermitted`; `Conflict` `already_done`, `signing_key_missing`.
    """
    facts = deciding.case.facts
    side = require_side(deciding)
    latest = fetch_one(deciding.connection, store.LATEST_RECORD, {"id": UUID(facts["inspection"])})
    assert latest is not None  # noqa: S101 -- the state is reached by drawing it up
    key, signature = sign(deciding.connection, facts["sides"][side]["office"], latest["content"].encode())
    values = {
        "record": latest["id"],
        "side": side,
        "office": facts["sides"][side]["office"],
        "key": key,
        "signature": signature,
        "at": deciding.at,
        "by": deciding.actor.account_id,
    }
    if deciding.connection.execute(store.INSERT_SIGNATURE, values).one_or_none() is None:
        raise Conflict("Your side has signed this record already. Nothing was changed.", code="already_done")
    signed = {**facts["signed"], side: latest["sha256"]}
    return Outcome(details={"record": latest["sha256"], "side": side, "key": key}, facts={"signed": signed})


def require_side(deciding: Deciding) -> EntrySide:
    """The side for which the actor takes part; NotPermitted for whoever takes part for none."""
    side = side_of(deciding.case.facts, deciding.actor.account_id)
    if side is None:
        raise NotPermitted(
            "Each side is spoken for by the people whom the case names for it. Nothing was changed.",
            code="not_permitted",
            reason="relation",
        )
    return side


def both_signed(case: CaseView, _argument: str) -> Missing | None:
    """Both sides have signed the record as it stands."""
    signed, record = case.facts.get("signed") or {}, case.facts.get("record")
    lacking = [side for side in ("left", "right") if not isinstance(signed, dict) or signed.get(side) != record]
    if not lacking:
        return None
    return Missing("signatures_missing", f"{len(lacking)} sides have not signed the record.", {"n": len(lacking)})


def amend(deciding: Deciding) -> Outcome:
    """Open the field check again: the record is drawn up anew, and what was signed before stays seen as signed."""
    return _moved(deciding, "field", {"record": None, "signed": {}})


# -- the end ---------------------------------------------------------------------------------------------------------


def report(deciding: Deciding) -> Outcome:
    """Both sides report to the approving authority (Order 353 Art. 12)."""
    outcome = _moved(deciding, "reported", {"report_no": deciding.doc_no})
    return Outcome(details={**outcome.details, "doc_no": deciding.doc_no}, facts=outcome.facts)


def return_report(deciding: Deciding) -> Outcome:
    """The authority returns the report with the reason; the record stands open for signing or amending."""
    return _moved(deciding, "signing", {})


def cancel(deciding: Deciding) -> Outcome:
    """End the inspection without a record."""
    return _moved(deciding, "cancelled", {})


def file_inspection(deciding: Deciding) -> Outcome:
    """Take the result on file: the decision, the inspection's end, and what the public hears of it."""
    row, today = _inspection(deciding), civil_date(deciding.at)
    decision = _decision(deciding, today)
    record_decisions(deciding.connection, [decision], deciding.actor.name)
    record_links(deciding.connection, [Link(decision.id, "lines", row["line_id"], "supports")])
    deciding.connection.execute(store.FILE, {"id": row["id"], "on": today, "decision": decision.id})
    public = {"id": row["id"], "line": row["line_id"], "cause": row["cause"], "filed_on": today.isoformat()}
    change = Change("inspections", row["id"], None, public, decision.id)
    return Outcome(decision_id=decision.id, changes=[change], details={"inspection": str(row["id"])})


def _decision(deciding: Deciding, today: date) -> DecisionDraft:
    facts = deciding.case.facts
    return DecisionDraft(
        id=new_id(),
        kind="document",
        doc_no=facts["report_no"],
        title=f"{facts['line_name']}行政区域界线联合检查报告",
        authority=f"{facts['left_office']}、{facts['right_office']}",
        approved_on=None,
        announced_on=None,
        effective_on=today.isoformat(),
        basis="document_date",
        list_year=None,
        text=f"联合检查结果已报送备案（{today.isoformat()}）。",
        source=f"case {deciding.case.number}",
        licence=None,
        retrieved_on=None,
    )


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
