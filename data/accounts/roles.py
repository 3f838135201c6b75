"""Giving and revoking roles, naming deputies. Both hold from and to a day, and end at once when revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor, Matter, require
from data.access.model import GRANTABLE
from data.access.table import LEVELS
from data.accounts import store
from data.accounts.bodies import bodies
from data.accounts.model import MAX_DEPUTY_DAYS
from data.accounts.reach import ChainOf, require_on_account, require_on_unit
from data.accounts.records import account_named, account_with, locked_account, record
from data.db import fetch_all, fetch_one
from data.errors import BadRequest, Conflict, NotFound, NotPermitted
from data.ids import new_id


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A role within a unit and below (None: the whole country), from a day on; `valid_to` is exclusive.

    `body`: which body of the unit decides through this person (data/rules/offices/bodies.toml), for roles that decide.
    """

    role: str
    unit_id: UUID | None
    valid_from: date
    level: str | None = None
    valid_to: date | None = None
    body: str | None = None


def give_role(connection: Connection, actor: Actor, account_id: UUID, new: NewGrant, chain_of: ChainOf) -> UUID:
    """Give a role and return the grant's id.

    Raises `BadRequest` (`bad_role`, `bad_level`, `bad_office_body`, `bad_period`), `NotPermitted` (`own_account`:
    nobody gives himself a role), `Conflict` (`role_held`), and the refusals of the permission question.
    """
    _check_grant(new)
    require_on_unit(actor, "role.grant", new.unit_id, chain_of)
    if actor.account_id == account_id:
        raise NotPermitted("Nobody gives himself a role; another administrator does. Nothing was changed.",
                           code="own_account")  # fmt: skip
    account = locked_account(connection, account_id)
    values = {
        "account_id": account["id"],
        "role": new.role,
        "unit_id": new.unit_id,
        "level": new.level,
        "body": new.body,
        "valid_from": new.valid_from,
        "valid_to": new.valid_to,
    }
    if connection.execute(store.SAME_GRANT, values).first() is not None:
        raise Conflict("The account holds this role there already. Nothing was changed.", code="role_held")
    grant_id = new_id()
    connection.execute(store.INSERT_GRANT, {**values, "id": grant_id, "granted_by": actor.account_id})
    record(connection, actor, "role.granted", account_id, grant=grant_id, role=new.role, unit=new.unit_id,
           level=new.level, body=new.body, valid_from=new.valid_from, valid_to=new.valid_to)  # fmt: skip
    return grant_id


def _check_grant(new: NewGrant) -> None:
    if new.role not in GRANTABLE:
        raise BadRequest(f"{new.role[:40]!r} is no role; roles are {', '.join(GRANTABLE)}.", code="bad_role")
    if new.level is not None and new.level not in LEVELS:
        raise BadRequest(f"A level is one of {', '.join(LEVELS)}.", code="bad_level")
    if new.body is not None and new.body not in bodies():
        raise BadRequest(f"A body is one of {', '.join(bodies())}. Nothing was changed.", code="bad_office_body")
    if new.valid_to is not None and new.valid_to <= new.valid_from:
        raise BadRequest("The role would end before it begins. Nothing was changed.", code="bad_period")


def revoke_role(connection: Connection, actor: Actor, grant_id: UUID, chain_of: ChainOf, now: datetime) -> None:
    """End a role now. Raises `NotFound` (`no_such_grant`) and the refusals of the permission question."""
    grant = fetch_one(connection, store.GRANT_BY_ID, {"id": grant_id})
    if grant is None:
        raise NotFound("There is no such role to revoke.", code="no_such_grant")
    require_on_unit(actor, "role.revoke", grant["unit_id"], chain_of)
    done = connection.execute(store.REVOKE_GRANT, {"id": grant_id, "at": now, "by": actor.account_id})
    if done.first() is not None:
        record(connection, actor, "role.revoked", grant["account_id"], grant=grant_id, role=grant["role"])


def grants_of(connection: Connection, account_id: UUID) -> list[dict[str, Any]]:
    """All roles that an account was ever given, in the order of giving."""
    return [dict(row) for row in fetch_all(connection, store.GRANTS, {"accounts": [account_id]})]


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date


def name_deputy(
    connection: Connection, actor: Actor, absent: str, deputy: str, period: Period, chain_of: ChainOf
) -> UUID:
    """Let the account `deputy` act for the account `absent` in a period; the id of the entry.

    Raises `BadRequest` (`bad_period`, `bad_deputy`), `NotPermitted` (`own_account`: an administrator does not
    make himself a deputy) and the refusals of the permission question.
    """
    if not 0 <= (period.last - period.first).days < MAX_DEPUTY_DAYS:
        raise BadRequest(f"A deputy acts for 1 to {MAX_DEPUTY_DAYS} days. Nothing was changed.", code="bad_period")
    away, acting = account_named(connection, absent), account_named(connection, deputy)
    if away["id"] == acting["id"] or acting["disabled_at"] is not None:
        raise BadRequest("A deputy is another person whose account is in use.", code="bad_deputy")
    require_on_account(connection, actor, "deputy.name", away, chain_of)
    if acting["id"] == actor.account_id:
        raise NotPermitted("One does not make oneself a deputy. Nothing was changed.", code="own_account")
    entry = new_id()
    connection.execute(
        store.INSERT_DEPUTY,
        {
            "id": entry,
            "absent_id": away["id"],
            "deputy_id": acting["id"],
            "first": period.first,
            "last": period.last,
            "named_by": actor.account_id,
        },
    )
    record(connection, actor, "deputy.named", away["id"], deputy=acting["id"], first=period.first, last=period.last)
    return entry


def revoke_deputy(connection: Connection, actor: Actor, entry_id: UUID, chain_of: ChainOf, now: datetime) -> None:
    """End a deputy's time now. Raises `NotFound` (`no_such_deputy`) and the refusals of the permission question."""
    entry = fetch_one(connection, store.DEPUTY_BY_ID, {"id": entry_id})
    if entry is None:
        raise NotFound("There is no such deputy.", code="no_such_deputy")
    if actor.account_id == entry["absent_id"]:
        require(actor, "deputy.revoke", Matter(relations={actor.account_id: frozenset({"self"})}))
    else:
        require_on_account(connection, actor, "deputy.revoke", account_with(connection, entry["absent_id"]), chain_of)
    if connection.execute(store.REVOKE_DEPUTY, {"id": entry_id, "at": now}).first() is not None:
        record(connection, actor, "deputy.revoked", entry["absent_id"], deputy=entry["deputy_id"])


def deputies_of(connection: Connection, account_id: UUID) -> list[dict[str, Any]]:
    """For whom the account acts and who acts for it, latest first."""
    return [dict(row) for row in fetch_all(connection, store.DEPUTIES, {"account": account_id})]
