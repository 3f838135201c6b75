"""Issues the codes of places: each number once, in order, without holes.

The row of a series is locked from the issue to the end of the transaction. Who asks
meanwhile waits; a transaction that fails gives its number back.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.service import chain_of, register_span, unit_by_id
from data import audit, feed
from data.access import Actor, Matter, require
from data.db import Row, fetch_all, fetch_one
from data.errors import Conflict, NotFound
from geonames.places import type_store as store
from geonames.places.codes import LAST_SERIAL, PlaceCode, division_part, parse_place_code
from geonames.places.service import find_place
from geonames.places.store import UNIT_TYPE_OF_LEVEL

ISSUE = "place_code.issue"


def issue_place_code(connection: Connection, actor: Actor, place_id: UUID) -> str:
    """The code of a place or unit; issued now where it has none, in the caller's transaction.

    Raises `NotPermitted`; `NotFound` `place_not_found`; `Conflict` `place_outside_units` (no unit is known in
    which it lies) or `place_code_series_full`.
    """
    subject = _subject(connection, place_id)
    unit = _permitted(connection, actor, subject["unit_id"])
    standing = fetch_one(connection, store.CODE_OF, {"id": place_id})
    if standing:
        return str(standing["code"])
    before = find_place(connection, place_id)
    code = str(_next(connection, division_part(unit["code"]), subject["type_code"]))
    connection.execute(store.INSERT_CODE, {"code": code, "subject_id": place_id, "issued_by": actor.name})
    _record(connection, actor, "place_code.issued", place_id, before, code)
    return code


def retire_place_code(connection: Connection, actor: Actor, place_id: UUID) -> str | None:
    """End the code that a place bears, in the caller's transaction; it is never given again. None: it bears none.

    For places whose type or division has changed; the next code is issued anew. Raises as `issue_place_code`.
    """
    subject = _subject(connection, place_id)
    _permitted(connection, actor, subject["unit_id"])
    standing = fetch_one(connection, store.CODE_OF, {"id": place_id})
    if standing is None:
        return None
    before = find_place(connection, place_id)
    connection.execute(store.RETIRE_CODE, {"code": standing["code"]})
    _record(connection, actor, "place_code.retired", place_id, before, standing["code"])
    return str(standing["code"])


def place_of_code(connection: Connection, code: str) -> dict[str, Any]:
    """Which place bears or bore a code, and the code's parts; `NotFound` `place_code_not_issued`."""
    parts = parse_place_code(code)
    row = fetch_one(connection, store.SUBJECT_OF, {"code": code})
    if row is None:
        raise NotFound(f"The code {code} has not been issued.", code="place_code_not_issued")
    return {
        "code": code,
        "division": parts.division,
        "type": parts.type_code,
        "serial": parts.serial,
        "place": row["subject_id"],
        "retired_at": row["retired_at"],
    }


def codes_of(connection: Connection, place_id: UUID) -> list[Row]:
    """All codes that a place has borne, the first first."""
    return fetch_all(connection, store.CODES_OF, {"id": place_id})


def _next(connection: Connection, division: str, type_code: str) -> PlaceCode:
    series = division + type_code
    serial: int = connection.execute(store.NEXT_SERIAL, {"prefix": series}).scalar_one()
    if serial > LAST_SERIAL:
        raise Conflict(f"The series {series} has no number left.", code="place_code_series_full")
    return PlaceCode(division, type_code, serial)


def _permitted(connection: Connection, actor: Actor, unit_id: UUID) -> dict[str, Any]:
    """The unit in which a place lies, after the actor was found to have it in his jurisdiction."""
    chain = chain_of(connection, unit_id, register_span(connection).register_through)
    if not chain:
        raise Conflict("The unit in which the place lay does not stand any more.", code="place_outside_units")
    require(actor, ISSUE, Matter(tuple(unit["id"] for unit in chain), chain[-1]["level"]))
    return chain[-1]


def _subject(connection: Connection, place_id: UUID) -> Row:
    """The place, or the unit as the place that it is, locked: `unit_id` and `type_code`."""
    place = fetch_one(connection, store.LOCK_PLACE, {"id": place_id})
    if place is not None:
        if place["unit_id"] is None:
            raise Conflict("It is not known in which unit the place lies; it gets no code.", code="place_outside_units")
        return place
    unit = unit_by_id(connection, place_id, register_span(connection).register_through)
    if unit is None:
        raise NotFound("There is no place with this id, and no unit that stands.", code="place_not_found")
    connection.execute(store.LOCK_UNIT, {"id": place_id})
    return {"unit_id": place_id, "type_code": UNIT_TYPE_OF_LEVEL[unit["level"]]}


def _record(
    connection: Connection, actor: Actor, action: str, place_id: UUID, before: dict[str, Any], code: str
) -> None:
    change = feed.Change("places", place_id, before, find_place(connection, place_id), None)
    audit.append(
        connection,
        actor=actor.name,
        action=action,
        decision_id=None,
        details={"place": place_id, "code": code},
        feed=feed.publish(connection, [change]),
    )
