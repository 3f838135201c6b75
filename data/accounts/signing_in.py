"""Signing in by name, password and, where it is set up, a one-time code.

An attempt is written down as failed before anything is checked and marked as
succeeded at the end: a killed process or many attempts at once count. Whether
a name exists is told neither by the answer nor by the time it takes.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from data.access.model import account_actor
from data.accounts import store
from data.accounts.model import USERNAME
from data.accounts.password import verify_password
from data.accounts.records import locked_account, record
from data.accounts.sessions import Opened, Visitor, open_session
from data.accounts.throttle import WINDOW, failures_of, wait_seconds
from data.accounts.totp import accepted_step
from data.db import Row, fetch_one, reading, unit_of_work
from data.errors import NotSignedIn, TooManyAttempts, Unavailable
from data.secrets import Keyring

#: Kept somewhat longer than they count, for whoever looks into an attack.
ATTEMPTS_KEPT = timedelta(days=7)
#: Each check takes 64 MiB and a core: more at once would starve everything else of this process.
CHECKS_AT_ONCE = 2
CHECK_WAIT_S = 10.0
_checks = threading.BoundedSemaphore(CHECKS_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed."""

    username: str
    password: str
    code: str = ""


def sign_in(engine: Engine, keys: Keyring, typed: Credentials, visitor: Visitor, now: datetime) -> Opened:
    """Open a session.

    Raises `NotSignedIn` (`sign_in_failed`; `second_factor_needed` where the password is right and a code is
    missing), `TooManyAttempts` (`too_many_attempts`, with `retry_after_s`), `Unavailable` (`overloaded`).
    """
    name = typed.username.strip().lower()
    attempt = admit(engine, keys, name, visitor.address, now)
    account = _account(engine, name)
    fits, renewed = check_password_of(account, typed.password)
    if account is None or not fits or account["disabled_at"] is not None:
        raise sign_in_failed()
    with unit_of_work(engine) as connection:
        current = locked_account(connection, account["id"])
        if current["disabled_at"] is not None or current["password_hash"] != account["password_hash"]:
            raise sign_in_failed()
        use_second_factor(connection, keys, current, typed.code, now)
        if renewed is not None:
            values = {"id": account["id"], "hash": renewed, "old": account["password_hash"]}
            connection.execute(store.REHASH_PASSWORD, values)
        connection.execute(store.ATTEMPT_SUCCEEDED, {"id": attempt})
        return opened_and_recorded(connection, current, visitor, now, "password")


def _account(engine: Engine, name: str) -> Row | None:
    """The account of that name; what cannot be a name is not looked for."""
    if not USERNAME.fullmatch(name):
        return None
    with reading(engine) as connection:
        return fetch_one(connection, store.ACCOUNT_BY_NAME, {"username": name})


def sign_in_as(engine: Engine, issuer: str, subject: str, visitor: Visitor, now: datetime) -> Opened:
    """Open a session for the person whom an OpenID provider has named; the provider asks for second factors.

    Raises `NotSignedIn` (`oidc_account_unknown`) where no account in use is linked to the person.
    """
    with unit_of_work(engine) as connection:
        asked = {"issuer": issuer, "subject": subject}
        account = fetch_one(connection, store.ACCOUNT_BY_IDENTITY, asked)
        current = locked_account(connection, account["id"]) if account is not None else None
        if current is None or current["disabled_at"] is not None:
            raise NotSignedIn(
                "The provider knows you, and no account in use here is linked to you. Ask an administrator.",
                code="oidc_account_unknown",
            )
        return opened_and_recorded(connection, current, visitor, now, "oidc")


def opened_and_recorded(connection: Connection, account: Row, visitor: Visitor, now: datetime, by: str) -> Opened:
    """A session for `account`, with its audit entry."""
    opened = open_session(connection, account["id"], visitor, now)
    actor = account_actor(account["id"], (), "session")
    record(connection, actor, "session.opened", account["id"], session=opened.session_id, by=by)
    return opened


def sign_in_failed() -> NotSignedIn:
    """The one answer to a wrong name, a wrong password, a wrong code and a disabled account."""
    return NotSignedIn("Name, password or one-time code is wrong, or the account is not in use.", code="sign_in_failed")


def admit(engine: Engine, keys: Keyring, name: str, address: str | None, now: datetime) -> int:
    """Write an attempt down and return its number; `TooManyAttempts` where it is too early for one."""
    mac = keys.mac("sign-in-names", name)
    asked = {"mac": mac, "address": address, "since": now - WINDOW}
    with unit_of_work(engine) as connection:
        connection.execute(store.LOCK_NAME, {"mac": mac})
        by_name = failures_of(list(connection.execute(store.FAILURES_BY_NAME, asked).scalars()), now)
        by_address = failures_of(list(connection.execute(store.FAILURES_BY_ADDRESS, asked).scalars()), now)
        wait = wait_seconds(by_name, by_address, now)
        if wait:
            raise TooManyAttempts(
                f"Too many attempts have failed. Try again in {wait} seconds; until then none is looked at.",
                code="too_many_attempts",
                retry_after_s=wait,
            )
        connection.execute(store.FORGET_ATTEMPTS, {"before": now - ATTEMPTS_KEPT})
        number: int = connection.execute(store.INSERT_ATTEMPT, {**asked, "now": now}).scalar_one()
        return number


def check_password_of(account: Row | None, password: str) -> tuple[bool, str | None]:
    """Whether the password is the account's, and a new hash where the old one wants one."""
    if not _checks.acquire(timeout=CHECK_WAIT_S):
        raise Unavailable("Too many people sign in at once; try again.", code="overloaded")
    try:
        return verify_password(password, account["password_hash"] if account is not None else None)
    finally:
        _checks.release()


def use_second_factor(connection: Connection, keys: Keyring, account: Row, code: str, now: datetime) -> None:
    """Take the code of an account that has a second factor; it serves once."""
    if account["totp_secret"] is None:
        return
    if not code.strip():
        raise NotSignedIn("This account asks for a one-time code as well.", code="second_factor_needed")
    secret = keys.open("second-factor", bytes(account["totp_secret"]), str(account["id"]))
    step = accepted_step(secret, code, now.timestamp(), account["totp_step"])
    taken = step is not None and connection.execute(store.USE_TOTP_STEP, {"id": account["id"], "step": step}).first()
    if not taken:
        raise sign_in_failed()
