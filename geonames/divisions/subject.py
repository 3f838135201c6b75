"""Division changes as the case engine runs them: one plan, checked anew with every revision, executed as one act.

The approval is a document of somebody above (the State Council, a province): it is recorded here and not made here.
The execution is the one step that writes the register, all of it in the transaction of the step.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.changes.model import Act
from boundaries.changes.service import change_on
from boundaries.units.enter import Follow, check_not_future
from boundaries.units.model import Romanizer
from boundaries.units.service import chain_of, find_unit, register_span
from data.access import Actor
from data.cases.model import Casework, Deciding, Effect, Opening, Outcome, Subject
from data.cases.service import open_case
from data.clock import civil_date
from data.errors import BadInput, NotFound
from geonames.applications.given import bad_field, facts_of
from geonames.divisions.giving import give_figure, give_paper, record_opinion
from geonames.divisions.guards import CONDITIONS
from geonames.divisions.plan import act_of_plan, check_plan, parts_of_text
from geonames.divisions.previewing import outlines, preview_of
from geonames.divisions.proposal import days_of, propose
from geonames.divisions.rules import months_later, terms

PROCEDURE = "division.change"
#: What of a preview a case keeps; the rest is asked anew whenever it is shown.
KEPT = ("findings", "approvals", "approver", "standards", "no_standard", "listed_given_up")


def open_change(
    casework: Casework, actor: Actor, within: UUID | None, plan: Mapping[str, Any], key: str | None = None
) -> dict[str, Any]:
    """Open the case of a plan in the unit `within`; the case. BadInput `not_a_proposal`, and as `open_case`."""
    checked = check_plan(plan)
    return open_case(casework, actor, Opening(PROCEDURE, checked["title"], within, {"plan": checked}), key)


def check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of a new case; BadInput `not_a_proposal`."""
    return {"plan": check_plan(facts.get("plan") or {}), "papers": {}, "opinions": {}, "figures": {}}


def begin(deciding: Deciding) -> Outcome:
    """Check the plan in the transaction that opens the case."""
    return _planned(deciding, deciding.case.facts["plan"])


def revise(deciding: Deciding) -> Outcome:
    """Another plan in place of the one before; what was heard about the earlier one stays in the history."""
    earlier, fields = deciding.case.facts["plan"], deciding.fields
    plan = check_plan(
        {
            **earlier,
            "parts": parts_of_text(fields["parts"]),
            "effective_on": fields.get("effective_on", "").strip() or earlier["effective_on"],
        }
    )
    return _planned(deciding, plan)


def check_again(deciding: Deciding) -> Outcome:
    """The same plan, checked against the register as it stands now."""
    return _planned(deciding, deciding.case.facts["plan"])


def _planned(deciding: Deciding, plan: Mapping[str, Any]) -> Outcome:
    connection, today = deciding.connection, civil_date(deciding.at)
    act = act_of_plan(plan, today, number=deciding.case.number)
    _refuse_elsewhere(connection, deciding.case.unit_id, act)
    facts = {"plan": plan, "outlines": outlines(connection, act), "check": checked(deciding, act)}
    return Outcome(facts=facts, details={"parts": len(act.parts)})


