"""Adding, listing, disabling accounts. Each change is one audit entry in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor
from data.accounts import store
from data.accounts.model import MAX_DISPLAY_NAME, checked_text, checked_username
from data.accounts.reach import ChainOf, may_anywhere, may_on_account, require_on_account, require_on_unit
from data.accounts.records import account_named, locked_account, put_email, record
from data.accounts.roles import NewGrant, give_role
from data.db import Row, fetch_all
from data.errors import BadRequest, Conflict, NotPermitted
from data.ids import new_id
from data.mail.model import checked_address
from data.paging import check_limit, decode_cursor, encode_cursor, page

MAX_ORGANISATION_NAME = 100
#: Accounts are looked at so many at a time for a list, and at most so many for one page of it.
BATCH = 100
MOST_LOOKED_AT = 1000
ORGANISATION_KINDS = ("government", "department", "institution", "company", "committee", "other")


@dataclass(frozen=True, slots=True)
class Organisation:
    """An office by its name, within a unit (None: of none)."""

    name: str
    kind: str = "department"
    unit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Who is to have an account. `display_name` is how documents and pages name the person."""

    username: str
    display_name: str
    organisation: Organisation | None = None
    email: str | None = None


def add_account(
    connection: Connection, actor: Actor, new: NewAccount, grants: Sequence[NewGrant], chain_of: ChainOf
) -> UUID:
    """Add an account with its first roles and return its id. It cannot sign in before a password is set.

    Raises `BadRequest` (`bad_username`, `bad_account_field`, `bad_email`), `Conflict` (`account_exists`), and the
    refusals of the permission question: whoever adds an account must be able to give each of its roles.
    """
    for unit_id in {grant.unit_id for grant in grants} or {new.organisation.unit_id if new.organisation else None}:
        require_on_unit(actor, "account.add", unit_id, chain_of)
    account_id = new_id()
    values = {
        "id": account_id,
        "username": checked_username(new.username),
        "display_name": checked_text(new.display_name, "A display name", MAX_DISPLAY_NAME),
        "email": checked_address(new.email) if new.email else None,
        "organisation_id": _organisation(connection, new.organisation),
    }
    if connection.execute(store.INSERT_ACCOUNT, values).first() is None:
        raise Conflict(f"There is an account {new.username} already. Nothing was changed.", code="account_exists")
    record(connection, actor, "account.added", account_id)
    for grant in grants:
        give_role(connection, actor, account_id, grant, chain_of)
    return account_id


def _organisation(connection: Connection, organisation: Organisation | None) -> UUID | None:
    """The id of the organisation, entered where it is new."""
    if organisation is None:
        return None
    if organisation.kind not in ORGANISATION_KINDS:
        raise BadRequest(f"kind is one of {', '.join(ORGANISATION_KINDS)}.", code="bad_account_field")
    name = checked_text(organisation.name, "An organisation's name", MAX_ORGANISATION_NAME)
    key = {"name": name, "unit_id": organisation.unit_id}
    found: UUID | None = connection.execute(store.FIND_ORGANISATION, key).scalar()
    if found is None:
        found = new_id()
        connection.execute(store.INSERT_ORGANISATION, {**key, "id": found, "kind": organisation.kind})
    return found


def disable_account(connection: Connection, actor: Actor, username: str, chain_of: ChainOf, now: datetime) -> None:
    """End an account's sessions and tokens at once and let it sign in no more. Its history stays."""
    account = _to_change(connection, actor, "account.disable", username, chain_of)
    if actor.account_id == account["id"]:
        raise NotPermitted("One does not disable oneself. Nothing was changed.", code="own_account")
    if account["disabled_at"] is not None:
        return
    connection.execute(store.SET_DISABLED, {"id": account["id"], "at": now})
    for statement in (store.REVOKE_TOKENS, store.VOID_LINKS):
        connection.execute(statement, {"account": account["id"], "at": now})
    connection.execute(store.REVOKE_SESSIONS, {"account": account["id"], "at": now, "but": None})
    record(connection, actor, "account.disabled", account["id"])


