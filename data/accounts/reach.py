"""Whether an account lies in somebody's jurisdiction: all units in which it holds a role must.

Otherwise the administrator of a county could reset the password of somebody
who is also an administrator of the province, and become him.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor, Matter, Permit, decide, require
from data.accounts import store
from data.db import Row, fetch_all
from data.errors import DimingError

#: The ids of a unit and those above it, from the province down; empty where it does not stand (any more).
ChainOf = Callable[[UUID], tuple[UUID, ...]]


def matters_of(connection: Connection, account: Row, chain_of: ChainOf) -> list[Matter]:
    """The matters that an action on `account` is about: one for each unit of its roles.

    Without any role ever: its organisation's unit, and without one the whole country.
    """
    grants = fetch_all(connection, store.GRANTS, {"accounts": [account["id"]]})
    live = [grant for grant in grants if grant["revoked_at"] is None]
    units = {grant["unit_id"] for grant in live or grants} or {account["organisation_unit"]}
    own = {account["id"]: frozenset({"self"})}
    return [Matter(chain_of(unit) if unit else (), relations=own) for unit in sorted(units, key=str)]


def require_on_account(connection: Connection, actor: Actor, action: str, account: Row, chain_of: ChainOf) -> None:
    """Raise the refusal of `require` unless `actor` may do `action` to the whole of `account`."""
    for matter in matters_of(connection, account, chain_of):
        require(actor, action, matter)


def may_on_account(connection: Connection, actor: Actor, action: str, account: Row, chain_of: ChainOf) -> bool:
    """The same as a question."""
    try:
        require_on_account(connection, actor, action, account, chain_of)
    except DimingError:
        return False
    return True


def require_on_unit(actor: Actor, action: str, unit_id: UUID | None, chain_of: ChainOf) -> None:
    """Raise the refusal unless `actor` may do `action` in the unit (None: the whole country)."""
    require(actor, action, Matter(chain_of(unit_id) if unit_id else ()))


def may_anywhere(actor: Actor, action: str) -> bool:
    """Whether some grant of the actor's permits `action` in the unit of that grant: is there anything to show?"""
    matters = [Matter((grant.unit_id,) if grant.unit_id else (), grant.level) for grant in actor.effective_grants()]
    return any(isinstance(decide(actor, action, matter), Permit) for matter in matters)
