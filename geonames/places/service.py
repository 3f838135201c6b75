"""Questions about one place."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.service import chain_of, register_span, unit_by_id
from data.decisions import brief_decisions
from data.errors import NotFound
from geonames.places import store
from geonames.places.days import gazetteer_span
from geonames.places.scripts import direction_of


def find_place(connection: Connection, place_id: UUID, as_of: date | None = None) -> dict[str, Any]:
    """A place, or a unit as the place that it is, with its names, position, unit, heritage tags and source.

    Raises `NotFound` `place_not_found`, and for a date outside the register its errors.
    """
    span, known = register_span(connection), gazetteer_span(connection)
    day = known.day(as_of)
    row = store.place_row(connection, place_id)
    common: dict[str, Any] = {
        "register_through": span.register_through,
        "as_of": day,
        "place_code": store.place_code(connection, place_id),
        **_attached(connection, place_id),
    }
    if row is not None:
        return {**_place(connection, row, day, common["names"]), **common, "code": common["place_code"]}
    unit = unit_by_id(connection, place_id, day)
    if unit is None:
        raise NotFound(
            "The gazetteer has no published place with this id"
            + (f" that stood on {day}." if as_of else ", and no unit that stands."),
            code="place_not_found",
        )
    return {**_unit_as_place(connection, unit), **common}


def _place(connection: Connection, row: Any, day: date, names: list[dict[str, Any]]) -> dict[str, Any]:
    chain = chain_of(connection, row["unit_id"], day) if row["unit_id"] else []
    main = _main_name(names, day)
    unit = None
    if chain:
        unit = {"code": chain[-1]["code"], "name": chain[-1]["name"], "chain": [c["name"] for c in chain]}
    return {
        "id": row["id"],
        "name": main["text"],
        "name_kind": main["kind"],
        "roman": main["romanization"],
        "class": row["class"],
        "type": row["type_code"],
        "unit_id": row["unit_id"],
        "unit": unit,
        "point": [row["longitude"], row["latitude"]],
        "valid": {"from": row["valid_from"], "to": row["valid_to"]},
        "opened_by": brief_decisions(connection, [row["opened_by"]]).get(row["opened_by"]),
    }


def _main_name(names: list[dict[str, Any]], day: date) -> dict[str, Any]:
    """The name under which a place is known on a day, else the last one under which it was."""
    known = [n for n in names if n["kind"] in ("standard", "unverified")] or names
    holding = [n for n in known if _begins(n) <= day and (n["valid"]["to"] is None or day < n["valid"]["to"])]
    return holding[0] if holding else max(known, key=_begins)


def _begins(name: dict[str, Any]) -> date:
    return name["valid"]["from"] or date.min


def _unit_as_place(connection: Connection, unit: dict[str, Any]) -> dict[str, Any]:
    point = connection.execute(store.UNIT_POSITION, {"id": unit["id"]}).one_or_none()
    return {
        "id": unit["id"],
        "name": unit["name"],
        "name_kind": "standard",
        "roman": unit["roman"],
        "class": "ADMIN_DIVISION",
        "type": store.UNIT_TYPE_OF_LEVEL[unit["level"]],
        "code": unit["code"],
        "unit_id": unit["id"],
        "unit": {
            "code": unit["code"],
            "name": unit["name"],
            "chain": [above["name"] for above in unit["chain"]],
        },
        "point": [point.longitude, point.latitude] if point else None,
        "point_basis": point.basis if point else None,
        "valid": unit["valid"],
        "opened_by": None,
    }


def _attached(connection: Connection, subject: UUID) -> dict[str, list[dict[str, Any]]]:
    """Names, heritage tags and concordances of a place or unit."""
    return {
        "names": names_of(connection, subject),
        "heritage": [_with_valid(dict(r)) for r in connection.execute(store.HERITAGE, {"id": subject}).mappings()],
        "concordances": [dict(r) for r in connection.execute(store.CONCORDANCES, {"id": subject}).mappings()],
    }


def names_of(connection: Connection, subject: UUID) -> list[dict[str, Any]]:
    """The further names of a unit, or all of a place, each with the direction in which its script is written."""
    names = [dict(row) for row in connection.execute(store.NAMES, {"id": subject}).mappings()]
    return [{**_with_valid(name), "direction": direction_of(name["script"])} for name in names]


def names_of_unit(connection: Connection, unit_id: UUID) -> list[dict[str, Any]]:
    """The standard names that a unit has borne, the first first; none of a place that is no unit."""
    rows = connection.execute(store.NAMES_OF_UNIT, {"id": unit_id}).mappings()
    return [_with_valid(dict(row)) for row in rows]


def _with_valid(row: dict[str, Any]) -> dict[str, Any]:
    valid = {"from": row.pop("valid_from"), "to": row.pop("valid_to")}
    return {**row, "valid": valid}
