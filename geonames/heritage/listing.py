"""A name's way to a list as the case engine runs it: survey, proposal, review, visit, experts, notice, listing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.service import chain_of, register_span
from data.access import Actor, Matter, require
from data.cases.model import Casework, Deciding, Opening, Outcome, Subject
from data.cases.service import open_case
from data.clock import civil_date
from data.db import fetch_one, reading
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.edtf import parse_when
from data.errors import Conflict, NotFound
from data.feed import Change
from data.ids import new_id
from data.workflow.reading import RULES
from geonames.applications.given import bad_field, number_given
from geonames.heritage import store
from geonames.heritage.dossier import (
    Dossier,
    check_facts,
    evidence_given,
    propose,
    read_dossier,
    sheet_answered,
    sheet_met,
)
from geonames.heritage.revising import add_evidence, add_period, answer, revise
from geonames.heritage.service import public_entry
from geonames.places.days import reach

PROCEDURE = "heritage.listing"
LIST = "heritage.list"
NOTICE = RULES / "heritage" / "notice.toml"
#: The level of the unit whose office decides on a list, by the list's level; None: the country.
DECIDED_BY: Mapping[str, str | None] = {
    "national": None, "province": "province", "city": "prefecture", "county": "county",
}  # fmt: skip
DEPTHS = ("province", "prefecture", "county", "township")


@dataclass(frozen=True, slots=True)
class NameSurveyed:
    """A name of which a dossier is begun. `facts` as in `geonames.heritage.dossier.Dossier`."""

    facts: Mapping[str, Any]
    attachments: tuple[UUID, ...] = ()


def open_listing(casework: Casework, actor: Actor, surveyed: NameSurveyed, key: str | None = None) -> dict[str, Any]:
    """Open the case of a name in the unit where it lies; the case. BadInput `bad_case`; NotFound `place_not_found`."""
    dossier = read_dossier(surveyed.facts)
    with reading(casework.engine) as connection:
        found = _subject(connection, dossier.subject)
    title = f"{found['name']}列入{dossier.list}"[:300]
    opening = Opening(PROCEDURE, title, found["unit_id"], surveyed.facts, surveyed.attachments)
    return open_case(casework, actor, opening, key)


def _subject(connection: Connection, subject: UUID) -> Mapping[str, Any]:
    row = fetch_one(connection, store.PUBLIC_SUBJECT, {"subject": subject})
    if row is None:
        raise NotFound("The gazetteer has no published place with this id.", code="place_not_found")
    return row


def opened(deciding: Deciding) -> Outcome:
    """The case keeps the name that the place bears, and refuses a second listing before any work is done."""
    dossier = read_dossier(deciding.case.facts)
    found = _subject(deciding.connection, dossier.subject)
    _refuse_listed(deciding.connection, dossier, civil_date(deciding.at))
    return Outcome(facts={"name": found["name"], "roman": found["roman"]})


def _refuse_listed(connection: Connection, dossier: Dossier, day: date) -> None:
    asked = {"subject": dossier.subject, "list": dossier.list, "day": day}
    if connection.scalar(store.STANDS, asked):
        raise Conflict(f"The name is on {dossier.list} already. Nothing was changed.", code="already_listed")


# -- the listing -------------------------------------------------------------------------------------------------------


def list_name(deciding: Deciding) -> Outcome:
    """The decision puts the name on its list; the register, the feed and the search follow in the same transaction.

    Conflict `term_runs` while the public notice runs, `already_listed`; NotPermitted where the list is of a higher
    level than the office.
    """
    connection, dossier, on = deciding.connection, read_dossier(deciding.case.facts), civil_date(deciding.at)
    require_level(deciding, dossier.level)
    _require_notice_over(deciding, on)
    connection.execute(store.LOCK, {"subject": str(dossier.subject), "list": dossier.list})
    _refuse_listed(connection, dossier, on)
    decision = decision_of(deciding, f"关于将{deciding.case.facts['name']}列入{dossier.list}的决定", on)
    record_decisions(connection, [decision], deciding.actor.name)
    entry = _write(deciding, dossier, decision.id, on)
    reach(connection, on, deciding.actor.name)
    facts = {"decision": str(decision.id), "doc_no": decision.doc_no, "entry": str(entry), "listed_on": on.isoformat()}
    changes = [Change("heritage", entry, None, as_published(connection, entry, on), decision.id)]
    return Outcome(decision.id, changes, details={"entry": str(entry)}, facts=facts)


def as_published(connection: Connection, entry: UUID, day: date) -> dict[str, Any] | None:
    """The entry as the feed shows it."""
    return public_entry(connection, entry, day)


def require_level(deciding: Deciding, level: str) -> None:
    """Only an office of the list's level or above decides on it; NotPermitted otherwise."""
    unit = deciding.case.unit_id
    span = register_span(deciding.connection)
    chain = chain_of(deciding.connection, unit, span.register_through) if unit else []
    decided_by = DECIDED_BY[level]
    depth = DEPTHS.index(decided_by) if decided_by else -1
    above = [one for one in chain if DEPTHS.index(one["level"]) <= depth]
    matter = Matter(tuple(one["id"] for one in above), above[-1]["level"] if above else None)
    require(deciding.actor, LIST, matter)


