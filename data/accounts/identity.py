"""Who a session or token is, with the roles that hold now: asked anew for every request, never remembered.

A revoked grant, an expired deputy, a disabled account are therefore refused
with the next request. `seen_at` and the rotation of a secret are no change by
anybody and have no audit entry; a session ended because its secret was copied has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from data.access import Actor, Grant, Role
from data.access.model import account_actor
from data.accounts import store
from data.accounts.model import (
    FORMER_SECRET_SERVES,
    SEEN_EVERY,
    SESSION_IDLE,
    SESSION_ROTATES,
    new_secret,
    secret_hash,
)
from data.accounts.records import record
from data.clock import civil_date
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who has signed in. `fresh_secret` is to be put in place of the one that was shown."""

    actor: Actor
    account_id: UUID
    username: str
    display_name: str
    session_id: UUID | None = None
    fresh_secret: str | None = None


#: Who ends a session whose secret was shown again after it had been replaced.
SYSTEM = Actor("system:sessions")


def actor_of(connection: Connection, account_id: UUID, via: str, now: datetime) -> Actor:
    """The account with all that it may act by today: its own roles and those of whoever it is the deputy of."""
    asked = {"account": account_id, "day": civil_date(now)}
    rows = fetch_all(connection, store.EFFECTIVE_GRANTS, asked)
    held = [Grant(Role(row["role"]), row["unit_id"], row["level"], row["for_id"], row["body"]) for row in rows]
    absent = connection.execute(store.ABSENT_OF, asked).scalars()
    held += [Grant(Role.SIGNED_IN, None, for_id=person) for person in absent]
    return account_actor(account_id, tuple(held), via)


def by_session(engine: Engine, secret: str, now: datetime, rotate: bool = False) -> Signed | None:
    """Who the session with this secret is; None where there is none (any more).

    With `rotate` a secret older than `SESSION_ROTATES` is replaced. Where the answer that carried a new one was lost,
    nobody shows it: then the former one goes on serving, and is replaced again. Once the new one has been shown the
    former one is a copy, and ends the session.
    """
    with reading(engine) as connection:
        found = fetch_one(connection, store.SESSION_BY_SECRET, {"secret": secret_hash(secret)})
        if found is None or not _lasts(found, now):
            return None
        actor = actor_of(connection, found["account_id"], "session", now)
    if found["former"] and found["taken_up"] and now > found["rotated_at"] + FORMER_SECRET_SERVES:
        _end_copied(engine, found, now)
        return None
    if not found["former"] and not found["taken_up"]:
        with unit_of_work(engine) as connection:
            connection.execute(store.TAKE_UP, {"id": found["id"], "secret": secret_hash(secret)})
    fresh = _rotated(engine, found, secret, now) if rotate else None
    if fresh is None and now - found["seen_at"] > SEEN_EVERY:
        with unit_of_work(engine) as connection:
            connection.execute(store.SEEN_SESSION, {"id": found["id"], "now": now})
    return Signed(actor, *_names(found), found["id"], fresh)


def _lasts(session: Row, now: datetime) -> bool:
    ended = session["revoked_at"] is not None or session["disabled_at"] is not None
    return not ended and now < session["expires_at"] and now < session["seen_at"] + SESSION_IDLE


def _end_copied(engine: Engine, session: Row, now: datetime) -> None:
    """Two people hold the session: which of them is the right one is not known, so it ends for both."""
    with unit_of_work(engine) as connection:
        values = {"id": session["id"], "account": session["account_id"], "at": now}
        if connection.execute(store.REVOKE_SESSION, values).first() is not None:
            record(connection, SYSTEM, "session.ended_copied", session["account_id"], session=session["id"])


def _rotated(engine: Engine, session: Row, secret: str, now: datetime) -> str | None:
    # what is under way with the former secret is waited for before an answer counts as lost
    wait, statement = (
        (FORMER_SECRET_SERVES, store.ROTATE_AGAIN) if session["former"] else (SESSION_ROTATES, store.ROTATE_SESSION)
    )
    if now - session["rotated_at"] < wait:
        return None
    fresh = new_secret()
    values = {"new": secret_hash(fresh), "old": secret_hash(secret), "id": session["id"], "now": now}
    before = {"before": now - wait} if session["former"] else {}
    with unit_of_work(engine) as connection:
        return fresh if connection.execute(statement, values | before).first() is not None else None


def by_token(engine: Engine, secret: str, now: datetime) -> Signed | None:
    """Whose API token this is; None where it is none, has expired or was revoked."""
    with reading(engine) as connection:
        found = fetch_one(connection, store.TOKEN_BY_SECRET, {"secret": secret_hash(secret)})
        if found is None or found["revoked_at"] or found["disabled_at"] or now >= found["expires_at"]:
            return None
        actor = actor_of(connection, found["account_id"], "token", now)
    if found["seen_at"] is None or now - found["seen_at"] > SEEN_EVERY:
        with unit_of_work(engine) as connection:
            connection.execute(store.SEEN_TOKEN, {"id": found["id"], "now": now})
    return Signed(actor, *_names(found))


def _names(found: Row) -> tuple[UUID, str, str]:
    return found["account_id"], found["username"], found["display_name"]
