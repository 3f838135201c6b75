"""Batches as the case engine runs them: their facts, guards, and what their steps do to rows and register."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from data.cases.model import Deciding, Outcome, Proposal, ProposalRow, Subject
from data.clock import civil_date
from data.db import fetch_all
from data.decisions import DecisionDraft, record_decisions
from data.errors import BadInput, BadRequest, Conflict
from data.feed import Change
from data.ids import new_id
from data.workflow.guards import Condition
from data.workflow.model import CaseView, Label, Missing
from geonames.applications import store as applications
from geonames.applications.approver import require_approver
from geonames.applications.checking import Checked, lock_name
from geonames.applications.draft import Applicant, Draft, position_of
from geonames.applications.given import acting_account, bad_field, number_given
from geonames.applications.guards import (
    applicant_may_apply,
    authority_known,
    compulsory_consulted,
    filed_first,
    hearings_done,
    papers_handed_in,
)
from geonames.applications.preparing import enter_authority, hear, name_paper
from geonames.applications.printing import approver_of, division_of
from geonames.applications.publishing import file
from geonames.applications.reporting import checklist, matters_reported, report_matter
from geonames.applications.route_of_case import as_facts, find_route, with_seat
from geonames.applications.routes.rows import route_book
from geonames.applications.subject import must_be_asked
from geonames.batches import printing, settling, store
from geonames.batches.checking import check_rows
from geonames.batches.filing import send_filing
from geonames.batches.model import RowState, called, chosen_rows
from geonames.batches.service import counts_of, drafts_of
from geonames.filings.sending import filing_returned
from geonames.places.classes import parse_class
from geonames.places.naming import NewPlace, StandardName, name_place, release

REQUIRED = ("class", "within", "applicant", "reason")


def check_batch(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of a new batch: class with its type, division, applicant, reason. BadInput `bad_application`."""
    missing = [key for key in REQUIRED if not facts.get(key)]
    unknown = sorted(facts.keys() - {*REQUIRED, "title"})
    found = [(key, "is needed") for key in missing] + [(key, "is not known") for key in unknown]
    if not missing:
        found += _wrong(facts)
    if found:
        told = "; ".join(f"{field}: {why}" for field, why in found)
        raise BadInput(
            f"The batch cannot be opened as it is. {told}. Nothing was stored.", code="bad_application",
            fields=[{"field": field, "why": why} for field, why in found],
        )  # fmt: skip
    return {**facts, "kind": "naming"}


