"""Keys are made, rotated, revoked and given plans: one transaction and one audit entry each. Secrets enter neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor
from data.accounts.model import checked_text, secret_hash
from data.accounts.reach import ChainOf, may_on_account, require_on_account
from data.accounts.records import account_with, locked_account, record
from data.db import Row, fetch_all, fetch_one
from data.errors import BadInput, BadRequest, Conflict, NotFound
from data.ids import new_id
from data.paging import decode_cursor, page
from data.quotas.plans import Quotas
from data.service_keys import store
from data.service_keys.model import MAX_NAME, MAX_ORGANISATION, Held, new_key, new_prefix


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to be made. Without an organisation that of the account; without days as long as the rules say."""

    name: str
    organisation: str | None = None
    days: int | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A key just made or rotated. `secret`, the whole key, is shown this once and cannot be shown again."""

    key: dict[str, Any]
    secret: str


def make_key(
    connection: Connection, actor: Actor, account_id: UUID, wanted: Wanted, quotas: Quotas, chain_of: ChainOf,
    now: datetime,
) -> Made:  # fmt: skip
    """Make a key for `account_id`. A plan other than the first asks for `service_key.plan` too.

    Raises `BadInput` (`bad_service_key`), `Conflict` (`account_disabled`, `too_many_service_keys`) and the refusals
    of the permission question.
    """
    account = locked_account(connection, account_id)
    require_on_account(connection, actor, "service_key.make", account, chain_of)
    if account["disabled_at"] is not None:
        raise Conflict("The account is disabled; it gets no keys.", code="account_disabled")
    plan = wanted.plan or quotas.keys.first_plan
    if plan != quotas.keys.first_plan:
        require_on_account(connection, actor, "service_key.plan", account, chain_of)
    _require_room(connection, account_id, quotas, now)
    prefix, identity = new_prefix(), new_id()
    secret = new_key(prefix)
    values = {
        "id": identity,
        "account_id": account_id,
        "organisation": _organisation(wanted, account),
        "name": _line(wanted.name, "A key's name", MAX_NAME),
        "prefix": prefix,
        "secret": secret_hash(secret),
        "plan": _plan(plan, quotas),
        "made_at": now,
        "expires_at": now + timedelta(days=_days(wanted.days, quotas)),
    }
    connection.execute(store.INSERT, values)
    record(connection, actor, "service_key.made", account_id, key=identity, prefix=prefix, plan=plan,
           expires_at=values["expires_at"])  # fmt: skip
    return Made(shown(_found(connection, identity), now), secret)


def _require_room(connection: Connection, account_id: UUID, quotas: Quotas, now: datetime) -> None:
    live = connection.scalar(store.LIVE_OF_ACCOUNT, {"account": account_id, "now": now}) or 0
    if live >= quotas.keys.most_of_an_account:
        raise Conflict(
            f"An account has at most {quotas.keys.most_of_an_account} keys; revoke one first. Nothing was changed.",
            code="too_many_service_keys",
        )


def _organisation(wanted: Wanted, account: Row) -> str:
    named = wanted.organisation or account["organisation"] or account["display_name"]
    return _line(named, "The organisation", MAX_ORGANISATION)


def _line(value: str, what: str, most: int) -> str:
    try:
        return checked_text(value, what, most)
    except BadRequest as error:
        raise BadInput(error.detail, code="bad_service_key") from error


def _plan(plan: str, quotas: Quotas) -> str:
    known = [one.key for one in quotas.key_plans()]
    if plan not in known:
        raise BadInput(
            f"There is no plan {plan[:40]!r}; plans: {', '.join(known)}. Nothing was changed.", code="bad_service_key"
        )
    return plan


def _days(days: int | None, quotas: Quotas) -> int:
    wanted = quotas.keys.days if days is None else days
    if not 1 <= wanted <= quotas.keys.most_days:
        raise BadInput(f"A key serves for 1 to {quotas.keys.most_days} days. Nothing was changed.",
                       code="bad_service_key")  # fmt: skip
    return wanted


def rotate_key(
    connection: Connection, actor: Actor, key_id: UUID, quotas: Quotas, chain_of: ChainOf, now: datetime
) -> Made:
    """Give a key a new secret; the former one serves as long as the rules say, so that services can change over.

    Raises `NotFound` (`no_such_service_key`), `Conflict` (`service_key_ended`) and the refusals of the question.
    """
    key = _held_for_change(connection, actor, "service_key.rotate", key_id, chain_of)
    if key["revoked_at"] is not None or now >= key["expires_at"]:
        raise Conflict("The key was revoked or has expired; make another.", code="service_key_ended")
    secret = new_key(key["prefix"])
    until = now + timedelta(hours=quotas.keys.former_serves_hours)
    connection.execute(store.ROTATE, {"id": key_id, "secret": secret_hash(secret), "until": until})
    record(connection, actor, "service_key.rotated", key["account_id"], key=key_id, former_until=until)
    return Made(shown(_found(connection, key_id), now), secret)


def revoke_key(connection: Connection, actor: Actor, key_id: UUID, chain_of: ChainOf, now: datetime) -> dict[str, Any]:
    """End a key, both secrets of it. Raises `NotFound` (`no_such_service_key`), `Conflict` (`service_key_ended`)."""
    key = _held_for_change(connection, actor, "service_key.revoke", key_id, chain_of)
    if connection.execute(store.REVOKE, {"id": key_id, "at": now}).first() is None:
        raise Conflict("The key was revoked before.", code="service_key_ended")
    record(connection, actor, "service_key.revoked", key["account_id"], key=key_id)
    return shown(_found(connection, key_id), now)


def set_plan(
    connection: Connection, actor: Actor, key_id: UUID, plan: str, quotas: Quotas, chain_of: ChainOf, now: datetime
) -> dict[str, Any]:
    """Give a key another plan. Raises `NotFound` (`no_such_service_key`), `BadInput` (`bad_service_key`)."""
    key = _held_for_change(connection, actor, "service_key.plan", key_id, chain_of)
    connection.execute(store.SET_PLAN, {"id": key_id, "plan": _plan(plan, quotas)})
    record(connection, actor, "service_key.plan_set", key["account_id"], key=key_id, plan=plan, before=key["plan"])
    return shown(_found(connection, key_id), now)


def _held_for_change(connection: Connection, actor: Actor, action: str, key_id: UUID, chain_of: ChainOf) -> Row:
    connection.execute(store.LOCK, {"id": key_id})
    return _reached(connection, actor, action, key_id, chain_of)


def _reached(connection: Connection, actor: Actor, action: str, key_id: UUID, chain_of: ChainOf) -> Row:
    """The key, if `actor` may do `action` to it; who may not even see it learns that there is none."""
    key = _found(connection, key_id)
    account = account_with(connection, key["account_id"])
    if not may_on_account(connection, actor, "service_key.read", account, chain_of):
        raise _none()
    require_on_account(connection, actor, action, account, chain_of)
    return key


def _found(connection: Connection, key_id: UUID) -> Row:
    key = fetch_one(connection, store.BY_ID, {"id": key_id})
    if key is None:
        raise _none()
    return key


def _none() -> NotFound:
    return NotFound("There is no such key here.", code="no_such_service_key")


def key_with_prefix(connection: Connection, prefix: str) -> UUID:
    """The id of the key whose visible part is `prefix`. Raises `NotFound` (`no_such_service_key`)."""
    key = fetch_one(connection, store.BY_PREFIX, {"prefix": prefix})
    if key is None:
        raise _none()
    found: UUID = key["id"]
    return found


def read_key(connection: Connection, actor: Actor, key_id: UUID, chain_of: ChainOf, now: datetime) -> dict[str, Any]:
    """One key without its secret. Raises `NotFound` (`no_such_service_key`) also where one may not see it."""
    return shown(_reached(connection, actor, "service_key.read", key_id, chain_of), now)


def list_keys(
    connection: Connection, actor: Actor, account_id: UUID | None, chain_of: ChainOf, now: datetime, *, limit: int,
    cursor: str | None,
) -> dict[str, Any]:  # fmt: skip
    """A page of keys, latest first: of one account, or (None) of all accounts that lie in the jurisdiction."""
    query = {"account": str(account_id)}
    before = decode_cursor(query, cursor, (datetime.fromisoformat, UUID)) or (None, None)
    asked = {"account": account_id, "before": before[0], "before_id": before[1], "limit": limit + 1}
    rows, following = page(
        fetch_all(connection, store.LIST, asked), limit, query, lambda key: (key["made_at"].isoformat(), key["id"])
    )
    seen = [key for key in rows if _may_see(connection, actor, key, chain_of)]
    return {"items": [shown(key, now) for key in seen], "next": following}


def _may_see(connection: Connection, actor: Actor, key: Row, chain_of: ChainOf) -> bool:
    account = account_with(connection, key["account_id"])
    return may_on_account(connection, actor, "service_key.read", account, chain_of)


def shown(key: Row, now: datetime) -> dict[str, Any]:
    """A key as its owner sees it."""
    return {
        "id": key["id"],
        "account": {"id": key["account_id"], "username": key["username"]},
        **{name: key[name] for name in ("organisation", "name", "prefix", "plan", "made_at", "expires_at")},
        "revoked_at": key["revoked_at"],
        "former_until": key["former_until"] if key["former_until"] and now < key["former_until"] else None,
        "state": _state(key, now),
    }


def _state(key: Row, now: datetime) -> str:
    if key["revoked_at"] is not None:
        return "revoked"
    if key["disabled_at"] is not None:
        return "disabled"
    return "live" if now < key["expires_at"] else "expired"


def held(connection: Connection, prefix: str) -> Held | None:
    """What the door needs to know of the key with this visible part; None where there is none."""
    row = fetch_one(connection, store.HELD, {"prefix": prefix})
    if row is None:
        return None
    hashes = {name: bytes(row[name]) if row[name] is not None else None for name in ("secret", "former_secret")}
    return Held(**{**row, **hashes})
