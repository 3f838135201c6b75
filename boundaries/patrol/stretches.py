"""Which markers an assignment holds: one, those of a stretch between two, or all of a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiLineString
from sqlalchemy import Connection

from boundaries.geometry.course import Course
from boundaries.markers.model import Marker
from boundaries.markers.store import STANDING, marker_of
from boundaries.network.service import course_of, run_of
from data.crs import ELLIPSOID
from data.db import Audience, Row
from data.errors import NotFound


def standing_markers(connection: Connection, *, lines: Iterable[UUID] = (), ids: Iterable[UUID] = ()) -> list[Marker]:
    """The markers of these lines or with these ids as they stand now, by code."""
    return [marker_of(row) for row in connection.execute(STANDING, {"lines": list(lines), "ids": list(ids)})]


def standing_marker(connection: Connection, marker: UUID) -> Marker:
    """One marker as it stands now; NotFound `no_such_marker`."""
    found = standing_markers(connection, ids=[marker])
    if not found:
        raise NotFound("There is no such marker on the ground any more, or there never was.", code="no_such_marker")
    return found[0]


def markers_of(connection: Connection, assignments: Sequence[Row]) -> dict[UUID, list[Marker]]:
    """The markers of each assignment (by its id), in the order of their codes."""
    lines = {row["line_id"] for row in assignments}
    by_line: dict[UUID, list[Marker]] = {line: [] for line in lines}
    for marker in standing_markers(connection, lines=lines):
        if marker.line is not None:
            by_line[marker.line].append(marker)
    courses: dict[UUID, MultiLineString] = {}
    return {row["id"]: _held(connection, row, by_line[row["line_id"]], courses) for row in assignments}


def _held(
    connection: Connection, row: Row, markers: Sequence[Marker], courses: dict[UUID, MultiLineString]
) -> list[Marker]:
    if row["marker_id"] is not None:
        return [marker for marker in markers if marker.id == row["marker_id"]]
    if row["from_marker"] is None:
        return list(markers)
    line = row["line_id"]
    if line not in courses:
        courses[line] = course_of(run_of(connection, line, None, Audience.STAFF))
    return between(courses[line], markers, row["from_marker"], row["to_marker"])


def between(course: MultiLineString, markers: Sequence[Marker], first: UUID, last: UUID) -> list[Marker]:
    """The markers from one to another along the line, both among them, whichever of the two comes first.

    Empty where one of the two does not stand on the line any more.
    """
    along = chainages(course, markers)
    if first not in along or last not in along:
        return []
    low, high = sorted((along[first], along[last]))
    return [marker for marker in markers if low <= along[marker.id] <= high]


def chainages(course: MultiLineString, markers: Sequence[Marker]) -> Mapping[UUID, float]:
    """How far along the line each marker stands: metres from its start, by the nearest place of the line.

    Between parts of a line that do not touch the straight way counts: it orders markers as well.
    """
    if not markers or course.is_empty:
        return {}
    vertices = shapely.get_coordinates(course)
    origin = vertices.mean(axis=0)
    points = np.array([(marker.longitude, marker.latitude) for marker in markers])
    found = Course(_plane(vertices, origin)).nearest(_plane(points, origin))
    return {marker.id: float(metres) for marker, metres in zip(markers, found.chainage_m, strict=True)}


def _plane(degrees: NDArray[np.float64], origin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres east and north of `origin`, on a sphere: enough to say what is nearest."""
    scale = np.radians(1.0) * ELLIPSOID.a
    metres: NDArray[np.float64] = (degrees - origin) * np.array([scale * np.cos(np.radians(origin[1])), scale])
    return metres
