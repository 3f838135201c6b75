"""Accounts for each role at its desk in 示例省; their passwords stay in the home, readable to its owner alone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

from api.demo_accounts import PREFIX, add_demo_accounts, forget_passwords, keep_passwords
from api.demo_office.model import Stage, Step
from data.access import Actor
from data.accounts.people import disable_account
from data.clock import Clock
from data.db import unit_of_work
from data.demonstration import found_tables, remove_found

#: What hangs on an account and says nothing but that it was there. Whoever has left a trace elsewhere, in a case of a
#: real unit say, is closed and not removed: the trace keeps its author.
PERSONAL = frozenset({
    "account", "api_token", "deputy", "job_record", "login_attempt", "mail", "notice_preference", "notification",
    "password_link", "password_request", "role_grant", "session",
})  # fmt: skip
ACCOUNTS = text("SELECT id, username FROM diming.account WHERE starts_with(username, :prefix) ORDER BY username")


def load(stage: Stage) -> None:
    """Add the accounts and keep their passwords; the file is there before anybody can sign in."""
    with unit_of_work(stage.engine) as connection:
        keep_passwords(stage.home, add_demo_accounts(connection, stage.actor, stage.clock()))


def done(connection: Connection) -> bool:
    """Whether there are such accounts."""
    return connection.execute(ACCOUNTS, {"prefix": PREFIX}).first() is not None


def remove(stage: Stage) -> None:
    """Forget the passwords."""
    forget_passwords(stage.home)


def remove_accounts(connection: Connection, actor: Actor, clock: Clock) -> dict[str, int]:
    """After all else: remove the accounts, and close those that have done something outside; the rows by table."""
    rows = connection.execute(ACCOUNTS, {"prefix": PREFIX}).all()
    if not rows:
        return {}
    if _only_personal(connection, [row.id for row in rows]):
        return remove_found(connection)
    removed: dict[str, int] = {}
    for row in rows:
        if _only_personal(connection, [row.id]):
            for table, number in remove_found(connection).items():
                removed[table] = removed.get(table, 0) + number
        else:
            disable_account(connection, actor, row.username, lambda _: (), clock())
    return removed


def _only_personal(connection: Connection, accounts: Sequence[UUID]) -> bool:
    return found_tables(connection, accounts) <= PERSONAL


STEP = Step("accounts", "accounts to sign in with", load, done, remove, wanted=lambda stage: stage.with_accounts)
