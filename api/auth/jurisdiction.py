"""Which units a unit lies in: what the permission question needs to know of the register."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.service import chain_of, register_span, unit_id_at
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
