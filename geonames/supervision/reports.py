"""What the public reports (举报): taken in from everybody, read and settled by the office where it lies.

Nobody signs in to report. The office alone reads who did and how to reach him (地名管理条例 Art. 33: confidential);
whoever has the number of a report hears how it stands, and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit
from data.access import Actor, Matter, require
from data.access.question import Permit, decide
from data.cases.model import Casework, Deciding, Outcome
from data.cases.reading import require_signed_in
from data.cases.records import new_number
from data.clock import civil_date
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadInput, Conflict, NotFound, TooManyAttempts
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from data.personal import seal, unseal
from data.secrets import Keyring, keyring
from geonames.supervision import store
from geonames.supervision.report import Report, ReportState, check_report, refusal
from geonames.supervision.rules import use_rules

READ, SETTLE = "usage_report.read", "usage_report.settle"
PREFIX = "JB"
#: Who acts where nobody has to say who he is.
PUBLIC = "public"
DAY_S = 86_400
MOST_WHY = 1000


@dataclass(frozen=True, slots=True)
class Sender:
    """From where a report comes: the address, the key under which it is hashed, the request.

    `keys`: with which the way to reach the sender is sealed; None: those of the installation.
    """

    address: str
    secret: bytes
    key: str | None = None
    keys: Keyring | None = None

    @property
    def origin(self) -> bytes:
        """What is kept of the address until the report is settled."""
        return hashlib.blake2b(self.address.encode(), key=self.secret, digest_size=16).digest()


def report_use(engine: Engine, unit: UUID | None, report: Report, sender: Sender, at: datetime) -> dict[str, Any]:
    """Take in a report; `{"number", "state"}`. Everybody may. The same request again, by its key, stores nothing.

    BadInput `bad_report`; TooManyAttempts `too_many_reports`; Conflict `idempotency_key_reused`.
    """
    clean = check_report(report)
    if unit is None:
        raise refusal([("within", "is the code of a division, not of the country")])
    with unit_of_work(engine) as connection:
        earlier = _earlier(connection, clean, sender.key)
        if earlier is not None:
            return earlier
        _require_moderate(connection, unit, sender.origin, at)
        identity, number = new_id(), new_number(PREFIX, civil_date(at))
        contact = seal(sender.keys or keyring(), clean.contact, sealed_for(identity))
        values = {
            "id": identity, "number": number, "unit": unit, "at": at, "use": clean.use, "shown": clean.shown,
            "place_said": clean.where, "what": clean.what, "contact": contact, "origin": sender.origin,
            "request_key": sender.key,
        }  # fmt: skip
        connection.execute(store.ADD, values)
        _write_down(connection, PUBLIC, "sent", identity)
    return {"number": number, "state": ReportState.WAITING}


def _earlier(connection: Connection, report: Report, key: str | None) -> dict[str, Any] | None:
    row = fetch_one(connection, store.EARLIER, {"request_key": key}) if key else None
    if row is None:
        return None
    if (row["use"], row["shown"], row["place_said"], row["what"]) != (
        report.use, report.shown, report.where, report.what,
    ):  # fmt: skip
        raise Conflict(
            "This key was used for another report. Nothing was stored: send it with a key of its own.",
            code="idempotency_key_reused",
        )
    return {"number": row["number"], "state": row["state"]}


def _require_moderate(connection: Connection, unit: UUID, origin: bytes, at: datetime) -> None:
    limits = use_rules().reports
    connection.execute(store.LOCK_ORIGIN, {"origin": origin})
    since = at - timedelta(days=1)
    sent = connection.execute(store.SENT, {"origin": origin, "since": since, "unit": unit}).one()
    if sent.of_origin >= limits.of_one_origin_a_day or sent.waiting >= limits.waiting_at_once:
        raise TooManyAttempts(
            "More reports came from your address, or more wait to be read, than this office takes in a day. Nothing "
            "was stored: send it tomorrow, or tell the office on paper.",
            code="too_many_reports",
            retry_after_s=DAY_S,
        )


def report_state(engine: Engine, number: str) -> dict[str, Any]:
    """How a report stands, for whoever has its number; NotFound `no_such_report`."""
    with reading(engine) as connection:
        row = fetch_one(connection, store.PUBLIC, {"number": number.strip().upper()})
    if row is None:
        raise _no_such()
    return dict(row)


def list_reports(
    casework: Casework,
    actor: Actor,
    *,
    state: ReportState | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the reports that `actor` may read, the latest first: `{"items", "next"}`."""
    require_signed_in(actor)
    limit = check_limit(limit)
    query = {"list": "usage_reports", "state": state}
    after = decode_cursor(query, cursor, (UUID,))
    with reading(casework.engine) as connection:
        everywhere = isinstance(decide(actor, READ, Matter(), casework.permissions), Permit)
        units = [] if everywhere else _readable(casework, connection, actor)
        values = {"state": state, "everywhere": everywhere, "units": units, "limit": limit + 1}
        rows = fetch_all(connection, store.LIST, {**values, "after": after[0] if after else None})
    shown, following = page(rows, limit, query, lambda row: (row["id"],))
    return {"items": [_opened(casework.keys(), row) for row in shown], "next": following}


