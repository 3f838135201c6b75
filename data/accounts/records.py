"""What services share: an account found or not, and the audit entry of a change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.access import Actor
from data.accounts import store
from data.db import Row, fetch_one
from data.errors import NotFound


def account_named(connection: Connection, username: str) -> Row:
    """The account of that name. Raises `NotFound` (`no_such_account`)."""
    return _found(fetch_one(connection, store.ACCOUNT_BY_NAME, {"username": username}))


def account_with(connection: Connection, account_id: UUID) -> Row:
    """The account of that id. Raises `NotFound` (`no_such_account`)."""
    return _found(fetch_one(connection, store.ACCOUNT_BY_ID, {"id": account_id}))


def locked_account(connection: Connection, account_id: UUID) -> Row:
    """The account, held until the transaction ends, so that changes of it follow one another."""
    connection.execute(store.LOCK_ACCOUNT, {"id": account_id})
    return account_with(connection, account_id)


def _found(account: Row | None) -> Row:
    if account is None:
        raise NotFound("There is no such account here.", code="no_such_account")
    return account


def record(connection: Connection, actor: Actor, action: str, account_id: UUID, **details: Any) -> None:
    """The audit entry of a change to an account: ids, roles and dates only."""
    audit.append(
        connection,
        actor=actor.name,
        action=action,
        decision_id=None,
        details={"account": str(account_id), **{key: _plain(value) for key, value in details.items()}},
    )


def put_email(connection: Connection, actor: Actor, account_id: UUID, email: str | None, now: datetime) -> None:
    """Write an address that was checked, with its audit entry; links sent to the former one are void."""
    connection.execute(store.SET_EMAIL, {"id": account_id, "email": email})
    connection.execute(store.VOID_LINKS, {"account": account_id, "at": now})
    record(connection, actor, "account.email_set" if email else "account.email_removed", account_id)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (int, bool, list)) else str(value)
