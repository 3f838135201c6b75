"""What is at a position: the units that hold it, and the nearest places."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from boundaries.lookup import units_at
from geonames.search import store

#: How many places an answer names.
NEAREST_PLACES = 5


def reverse(connection: Connection, lon: float, lat: float, as_of: date | None = None) -> dict[str, Any]:
    """The answer of `GET /v1/reverse`: see `boundaries.lookup.units_at`, and the nearest places with metres.

    Places whose time is not known count as standing on every day.
    """
    found = units_at(connection, lon, lat, as_of)
    rows = connection.execute(store.NEAREST, {"lon": lon, "lat": lat, "day": as_of, "limit": NEAREST_PLACES})
    return {**found, "places": [_place(row) for row in rows]}


def _place(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "class": row.place_class,
        "distance_m": round(row.distance_m),
        "point": [row.longitude, row.latitude],
    }
