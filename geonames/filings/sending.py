"""Filing as a step of an application: who files with whom (Art. 13), is it complete, into the outbox."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.service import chain_of, register_span, unit_id_at
from data.cases.model import CaseFile, Deciding, Outcome
from data.db import fetch_one
from data.errors import Conflict
from data.ids import new_id
from geonames.applications.given import acting_account
from geonames.applications.routes.model import Body
from geonames.applications.routes.rows import route_book
from geonames.filings import store
from geonames.filings.form import form, papers_of, values_of
from geonames.filings.model import Direction, Office, Sort, State
from geonames.filings.offices import office_at
from geonames.rules.service import units_of


@dataclass(frozen=True, slots=True)
class Filled:
    """A filing that is about to be sent: its form, the papers that go with it, and of a batch its names one by one."""

    form: Mapping[str, str]
    papers: Mapping[str, str]
    names: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Parties:
    """Who files, with whom, and the unit at whose seat the filing office sits."""

    sender: Office
    recipient: Office
    seat: UUID


def send_filing(deciding: Deciding) -> Outcome:
    """Put the filing of an approval into the outbox, to the office that the law names.

    Conflict `filing_rule_unknown`, `filing_office_missing`, `filing_incomplete`.
    """
    parties = parties_of(deciding.connection, deciding.case.facts)
    filled = Filled(fill(deciding.connection, deciding.case, parties), papers_of(deciding.case.facts))
    return put_out(deciding, parties, filled)


def put_out(deciding: Deciding, parties: Parties, filled: Filled) -> Outcome:
    """Put a filing into the outbox; Conflict `filing_incomplete` where something is missing."""
    connection = deciding.connection
    _refuse_incomplete(filled)
    filing = new_id()
    values = {
        "id": filing, "direction": Direction.OUT, "case_id": deciding.case.id, "unit": parties.seat,
        "from_office": parties.sender.name, "to_office": parties.recipient.name, "form": _as_json(filled.form),
        "names": _as_json(filled.names), "papers": _as_json(filled.papers), "state": State.SENDING, "at": deciding.at,
        "by": acting_account(deciding),
    }  # fmt: skip
    connection.execute(store.ADD_FILING, values)
    connection.execute(store.ADD_MESSAGE, {
        "id": filing, "direction": Direction.OUT, "filing": filing, "filing_direction": Direction.OUT,
        "sort": Sort.FILING, "to_office": parties.recipient.name, "sha256": None, "bytes": None, "at": deciding.at,
        "next_at": deciding.at, "delivered_at": None,
    })  # fmt: skip
    facts = {
        "filing": {"id": str(filing), "from": parties.sender.name, "to": parties.recipient.name},
        "print_filed_with": parties.recipient.name,
    }
    return Outcome(facts=facts, details={"filing": str(filing)})


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def filing_returned(deciding: Deciding) -> Outcome:
    """The other office returned the filing: its reasons stand in the case, and it is filed again."""
    filing = dict(deciding.case.facts.get("filing") or {})
    return Outcome(facts={"filing": {**filing, "returned_for": deciding.fields["reason"]}})


def parties_of(connection: Connection, facts: Mapping[str, Any]) -> Parties:
    """The parties: of the authority that a person entered by a local rule, or else of the route's.

    Conflict `filing_rule_unknown`, `filing_office_missing`.
    """
    rule, approver = facts["route"].get("filing"), facts.get("authority") or facts["route"]["approver"]
    if rule is None or approver.get("code") is None:
        raise Conflict(
            "No rule known here says with whom this approval is filed. File it by the local rule and record the "
            "filing by hand, with its number. Nothing was sent.",
            code="filing_rule_unknown",
        )
    day = register_span(connection).register_through
    seat = unit_id_at(connection, approver["code"], day)
    chain: list[UUID | None] = [None, *(unit["id"] for unit in chain_of(connection, seat, day))]
    to_seat = chain[-2] if rule["above"] else seat
    sender = _sender(connection, approver["body"], seat)
    recipient = _office(connection, rule["through"] or rule["to"], to_seat)
    return Parties(sender, recipient, seat)


def _sender(connection: Connection, body: str, seat: UUID) -> Office:
    """Who signs for the approving authority: a government's papers go out by its place-name department."""
    found = office_at(connection, body, seat)
    if (found is None or not found.is_here) and body == Body.GOVERNMENT:
        found = office_at(connection, Body.PLACE_NAME_DEPARTMENT, seat)
    if found is None or not found.is_here:
        raise _missing(body, "that files and works on this installation")
    return found


def _office(connection: Connection, body: str, seat: UUID | None) -> Office:
    found = office_at(connection, body, seat)
    if found is None:
        raise _missing(body, "with which this is filed")
    return found


def _missing(body: str, which: str) -> Conflict:
    word = route_book().word("body", body)
    return Conflict(
        f"The office {which} is not entered ({word.zh}, {word.en}): ./diming office add. Nothing was sent.",
        code="filing_office_missing",
        body=body,
    )


def fill(connection: Connection, case: CaseFile, parties: Parties) -> dict[str, str]:
    """The registration form of a decided case."""
    facts = case.facts
    place = fetch_one(connection, store.PLACE, {"id": facts.get("place")}) or {}
    values = {
        **values_of(facts), **place, "number": case.number, "division": division(connection, facts["within"]),
        "filed_by": parties.sender.name, "filed_with": parties.recipient.name,
    }  # fmt: skip
    return form().filled(values)


def division(connection: Connection, code: str) -> str:
    """The units of a code from the province down, in words."""
    return "".join(unit.name for unit in units_of(connection, code, register_span(connection).register_through))


def _refuse_incomplete(filled: Filled) -> None:
    lacking = form().lacking(filled.form, list(filled.papers), filled.names)
    if lacking:
        words = {column.key: column.label.zh for column in form().columns}
        named = "、".join(words.get(key) or route_book().word("paper", key).zh for key in lacking)
        raise Conflict(
            f"The filing is not complete: {named}. Nothing was sent.", code="filing_incomplete", missing=lacking
        )
