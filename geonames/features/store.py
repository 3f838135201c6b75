"""The SQL of feature collections. Statements are put together from the collections' own; values are always bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from boundaries.shapes.display import tolerance_for
from geonames.features import ready
from geonames.features.model import WIDE_BOX, FeatureCollection, Wanted

#: Without a small box the rows are read in the order of the key until there are enough. The planner knows little of
#: what the published views let through, expects next to nothing and would sort the whole register for ten of its rows.
STREAM = text("SELECT set_config('enable_sort', 'off', true)")


def rows(connection: Connection, collection: FeatureCollection, wanted: Wanted) -> Sequence[dict[str, Any]]:
    """One more than are wanted, in the order of their identifiers, so that it is known whether there are more."""
    if _is_ready(collection, wanted):
        return ready.rows(connection, collection, wanted)
    where, values = _where(collection, wanted)
    names = _columns(collection, wanted)
    geometry = "NULL" if wanted.bare else "CAST(ST_AsGeoJSON(f.geom, 9, 0) AS json)"
    statement = text(f"""
        SELECT f.id, {names}{geometry} AS geometry FROM ({collection.sql}) f
        WHERE {where} ORDER BY f.id LIMIT :limit OFFSET :offset
    """)
    bound = {**values, "limit": wanted.limit + 1, "offset": wanted.offset}
    if _is_wide(wanted):
        connection.execute(STREAM)
    return [dict(row) for row in connection.execute(statement, bound).mappings()]


def matched(connection: Connection, collection: FeatureCollection, wanted: Wanted, most: int) -> int:
    """How many match, counted to one beyond `most`."""
    if _is_ready(collection, wanted):
        return ready.matched(connection, collection, wanted, most)
    where, values = _where(collection, wanted, paged=False)
    statement = text(f"SELECT count(*) FROM (SELECT FROM ({collection.sql}) f WHERE {where} LIMIT :counted) counted")
    return int(connection.scalar(statement, {**values, "counted": most + 1}) or 0)


def tile(connection: Connection, collection: FeatureCollection, wanted: Wanted, z: int, x: int, y: int) -> bytes:
    """A vector tile (MVT 2.1) in Web Mercator with the most important features, the layer named as the collection."""
    if _is_ready(collection, wanted) and wanted.columns is None and wanted.box is None:
        return ready.tile(connection, collection, wanted, z, x, y)
    where, values = _where(collection, wanted)
    names = _columns(collection, wanted)
    source = collection.tile_sql or collection.sql
    statement = text(f"""
        WITH drawn AS (
            SELECT CAST(f.id AS text) AS id, {names}
                   ST_AsMVTGeom(ST_Transform(f.geom, 3857), ST_TileEnvelope(:z, :x, :y), 4096, 64, true) AS geom
            FROM ({source}) f
            WHERE {where} AND f.geom && ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.016), 4490)
            ORDER BY f.weight, f.id LIMIT :limit
        )
        SELECT ST_AsMVT(drawn, :layer, 4096, 'geom') FROM drawn
    """)
    here: dict[str, Any] = {"z": z, "x": x, "y": y, "layer": collection.id, "limit": wanted.limit}
    if collection.tile_sql:
        here["tolerance"] = tolerance_for(z)
    return bytes(connection.scalar(statement, {**values, **here}) or b"")


def _is_ready(collection: FeatureCollection, wanted: Wanted) -> bool:
    is_day = wanted.when.since == wanted.when.until == wanted.when.day
    return bool(collection.ready and is_day and not (wanted.ids or wanted.conditions or wanted.offset))


def _columns(collection: FeatureCollection, wanted: Wanted) -> str:
    chosen = [one.name for one in collection.columns if wanted.columns is None or one.name in wanted.columns]
    return "".join(f'CAST(f."{name}" AS text) AS "{name}", ' for name in chosen)


def _is_wide(wanted: Wanted) -> bool:
    if wanted.ids:
        return False
    if wanted.box is None:
        return True
    west, south, east, north = wanted.box
    return (east - west) * (north - south) > WIDE_BOX


def _where(collection: FeatureCollection, wanted: Wanted, *, paged: bool = True) -> tuple[str, dict[str, Any]]:
    when = wanted.when
    values: dict[str, Any] = {"day": when.day, "period": f"[{when.since},{when.until}]"}
    parts = ["TRUE"]
    if wanted.box is not None:
        parts.append("f.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)")
        parts.append("ST_Intersects(f.geom, ST_MakeEnvelope(:west, :south, :east, :north, 4490))")
        if collection.inside and not _is_wide(wanted):
            parts.append(collection.inside)
        values |= dict(zip(("west", "south", "east", "north"), wanted.box, strict=True))
    if wanted.ids:
        parts.append("f.id = ANY(:ids)")
        values["ids"] = list(wanted.ids)
    if paged and wanted.after is not None:
        parts.append("f.id > :after")
        values["after"] = wanted.after
    for one in wanted.conditions:
        parts.append(f"({one.sql})")
        values |= one.values
    return " AND ".join(parts), values
