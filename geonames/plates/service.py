"""Questions about number plates and the addresses that they make, on any day. Everybody asks them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.graphs import current_graph
from boundaries.units.lineage import Graph
from data.db import Row, fetch_all, fetch_one
from data.decisions import brief_decisions
from data.errors import BadRequest, NotFound
from data.paging import check_limit, decode_cursor, page
from geonames.plates import store
from geonames.plates.address import address_text
from geonames.signs.numbering import STATES

#: A plate farther from a position than this says nothing about it.
NEAR_M = 50.0
_DEGREE_M = 111_320.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which plates: in divisions whose codes begin with `within`, of a street or settlement, in a state."""

    within: str | None = None
    place: UUID | None = None
    state: str | None = None


def list_plates(
    connection: Connection, day: date, wanted: Wanted | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the plates as they stood on `day`, street by street, by number."""
    limit, asked = check_limit(limit), wanted or Wanted()
    query = {"list_of": "plates", "day": day.isoformat(), "within": asked.within, "place": str(asked.place or ""),
             "state": asked.state}  # fmt: skip
    after = decode_cursor(query, cursor, (UUID, int, str)) or (None, None, None)
    values = {"within": asked.within, "place": asked.place, "state": asked.state, "day": day, "limit": limit + 1}
    places = {"after_place": after[0], "after_number": after[1], "after_sub": after[2]}
    rows = fetch_all(connection, store.PUBLIC_LIST, {**values, **places})
    shown, following = page(rows, limit, query, lambda row: (row["place_id"], row["number"], row["sub"]))
    graph = current_graph(connection)
    return {"items": [plate_item(row, graph, day) for row in shown], "next": following, "as_of": day}


def plate_item(row: Row | Mapping[str, Any], graph: Graph, day: date) -> dict[str, Any]:
    """A plate as lists and the feed show it; `address` null where it does not stand or its street has no name."""
    standing = row["state"] == "standing" and row["street"] is not None
    return {
        "id": row["id"],
        "number": f"{row['number']}-{row['sub']}" if row["sub"] else str(row["number"]),
        "place": row["place_id"],
        "street": row["street"],
        "address": address_text(_divisions(graph, row["unit_id"], day), row["street"], row["number"], row["sub"])
        if standing
        else None,
        "side": row["side"],
        "state": row["state"],
        "metres": row["metres"],
        "unit": {"code": row["unit_code"], "name": row["unit_name"]} if row["unit_code"] else None,
        "point": [round(row["longitude"], 6), round(row["latitude"], 6)] if row["longitude"] is not None else None,
        "valid": {"from": row["valid_from"], "to": row["valid_to"]},
        "decision": row["decision"],
        "demonstration": row["demonstration"],
    }


def _divisions(graph: Graph, unit: UUID | None, day: date) -> list[str]:
    """The names of the divisions around a unit on a day, the largest first; those of its last day where it is over."""
    versions = graph.by_unit.get(unit, []) if unit else []
    if not versions:
        return []
    version = graph.version_of(unit, day) or versions[-1]  # type: ignore[arg-type]  # versions: there is a unit
    last = min(day, version.end - date.resolution) if version.end else day
    return [link.name for link in graph.chain(version, max(last, version.begin))]


def find_plate(connection: Connection, plate: UUID, day: date) -> dict[str, Any]:
    """One plate as it was on `day`, else as it was last, with its numbers and addresses; NotFound `no_such_plate`."""
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": plate, "day": day})
    if row is None:
        raise NotFound("No number plate has this id. /v1/plates lists them.", code="no_such_plate")
    graph = current_graph(connection)
    history = fetch_all(connection, store.PUBLIC_HISTORY, {"id": plate})
    known = brief_decisions(connection, [one["opened_by"] for one in history])
    return {
        **plate_item(row, graph, day),
        "as_of": day,
        "history": [_said(one, known) for one in history],
        "addresses": addresses_of(connection, graph, history),
    }


def _said(row: Row, known: Mapping[UUID, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "number": f"{row['number']}-{row['sub']}" if row["sub"] else str(row["number"]),
        "state": row["state"],
        "valid": {"from": row["valid_from"], "to": row["valid_to"]},
        "decision": known.get(row["opened_by"]),
    }


def addresses_of(connection: Connection, graph: Graph, history: list[Row]) -> list[dict[str, Any]]:
    """The addresses of a plate, first to last: each from the day on which a number, a street or a division changed."""
    found: list[dict[str, Any]] = []
    for row in history:
        for begin, end in _stretches(connection, graph, row):
            address = _address_on(connection, graph, row, begin) if row["state"] == "standing" else None
            last = found[-1] if found else None
            if last is not None and last["address"] == address and last["to"] == begin:
                last["to"] = end
            else:
                found.append({"address": address, "from": begin, "to": end})
    return [one for one in found if one["address"] is not None]


def _stretches(connection: Connection, graph: Graph, row: Row) -> list[tuple[date, date | None]]:
    """The times of one number, cut where the name of its street or of a division around it changed."""
    days = {row["valid_from"]}
    for name in fetch_all(connection, store.PUBLIC_NAME_DAYS, {"place": row["place_id"]}):
        days |= {day for day in (name["begin"], name["ended"]) if day is not None}
    street = fetch_one(connection, store.PUBLIC_STREET, {"place": row["place_id"], "day": row["valid_from"]})
    unit = street["unit_id"] if street else None
    days |= _division_days(graph, unit)
    inside = sorted(day for day in days if row["valid_from"] <= day < (row["valid_to"] or date.max))
    return list(zip(inside, [*inside[1:], row["valid_to"]], strict=True))


def _division_days(graph: Graph, unit: UUID | None) -> set[date]:
    """The days on which a unit or one around it changed."""
    days: set[date] = set()
    for version in graph.by_unit.get(unit, []) if unit else []:
        days |= {version.begin, *([version.end] if version.end else [])}
        for above in graph.chain(version, version.begin):
            for other in graph.by_unit[above.unit_id]:
                days |= {other.begin, *([other.end] if other.end else [])}
    return days


def _address_on(connection: Connection, graph: Graph, row: Row, day: date) -> str | None:
    street = fetch_one(connection, store.PUBLIC_STREET, {"place": row["place_id"], "day": day})
    if street is None or street["text"] is None:
        return None
    return address_text(_divisions(graph, street["unit_id"], day), street["text"], row["number"], row["sub"])


def numbered(connection: Connection, place: UUID, number: int, sub: str, day: date) -> Row | None:
    """The plate of a street that bears a number on a day, else the one that bore it last; `valid_to` tells which."""
    return fetch_one(connection, store.PUBLIC_NUMBERED, {"place": place, "number": number, "sub": sub, "day": day})


def nearest_plate(connection: Connection, lon: float, lat: float, day: date) -> dict[str, Any] | None:
    """The nearest plate that stands on a day, with metres; None where none stands within `NEAR_M`."""
    return nearest_plates(connection, [(lon, lat)], day)[0]


def nearest_plates(
    connection: Connection, points: Sequence[tuple[float, float]], day: date
) -> list[dict[str, Any] | None]:
    """The same for many positions (longitude, latitude in degrees, CGCS2000), in their order, by one statement."""
    asked = {
        "lons": [lon for lon, _ in points],
        "lats": [lat for _, lat in points],
        "degrees": [NEAR_M / (_DEGREE_M * max(math.cos(math.radians(lat)), 0.01)) for _, lat in points],
    }
    met = fetch_all(connection, store.PUBLIC_NEAREST, {**asked, "day": day, "metres": NEAR_M})
    near: list[dict[str, Any] | None] = [None] * len(points)
    if not met:
        return near
    rows = fetch_all(connection, store.PUBLIC_THESE, {"ids": [row["plate_id"] for row in met], "day": day})
    doors = {row["id"]: plate_item(row, current_graph(connection), day) for row in rows}
    for row in met:
        told = {name: doors[row["plate_id"]][name] for name in ("id", "address", "point")}
        near[row["asked"] - 1] = {**told, "distance_m": round(row["distance_m"])}
    return near


def check_state(state: str | None) -> str | None:
    """The state itself; BadRequest `bad_parameter` where there is none such."""
    if state is not None and state not in STATES:
        raise BadRequest(f"state is one of {', '.join(STATES)}.", code="bad_parameter")
    return state


def change_of_address(connection: Connection, plate: UUID, earlier: date, later: date) -> dict[str, Any]:
    """What a certificate of address change (地址变更证明) says: the address of a door on two days, and why it changed.

    NotFound `no_such_plate`; BadRequest `period_reversed`; `address_unknown` where it had none on one of the days.
    """
    if later <= earlier:
        raise BadRequest("The later day lies after the earlier one.", code="period_reversed")
    found = find_plate(connection, plate, later)
    sides = [_held(found["addresses"], day) for day in (earlier, later)]
    for day, side in zip((earlier, later), sides, strict=True):
        if side is None:
            raise BadRequest(f"The register knows no address of this door on {day}.", code="address_unknown")
    days = [one["from"] for one in found["addresses"] if earlier < one["from"] <= later]
    return {
        "plate": found,
        "earlier": {"day": earlier, "address": sides[0]},
        "later": {"day": later, "address": sides[1]},
        "changed_on": days,
        "same": sides[0] == sides[1],
        "decisions": _decisions_between(connection, found, earlier, later),
    }


def _held(addresses: list[dict[str, Any]], day: date) -> str | None:
    return next((a["address"] for a in addresses if a["from"] <= day and (a["to"] or date.max) > day), None)


def _decisions_between(
    connection: Connection, found: Mapping[str, Any], earlier: date, later: date
) -> list[dict[str, Any]]:
    """The decisions that changed the number, the street's name or a division around it between two days."""
    numbers = (one for one in found["history"] if earlier < one["valid"]["from"] <= later)
    ids = {one["decision"]["id"] for one in numbers if one["decision"]}
    for name in fetch_all(connection, store.PUBLIC_NAME_DAYS, {"place": found["place"]}):
        if name["begin"] is not None and earlier < name["begin"] <= later:
            ids.add(name["opened_by"])
    street = fetch_one(connection, store.PUBLIC_STREET, {"place": found["place"], "day": later})
    ids |= _division_decisions(current_graph(connection), street["unit_id"] if street else None, earlier, later)
    known = brief_decisions(connection, ids)
    return sorted(known.values(), key=lambda one: (one["effective_on"] or "", str(one["id"])))


def _division_decisions(graph: Graph, unit: UUID | None, earlier: date, later: date) -> set[UUID]:
    found: set[UUID] = set()
    for version in graph.by_unit.get(unit, []) if unit else []:
        for above in graph.chain(version, version.begin):
            found |= {v.opened_by for v in graph.by_unit[above.unit_id] if earlier < v.begin <= later}
    return found
