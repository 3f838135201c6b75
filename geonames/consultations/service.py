"""What the public does with consultations: finds one, reads what others said, says something. Nobody signs in."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit
from data.clock import civil_date
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import Conflict, NotFound, TooManyAttempts
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from data.personal import seal
from data.secrets import Keyring, keyring
from geonames.consultations import store
from geonames.consultations.model import Moderation, Said, State, check_said, state_on
from geonames.consultations.rules import consultation_rules

#: Who acts where nobody has to say who he is.
PUBLIC = "public"
DAY_S = 86_400


def list_consultations(
    connection: Connection,
    day: date,
    *,
    within: str | None = None,
    open_only: bool = False,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of consultations, those that close last first: `{"items", "next"}`. `within`: beginning of a code."""
    limit = check_limit(limit)
    query = {"list": "consultations", "within": within, "open": open_only}
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID))
    values = {
        "within": within, "open": open_only, "day": day, "limit": limit + 1,
        "closes": after[0] if after else None, "after": after[1] if after else None,
    }  # fmt: skip
    rows = fetch_all(connection, store.PUBLIC_LIST, values)
    shown, following = page(rows, limit, query, lambda row: (row["closes_on"].isoformat(), row["id"]))
    return {"items": [as_object(row, day) for row in shown], "next": following}


def find_consultation(connection: Connection, consultation: UUID, day: date) -> dict[str, Any]:
    """One consultation with its hearings; NotFound `no_such_consultation`."""
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": consultation})
    if row is None:
        raise no_such()
    hearings = fetch_all(connection, store.PUBLIC_HEARINGS, {"id": consultation})
    return {**as_object(row, day), "hearings": [dict(hearing) for hearing in hearings]}


def list_comments(
    connection: Connection, consultation: UUID, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """What was said and is shown, the latest first; of what is hidden the reason. NotFound `no_such_consultation`."""
    limit = check_limit(limit)
    if fetch_one(connection, store.PUBLIC_FIND, {"id": consultation}) is None:
        raise no_such()
    query = {"list": "comments", "of": str(consultation)}
    after = decode_cursor(query, cursor, (UUID,))
    values = {"id": consultation, "after": after[0] if after else None, "limit": limit + 1}
    shown, following = page(fetch_all(connection, store.PUBLIC_COMMENTS, values), limit, query, lambda r: (r["id"],))
    return {"items": [_comment(row) for row in shown], "next": following}


def comment(
    engine: Engine,
    consultation: UUID,
    said: Said,
    address: str,
    at: datetime,
    key: str | None = None,
    keys: Keyring | None = None,
) -> dict[str, Any]:
    """Say something: the office reads it before the public does. `{"id", "state"}`.

    Without words a voice counts at once. `address` of the sender is kept as a hash with a salt of this consultation
    until it ends; name and contact are sealed with `keys` (None: those of the installation). Everybody may: no
    permission is asked. With `key` the same request again stores nothing.
    NotFound `no_such_consultation`; BadInput `bad_comment`; Conflict `consultation_not_open`, `already_done` (the same
    words from there), `idempotency_key_reused`; TooManyAttempts `too_many_comments`.
    """
    clean = check_said(said)
    with unit_of_work(engine) as connection:
        row = fetch_one(connection, store.LOCK, {"id": consultation})
        if row is None:
            raise no_such()
        earlier = _earlier(connection, consultation, clean, key)
        if earlier is not None:
            return earlier
        _require_open(row, civil_date(at))
        origin = hashlib.blake2b(address.encode(), key=bytes(row["salt"]), digest_size=16).digest()
        _require_moderate(connection, consultation, clean, origin, at)
        stored = _stored(connection, consultation, clean, origin, at, key, keys or keyring())
        details = {"consultation": str(consultation), "comment": str(stored["id"]), "stance": clean.stance}
        audit.append(connection, actor=PUBLIC, action="consultation.comment", decision_id=None, details=details)
        return stored


def _earlier(connection: Connection, consultation: UUID, said: Said, key: str | None) -> dict[str, Any] | None:
    if key is None:
        return None
    row = fetch_one(connection, store.EARLIER, {"consultation": consultation, "request_key": key})
    if row is None:
        return None
    if (row["stance"], row["text"]) != (said.stance, said.text):
        raise Conflict(
            "This key was used for another comment. Nothing was stored: send it with a key of its own.",
            code="idempotency_key_reused",
        )
    return {"id": row["id"], "state": row["state"]}


def _require_open(row: Row, day: date) -> None:
    state = state_on(day, row["opens_on"], row["closes_on"], row["ended_on"])
    if state is not State.OPEN:
        raise Conflict(
            f"This consultation runs from {row['opens_on']} to {row['closes_on']} and takes no comments now. "
            "Nothing was stored.",
            code="consultation_not_open",
            state=state,
        )


def _require_moderate(connection: Connection, consultation: UUID, said: Said, origin: bytes, at: datetime) -> None:
    """Refuse what one address sends too often, and everything where too much waits to be read."""
    rules = consultation_rules()
    values = {
        "consultation": consultation, "origin": origin, "since": at - timedelta(days=1), "text": said.text,
        "stance": said.stance,
    }  # fmt: skip
    sent = connection.execute(store.SENT, values).one()
    if sent.same:
        raise Conflict("This was said from your address already; it counts once.", code="already_done")
    if sent.of_origin >= rules.of_one_origin_a_day or sent.waiting >= rules.waiting_at_once:
        raise TooManyAttempts(
            "More comments came from your address, or more wait to be read, than this consultation takes in a day. "
            "Nothing was stored: send it tomorrow, or to the office on paper.",
            code="too_many_comments",
            retry_after_s=DAY_S,
        )


def _stored(
    connection: Connection, consultation: UUID, said: Said, origin: bytes, at: datetime, key: str | None, keys: Keyring
) -> dict[str, Any]:
    stored = {"id": new_id(), "state": Moderation.WAITING if said.text else Moderation.SHOWN}
    values = {
        **stored, "consultation": consultation, "at": at, "stance": said.stance, "text": said.text,
        "name": seal(keys, said.name, sealed_for(stored["id"], "name")),
        "contact": seal(keys, said.contact, sealed_for(stored["id"], "contact")),
        "origin": origin, "request_key": key,
    }  # fmt: skip
    connection.execute(store.ADD_COMMENT, values)
    return stored


def sealed_for(comment: object, column: str) -> str:
    """What a sealed column of a comment is bound to."""
    return f"consultation_comment:{comment}:{column}"


def as_object(row: Row, day: date) -> dict[str, Any]:
    """A consultation as the API shows it."""
    counts = {name: row[name] for name in ("support", "objection", "comment", "waiting", "hidden")}
    kept = (
        *("id", "title", "asked_by", "about", "question", "opens_on", "closes_on", "shorter_because"),
        *("ended_on", "ended_because", "reported_on", "report"),
    )
    state = state_on(day, row["opens_on"], row["closes_on"], row["ended_on"])
    return {**{name: row[name] for name in kept}, "state": state, "counts": counts}


def _comment(row: Row) -> dict[str, Any]:
    why = consultation_rules().hide.get(row["hidden_because"] or "")
    return {**row, "hidden_because": {"key": row["hidden_because"], "zh": why.zh, "en": why.en} if why else None}


def no_such() -> NotFound:
    """There is no consultation with this id."""
    return NotFound("There is no consultation with this id.", code="no_such_consultation")