def enable_account(connection: Connection, actor: Actor, username: str, chain_of: ChainOf) -> None:
    """Let a disabled account sign in again; its former sessions and tokens stay ended."""
    account = _to_change(connection, actor, "account.enable", username, chain_of)
    if account["disabled_at"] is not None:
        connection.execute(store.SET_DISABLED, {"id": account["id"], "at": None})
        record(connection, actor, "account.enabled", account["id"])


def set_email(
    connection: Connection, actor: Actor, username: str, email: str | None, chain_of: ChainOf, now: datetime
) -> None:
    """Set or take away the address to which mail goes; links that were sent to the former one are void.

    Raises `BadRequest` (`bad_email`) and the refusals of the permission question. The address is not audited.
    """
    account = _to_change(connection, actor, "account.set_email", username, chain_of)
    put_email(connection, actor, account["id"], checked_address(email) if email else None, now)


def link_identity(
    connection: Connection, actor: Actor, username: str, issuer: str, subject: str, chain_of: ChainOf
) -> None:
    """Let the person `subject` of the OpenID provider `issuer` sign in as this account."""
    account = _to_change(connection, actor, "account.link_identity", username, chain_of)
    values = {"issuer": checked_text(issuer, "An issuer", 500), "subject": checked_text(subject, "A subject", 255)}
    connection.execute(store.SET_IDENTITY, {"id": account["id"], **values})
    record(connection, actor, "account.identity_linked", account["id"])


def _to_change(connection: Connection, actor: Actor, action: str, username: str, chain_of: ChainOf) -> Row:
    account = locked_account(connection, account_named(connection, username)["id"])
    require_on_account(connection, actor, action, account, chain_of)
    return account


def list_accounts(
    connection: Connection,
    actor: Actor,
    chain_of: ChainOf,
    q: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """`{"items", "next"}`: the accounts in the actor's jurisdiction, by name; others are not shown.

    Pages are full while there are accounts to show; where `MOST_LOOKED_AT` had to be passed over, a page is
    shorter and has a `next` all the same.
    """
    if not may_anywhere(actor, "account.list"):
        raise NotPermitted("Accounts are listed by administrators and auditors.", code="not_permitted")
    count, query = check_limit(limit), {"q": q}
    after = decode_cursor(query, cursor, (str,))
    escaped = (q or "").replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    asked = {"q": q or None, "pattern": f"%{escaped}%", "limit": max(BATCH, count + 1)}
    found, stopped_at = _in_reach(connection, actor, chain_of, asked, after[0] if after else None, count)
    shown, following = page(found, count, query, lambda row: [row["username"]])
    if following is None and stopped_at is not None:
        following = encode_cursor(query, [stopped_at])
    return {"items": [brief(row) for row in shown], "next": following}


def _in_reach(
    connection: Connection, actor: Actor, chain_of: ChainOf, asked: Row, after: str | None, count: int
) -> tuple[list[Row], str | None]:
    """More than `count` accounts that the actor may list, or all there are; and where looking was given up."""
    found: list[Row] = []
    looked_at = 0
    while len(found) <= count and looked_at < MOST_LOOKED_AT:
        rows = fetch_all(connection, store.LIST_ACCOUNTS, {**asked, "after": after})
        found += [row for row in rows if may_on_account(connection, actor, "account.list", row, chain_of)]
        looked_at += len(rows)
        if len(rows) < asked["limit"]:
            return found, None
        after = rows[-1]["username"]
    return found, after


def brief(account: Row) -> dict[str, Any]:
    """An account as lists show it: no hash, no secret."""
    return {
        "id": account["id"],
        "username": account["username"],
        "display_name": account["display_name"],
        "organisation": account["organisation"],
        "email": account["email"],
        "created_at": account["created_at"],
        "disabled_at": account["disabled_at"],
        "second_factor": account["totp_secret"] is not None,
        "can_sign_in": account["disabled_at"] is None
        and (account["password_hash"] is not None or account["oidc_subject"] is not None),
    }