def _readable(casework: Casework, connection: Connection, actor: Actor) -> list[UUID]:
    asked = connection.scalars(store.UNITS).all()
    return [unit for unit in asked if _may(casework, connection, actor, unit)]


def _may(casework: Casework, connection: Connection, actor: Actor, unit: UUID) -> bool:
    return isinstance(decide(actor, READ, _matter(casework, connection, unit), casework.permissions), Permit)


def _matter(casework: Casework, connection: Connection, unit: UUID) -> Matter:
    place = casework.locate(connection, unit)
    return Matter(place.chain, place.level) if place else Matter((unit,))


def find_report(casework: Casework, actor: Actor, identity: UUID) -> Row:
    """A report as the office reads it; NotFound `no_such_report`, also for one that one may not read."""
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        return _seen(casework, connection, actor, identity)


def _seen(casework: Casework, connection: Connection, actor: Actor, identity: UUID) -> Row:
    row = fetch_one(connection, store.FIND, {"id": identity})
    if row is None or not _may(casework, connection, actor, row["unit_id"]):
        raise _no_such()
    return _opened(casework.keys(), row)


def _opened(keys: Keyring, row: Row) -> dict[str, Any]:
    return {**row, "contact": unseal(keys, row["contact"], sealed_for(row["id"]))}


def sealed_for(report: object) -> str:
    """What the sealed contact of a report is bound to."""
    return f"usage_report:{report}:contact"


def dismiss_report(casework: Casework, actor: Actor, identity: UUID, why: str) -> dict[str, Any]:
    """Open no case for a report, with the reason that whoever reported reads.

    BadInput `bad_report`; NotFound `no_such_report`; NotPermitted; Conflict `already_done`.
    """
    if not 1 <= len(why.strip()) <= MOST_WHY:
        raise refusal([("why", f"has 1 to {MOST_WHY} characters")])
    with unit_of_work(casework.engine) as connection:
        row = _seen(casework, connection, actor, identity)
        require(actor, SETTLE, _matter(casework, connection, row["unit_id"]), casework.permissions)
        settled = {"state": ReportState.DISMISSED, "case_id": None, "why": why.strip(), "by": actor.account_id}
        _settle(connection, identity, {**settled, "at": casework.clock()})
        _write_down(connection, actor.name, "dismissed", identity)
        return dict(_seen(casework, connection, actor, identity))


def take_up(deciding: Deciding) -> Outcome:
    """The case that is opened for a report settles it, in the same transaction; of other cases nothing."""
    reported = deciding.case.facts.get("report")
    if reported is None:
        return Outcome()
    identity = UUID(str(reported))
    row = fetch_one(deciding.connection, store.FIND, {"id": identity})
    if row is None or row["unit_id"] != deciding.case.unit_id:
        raise BadInput("The report is none of this division. Nothing was stored.", code="bad_case")
    settled = {"state": ReportState.TAKEN, "case_id": deciding.case.id, "why": None}
    _settle(deciding.connection, identity, {**settled, "by": deciding.actor.account_id, "at": deciding.at})
    return Outcome(details={"report": str(identity)})


def _settle(connection: Connection, identity: UUID, values: Mapping[str, Any]) -> None:
    if connection.execute(store.SETTLE, {**values, "id": identity}).one_or_none() is None:
        raise Conflict("The report was settled already. Nothing was changed.", code="already_done")


def _write_down(connection: Connection, actor: str, what: str, identity: UUID) -> None:
    audit.append(
        connection, actor=actor, action=f"usage_report.{what}", decision_id=None, details={"report": str(identity)}
    )


def _no_such() -> NotFound:
    return NotFound("There is no report with this number for you.", code="no_such_report")
