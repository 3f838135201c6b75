"""Places with what their linked forms need: past names, and the unit above."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.graphs import current_graph
from geonames.places.service import find_place, names_of_unit
from geonames.search.service import search_places

#: Places of one list; each is read with all its names.
MOST_PLACES = 100


def linked_place(connection: Connection, place_id: UUID, as_of: date | None = None) -> dict[str, Any]:
    """One place; errors as `find_place`."""
    place = find_place(connection, place_id, as_of)
    graph = current_graph(connection)
    unit = place["unit_id"]
    version = graph.version_of(unit, place["as_of"]) if unit else None
    chain = graph.chain(version, place["as_of"]) if version else []
    if place["class"] == "ADMIN_DIVISION" and unit == place["id"]:
        chain = chain[:-1]
    above = chain[-1] if chain else None
    past = _past_names(connection, place)
    return {
        **place,
        "past_names": past,
        "life": _life(past, place["valid"]),
        "parent": {"id": above.unit_id, "name": above.name, "code": above.code} if above else None,
        "demonstration": version is not None and version.demonstration,
    }


def _life(past: list[dict[str, Any]], valid: dict[str, Any]) -> dict[str, Any]:
    """From the first to the last day of a place: of a unit through all its names."""
    if not past:
        return valid
    ends = [name["valid"]["to"] for name in past]
    return {**past[0]["valid"], "to": None if None in ends else max(ends)}


def _past_names(connection: Connection, place: dict[str, Any]) -> list[dict[str, Any]]:
    """The standard names that a unit has borne; the one that holds with its own time."""
    return [
        {
            **name,
            "valid": {**name["valid"], "precision": "day" if name["begin_known"] else "before"},
            "language": "zh",
            "script": None,
            "kind": "standard" if name["text"] == place["name"] else "former",
        }
        for name in names_of_unit(connection, place["id"])
    ]


def linked_list(connection: Connection, *, limit: int, **asked: Any) -> tuple[list[dict[str, Any]], str | None]:
    """A page of the search as places with all their names, and the cursor of the next."""
    found = search_places(connection, limit=limit, **asked)
    as_of = asked.get("as_of")
    return [linked_place(connection, item["id"], as_of) for item in found["items"]], found["next"]
