"""What the office does with comments: reads them, shows or hides each with a reason, answers, records hearings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.access import Actor, require
from data.cases.model import Casework
from data.cases.reading import load_case
from data.cases.views import matter_of
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import Conflict, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from data.personal import unseal
from data.secrets import Keyring
from geonames.consultations import store
from geonames.consultations.model import MOST_TEXT, Moderation, refusal
from geonames.consultations.rules import consultation_rules
from geonames.consultations.service import no_such, sealed_for

MODERATE = "consultation.moderate"


@dataclass(frozen=True, slots=True)
class Hearing:
    """A hearing that was held (听证会、座谈会): when, where, who led it (not public), how many came, what was said."""

    held_on: date
    place: str
    attendance: int
    minutes: str
    chair: str = ""


def all_comments(
    casework: Casework, actor: Actor, consultation: UUID, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """Every comment with who sent it, those that wait first, and the case: `{"case", "items", "next"}`.

    Permission `consultation.moderate` where the case lies. NotFound `no_such_consultation`.
    """
    limit = check_limit(limit)
    query = {"list": "moderation", "of": str(consultation)}
    after = decode_cursor(query, cursor, (bool, datetime.fromisoformat, UUID))
    settled, at, last = after or (None, None, None)
    with reading(casework.engine) as connection:
        case = _permitted(casework, connection, actor, consultation)
        values = {"id": consultation, "settled": settled, "at": at, "after": last, "limit": limit + 1}
        rows = fetch_all(connection, store.BOARD, values)
    shown, following = page(rows, limit, query, lambda r: (r["state"] != "waiting", r["received_at"], r["id"]))
    return {"case": case, "items": [_opened(casework.keys(), row) for row in shown], "next": following}


def _opened(keys: Keyring, row: Row) -> dict[str, Any]:
    opened = {name: unseal(keys, row[name], sealed_for(row["id"], name)) for name in ("name", "contact")}
    return {**row, **opened}


def moderate(casework: Casework, actor: Actor, consultation: UUID, comment: UUID, hide_because: str | None) -> None:
    """Show a comment to the public, or hide it with a reason of the rules; either may be changed later.

    BadInput `bad_moderation`; NotFound `no_such_consultation`, `no_such_comment`; NotPermitted.
    """
    if hide_because is not None and hide_because not in consultation_rules().hide:
        raise refusal([("because", f"is one of {', '.join(consultation_rules().hide)}")], code="bad_moderation")
    state = Moderation.SHOWN if hide_because is None else Moderation.HIDDEN
    with unit_of_work(casework.engine) as connection:
        _permitted(casework, connection, actor, consultation)
        _locked_comment(connection, consultation, comment)
        values = {"id": comment, "state": state, "because": hide_because, "by": actor.account_id}
        connection.execute(store.MODERATE, {**values, "at": casework.clock()})
        _write_down(connection, actor, "moderate", consultation, comment=str(comment), state=state)


def reply(casework: Casework, actor: Actor, consultation: UUID, comment: UUID, text: str) -> None:
    """Answer a comment, once, where the public reads it. As `moderate`; Conflict `already_done`."""
    said = text.strip()
    if not 1 <= len(said) <= MOST_TEXT:
        raise refusal([("text", f"has from 1 to {MOST_TEXT} characters")], code="bad_moderation")
    with unit_of_work(casework.engine) as connection:
        _permitted(casework, connection, actor, consultation)
        if _locked_comment(connection, consultation, comment)["reply"] is not None:
            raise Conflict("This comment was answered already; an answer stands.", code="already_done")
        values = {"id": comment, "reply": said, "by": actor.account_id, "at": casework.clock()}
        connection.execute(store.REPLY, values)
        _write_down(connection, actor, "reply", consultation, comment=str(comment))


def record_hearing(casework: Casework, actor: Actor, consultation: UUID, hearing: Hearing) -> UUID:
    """Record a hearing that was held; its id. BadInput `bad_moderation`; otherwise as `moderate`."""
    tests = (
        ("place", "is needed", not hearing.place.strip()),
        ("minutes", "are needed", not hearing.minutes.strip()),
        ("minutes", f"have more than {MOST_TEXT} characters", len(hearing.minutes) > MOST_TEXT),
        ("attendance", "is a number of people", not 0 <= hearing.attendance <= 1_000_000),
    )
    found = [(field, why) for field, why, wrong in tests if wrong]
    if found:
        raise refusal(found, code="bad_moderation")
    identity = new_id()
    with unit_of_work(casework.engine) as connection:
        _permitted(casework, connection, actor, consultation)
        values = {
            "id": identity, "consultation": consultation, "held_on": hearing.held_on, "place": hearing.place.strip(),
            "chair": hearing.chair.strip(), "attendance": hearing.attendance, "minutes": hearing.minutes.strip(),
            "by": actor.account_id,
        }  # fmt: skip
        connection.execute(store.ADD_HEARING, values)
        _write_down(connection, actor, "hearing", consultation, hearing=str(identity))
    return identity


def _permitted(casework: Casework, connection: Connection, actor: Actor, consultation: UUID) -> dict[str, Any]:
    """The case of a consultation, where `actor` may moderate it."""
    row = fetch_one(connection, store.CASE_OF, {"id": consultation})
    if row is None:
        raise no_such()
    dossier = load_case(casework, connection, actor, row["case_id"])
    require(actor, MODERATE, matter_of(dossier), casework.permissions)
    return {"id": dossier.case.id, "number": dossier.case.number, "title": dossier.case.title}


def _locked_comment(connection: Connection, consultation: UUID, comment: UUID) -> dict[str, Any]:
    row = fetch_one(connection, store.LOCK_COMMENT, {"id": comment, "consultation": consultation})
    if row is None:
        raise NotFound("There is no such comment in this consultation.", code="no_such_comment")
    return dict(row)


def _write_down(connection: Connection, actor: Actor, what: str, consultation: UUID, **details: str) -> None:
    said = {"consultation": str(consultation), **details}
    audit.append(connection, actor=actor.name, action=f"consultation.{what}", decision_id=None, details=said)
