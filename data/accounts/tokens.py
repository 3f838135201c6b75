"""API tokens: a secret for a program, with a name, an end, and the rights of its account except over the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor
from data.accounts import store
from data.accounts.model import MAX_TOKEN_DAYS, TOKEN_DAYS, checked_text, new_token, secret_hash
from data.accounts.reach import ChainOf, require_on_account
from data.accounts.records import account_with, locked_account, record
from data.db import fetch_all
from data.errors import BadRequest, Conflict, NotFound
from data.ids import new_id

MAX_TOKEN_NAME = 60


@dataclass(frozen=True, slots=True)
class Issued:
    """A token just made. `secret` is shown this once and cannot be shown again."""

    secret: str
    token_id: UUID
    expires_at: datetime


def issue_token(
    connection: Connection,
    actor: Actor,
    account_id: UUID,
    name: str,
    chain_of: ChainOf,
    now: datetime,
    days: int = TOKEN_DAYS,
) -> Issued:
    """Make a token for `account_id`. Raises `BadRequest` (`bad_period`, `bad_account_field`), `Conflict`
    (`account_disabled`) and the refusals of the permission question.
    """
    if not 1 <= days <= MAX_TOKEN_DAYS:
        raise BadRequest(f"A token is valid for 1 to {MAX_TOKEN_DAYS} days.", code="bad_period")
    account = locked_account(connection, account_id)
    require_on_account(connection, actor, "token.issue", account, chain_of)
    if account["disabled_at"] is not None:
        raise Conflict("The account is disabled; it gets no tokens.", code="account_disabled")
    issued = Issued(new_token(), new_id(), now + timedelta(days=days))
    connection.execute(
        store.INSERT_TOKEN,
        {
            "secret": secret_hash(issued.secret),
            "id": issued.token_id,
            "account_id": account_id,
            "name": checked_text(name, "A token's name", MAX_TOKEN_NAME),
            "expires_at": issued.expires_at,
        },
    )
    record(connection, actor, "token.issued", account_id, token=issued.token_id, expires_at=issued.expires_at)
    return issued


def revoke_token(
    connection: Connection, actor: Actor, account_id: UUID, token_id: UUID, chain_of: ChainOf, now: datetime
) -> None:
    """End a token now. Raises `NotFound` (`no_such_token`) and the refusals of the permission question."""
    require_on_account(connection, actor, "token.revoke", account_with(connection, account_id), chain_of)
    values = {"id": token_id, "account": account_id, "at": now}
    if connection.execute(store.REVOKE_TOKEN, values).first() is None:
        raise NotFound("There is no such token, or it was revoked.", code="no_such_token")
    record(connection, actor, "token.revoked", account_id, token=token_id)


def tokens_of(connection: Connection, account_id: UUID) -> list[dict[str, Any]]:
    """The tokens of an account, latest first, without their secrets."""
    return [dict(row) for row in fetch_all(connection, store.TOKENS, {"account": account_id})]
