"""Which units a unit lies in: what the permission question needs to know of the register."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.service import chain_of, register_span, unit_id_at
from data.access import Actor, Role
from data.accounts.reach import ChainOf
from data.errors import BadRequest, NotFound, Unavailable

#: The code of the country as a whole, as GB/T 2260 builds codes: no province, no prefecture, no county.
COUNTRY_CODE = "000000"


def chain_finder(connection: Connection) -> ChainOf:
    """The chain of a unit on the last day of the register, as ids from the province down.

    Empty for a unit that does not stand then: a grant within it reaches nothing any more.
    """
    known: dict[UUID, tuple[UUID, ...]] = {}

    def chain(unit_id: UUID) -> tuple[UUID, ...]:
        if unit_id not in known:
            known[unit_id] = _chain(connection, unit_id)
        return known[unit_id]

    return chain


def _chain(connection: Connection, unit_id: UUID) -> tuple[UUID, ...]:
    try:
        day = register_span(connection).register_through
        return tuple(unit["id"] for unit in chain_of(connection, unit_id, day))
    except (NotFound, Unavailable):
        return ()


def unit_of_code(connection: Connection, code: str) -> UUID | None:
    """The unit that a jurisdiction is named by; None for the whole country, `000000`.

    Raises `BadRequest` (`bad_code`) and `NotFound` (`code_not_standing`, `code_never_existed`).
    """
    if code == COUNTRY_CODE:
        return None
    if not code:
        raise BadRequest(f"Name a division code; the whole country is {COUNTRY_CODE}.", code="bad_code")
    return unit_id_at(connection, code, register_span(connection).register_through)


def described_grants(connection: Connection, actor: Actor) -> list[dict[str, Any]]:
    """What the actor was granted, for people: `{"role", "within": {code, name}, "level", "for"}`.

    `within` is `000000` for the whole country and has no name for a unit that does not stand any more;
    `for` is the id of the absent person whose deputy the actor is.
    """
    held = [grant for grant in actor.grants if grant.role is not Role.SIGNED_IN]
    return [
        {
            "role": grant.role,
            "within": described_unit(connection, grant.unit_id),
            "level": grant.level,
            "for": grant.for_id,
        }
        for grant in held
    ]


def described_unit(connection: Connection, unit_id: UUID | None) -> dict[str, str | None]:
    """Code and name of a jurisdiction on the last day of the register."""
    if unit_id is None:
        return {"code": COUNTRY_CODE, "name": None}
    try:
        chain = chain_of(connection, unit_id, register_span(connection).register_through)
    except (NotFound, Unavailable):
        chain = []
    return {"code": chain[-1]["code"], "name": chain[-1]["name"]} if chain else {"code": None, "name": None}
