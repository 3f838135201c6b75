"""Sessions: opened with a fresh secret, rotated while they last, ended by time, by hand or by a copied secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor, Matter, require
from data.accounts import store
from data.accounts.model import SESSION_IDLE, SESSION_LASTS, new_secret, secret_hash
from data.accounts.reach import ChainOf, require_on_account
from data.accounts.records import account_with, record
from data.db import fetch_all
from data.errors import NotFound
from data.ids import new_id

MAX_BROWSER = 300


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where somebody signs in, as far as the server knows."""

    address: str | None = None
    browser: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened. `secret` is shown this once."""

    secret: str
    session_id: UUID
    account_id: UUID
    expires_at: datetime


def open_session(connection: Connection, account_id: UUID, visitor: Visitor, now: datetime) -> Opened:
    """A session with a secret that nobody had before: what a browser brought with it is never taken over."""
    opened = Opened(new_secret(), new_id(), account_id, now + SESSION_LASTS)
    connection.execute(
        store.INSERT_SESSION,
        {
            "secret": secret_hash(opened.secret),
            "id": opened.session_id,
            "account_id": account_id,
            "now": now,
            "expires_at": opened.expires_at,
            "address": visitor.address,
            "browser": visitor.browser[:MAX_BROWSER] if visitor.browser else None,
        },
    )
    return opened


def sign_out(connection: Connection, actor: Actor, session_id: UUID, now: datetime) -> None:
    """End one's own session; one that has ended already stays so. Raises `NotSignedIn` for nobody."""
    require(actor, "session.revoke", _own(actor))
    values = {"id": session_id, "account": actor.account_id, "at": now}
    if connection.execute(store.REVOKE_SESSION, values).first() is not None and actor.account_id is not None:
        record(connection, actor, "session.ended", actor.account_id, session=session_id)


def revoke_session(
    connection: Connection, actor: Actor, account_id: UUID, session_id: UUID, chain_of: ChainOf, now: datetime
) -> None:
    """End one session of one's own or of an account in one's jurisdiction.

    Raises `NotFound` (`no_such_session`) and the refusals of the permission question.
    """
    require_on_account(connection, actor, "session.revoke", account_with(connection, account_id), chain_of)
    values = {"id": session_id, "account": account_id, "at": now}
    if connection.execute(store.REVOKE_SESSION, values).first() is None:
        raise NotFound("There is no such session, or it has ended.", code="no_such_session")
    record(connection, actor, "session.revoked", account_id, session=session_id)


def revoke_others(connection: Connection, account_id: UUID, but: UUID | None, now: datetime) -> int:
    """End all sessions of an account but one; how many. The caller writes the audit entry."""
    values = {"account": account_id, "but": but, "at": now}
    return len(connection.execute(store.REVOKE_SESSIONS, values).all())


def renew_secret(connection: Connection, account_id: UUID, session_id: UUID, now: datetime) -> str:
    """A new secret for a session, the former one of no use at once: the rights have changed."""
    secret = new_secret()
    values = {"new": secret_hash(secret), "id": session_id, "account": account_id, "now": now}
    if connection.execute(store.RENEW_SESSION, values).first() is None:
        raise NotFound("There is no such session, or it has ended.", code="no_such_session")
    return secret


def live_sessions(connection: Connection, account_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """The sessions of an account that have not ended, last used first."""
    values = {"account": account_id, "now": now, "idle_since": now - SESSION_IDLE}
    return [dict(row) for row in fetch_all(connection, store.LIVE_SESSIONS, values)]


def _own(actor: Actor) -> Matter:
    return Matter(relations={actor.account_id: frozenset({"self"})} if actor.account_id else {})
