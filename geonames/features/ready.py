"""The questions that functions of the database answer by themselves (`FeatureCollection.ready`).

They choose the rows first and name them then, with plans that are kept (data/migrations/sql/53_places_shown.sql).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from data.db import PREPARED
from geonames.features.model import FeatureCollection, Wanted

#: The box asked for; without one it is null.
_HERE = "ST_MakeEnvelope(:west, :south, :east, :north, 4490)"


def rows(connection: Connection, collection: FeatureCollection, wanted: Wanted) -> Sequence[dict[str, Any]]:
    """One more than are wanted, in the order of their identifiers."""
    chosen = [one.name for one in collection.columns if wanted.columns is None or one.name in wanted.columns]
    names = "".join(f'f."{name}", ' for name in chosen)
    statement = text(f"""
        SELECT f.id, {names}{"NULL" if wanted.bare else "f.geometry"} AS geometry
        FROM published.{collection.ready}_shown({_HERE}, :day, :after, :limit) f
    """)
    bound = {**_where(wanted), "after": wanted.after, "limit": wanted.limit + 1}
    return [dict(row) for row in connection.execute(statement, bound, execution_options=PREPARED).mappings()]


def matched(connection: Connection, collection: FeatureCollection, wanted: Wanted, most: int) -> int:
    """How many match, counted to one beyond `most`."""
    statement = text(f"SELECT published.{collection.ready}_counted({_HERE}, :day, :most)")
    bound = {**_where(wanted), "most": most + 1}
    return int(connection.scalar(statement, bound, execution_options=PREPARED) or 0)


def tile(connection: Connection, collection: FeatureCollection, wanted: Wanted, z: int, x: int, y: int) -> bytes:
    """A vector tile (MVT 2.1) in Web Mercator with the most important features."""
    statement = text(f"SELECT published.{collection.ready}_drawn(:z, :x, :y, :day, :limit)")
    bound = {"z": z, "x": x, "y": y, "day": wanted.when.day, "limit": wanted.limit}
    return bytes(connection.scalar(statement, bound, execution_options=PREPARED) or b"")


def _where(wanted: Wanted) -> dict[str, Any]:
    west, south, east, north = wanted.box or (None, None, None, None)
    return {"west": west, "south": south, "east": east, "north": north, "day": wanted.when.day}
