"""Where to look: within units on a day, and in a zone; in the form in which published.names_met takes it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection

from boundaries.units.graphs import current_graph
from boundaries.units.service import RegisterSpan, holders_of, units_below
from data.crs import BBox, check_position
from data.errors import BadRequest

#: Up to so many units are read one by one, a county's in one go; more by their province.
FEW_AREAS = 24
#: A little less than on the sphere by which distances are told (6,371,008.8 m), so that a box holds its circle.
METRES_IN_A_DEGREE = 111_190
#: Corners of a polygon that a question may have.
MAX_VERTICES = 2000


def within(connection: Connection, asked: Sequence[UUID], day: date, span: RegisterSpan) -> dict[str, Any]:
    """What lies in any of some units: the units below them on `day`, and the present units whose land was theirs."""
    inside = sorted({unit for one in asked for unit in units_below(connection, one, day)}, key=str)
    places = inside if day >= span.register_through else _wholly(connection, inside, day, span.register_through)
    both = sorted({*inside, *places}, key=str)
    narrowed: dict[str, Any] = {"areas": both} if len(both) <= FEW_AREAS else _province(connection, both)
    return {"units": inside, "places": places, **narrowed}


def _wholly(connection: Connection, inside: Sequence[UUID], day: date, through: date) -> list[UUID]:
    holders = holders_of(connection, inside, day, through)
    present = {result.version.unit_id for results in holders.values() for result in results}
    origins = holders_of(connection, present, through, day)
    known = set(inside)
    return [unit for unit, came in origins.items() if {r.version.unit_id for r in came} <= known]


def _province(connection: Connection, units: Iterable[UUID]) -> dict[str, str]:
    """The one province by whose number the keys of all these units are filed; nothing where there are several."""
    graph = current_graph(connection)
    provinces = {graph.by_unit[unit][-1].code[:2] for unit in units}
    return {"province": provinces.pop()} if len(provinces) == 1 else {}


def box(bbox: BBox) -> str:
    """A box as EWKB in hex."""
    return _ewkb(shapely.box(*bbox))


def circle_box(circle: tuple[float, float, float]) -> str:
    """The box that holds a circle (longitude, latitude, metres), at the antimeridian or a pole cut off there."""
    longitude, latitude, metres = circle
    high = metres / METRES_IN_A_DEGREE
    wide = high / max(math.cos(math.radians(min(89.9, abs(latitude) + high))), 1e-6)
    west, east = max(-180.0, longitude - wide), min(180.0, longitude + wide)
    return box((west, max(-90.0, latitude - high), east, min(90.0, latitude + high)))


def polygon(text: str) -> str:
    """A polygon in well-known text, as EWKB in hex. BadRequest `bad_polygon`, `polygon_too_large`."""
    if text.count(",") + 1 > MAX_VERTICES:
        raise BadRequest(
            f"The polygon has {text.count(',') + 1:,} corners; {MAX_VERTICES:,} are searched in. Simplify it.",
            code="polygon_too_large",
        )
    try:
        shape = shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, ValueError):
        shape = None
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty or not shape.is_valid:
        why = "" if shape is None else f": {shapely.is_valid_reason(shape)}"
        raise BadRequest(
            "polygon is a closed area without self-intersections in well-known text, longitude first, such as "
            f"POLYGON((119 31, 120 31, 120 32, 119 31)){why}.",
            code="bad_polygon",
        )
    for longitude, latitude in shapely.get_coordinates(shape):
        check_position(float(longitude), float(latitude))
    return _ewkb(shape)


def _ewkb(shape: Any) -> str:
    return str(shapely.to_wkb(shapely.set_srid(shape, 4490), hex=True, include_srid=True))
