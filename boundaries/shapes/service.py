"""Questions about polygons, answered under map law.

地图管理条例 (State Council Order 664): a map is shown to the public only under its
approval number (审图号). Without one the public is refused every boundary
(`map_not_approved`), and staff see it with the footer that says what it is.
Points are no boundary and are given to everybody. A unit is never shown by a
polygon of another time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection

from boundaries.shapes import queries
from boundaries.shapes.display import DEPTH, DIGITS, tolerance_for
from boundaries.units.service import find_unit, register_span
from data.crs import STORED_NAME, BBox, check_bbox
from data.db import Audience
from data.errors import BadRequest, NotFound, NotPermitted

#: What a map without approval number says under itself.
STAFF_FOOTER = "软件演示,未经地图审核,不得公开展示或引用,界线不作划界依据"

Feature = dict[str, Any]


def map_approval(connection: Connection) -> str | None:
    """The approval number (审图号) under which boundaries are published; None where there is none."""
    number: str | None = connection.scalar(queries.APPROVAL)
    return number


def unit_geometry(
    connection: Connection, code: str, as_of: date | None = None, audience: Audience = Audience.PUBLIC
) -> Feature:
    """The GeoJSON Feature of a unit on a day: its polygon of that day, else its point with `basis`.

    `basis`: `polygon`; `later_polygon` (a point inside a polygon that this unit had
    later); `place`, `successor` (see `unit_point`). Coordinates are CGCS2000, longitude
    first. Raises `NotPermitted` `map_not_approved`, `NotFound` `no_geometry`, and the
    errors of `find_unit`.
    """
    unit = find_unit(connection, code, as_of)
    parameters = {"unit_id": unit["id"], "today": unit["as_of"], "digits": None}
    if connection.execute(queries.POLYGON_OF_DAY, parameters).one_or_none() is not None:
        approval = permit_boundaries(connection, audience)
        row = connection.execute(queries.polygon(audience), parameters).one()
        return _feature(unit, row, "polygon", under_a_map(approval))
    point = connection.execute(queries.POINT_OF_UNIT, parameters).one_or_none()
    if point is None:
        raise NotFound(
            f"{unit['name']} ({code}) has neither a polygon of {unit['as_of']} nor a point in the register. "
            "Its neighbours of today's map would say nothing about it, so none is shown.",
            code="no_geometry",
        )
    basis = "later_polygon" if point.basis == "polygon" else point.basis
    return _feature(unit, point, basis, {})


def permit_boundaries(connection: Connection, audience: Audience) -> str | None:
    """The approval number; refuses the public where there is none."""
    approval = map_approval(connection)
    if approval is None and audience is Audience.PUBLIC:
        raise NotPermitted(
            "This installation has no map-approval number (审图号), so boundaries are not shown to the public "
            "(地图管理条例). Names, codes, documents and history are. Staff may sign in.",
            code="map_not_approved",
        )
    return approval


def under_a_map(approval: str | None) -> dict[str, Any]:
    """What stands under a map: its number, or the footer of a map that has none."""
    return {"map_approval": approval, "footer": None if approval else STAFF_FOOTER}


def _feature(unit: Mapping[str, Any], row: Any, basis: str, under: Mapping[str, Any]) -> Feature:
    return {
        "type": "Feature",
        "id": unit["id"],
        "geometry": orjson.loads(row.geometry),
        "properties": {
            **{key: unit[key] for key in ("code", "name", "roman", "level", "as_of", "register_through")},
            "basis": basis,
            "crs": STORED_NAME,
            "layer": _layer(row),
            **under,
        },
    }


def _layer(row: Any) -> dict[str, Any]:
    keys = ("key", "title_zh", "title_en", "source", "licence", "dated", "provenance", "declared_crs")
    return {key: getattr(row, f"layer_{key}") for key in keys}


def map_layer(
    connection: Connection,
    level: str,
    as_of: date | None = None,
    bbox: BBox | None = None,
    zoom: float | None = None,
    audience: Audience = Audience.PUBLIC,
) -> dict[str, Any]:
    """What a map of `level` draws on a day, as one GeoJSON FeatureCollection in CGCS2000.

    On days of the polygons: simplified polygons (`kind` `unit`) that leave no land
    out, and the display lines (`display_line`). On earlier days: one point for each
    unit of the level that stood then (`kind` `unit_point`), as far as the register
    knows one, and how many it does not know. `zoom` is MapLibre's. Raises
    `BadRequest` `bad_level`, those of `bbox` and of the date, `NotPermitted` `map_not_approved`.
    """
    if level not in DEPTH:
        raise BadRequest(f"There are maps of {', '.join(DEPTH)}.", code="bad_level")
    day = register_span(connection).day(as_of)
    window = check_bbox(bbox) if bbox is not None else (None, None, None, None)
    parameters = {
        "level": level,
        "today": day,
        "digits": DIGITS,
        "tolerance": tolerance_for(zoom),
        **dict(zip(("west", "south", "east", "north"), window, strict=True)),
    }
    drawn = connection.scalar(queries.DAY_IS_DRAWN, parameters)
    if drawn:
        return _polygons(connection, parameters, day, audience)
    return _points(connection, parameters, day)


def _polygons(connection: Connection, parameters: Mapping[str, Any], day: date, audience: Audience) -> dict[str, Any]:
    approval = permit_boundaries(connection, audience)
    units = connection.execute(queries.map_polygons(audience), parameters).all()
    lines = connection.execute(queries.map_lines(audience), parameters).all()
    return _collection(
        day,
        "polygons",
        [*(_unit_on_map(row, "unit") for row in units), *(_line_on_map(row) for row in lines)],
        _layers(connection, {row.layer_id for row in (*units, *lines)}),
        without_position=0,
        under=under_a_map(approval),
    )


def _points(connection: Connection, parameters: Mapping[str, Any], day: date) -> dict[str, Any]:
    rows = connection.execute(queries.MAP_POINTS, parameters).all()
    known = [row for row in rows if row.geometry is not None]
    return _collection(
        day,
        "points",
        [_unit_on_map(row, "unit_point") for row in known],
        _layers(connection, {row.layer_id for row in known}),
        without_position=len(rows) - len(known),
        under={"map_approval": None, "footer": None},
    )


def _collection(
    day: date,
    shows: str,
    features: Sequence[Feature],
    layers: Sequence[dict[str, Any]],
    *,
    without_position: int,
    under: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": list(features),
        "as_of": day,
        "shows": shows,
        "units_without_position": without_position,
        "crs_name": STORED_NAME,
        "layers": list(layers),
        **under,
    }


def _unit_on_map(row: Any, kind: str) -> Feature:
    label = None if row.label_lon is None else [round(row.label_lon, DIGITS), round(row.label_lat, DIGITS)]
    return {
        "type": "Feature",
        "geometry": orjson.loads(row.geometry),
        "properties": {
            "kind": kind,
            "id": row.unit_id,
            "code": row.code,
            "name": row.name,
            "level": row.level,
            "basis": row.basis,
            "label": label,
        },
    }


def _line_on_map(row: Any) -> Feature:
    return {
        "type": "Feature",
        "geometry": orjson.loads(row.geometry),
        "properties": {"kind": "display_line", "name": row.name},
    }


def _layers(connection: Connection, ids: Iterable[Any]) -> list[dict[str, Any]]:
    rows = connection.execute(queries.LAYERS, {"ids": list(ids)})
    return [_layer(row) for row in rows]
