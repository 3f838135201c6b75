"""Accounts to try the demonstration with: each role at its desk in 示例省, never in an installation that works.

`data/samples/yunxi/accounts.csv` says who holds which role where. Where the made-up units are not loaded the roles
are held for the whole country, so that no real office is played.
"""

from __future__ import annotations

import csv
import json
import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from api.auth.jurisdiction import COUNTRY_CODE
from api.cli.environment import Environment
from api.settings import LOOPBACK_BINDS
from api.web.i18n import Translator
from boundaries.units.demonstration import is_demonstration, unit_id
from data.access import Actor
from data.accounts.bodies import bodies
from data.accounts.people import NewAccount, add_account, enable_account
from data.accounts.proofs import set_password
from data.accounts.roles import NewGrant
from data.clock import civil_date
from data.errors import NotPermitted
from data.server.home import Home

PREFIX = "demo."
#: Four groups of five small letters and digits without look-alikes: 99 bits, and typed in one go.
GROUPS, GROUP_LENGTH = 4, 5
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
DESKS = Path(__file__).parents[1] / "data" / "samples" / "yunxi" / "accounts.csv"
#: In the home, readable to its owner alone: the accounts with their passwords.
PASSWORDS = "demonstration-accounts.json"
DEPARTMENTS = ("housing_department", "place_name_department")
OTHERS = text("SELECT count(*) FROM diming.account WHERE NOT starts_with(username, :prefix)")
EXISTS = text("SELECT disabled_at FROM diming.account WHERE username = :name")
NAME_OF = text("SELECT name FROM diming.unit_version WHERE unit_id = :unit AND upper_inf(known) AND upper_inf(valid)")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account: its role within the unit with this code (`000000`: the whole country)."""

    username: str
    role: str
    within: str
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
    with DESKS.open(encoding="utf-8", newline="") as file:
        return [_account(connection, actor, row, now) for row in csv.DictReader(file)]


def _account(connection: Connection, actor: Actor, row: dict[str, str], now: datetime) -> DemoAccount:
    unit = _desk(connection, row["within"])
    made = DemoAccount(row["username"], row["role"], COUNTRY_CODE if unit is None else row["within"], new_password())
    found = connection.execute(EXISTS, {"name": made.username}).one_or_none()
    if found is None:
        called = NewAccount(made.username, _called(connection, row, unit))
        add_account(connection, actor, called, [_grant(row, unit, now)], _chain)
    elif found.disabled_at is not None:
        enable_account(connection, actor, made.username, _chain)
    set_password(connection, actor, made.username, made.password, _chain, now)
    return made


def _grant(row: dict[str, str], unit: UUID | None, now: datetime) -> NewGrant:
    return NewGrant(row["role"], unit, civil_date(now), body=row["body"] or None)


def _chain(_unit: UUID) -> tuple[UUID, ...]:
    """Whoever runs the installation is asked for no unit above."""
    return ()


def _desk(connection: Connection, code: str) -> UUID | None:
    unit = unit_id(code)
    return unit if is_demonstration(connection, unit) else None


def _called(connection: Connection, row: dict[str, str], unit: UUID | None) -> str:
    """A department by what it is, everybody else by the role: an office has several who decide."""
    where = connection.scalar(NAME_OF, {"unit": unit}) if unit is not None else None
    desk = bodies()[row["body"]].zh if row["body"] in DEPARTMENTS else Translator("zh").term("role", row["role"])
    return "·".join(part for part in ("演示", where, desk) if part)


def new_password() -> str:
    """A password that nobody guesses."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


def keep_passwords(home: Home, accounts: Sequence[DemoAccount]) -> Path:
    """Write the accounts into the home, whole or not at all, for its owner's eyes alone; where."""
    path = home.root / PASSWORDS
    home.root.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=home.root, prefix=".accounts-")  # made readable to the owner alone
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump([asdict(account) for account in accounts], out, ensure_ascii=False, indent=1)
    Path(name).replace(path)
    return path


def kept_passwords(home: Home) -> list[dict[str, Any]]:
    """The accounts as kept; empty where there are none, or for whoever may not read them."""
    try:
        found: list[dict[str, Any]] = json.loads((home.root / PASSWORDS).read_text("utf-8"))
    except (FileNotFoundError, PermissionError):
        return []
    return found


def forget_passwords(home: Home) -> None:
    """Remove the file."""
    (home.root / PASSWORDS).unlink(missing_ok=True)
