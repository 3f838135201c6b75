"""Reading a line for its workbench: versions with blame, markers for staff, neighbours for the ground of the map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import LineString
from sqlalchemy import Connection

from boundaries.network.model import Segment
from boundaries.network.versions import blame
from boundaries.shapes.service import permit_boundaries
from boundaries.workbench import store
from boundaries.workbench.model import CourseVersion, Holder, MarkerState, Neighbour
from data.db import Audience, Row, fetch_all

#: As many segments are drawn around a line at most; its own surroundings have far fewer.
MOST_AROUND = 400
#: Share of the line's extent that is shown around it.
MARGIN = 0.25
#: A neighbour is drawn to this share of the extent: less than a pixel of a map.
FINENESS = 1 / 4000


def line_courses(connection: Connection, line: UUID, audience: Audience) -> list[CourseVersion]:
    """`line_states` with their courses.

    Raises `NotPermitted` `map_not_approved` for the public without an approval number.
    """
    permit_boundaries(connection, audience)
    return [state for state in line_states(connection, line, audience) if not state.course.is_empty]


def line_states(connection: Connection, line: UUID, audience: Audience) -> list[CourseVersion]:
    """Every version of every segment of a line, in the order of its run, the oldest first.

    `course` is empty and `blamed` too where the audience may not see it. Empty where there is no such line.
    """
    rows = fetch_all(connection, store.all_versions(audience), {"line": line})
    holders = _holders_then(connection, rows)
    blamed = _blamed(row for row in rows if row["geometry"])
    return [_course(row, holders, blamed.get(row["version"], ())) for row in rows]


def _holders_then(connection: Connection, rows: Iterable[Row]) -> Mapping[tuple[UUID, date], Holder]:
    wanted = sorted({(row[side], row["begin"]) for row in rows for side in ("left_id", "right_id") if row[side]})
    parameters = {"ids": [identity for identity, _ in wanted], "days": [day for _, day in wanted]}
    found = fetch_all(connection, store.HOLDERS_THEN, parameters)
    return {(row["id"], row["day"]): Holder(row["code"], row["name"]) for row in found}


def _blamed(rows: Iterable[Row]) -> Mapping[UUID, tuple[UUID | None, ...]]:
    """For each version the document of each vertex, as the geometry is stored."""
    by_segment: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        by_segment[row["segment_id"]].append(row)
    found: dict[UUID, tuple[UUID | None, ...]] = {}
    for versions in by_segment.values():
        history: list[Segment] = []
        for row in sorted(versions, key=lambda r: r["begin"]):
            history.append(_segment(row))
            found[row["version"]] = tuple(vertex.document for vertex in blame(history))
    return found


def _segment(row: Row) -> Segment:
    return Segment(
        row["segment_id"], row["left_id"], row["right_id"], _line(row["geometry"]), row["legal_status"],
        row["technical_status"], row["scale"], row["accuracy_m"], row["method"], row["opened_by"],
    )  # fmt: skip


def _line(geometry: Any) -> LineString:
    line = shapely.from_wkb(bytes(geometry))
    return LineString(shapely.get_coordinates(line))


def _course(row: Row, holders: Mapping[tuple[UUID, date], Holder], blamed: tuple[UUID | None, ...]) -> CourseVersion:
    line = _line(row["geometry"]) if row["geometry"] else LineString()
    sides = [holders.get((row[side], row["begin"])) for side in ("left_id", "right_id")]
    if not row["forward"]:
        line, sides, blamed = LineString(shapely.get_coordinates(line)[::-1]), sides[::-1], blamed[::-1]
    return CourseVersion(
        segment=row["segment_id"], version=row["version"], ordinal=row["ordinal"], begin=row["begin"],
        end=row["end"], left=sides[0], right=sides[1], length_m=row["length_m"], legal_status=row["legal_status"],
        technical_status=row["technical_status"], scale=row["scale"], accuracy_m=row["accuracy_m"],
        method=row["method"], document=row["opened_by"], course=line, blamed=blamed,
    )  # fmt: skip


def line_markers(connection: Connection, line: UUID, audience: Audience) -> list[MarkerState]:
    """All states of a line's markers with their places; none for the public, to whom places are not shown."""
    if audience is not Audience.STAFF:
        return []
    rows = fetch_all(connection, store.MARKERS, {"line": line})
    return [
        MarkerState(r["id"], r["code"], r["kind"], r["part"], r["state"], r["lon"], r["lat"], r["begin"], r["end"])
        for r in rows
    ]


def neighbours(
    connection: Connection, versions: Sequence[CourseVersion], day: date, audience: Audience
) -> list[Neighbour]:
    """Other segments around the line on a day, as ground of its map. Raises as `line_courses`."""
    permit_boundaries(connection, audience)
    if not versions:
        return []
    west, south, east, north = shapely.total_bounds(np.array([v.course for v in versions], dtype=object)).tolist()
    extent = max(east - west, north - south)
    room = extent * MARGIN
    rows = fetch_all(
        connection,
        store.around(audience),
        {
            "on": day, "west": west - room, "south": south - room, "east": east + room, "north": north + room,
            "tolerance": extent * FINENESS, "own": sorted({v.segment for v in versions}), "most": MOST_AROUND,
        },
    )  # fmt: skip
    return [Neighbour(r["segment_id"], r["line_id"], r["name"], _line(r["geometry"])) for r in rows]