def _require_notice_over(deciding: Deciding, today: date) -> None:
    through = date.fromisoformat(str(deciding.case.facts["notice_through"]))
    if today <= through:
        said = f"The public notice runs through {through}. Nothing was changed."
        raise Conflict(said, code="term_runs", due=through.isoformat())


def decision_of(deciding: Deciding, title: str, on: date) -> DecisionDraft:
    """The decision of a step with `authority` and the number of its document."""
    return DecisionDraft(
        id=new_id(), kind="approval", doc_no=number_given(deciding), title=title,
        authority=deciding.fields["authority"].strip(), approved_on=on.isoformat(), announced_on=on.isoformat(),
        effective_on=on.isoformat(), basis="document_date", list_year=None, text=deciding.fields.get("reason", ""),
        source=deciding.case.number, licence=None, retrieved_on=None,
    )  # fmt: skip


def _write(deciding: Deciding, dossier: Dossier, decision: UUID, on: date) -> UUID:
    connection, entry = deciding.connection, new_id()
    tag = {
        "id": entry, "entry": None, "subject": dossier.subject, "list": dossier.list, "level": dossier.level,
        "category": dossier.category, "begins": on, "ends": None, "decision": decision,
    }  # fmt: skip
    connection.execute(store.ADD_TAG, tag)
    record_links(connection, [Link(decision, "heritage", entry, "opened")])
    _write_dossier(connection, dossier, {"entry": entry, "decision": decision, "name": deciding.case.facts["name"]})
    return entry


def _write_dossier(connection: Connection, dossier: Dossier, named: Mapping[str, Any]) -> None:
    identity = new_id()
    texts = ("meaning", "origin", "history", "protection", "continuity", "continuity_note")
    values = {**named, "id": identity, **{name: getattr(dossier, name) for name in texts}}
    connection.execute(store.ADD_DOSSIER, {**values, "first_attested": dossier.first_attested or None})
    for number, one in enumerate(dossier.evidence, 1):
        row = {**one.model_dump(), "dated": one.dated or None, "dossier": identity, "place_in_order": number}
        connection.execute(store.ADD_EVIDENCE, row)
    for number, period in enumerate(dossier.periods, 1):
        when = parse_when(period.dated)
        years = {"year_from": when.first, "year_to": when.last}
        connection.execute(
            store.ADD_PERIOD, {**period.model_dump(), **years, "dossier": identity, "place_in_order": number}
        )
    for score in dossier.scores:
        connection.execute(store.ADD_SCORE, {**score.model_dump(), "dossier": identity})


# -- steps before it ---------------------------------------------------------------------------------------------------


def record_visit(deciding: Deciding) -> Outcome:
    """The site visit (实地考察): when, by whom, what was seen."""
    on = day_field(deciding, "visited_on")
    return Outcome(facts={"visited": f"{on}，{deciding.fields['visited_by']}：{deciding.fields['found']}"})


def record_experts(deciding: Deciding) -> Outcome:
    """The appraisal by experts (专家评审): when, by whom, with which opinion."""
    on = day_field(deciding, "held_on")
    return Outcome(facts={"appraised": f"{on}，{deciding.fields['experts']}：{deciding.fields['opinion']}"})


def publish_notice(deciding: Deciding) -> Outcome:
    """The public notice (公示) runs from today for the days that the office sets."""
    bounds, said = _notice_bounds(), deciding.fields["days"].strip()
    least, most = bounds["least_days"], bounds["most_days"]
    if not (said.isascii() and said.isdecimal() and least <= int(said) <= most):
        raise bad_field("days", f"is a number of days from {least} to {most}")
    today = civil_date(deciding.at)
    through = today + timedelta(days=int(said))
    words = f"{today}至{through}，{deciding.fields['where']}"
    term = {"amount": int(said), "unit": "calendar_days", "since": "notice"}
    return Outcome(facts={"notice": words, "notice_through": through.isoformat(), "notice_term": term})


def _notice_bounds() -> Mapping[str, int]:
    table = tomllib.loads(NOTICE.read_text("utf-8"))
    return {name: int(table[name]) for name in ("least_days", "most_days")}


def day_field(deciding: Deciding, name: str) -> date:
    """A day of the past or today; BadInput `bad_fields`."""
    try:
        found = date.fromisoformat(deciding.fields[name].strip())
    except ValueError as error:
        raise bad_field(name, "is no date such as 2026-06-01") from error
    if found > civil_date(deciding.at):
        raise bad_field(name, "lies in the future")
    return found


HERITAGE_LISTING = Subject(
    check_facts=check_facts,
    conditions={"evidence_given": evidence_given, "sheet_answered": sheet_answered, "sheet_met": sheet_met},
    effects={
        "revise": revise,
        "add_evidence": add_evidence,
        "add_period": add_period,
        "answer": answer,
        "record_visit": record_visit,
        "record_experts": record_experts,
        "publish_notice": publish_notice,
        "list_name": list_name,
    },
    propose=propose,
    opened=opened,
)
