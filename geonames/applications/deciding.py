"""The decision of an application: it is the change of the register."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from data.decisions import DecisionDraft, record_decisions
from data.errors import Conflict
from data.ids import new_id
from geonames.applications import store
from geonames.applications.approver import require_approver
from geonames.applications.checking import (
    IN_FLIGHT,
    Checked,
    check_candidates,
    findings_of,
    known_findings,
    lock_name,
)
from geonames.applications.draft import Draft, draft_of, extent_of, position_of
from geonames.applications.given import bad_field, number_given
from geonames.applications.printing import approver_of, printed
from geonames.applications.routes.model import Kind
from geonames.applications.routes.rows import route_book
from geonames.places.classes import parse_class
from geonames.places.naming import NewPlace, StandardName, abolish_name, correct_name, name_place, rename_place
from geonames.plans.service import take_up
from geonames.rules.model import Severity

#: A correction is a decision of that kind; all others approve something new.
DECISION_KINDS = {Kind.CORRECTION: "correction"}


def decide(deciding: Deciding) -> Outcome:
    """Approve: the decision is the change of the register; the public sees it from the announcement on.

    Conflict `name_taken` where since the last check the name was given to another or is blocked by a rule,
    `findings_new` where something else is found that nobody has settled.
    """
    require_approver(deciding)
    connection, case = deciding.connection, deciding.case
    draft, today = draft_of(case.facts), civil_date(deciding.at)
    effective = _effective(deciding, draft, today)
    chosen = _chosen(deciding, draft)
    roman = _checked_again(deciding, draft, chosen, today)
    decision = _decision(deciding, draft, chosen, effective, today)
    record_decisions(connection, [decision], deciding.actor.name)
    place = _write(deciding, draft, chosen, roman, effective, decision.id)
    if draft.reserved_id is not None:
        take_up(connection, draft.reserved_id, chosen, case.id)
    connection.execute(store.CLOSE_OTHERS, {"case_id": case.id, "name": chosen})
    facts = {
        "approved_on": today.isoformat(), "effective_on": effective.isoformat(), "name": chosen, "roman": roman,
        "decision": str(decision.id), "place": str(place), "doc_no": decision.doc_no,
        "authority_name": decision.authority, **printed(deciding),
    }  # fmt: skip
    return Outcome(decision_id=decision.id, details={"place": str(place)}, facts=facts)


def _effective(deciding: Deciding, draft: Draft, today: date) -> date:
    given = deciding.fields.get("effective_on", "").strip()
    if not given:
        return today
    if draft.kind is Kind.CORRECTION:
        raise bad_field("effective_on", "is not for corrections: the right name holds since the wrong one was recorded")
    try:
        effective = date.fromisoformat(given)
    except ValueError as error:
        raise bad_field("effective_on", "is no date such as 2026-06-01") from error
    if effective < civil_date(deciding.case.opened_at):
        raise bad_field("effective_on", "lies before the application")
    return effective


def _chosen(deciding: Deciding, draft: Draft) -> str:
    if draft.kind is Kind.ABOLITION:
        return str(deciding.case.facts["present_name"])
    chosen = deciding.fields.get("name", "").strip() or draft.names[0]
    if chosen not in draft.names:
        raise bad_field("name", f"is none of those applied for: {'、'.join(draft.names)}")
    return chosen


def _checked_again(deciding: Deciding, draft: Draft, chosen: str, today: date) -> str:
    """The spelling of the chosen name, if nothing new speaks against it."""
    if draft.kind is Kind.ABOLITION:
        return ""
    lock_name(deciding.connection, draft, chosen)
    candidates = check_candidates(deciding.connection, deciding.case.id, draft, today)
    checked = next(candidate for candidate in candidates if candidate.name == chosen)
    _refuse_unsettled(deciding, checked)
    return checked.result.subject.spelled.roman


def _refuse_unsettled(deciding: Deciding, checked: Checked) -> None:
    """Conflict `name_taken` for what blocks the name now, `findings_new` for what else nobody has settled."""
    taken = next((other for other in checked.others if other["decided"] and other["same"]), None)
    if taken is not None:
        raise Conflict(
            f"{checked.name} was approved for {taken['number']}, which is not announced yet. Nothing was changed.",
            code="name_taken",
            rule=IN_FLIGHT,
        )
    settled = known_findings(deciding.connection, deciding.case.id, settled=True)
    fresh = [row for row in findings_of(checked) if (row["rule"], row["message"]) not in settled]
    if fresh:
        row = next((row for row in fresh if row["severity"] == Severity.BLOCK), fresh[0])
        told = (
            f"{row['message']} Nothing was changed: this speaks against the name as the register stands now and was "
            "not settled in this case. Check this name again, then cure, justify or override what is found."
        )
        if row["severity"] == Severity.BLOCK:
            raise Conflict(told, code="name_taken", rule=row["rule"])
        raise Conflict(told, code="findings_new", rule=row["rule"])


def _decision(deciding: Deciding, draft: Draft, chosen: str, effective: date, today: date) -> DecisionDraft:
    case = deciding.case
    word = route_book().word("kind", draft.kind).zh
    return DecisionDraft(
        id=new_id(), kind=DECISION_KINDS.get(draft.kind, "approval"), doc_no=number_given(deciding),
        title=f"关于{chosen}{word}的批复", authority=approver_of(case.facts), approved_on=today.isoformat(),
        announced_on=None, effective_on=effective.isoformat(), basis="document_date", list_year=None,
        text=case.facts["route"]["article"]["zh"], source=case.number, licence=None, retrieved_on=None,
    )  # fmt: skip


def _write(deciding: Deciding, draft: Draft, chosen: str, roman: str, effective: date, decision: UUID) -> UUID:
    connection = deciding.connection
    if draft.kind is Kind.ABOLITION:
        assert draft.place_id is not None  # noqa: S101 -- the draft was checked
        abolish_name(connection, draft.place_id, effective, decision)
        return draft.place_id
    name = StandardName(chosen, roman, effective, decision)
    if draft.kind is Kind.CORRECTION:
        assert draft.place_id is not None  # noqa: S101 -- the draft was checked
        correct_name(connection, draft.place_id, name)
        return draft.place_id
    if draft.place_id is not None:
        rename_place(connection, draft.place_id, name)
        return draft.place_id
    assert draft.geometry is not None  # noqa: S101 -- the draft was checked
    kind = parse_class(draft.class_)
    type_code = kind.type_code or deciding.fields.get("type_code", "")
    if parse_class(type_code or draft.class_).type_code is None:
        raise bad_field("type_code", "is needed: the five digits of the type in GB/T 18521")
    place = NewPlace(
        kind.art3, type_code, position_of(draft.geometry), extent_of(draft.geometry), deciding.case.unit_id
    )
    return name_place(connection, place, name)
