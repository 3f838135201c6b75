"""Accounts to try the demonstration with: one for each role, never in an installation that works.

They hold their roles for the whole country, so that no real office is played.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from api.cli.environment import Environment
from api.settings import LOOPBACK_BINDS
from api.web.i18n import Translator
from data.access import Actor
from data.access.model import GRANTABLE, Role
from data.accounts.people import NewAccount, add_account, enable_account
from data.accounts.proofs import set_password
from data.accounts.roles import NewGrant
from data.clock import civil_date
from data.errors import NotPermitted

PREFIX = "demo."
#: Four groups of five small letters and digits without look-alikes: 99 bits, and typed in one go.
GROUPS, GROUP_LENGTH = 4, 5
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
OTHERS = text("SELECT count(*) FROM diming.account WHERE NOT starts_with(username, :prefix)")
EXISTS = text("SELECT disabled_at FROM diming.account WHERE username = :name")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account; the password is shown this once."""

    username: str
    role: str
    password: str


def require_demonstration(connection: Connection, place: Environment, marked: bool) -> None:
    """Raise `NotPermitted` (`no_demonstration`) where anybody else could reach these accounts or works here.

    `marked`: the installation is a demonstration (`up` without `--no-demo`).
    """
    others = connection.scalar(OTHERS, {"prefix": PREFIX}) or 0
    reasons = [
        (not marked, "it was started with --no-demo"),
        (place.bind not in LOOPBACK_BINDS, f"it listens on {place.bind}, which others can reach"),
        (place.external_url is not None, "its database is not its own (DIMING_DATABASE_URL)"),
        (others > 0, f"it has {others} accounts of people"),
    ]
    against = [reason for holds, reason in reasons if holds]
    if against:
        raise NotPermitted(
            f"Accounts with printed passwords are for a demonstration on this machine alone; here {against[0]}. "
            "Nothing was changed.",
            code="no_demonstration",
        )


def add_demo_accounts(connection: Connection, actor: Actor, now: datetime) -> list[DemoAccount]:
    """Add the accounts that are missing and give all of them new passwords."""
    return [_account(connection, actor, role, now) for role in GRANTABLE]


def _account(connection: Connection, actor: Actor, role: Role, now: datetime) -> DemoAccount:
    made = DemoAccount(f"{PREFIX}{role.replace('_', '-')}", role, new_password())
    found = connection.execute(EXISTS, {"name": made.username}).one_or_none()
    if found is None:
        name = f"演示·{Translator('zh').term('role', role)}"
        grant = NewGrant(role, None, civil_date(now))
        add_account(connection, actor, NewAccount(made.username, name), [grant], lambda _: ())
    elif found.disabled_at is not None:
        enable_account(connection, actor, made.username, lambda _: ())
    set_password(connection, actor, made.username, made.password, lambda _: (), now)
    return made


def new_password() -> str:
    """A password that nobody guesses."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
