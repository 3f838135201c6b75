"""What is at a position: the units that hold it, and the nearest places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from boundaries.lookup import units_at, units_at_many
from data.errors import DimingError
from geonames.plates.service import nearest_plate, nearest_plates
from geonames.search import store

#: How many places an answer names.
NEAREST_PLACES = 5


def reverse(connection: Connection, lon: float, lat: float, as_of: date | None = None) -> dict[str, Any]:
    """The answer of `GET /v1/reverse`: see `boundaries.lookup.units_at`, and the nearest places with metres.

    Places whose time is not known count as standing on every day. `plate`: the nearest number plate within 50 m with
    its standard address, None where there is none.
    """
    found = units_at(connection, lon, lat, as_of)
    rows = connection.execute(store.NEAREST, {"lon": lon, "lat": lat, "day": as_of, "limit": NEAREST_PLACES})
    plate = nearest_plate(connection, lon, lat, found["as_of"])
    return {**found, "places": [_place(row) for row in rows], "plate": plate}


def reverse_many(
    connection: Connection, points: Sequence[tuple[float, float]], as_of: date | None = None, places: int = 0
) -> list[dict[str, Any] | DimingError]:
    """The answers of `POST /v1/reverse`, in order, each with up to `places` nearest places; see `units_at_many`."""
    found = units_at_many(connection, points, as_of)
    good = [number for number, answer in enumerate(found) if isinstance(answer, dict)]
    there = [points[number] for number in good]
    near: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if places:
        asked = {"lons": [lon for lon, _ in there], "lats": [lat for _, lat in there]}
        for row in connection.execute(store.NEAREST_MANY, {**asked, "day": as_of, "limit": places}):
            near[good[row.number - 1]].append(_place(row))
    plates = _plates(connection, there, found[good[0]]) if good else []
    doors = dict(zip(good, plates, strict=True))
    return [
        {**answer, "places": near[number], "plate": doors[number]} if isinstance(answer, dict) else answer
        for number, answer in enumerate(found)
    ]


def _plates(connection: Connection, points: Sequence[tuple[float, float]], answer: Any) -> list[dict[str, Any] | None]:
    """The nearest plates on the day that an answer is as of."""
    return nearest_plates(connection, points, answer["as_of"])


def _place(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "class": row.place_class,
        "distance_m": round(row.distance_m),
        "point": [row.longitude, row.latitude],
    }