def checked(deciding: Deciding, act: Act, figures: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a case keeps of the preview of `act`, with the day of it."""
    given = facts_of(deciding, "figures") if figures is None else figures
    found = preview_of(deciding.connection, act, given)
    return {"day": civil_date(deciding.at).isoformat(), **{name: found[name] for name in KEPT}}


def _refuse_elsewhere(connection: Connection, unit: UUID | None, act: Act) -> None:
    """BadInput `bad_case` where a unit of the plan lies outside the unit of the case."""
    day = register_span(connection).register_through
    for code in sorted({u.code for part in act.parts for u in part.before}):
        try:
            found = find_unit(connection, code, day)
        except NotFound:
            continue  # the check says that it does not stand
        if unit is not None and unit not in {above["id"] for above in chain_of(connection, found["id"], day)}:
            raise BadInput(
                f"{code} {found['name']} lies outside the division of this case: a plan is opened in the division that "
                "holds every unit it names. Nothing was changed.",
                code="bad_case",
            )


def figure(deciding: Deciding) -> Outcome:
    """Keep a figure of the standard, and judge anew."""
    figures = give_figure(deciding)
    act = act_of_plan(deciding.case.facts["plan"], civil_date(deciding.at), number=deciding.case.number)
    return Outcome(facts={"figures": figures, "check": checked(deciding, act, figures)})


def record_approval(deciding: Deciding) -> Outcome:
    """Keep the approval (批复) of whoever the matrix names, and the term that begins with it."""
    fields, today = deciding.fields, civil_date(deciding.at)
    approved, effective = _day(fields, "approved_on"), _day(fields, "effective_on")
    wanted = deciding.case.facts["check"]["approver"]
    if fields["approver"] != wanted["authority"]:
        raise bad_field("approver", f"must be {wanted['label']['en']} ({wanted['article']})")
    if approved > today:
        raise bad_field("approved_on", "lies in the future")
    if effective < approved:
        raise bad_field("effective_on", "lies before the approval")
    approval = {name: fields[name].strip() for name in ("approver", "authority", "doc_no")}
    approval |= {"approved_on": str(approved), "effective_on": str(effective), "recorded_on": str(today)}
    act = act_of_plan(deciding.case.facts["plan"], today, number=deciding.case.number, approval=approval)
    found = checked(deciding, act)
    return Outcome(
        facts={"approval": approval, "check": found, "term": _term(approval, terms()["implementation"].months)}
    )


def extend(deciding: Deciding) -> Outcome:
    """Lengthen the term of the implementation, once, with the consent of whoever approved (Art. 15)."""
    term = terms()["implementation"]
    consent = {name: deciding.fields[name].strip() for name in ("doc_no", "reason")}
    found = _term(deciding.case.facts["approval"], term.months + term.extension_months)
    return Outcome(facts={"extension": consent, "term": found})


def _term(approval: Mapping[str, str], months: int) -> dict[str, Any]:
    """So many months from the approval, in days from the day on which it was recorded (when the clock began)."""
    ends = months_later(date.fromisoformat(approval["approved_on"]), months)
    return {"amount": max(1, (ends - date.fromisoformat(approval["recorded_on"])).days), "unit": "calendar_days"}


def executing(romanize: Romanizer | None, follow: Follow | None) -> Effect:
    """The step that executes the approved act on the register, on its day or later, all of it or nothing."""

    def execute(deciding: Deciding) -> Outcome:
        facts, today = deciding.case.facts, civil_date(deciding.at)
        act = act_of_plan(facts["plan"], today, number=deciding.case.number, approval=facts["approval"])
        check_not_future(act.effective_on, deciding.at)
        following = preview_of(deciding.connection, act)["following"]
        digest = hashlib.sha256(json.dumps([str(deciding.case.id), facts["plan"]]).encode()).digest()
        done = change_on(
            deciding.connection, act, digest, deciding.actor.name, romanize=romanize, follow=follow
        ).entered
        assert done is not None  # noqa: S101 -- what is not previewed is executed, or refused
        ends = months_later(act.effective_on, terms()["codes"].months)
        decision = done.plan.decision
        return Outcome(
            decision_id=decision,
            details={"units": len(done.plan.units())},
            facts={
                "executed": {"on": today.isoformat(), "decision": str(decision)},
                "following": following,
                "code_term": {"amount": max(1, (ends - today).days), "unit": "calendar_days"},
            },
        )

    return execute


def announce(deciding: Deciding) -> Outcome:
    """The change and the codes were made public (Arts. 17 and 18)."""
    on = _day(deciding.fields, "announced_on")
    if on > civil_date(deciding.at):
        raise bad_field("announced_on", "lies in the future")
    return Outcome(facts={"announced": {"on": str(on), "where": deciding.fields["where"].strip()}})


def complete(deciding: Deciding) -> Outcome:
    """The implementation is reported (Art. 15)."""
    return Outcome(facts={"report": deciding.fields["report"].strip()})


def _day(fields: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(fields[name].strip())
    except ValueError as error:
        raise bad_field(name, "is no date such as 2026-06-01") from error


def division_subject(romanize: Romanizer | None = None, follow: Follow | None = None) -> Subject:
    """What division-change cases carry and do; `romanize` spells names, `follow` updates what is derived."""
    effects: Mapping[str, Effect] = {
        "revise": revise,
        "check_again": check_again,
        "give_paper": give_paper,
        "record_opinion": record_opinion,
        "give_figure": figure,
        "record_approval": record_approval,
        "extend": extend,
        "execute": executing(romanize, follow),
        "announce": announce,
        "complete": complete,
    }
    return Subject(
        check_facts=check_facts,
        conditions=CONDITIONS,
        effects=effects,
        propose=propose,
        opened=begin,
        days=days_of,
    )
