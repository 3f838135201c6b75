"""The care of a listed name as the case engine runs it: measures, periodic review, delisting by decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from boundaries.units.service import register_span
from data.access import Actor
from data.cases.model import Casework, Deciding, Opening, Outcome, Proposal, ProposalRow, Subject
from data.cases.service import open_case
from data.clock import civil_date
from data.db import Row, fetch_one, reading
from data.decisions import Link, record_decisions, record_links
from data.errors import BadInput, Conflict
from data.feed import Change
from data.ids import new_id
from data.workflow.model import Label
from geonames.applications.given import bad_field
from geonames.heritage import store
from geonames.heritage.listing import as_published, day_field, decision_of, require_level
from geonames.heritage.service import find_entry, no_such_heritage
from geonames.places.days import reach

PROCEDURE = "heritage.care"
KEPT = frozenset({"entry", "name", "list", "level", "review_term", "next_review", "decision", "doc_no", "delisted_on"})


def open_care(casework: Casework, actor: Actor, entry: UUID, key: str | None = None) -> dict[str, Any]:
    """Open the file of a listed name's care in the unit where it lies; the case. NotFound `no_such_heritage`."""
    with reading(casework.engine) as connection:
        day = max(civil_date(casework.clock()), register_span(connection).register_through)
        found = find_entry(connection, entry, day)
        place = fetch_one(connection, store.PUBLIC_SUBJECT, {"subject": found["subject"]})
    facts = {"entry": str(entry), **{name: found[name] for name in ("name", "list", "level")}}
    unit = place["unit_id"] if place else None
    return open_case(casework, actor, Opening(PROCEDURE, f"{found['name']}的保护"[:300], unit, facts), key)


def check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of a care case; BadInput `bad_case`."""
    try:
        UUID(str(facts["entry"]))
    except (KeyError, ValueError) as error:
        raise BadInput("entry: the identifier of an entry of a list. Nothing was stored.", code="bad_case") from error
    if set(facts) - KEPT:
        raise BadInput(f"unknown: {', '.join(sorted(set(facts) - KEPT))[:100]}. Nothing was stored.", code="bad_case")
    return facts


def opened(deciding: Deciding) -> Outcome:
    """The file says the entry's name, list and level as the register has them."""
    tag = _tag(deciding)
    return Outcome(facts={"list": tag["list"], "level": tag["level"]})


def _tag(deciding: Deciding) -> Row:
    tag = fetch_one(deciding.connection, store.TAG, {"entry": UUID(str(deciding.case.facts["entry"]))})
    if tag is None:
        raise no_such_heritage()
    return tag


def record_measure(deciding: Deciding) -> Outcome:
    """A measure of protection (保护措施): a sign set up, the name used again nearby, a monument, a publication."""
    _keep(deciding, "measure", day_field(deciding, "done_on"), None)
    return Outcome()


def record_review(deciding: Deciding) -> Outcome:
    """A periodic review (定期复核): what was found, and by when the next one is due."""
    on = day_field(deciding, "reviewed_on")
    try:
        following = date.fromisoformat(deciding.fields["next_on"].strip())
    except ValueError as error:
        raise bad_field("next_on", "is no date such as 2026-06-01") from error
    today = civil_date(deciding.at)
    if following <= max(today, on):
        raise bad_field("next_on", "lies after today and after the review")
    _keep(deciding, "review", on, following)
    term = {"amount": (following - today).days, "unit": "calendar_days", "since": "review"}
    return Outcome(facts={"next_review": following.isoformat(), "review_term": term})


def _keep(deciding: Deciding, kind: str, on: date, following: date | None) -> None:
    fields = deciding.fields
    values = {
        "id": new_id(), "entry": UUID(str(deciding.case.facts["entry"])), "kind": kind, "on_day": on,
        "what": fields["what"].strip(), "responsible": fields.get("responsible", "").strip(), "next_on": following,
        "case_id": deciding.case.id,
    }  # fmt: skip
    deciding.connection.execute(store.ADD_CARE, values)


def delist(deciding: Deciding) -> Outcome:
    """The decision takes the name off its list; what was told of it stays readable.

    Conflict `already_done` where it left the list already, or was put on it today.
    """
    connection, on = deciding.connection, civil_date(deciding.at)
    require_level(deciding, str(deciding.case.facts["level"]))
    tag = _tag(deciding)
    if tag["valid_to"] is not None or on <= tag["valid_from"]:
        raise Conflict("The name is not on the list, or only since today. Nothing was changed.", code="already_done")
    before = as_published(connection, tag["entry"], on)
    decision = decision_of(deciding, f"关于将{deciding.case.facts['name']}移出{tag['list']}的决定", on)
    record_decisions(connection, [decision], deciding.actor.name)
    _write_again(deciding, tag, on, decision.id)
    reach(connection, on, deciding.actor.name)
    facts = {"decision": str(decision.id), "doc_no": decision.doc_no, "delisted_on": on.isoformat()}
    changes = [Change("heritage", tag["entry"], before, as_published(connection, tag["entry"], on), decision.id)]
    return Outcome(decision.id, changes, details={"entry": str(tag["entry"])}, facts=facts)


def _write_again(deciding: Deciding, tag: Row, on: date, decision: UUID) -> None:
    connection = deciding.connection
    connection.execute(store.CLOSE_TAG, {"id": tag["id"]})
    again = {name: tag[name] for name in ("entry", "list", "level", "category")}
    again |= {"id": new_id(), "subject": tag["subject_id"], "begins": tag["valid_from"], "ends": on}
    connection.execute(store.ADD_TAG, {**again, "decision": decision})
    record_links(connection, [Link(decision, "heritage", tag["entry"], "closed")])


LABELS: Mapping[str, Label] = {
    "list": Label("名录", "list"),
    "next_review": Label("下次复核", "next review"),
    "delisted_on": Label("移出日期", "off the list since"),
}


def propose(facts: Mapping[str, Any]) -> Proposal:
    """What the file is about."""
    name = ProposalRow(Label("地名", "name"), str(facts.get("name", "")), href=f"/heritage/{facts['entry']}")
    return Proposal([name, *(ProposalRow(label, str(facts[k])) for k, label in LABELS.items() if facts.get(k))])


HERITAGE_CARE = Subject(
    check_facts=check_facts,
    effects={"record_measure": record_measure, "record_review": record_review, "delist": delist},
    propose=propose,
    opened=opened,
)
