"""Where markers are along their line: chainage, distance from the legal line, and whether their numbers run on.

For staff: the line's course is not public. A marker off the line says nothing
of the line (行政区域界线管理条例 Art. 6); the numbers of markers that were put
in later may break the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import shapely
from shapely.geometry import MultiLineString, Point
from sqlalchemy import Connection

from boundaries.geometry.plane import LocalPlane
from boundaries.markers import store
from boundaries.markers.coding import parse_code
from boundaries.markers.model import Marker, chainage_faults
from boundaries.markers.witnesses import accuracies
from boundaries.network.service import course_of, run_of
from data.db import Audience
from data.errors import NotFound


@dataclass(frozen=True, slots=True)
class Along:
    """A marker at `chainage_m` metres from the line's beginning, `off_m` metres from it."""

    marker: Marker
    chainage_m: float
    off_m: float


def along_line(connection: Connection, markers: Sequence[Marker], day: date) -> list[Along]:
    """The markers of one line in their order along it; empty where the line has no course on that day."""
    line = next((marker.line for marker in markers if marker.line), None)
    if line is None:
        return []
    try:
        course = course_of(run_of(connection, line, day, Audience.STAFF))
    except NotFound:
        return []
    plane = LocalPlane.of(course)
    flat = plane.to_plane(course)
    found = []
    for marker in markers:
        point = plane.to_plane(Point(marker.longitude, marker.latitude))
        off, chainage = shapely.distance(flat, point), _chainage(flat, point)
        found.append(Along(marker, float(chainage), float(off)))
    return sorted(found, key=lambda one: (one.chainage_m, one.marker.code))


def line_courses(connection: Connection, lines: Sequence[UUID], day: date | None) -> list[MultiLineString]:
    """The courses of lines on a day, for staff; a line without one then is left out."""
    found = []
    for line in lines:
        try:
            found.append(course_of(run_of(connection, line, day, Audience.STAFF)))
        except NotFound:
            continue
    return found


def _chainage(course: MultiLineString, point: Point) -> float:
    """Metres to the nearest place of the run; its stretches are counted one after another."""
    stretches = list(course.geoms)
    nearest = min(range(len(stretches)), key=lambda at: shapely.distance(stretches[at], point))
    return sum(s.length for s in stretches[:nearest]) + float(shapely.line_locate_point(stretches[nearest], point))


def place_doubts(connection: Connection, marker: Marker, day: date) -> list[dict[str, object]]:
    """What the line and its other markers leave in doubt about a marker's place and number."""
    if marker.line is None:
        return []
    rows = connection.execute(store.OF_LINE, {"line": marker.line, "on": day})
    others = [found for row in rows if (found := store.marker_of(row)).id != marker.id]
    placed = along_line(connection, [*others, marker], day)
    here = next((one for one in placed if one.marker is marker), None)
    doubts: list[dict[str, object]] = []
    # stones of a double or triple set stand beside the line by design
    limit = accuracies().tolerance_m(0.0, marker.accuracy_m)
    if here is not None and marker.kind == "single" and here.off_m > limit:
        doubts.append({"kind": "off_line", "offset_m": round(here.off_m, 2), "tolerance_m": round(limit, 2)})
    numbered = [
        (one.marker.code, parse_code(one.marker.code, one.marker.scheme).serial, one.chainage_m) for one in placed
    ]
    broken = [pair for pair in chainage_faults(numbered) if marker.code in pair]
    return doubts + [{"kind": "order_broken", "value": one, "other": other} for one, other in broken]
