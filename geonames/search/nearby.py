"""What is at a position: the units that hold it, and the nearest places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from boundaries.lookup import units_at, units_at_many
from data.errors import DimingError
from geonames.plates.service import nearest_plate
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
    near: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if places:
        good = [number for number, answer in enumerate(found) if isinstance(answer, dict)]
        asked = {"lons": [points[n][0] for n in good], "lats": [points[n][1] for n in good]}
        for row in connection.execute(store.NEAREST_MANY, {**asked, "day": as_of, "limit": places}):
            near[good[row.number - 1]].append(_place(row))
    return [
        {**answer, "places": near[number]} if isinstance(answer, dict) else answer
        for number, answer in enumerate(found)
    ]


def _place(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "class": row.place_class,
        "distance_m": round(row.distance_m),
        "point": [row.longitude, row.latitude],
    }
