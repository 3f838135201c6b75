"""What lies round a marker on a day, read from the register for its sketch. For staff."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import shapely
from shapely.geometry import LineString
from sqlalchemy import Connection

from boundaries.geometry.picture import DEGREE_M
from boundaries.markers import store
from boundaries.markers.model import Marker
from boundaries.markers.sketch import HEIGHT_MM, WIDTH_MM, Course, Ground, reach_m
from data.db import Row, fetch_all

#: A drawing that is wider than high, with room for names, shows this many times its reach to every side.
AROUND = 2 * WIDTH_MM / HEIGHT_MM
#: The level whose sign a segment of no named line has.
UNNAMED = "county"


def ground_of(connection: Connection, marker: Marker, day: date) -> Ground:
    """Segments and other markers that the sketch of `marker` may show."""
    extent = {**_extent(marker), "on": day, "id": marker.id}
    courses = [_course(row, marker) for row in fetch_all(connection, store.GROUND, extent)]
    markers = [(row["code"], row["lon"], row["lat"]) for row in fetch_all(connection, store.MARKERS_WITHIN, extent)]
    return Ground(tuple(courses), tuple(markers))


def _extent(marker: Marker) -> dict[str, Any]:
    up = reach_m(marker) * AROUND / DEGREE_M
    along = up / math.cos(math.radians(marker.latitude))
    return {
        "west": marker.longitude - along,
        "south": marker.latitude - up,
        "east": marker.longitude + along,
        "north": marker.latitude + up,
    }


def _course(row: Row, marker: Marker) -> Course:
    line = LineString(shapely.get_coordinates(shapely.from_wkb(bytes(row["geometry"]))))
    own = marker.line is not None and row["line_id"] == marker.line
    return Course(line, row["left_name"], row["right_name"], row["level"] or UNNAMED, own)
