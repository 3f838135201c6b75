"""What people do with filings: look at them, acknowledge or return what came in, send again what was refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.access import Actor, Matter, require
from data.access.question import Permit, decide
from data.blobs import Blobs
from data.cases.model import Casework
from data.cases.reading import require_signed_in
from data.clock import CIVIL_ZONE, civil_date
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from geonames.filings import store
from geonames.filings.form import form
from geonames.filings.model import Direction, Sort, State

READ, REVIEW, SEND = "filing.read", "filing.review", "filing.send_again"
MAX_REASONS = 4000
#: Codes of made-up divisions begin so (GB/T 2260 does not use it); what is theirs is numbered 演示.
INVENTED = "99"


@dataclass(frozen=True, slots=True)
class Reach:
    """Of which units somebody may see the filings."""

    everywhere: bool
    units: tuple[UUID, ...]


def list_filings(
    casework: Casework,
    actor: Actor,
    *,
    direction: Direction | None = None,
    state: State | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the filings that `actor` may see, the latest first: `{"items", "next"}`."""
    require_signed_in(actor)
    limit = check_limit(limit)
    query = {"list": "filings", "direction": direction, "state": state}
    after = decode_cursor(query, cursor, (UUID, str))
    with reading(casework.engine) as connection:
        reach = reach_of(casework, connection, actor)
        found = fetch_all(connection, store.LIST, {
            "direction": direction, "state": state, "everywhere": reach.everywhere, "units": list(reach.units),
            "after": after[0] if after else None, "way": after[1] if after else None, "limit": limit + 1,
        })  # fmt: skip
    shown, following = page(found, limit, query, lambda row: (row["id"], row["direction"]))
    return {"items": [filing_object(row) for row in shown], "next": following}


def reach_of(casework: Casework, connection: Connection, actor: Actor) -> Reach:
    """Where `actor` may see filings: asked of each seat at which somebody files."""
    if isinstance(decide(actor, READ, Matter(), casework.permissions), Permit):
        return Reach(True, ())
    seats = [unit for unit in connection.scalars(store.UNITS) if unit is not None]
    asked = [unit for unit in seats if _may(casework, connection, actor, READ, unit)]
    return Reach(False, tuple(asked))


def _may(casework: Casework, connection: Connection, actor: Actor, action: str, unit: UUID | None) -> bool:
    return isinstance(decide(actor, action, _matter(casework, connection, unit), casework.permissions), Permit)


def _matter(casework: Casework, connection: Connection, unit_id: UUID | None) -> Matter:
    place = casework.locate(connection, unit_id) if unit_id else None
    return Matter(place.chain, place.level) if place else Matter()


def find_filing(casework: Casework, actor: Actor, filing: UUID, direction: Direction) -> dict[str, Any]:
    """One filing; NotFound `no_such_filing`, also for one that one may not see."""
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        return filing_object(_seen(casework, connection, actor, filing, direction))


def _seen(casework: Casework, connection: Connection, actor: Actor, filing: UUID, direction: Direction) -> Row:
    row = fetch_one(connection, store.FIND, {"id": filing, "direction": direction})
    if row is None or not _may(casework, connection, actor, READ, row["unit_id"]):
        raise NotFound("There is no filing with this id for you.", code="no_such_filing")
    return row


@contextmanager
def open_package(
    casework: Casework, blobs: Blobs, actor: Actor, filing: UUID, direction: Direction
) -> Iterator[tuple[dict[str, Any], BinaryIO]]:
    """The signed package of a filing, as it was sent or came in; Conflict `filing_not_packed` before it is made."""
    with reading(casework.engine) as connection:
        row = _seen(casework, connection, actor, filing, direction)
    if row["sha256"] is None:
        raise Conflict(
            "The package is made when it is sent first; try again in some minutes.", code="filing_not_packed"
        )
    with blobs.open(bytes(row["sha256"])) as file:
        yield filing_object(row), file


def acknowledge(casework: Casework, actor: Actor, filing: UUID, filing_no: str = "") -> dict[str, Any]:
    """Acknowledge a filing that came in (备案) under a number, its own or the next; the answer goes to the sender.

    NotFound `no_such_filing`, NotPermitted, Conflict `already_done`, BadInput `bad_fields`.
    """
    if len(filing_no.strip()) > 60:
        raise BadInput("A filing number has up to 60 characters. Nothing was changed.", code="bad_fields")
    with unit_of_work(casework.engine) as connection:
        row = _mine(casework, connection, actor, filing)
        number = filing_no.strip() or _next_number(connection, row, casework.clock())
        return _answer(casework, connection, actor, row, State.ACKNOWLEDGED, number, None)


def return_filing(casework: Casework, actor: Actor, filing: UUID, reasons: str) -> dict[str, Any]:
    """Return a filing that came in, with what is to be supplemented or with whom it is to be filed.

    Errors as for `acknowledge`.
    """
    if not 1 <= len(reasons.strip()) <= MAX_REASONS:
        raise BadInput(f"A filing is returned for reasons of 1 to {MAX_REASONS} characters.", code="bad_fields")
    with unit_of_work(casework.engine) as connection:
        row = _mine(casework, connection, actor, filing)
        return _answer(casework, connection, actor, row, State.RETURNED, None, reasons.strip())