def _wrong(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        kind = parse_class(facts["class"])
        sort = Applicant.model_validate(facts["applicant"]).sort
    except BadRequest as error:
        return [("class", error.detail)]
    except ValueError:
        return [("applicant", "has a name and a sort")]
    tests = (
        ("class", "is a type of GB/T 18521 in five digits: all rows are of one type", kind.type_code is None),
        ("class", "divisions are changed by their own procedure", kind.art3 == "ADMIN_DIVISION"),
        ("class", "a street has a course: apply for each of its own", kind.art3 == "STREET"),
        ("applicant", "is no sort of applicant", sort not in route_book().words["applicant"]),
    )
    return [(field, why) for field, why, wrong in tests if wrong]


def begin(deciding: Deciding) -> Outcome:
    """Find the route of the class in the division."""
    today = civil_date(deciding.at)
    found = find_route(deciding.connection, _as_draft(deciding.case.facts), today)
    route = with_seat(deciding.connection, as_facts(found, today))
    return Outcome(facts={"route": route, "rows": 0}, details={"route": found.route.id})


def _as_draft(facts: Mapping[str, Any]) -> Draft:
    said = {key: facts[key] for key in REQUIRED}
    return Draft.model_validate({**said, "kind": "naming", "names": ()})


def hand_in(deciding: Deciding) -> Outcome:
    """The table is complete; conflict `batch_empty` where there is none."""
    counts = counts_of(deciding.connection, deciding.case.id)
    if not counts["total"]:
        raise Conflict("The batch has no table yet. Nothing was changed: put it in first.", code="batch_empty")
    return Outcome(facts={"rows": counts["total"], "progress": counts})


def check_again(deciding: Deciding) -> Outcome:
    """Check all open rows against the register of the moment."""
    rows = drafts_of(deciding.connection, deciding.case.id, deciding.case.facts, RowState.OPEN)
    check_rows(deciding.connection, deciding.case.id, rows, civil_date(deciding.at))
    return _progress(deciding)


def justify(deciding: Deciding) -> Outcome:
    """Say why rows may have their names in spite of what was found."""
    numbers = chosen_rows(deciding.fields["rows"], _open(deciding))
    settling.justify(deciding, numbers)
    return _progress(deciding, justified=len(numbers))


def override_rows(deciding: Deciding) -> Outcome:
    """Let rows have their names against a rule, on a legal basis."""
    numbers = chosen_rows(deciding.fields["rows"], _open(deciding))
    settling.override(deciding, numbers)
    return _progress(deciding, overridden=len(numbers))


def drop_rows(deciding: Deciding) -> Outcome:
    """Take rows out: their names are free again."""
    return _end(deciding, RowState.DROPPED)


def refuse_rows(deciding: Deciding) -> Outcome:
    """Refuse rows, with the reason."""
    return _end(deciding, RowState.REFUSED)


def _end(deciding: Deciding, state: RowState) -> Outcome:
    numbers = chosen_rows(deciding.fields["rows"], _open(deciding))
    values = {"case_id": deciding.case.id, "numbers": numbers}
    deciding.connection.execute(store.MOVE, {**values, "state": state, "why": deciding.fields["reason"]})
    deciding.connection.execute(store.CLOSE_NAMES, values)
    return _progress(deciding, ended=len(numbers))


def approve_rows(deciding: Deciding) -> Outcome:
    """Approve rows by one decision: all of them or none.

    Conflict `name_taken` with every row against which something speaks as the register stands now.
    """
    require_approver(deciding)
    connection, case, today = deciding.connection, deciding.case, civil_date(deciding.at)
    rows = drafts_of(connection, case.id, case.facts, RowState.OPEN)
    numbers = chosen_rows(deciding.fields["rows"], list(rows))
    effective = _effective(deciding, today)
    for number in sorted(
        numbers, key=lambda n: rows[n].names[0]
    ):  # one order for everybody: no two wait for each other
        lock_name(connection, rows[number], rows[number].names[0])
    checked = check_rows(connection, case.id, {number: rows[number] for number in numbers}, today)
    _refuse_taken(deciding, checked)
    decision = _decision(deciding, [rows[n].names[0] for n in numbers], effective, today)
    record_decisions(connection, [decision], deciding.actor.name)
    for number in numbers:
        _name(deciding, number, rows[number], checked[number], effective, decision.id)
    outcome = _progress(deciding, approved=len(numbers))
    facts = {**outcome.facts, **_terms(case.facts), "approved_on": today.isoformat()}
    listed = printing.decided(deciding, decision.id) | {"print_effective": effective.isoformat()}
    return Outcome(decision_id=decision.id, details=outcome.details, facts=facts, printed=listed)


def _terms(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The terms that begin with the first approval (Art. 13, 14), as the route has them; none where it has none."""
    if "terms" in facts:
        return {}
    follows = {"filing": facts["route"].get("filing"), "announcement": facts["route"].get("announcing")}
    return {"terms": {key: rule["term"] if rule else None for key, rule in follows.items()}}


def _refuse_taken(deciding: Deciding, checked: Mapping[int, Checked]) -> None:
    taken = [
        f"第{number}行 {one.name}：已批准给 {other['number']}"
        for number, one in checked.items()
        for other in one.others
        if other["decided"] and other["same"]
    ]
    told = taken + settling.unsettled(deciding, list(checked))
    if told:
        raise Conflict(
            f"{'; '.join(told[:10])}. Nothing was changed, no row was approved: settle or drop these rows, or "
            "approve the others.",
            code="name_taken",
            findings=told,
        )


def _effective(deciding: Deciding, today: date) -> date:
    given = deciding.fields.get("effective_on", "").strip()
    try:
        effective = date.fromisoformat(given) if given else today
    except ValueError as error:
        raise bad_field("effective_on", "is no date such as 2026-06-01") from error
    if effective < civil_date(deciding.case.opened_at):
        raise bad_field("effective_on", "lies before the application")
    return effective


def _decision(deciding: Deciding, names: Sequence[str], effective: date, today: date) -> DecisionDraft:
    facts = deciding.case.facts
    return DecisionDraft(
        id=new_id(), kind="approval", doc_no=number_given(deciding), title=f"关于{called(names)}命名的批复",
        authority=approver_of(facts), approved_on=today.isoformat(), announced_on=None,
        effective_on=effective.isoformat(), basis="document_date", list_year=None,
        text=facts["route"]["article"]["zh"], source=deciding.case.number, licence=None, retrieved_on=None,
    )  # fmt: skip


def _name(deciding: Deciding, number: int, draft: Draft, one: Checked, effective: date, decision: UUID) -> None:
    kind = parse_class(draft.class_)
    assert kind.type_code is not None  # noqa: S101 -- the batch was checked
    assert draft.geometry is not None  # noqa: S101 -- a row has a position
    place = NewPlace(kind.art3, kind.type_code, position_of(draft.geometry), None, deciding.case.unit_id)
    roman = one.result.subject.spelled.roman
    name = StandardName(draft.names[0], roman, effective, decision)
    values = {"case_id": deciding.case.id, "number": number, "decision": decision, "roman": roman}
    deciding.connection.execute(store.APPROVED, {**values, "place": name_place(deciding.connection, place, name)})


def announce_rows(deciding: Deciding) -> Outcome:
    """Announce every decision of the batch: the public sees its names, feed and search follow."""
    connection, case, today = deciding.connection, deciding.case, civil_date(deciding.at)
    approved = fetch_all(connection, store.ROWS, {"case_id": case.id, "state": RowState.APPROVED})
    changes: list[Change] = []
    for decided in fetch_all(connection, store.DECISIONS, {"case_id": case.id}):
        rows = [row for row in approved if row["decision_id"] == decided["decision_id"]]
        changes += release(connection, decided["decision_id"], deciding.actor.name)
        connection.execute(applications.ADD_ANNOUNCEMENT, _announcement(deciding, decided, rows, today))
        connection.execute(store.ANNOUNCED, {"case_id": case.id, "decision": decided["decision_id"]})
    connection.execute(applications.CLOSE_PROPOSED, {"case_id": case.id})
    facts = {**_progress(deciding).facts, "announced_on": today.isoformat()}
    return Outcome(changes=changes, facts=facts, printed=printing.decided(deciding))


def _announcement(
    deciding: Deciding, decided: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], today: date
) -> dict[str, Any]:
    """The announcement of one decision: its own authority, number and days, and its rows."""
    facts = deciding.case.facts
    listed = [{**{key: r[key] for key in ("name", "roman", "within")}, "place": str(r["place_id"])} for r in rows]
    roman = rows[0]["roman"] if len(rows) == 1 else ""
    notice = {
        "kind": "naming", "name": called([r["name"] for r in rows]), "roman": roman,
        "former_name": None, "class": parse_class(facts["class"]).art3, "within": facts["within"],
        "place": str(rows[0]["place_id"]), "position": deciding.fields["position"],
        "geometry": None, "division": division_of(deciding),
        "authority": decided["authority"], "approved_on": decided["approved_on"],
        "effective_on": decided["effective_on"], "doc_no": decided["doc_no"], "meaning": "", "names": listed,
    }  # fmt: skip
    return {
        "id": new_id(), "decision": decided["decision_id"], "case_id": deciding.case.id, "day": today,
        "authority": deciding.fields["authority"], "doc_no": number_given(deciding),
        "notice": json.dumps(notice, ensure_ascii=False),
    }  # fmt: skip


def close_names(deciding: Deciding) -> Outcome:
    """The names of a batch that ends are free again."""
    deciding.connection.execute(applications.CLOSE_PROPOSED, {"case_id": deciding.case.id})
    return Outcome()


def _open(deciding: Deciding) -> list[int]:
    rows = fetch_all(deciding.connection, store.ROWS, {"case_id": deciding.case.id, "state": RowState.OPEN})
    return [row["row_number"] for row in rows]


def _progress(deciding: Deciding, **details: int) -> Outcome:
    acting_account(deciding)
    return Outcome(facts={"progress": counts_of(deciding.connection, deciding.case.id)}, details=details)


def _count(case: CaseView, key: str) -> int:
    progress = case.facts.get("progress")
    return int(progress.get(key, 0)) if isinstance(progress, Mapping) else 0


def rows_settled(case: CaseView, _argument: str) -> Missing | None:
    """Every open row that something speaks against was justified or dropped."""
    left = _count(case, "unsettled")
    return Missing("rows_unsettled", f"{left} rows have findings: settle or drop them.", {"n": left}) if left else None


def rows_decided(case: CaseView, _argument: str) -> Missing | None:
    """No row waits for its decision, and at least one was approved."""
    left = _count(case, RowState.OPEN)
    if left:
        return Missing("rows_open", f"{left} rows wait for their decision.", {"n": left})
    return None if _count(case, RowState.APPROVED) else Missing("none_approved", "No row was approved.")


def rows_all_refused(case: CaseView, _argument: str) -> Missing | None:
    """Every row was refused or dropped."""
    left = _count(case, RowState.OPEN) + _count(case, RowState.APPROVED)
    return Missing("rows_open", f"{left} rows are not refused.", {"n": left}) if left else None


def nothing_approved(case: CaseView, _argument: str) -> Missing | None:
    """No row was approved: a batch is withdrawn before the decision, never over one."""
    done = _count(case, RowState.APPROVED) + _count(case, RowState.ANNOUNCED)
    return Missing("rows_approved", f"{done} rows are approved already.", {"n": done}) if done else None


CONDITIONS: Mapping[str, Condition] = {
    "nothing_approved": nothing_approved,
    "applicant_may_apply": applicant_may_apply,
    "papers_handed_in": papers_handed_in,
    "authority_known": authority_known,
    "matters_reported": matters_reported,
    "hearings_done": hearings_done,
    "compulsory_consulted": compulsory_consulted,
    "filed_first": filed_first,
    "rows_settled": rows_settled,
    "rows_decided": rows_decided,
    "rows_all_refused": rows_all_refused,
}


def propose(facts: Mapping[str, Any]) -> Proposal:
    """A batch as people read it: what, where, who approves, how far it is."""
    progress = facts.get("progress", {})
    done = progress.get("approved", 0) + progress.get("announced", 0)
    rows = [
        ProposalRow(Label("类别", "class"), str(facts["class"]), is_code=True),
        ProposalRow(Label("所在政区代码", "division code"), str(facts["within"]), is_code=True),
        ProposalRow(Label("理由", "reason"), str(facts["reason"])),
        ProposalRow(Label("申请人", "applicant"), str(facts["applicant"]["name"])),
        ProposalRow(Label("行数", "rows"), str(progress.get("total", facts.get("rows", 0)))),
        ProposalRow(Label("已批准", "approved"), str(done)),
        ProposalRow(Label("待决定", "to be decided"), str(progress.get("open", 0))),
        ProposalRow(Label("不予批准、撤出", "refused or dropped"), str(_ended(progress))),
        ProposalRow(Label("有待说明", "to be justified"), str(progress.get("unsettled", 0))),
    ]
    if facts.get("route"):
        rows.append(ProposalRow(Label("批准机关", "who approves"), approver_of(facts)))
        rows += [*must_be_asked(facts["route"]), *checklist(facts)]
    return Proposal(rows)


def _ended(progress: Mapping[str, int]) -> int:
    return progress.get("refused", 0) + progress.get("dropped", 0)


NAMING_BATCH = Subject(
    check_facts=check_batch,
    conditions=CONDITIONS,
    effects={
        "hand_in": hand_in,
        "print_batch": printing.print_batch,
        "name_paper": name_paper,
        "hear": hear,
        "report_matter": report_matter,
        "send_filing": send_filing,
        "filing_returned": filing_returned,
        "check_again": check_again,
        "justify": justify,
        "override_rows": override_rows,
        "drop_rows": drop_rows,
        "refuse_rows": refuse_rows,
        "enter_authority": enter_authority,
        "approve_rows": approve_rows,
        "announce_rows": announce_rows,
        "close_names": close_names,
        "file": file,
    },
    propose=propose,
    opened=begin,
)
