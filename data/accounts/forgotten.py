"""A forgotten password: whoever asks is sent a link by mail, and hears the same whether the account exists or not.

Names and addresses are counted like attempts to sign in, but apart from them:
asking for links must not lock anybody out. The secret of the link is made when
the mail goes and stands nowhere but in it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine

from data.access import Actor
from data.accounts import store
from data.accounts.model import USERNAME, new_secret, secret_hash
from data.accounts.records import record
from data.db import Row, fetch_one, unit_of_work
from data.errors import TooManyAttempts
from data.notices.outbox import put_mail, put_nothing
from data.secrets import Keyring

#: A link that a mailbox holds serves for a short time only.
MAILED_LINK_LASTS = timedelta(hours=1)
WINDOW = timedelta(hours=1)
#: Within the window: enough for a person who does not find the mail, too few to fill somebody's mailbox.
MOST_BY_NAME = 3
#: An office of many people may share one address.
MOST_BY_ADDRESS = 20
REQUESTS_KEPT = timedelta(days=7)

#: Who issues a link that goes by mail.
SYSTEM = Actor("system:mail")


def ask_for_link(
    engine: Engine, keys: Keyring, username: str, address: str | None, language: str, now: datetime
) -> None:
    """Send a link to the account `username`, if there is one in use that has an e-mail address.

    `address` is that of the network. Raises `TooManyAttempts` (`too_many_requests`), for any name alike.
    """
    name = username.strip().lower()
    mac = keys.mac("sign-in-names", name)
    with unit_of_work(engine) as connection:
        connection.execute(store.LOCK_NAME, {"mac": mac})
        _admit(connection, mac, address, now)
        account = _reachable(connection, name)
        if account is None:
            put_nothing(connection)
        else:
            put_mail(connection, account["id"], "password_link", language, now)


def _admit(connection: Connection, mac: bytes, address: str | None, now: datetime) -> None:
    asked = {"mac": mac, "address": address, "since": now - WINDOW, "now": now}
    by_name, by_address = connection.execute(store.COUNT_PASSWORD_REQUESTS, asked).one()
    if by_name >= MOST_BY_NAME or by_address >= MOST_BY_ADDRESS:
        raise TooManyAttempts(
            "A link was asked for too often within the last hour. Look into the mailbox, or try again in an hour.",
            code="too_many_requests",
            retry_after_s=int(WINDOW.total_seconds()),
        )
    connection.execute(store.FORGET_PASSWORD_REQUESTS, {"before": now - REQUESTS_KEPT})
    connection.execute(store.INSERT_PASSWORD_REQUEST, asked)


def _reachable(connection: Connection, name: str) -> Row | None:
    """The account that can be sent a link; one that signs in through a provider only has no password to set."""
    found = fetch_one(connection, store.ACCOUNT_BY_NAME, {"username": name}) if USERNAME.fullmatch(name) else None
    if found is None or found["disabled_at"] is not None or found["email"] is None:
        return None
    return None if found["oidc_subject"] is not None and found["password_hash"] is None else found


def issue_mailed_link(connection: Connection, account_id: UUID, now: datetime) -> str:
    """The secret of a link that sets the password once; former links are void."""
    secret = new_secret()
    connection.execute(store.VOID_LINKS, {"account": account_id, "at": now})
    values = {"secret": secret_hash(secret), "account_id": account_id, "expires_at": now + MAILED_LINK_LASTS}
    connection.execute(store.INSERT_LINK, values)
    record(connection, SYSTEM, "account.password_link_issued", account_id, by="mail")
    return secret