def _mine(casework: Casework, connection: Connection, actor: Actor, filing: UUID) -> Row:
    connection.execute(store.LOCK, {"id": filing, "direction": Direction.IN})
    row = _seen(casework, connection, actor, filing, Direction.IN)
    require(actor, REVIEW, _matter(casework, connection, row["unit_id"]), casework.permissions)
    if row["state"] != State.RECEIVED:
        raise Conflict(f"The filing is {row['state']} already. Nothing was changed.", code="already_done")
    return row


def _next_number(connection: Connection, row: Row, now: datetime) -> str:
    """The next number of the office and year; made-up offices number as everything made up is numbered."""
    year, code = civil_date(now).year, row["form"].get("within", "")
    invented = str(code).startswith(INVENTED)
    series = f"演示〔{year}〕备" if invented else f"地名备〔{year}〕"
    connection.execute(store.LOCK_NUMBERS, {"series": row["to_office"]})
    given: int = connection.execute(store.NUMBERS_GIVEN, {"office": row["to_office"], "series": series}).scalar_one()
    return f"{series}{given + 1}号"


def _answer(
    casework: Casework,
    connection: Connection,
    actor: Actor,
    row: Row,
    state: State,
    number: str | None,
    reasons: str | None,
) -> dict[str, Any]:
    """Write the answer and put it into the outbox, in one transaction."""
    at = casework.clock()
    which = {"id": row["id"], "direction": Direction.IN}
    values = {**which, "state": state, "at": at, "by": actor.account_id, "filing_no": number, "reasons": reasons}
    connection.execute(store.ANSWERED, values)
    connection.execute(store.ADD_MESSAGE, {
        "id": new_id(), "direction": Direction.OUT, "filing": row["id"], "filing_direction": Direction.IN,
        "sort": Sort.ANSWER, "to_office": row["from_office"], "sha256": None, "bytes": None, "at": at, "next_at": at,
        "delivered_at": None,
    })  # fmt: skip
    details = {"filing": str(row["id"]), "state": state, "filing_no": number}
    audit.append(connection, actor=actor.name, action=f"filing.{state}", decision_id=None, details=details)
    found = fetch_one(connection, store.FIND, which)
    assert found is not None  # noqa: S101 -- it was just written
    return filing_object(found)


def send_again(casework: Casework, actor: Actor, filing: UUID) -> dict[str, Any]:
    """Try a message that was refused or put off again at once, after its cause was cured."""
    with unit_of_work(casework.engine) as connection:
        row = _seen(casework, connection, actor, filing, Direction.OUT)
        require(actor, SEND, _matter(casework, connection, row["unit_id"]), casework.permissions)
        if connection.execute(store.TRY_AGAIN, {"id": filing, "at": casework.clock()}).first() is None:
            raise Conflict("The filing has arrived already. Nothing was changed.", code="already_done")
        before = {"id": filing, "direction": Direction.OUT, "state": State.SENDING, "before": [State.REFUSED]}
        connection.execute(store.SET_STATE, before)
        details = {"filing": str(filing)}
        audit.append(connection, actor=actor.name, action="filing.sent_again", decision_id=None, details=details)
        found = fetch_one(connection, store.FIND, {"id": filing, "direction": Direction.OUT})
        assert found is not None  # noqa: S101 -- it was just written
    return filing_object(found)


def acknowledged_between(casework: Casework, actor: Actor, since: date, until: date) -> list[Row]:
    """What was acknowledged from `since` through `until`, for the file that the national database takes."""
    require_signed_in(actor)
    begin = datetime.combine(since, time.min, CIVIL_ZONE)
    end = datetime.combine(until + timedelta(days=1), time.min, CIVIL_ZONE)
    with reading(casework.engine) as connection:
        reach = reach_of(casework, connection, actor)
        wanted = {"since": begin, "until": end, "everywhere": reach.everywhere, "units": list(reach.units)}
        return fetch_all(connection, store.ACKNOWLEDGED, wanted)


def filing_object(row: Row) -> dict[str, Any]:
    """A filing as the API shows it; `missing`: what must be there by the form and is not."""
    problem = row["problem"] if isinstance(row["problem"], dict) else json.loads(row["problem"] or "null")
    return {
        "id": row["id"],
        "direction": row["direction"],
        "state": row["state"],
        "from": row["from_office"],
        "to": row["to_office"],
        "case_number": row["case_number"] or row["form"].get("number"),
        "form": row["form"],
        "names": row["names"],
        "papers": sorted(row["papers"]),
        "missing": form().lacking(row["form"], list(row["papers"]), row["names"]),
        "begun_at": row["begun_at"],
        "delivered_at": row["delivered_at"],
        "answered_at": row["answered_at"],
        "filing_no": row["filing_no"],
        "reasons": row["reasons"],
        "attempts": row["attempts"],
        "next_at": row["next_at"],
        "problem": problem,
        "package_sha256": bytes(row["sha256"]).hex() if row["sha256"] else None,
    }
