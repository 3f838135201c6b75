"""Filing as a step of an application: who files with whom (Art. 13), is it complete, into the outbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
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


def send_filing(deciding: Deciding) -> Outcome:
    """Put the filing of an approval into the outbox, to the office that the law names.

    Conflict `filing_rule_unknown`, `filing_office_missing`, `filing_incomplete`.
    """
    connection, case = deciding.connection, deciding.case
    sender, recipient, seat = parties_of(connection, case.facts)
    filled = fill(connection, case, sender, recipient)
    papers = papers_of(case.facts)
    _refuse_incomplete(filled, papers)
    filing = new_id()
    values = {
        "id": filing, "direction": Direction.OUT, "case_id": case.id, "unit": seat, "from_office": sender.name,
        "to_office": recipient.name, "form": json.dumps(filled, ensure_ascii=False), "papers": json.dumps(papers),
        "state": State.SENDING, "at": deciding.at, "by": acting_account(deciding),
    }  # fmt: skip
    connection.execute(store.ADD_FILING, values)
    connection.execute(store.ADD_MESSAGE, {
        "id": filing, "direction": Direction.OUT, "filing": filing, "filing_direction": Direction.OUT,
        "sort": Sort.FILING, "to_office": recipient.name, "sha256": None, "bytes": None, "at": deciding.at,
        "next_at": deciding.at, "delivered_at": None,
    })  # fmt: skip
    facts = {"filing": {"id": str(filing), "from": sender.name, "to": recipient.name}}
    return Outcome(facts=facts, details={"filing": str(filing)})


def filing_returned(deciding: Deciding) -> Outcome:
    """The other office returned the filing: its reasons stand in the case, and it is filed again."""
    filing = dict(deciding.case.facts.get("filing") or {})
    return Outcome(facts={"filing": {**filing, "returned_for": deciding.fields["reason"]}})


def parties_of(connection: Connection, facts: Mapping[str, Any]) -> tuple[Office, Office, UUID]:
    """Who files, with whom, and the unit at whose seat the filing office sits.

    Conflict `filing_rule_unknown`, `filing_office_missing`.
    """
    rule, approver = facts["route"].get("filing"), facts["route"]["approver"]
    if rule is None or approver["code"] is None:
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
    return sender, recipient, seat


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


def fill(connection: Connection, case: CaseFile, sender: Office, recipient: Office) -> dict[str, str]:
    """The registration form of a decided case."""
    facts = case.facts
    place = fetch_one(connection, store.PLACE, {"id": facts.get("place")}) or {}
    values = {
        **values_of(facts), **place, "number": case.number, "division": _division(connection, facts["within"]),
        "filed_by": sender.name, "filed_with": recipient.name,
    }  # fmt: skip
    return form().filled(values)


def _division(connection: Connection, code: str) -> str:
    return "".join(unit.name for unit in units_of(connection, code, register_span(connection).register_through))


def _refuse_incomplete(filled: Mapping[str, str], papers: Mapping[str, str]) -> None:
    lacking = form().lacking(filled, list(papers))
    if lacking:
        words = {column.key: column.label.zh for column in form().columns}
        named = "、".join(words.get(key) or route_book().word("paper", key).zh for key in lacking)
        raise Conflict(
            f"The filing is not complete: {named}. Nothing was sent.", code="filing_incomplete", missing=lacking
        )
