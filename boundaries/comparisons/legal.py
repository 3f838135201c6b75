"""The legal line of a day, with its markers, as the register has it: what surveys are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from boundaries.comparisons import store
from boundaries.inspection.model import Marker, Record
from boundaries.inspection.settings import settings
from boundaries.markers.model import Witness
from boundaries.network.queries import HOLDERS
from boundaries.network.service import Run, course_of
from data.db import fetch_all
from data.errors import NotFound


@dataclass(frozen=True, slots=True)
class Legal:
    """The line, the names of the units on its left and right (None: nobody of the register), its markers by code."""

    record: Record
    left: str | None
    right: str | None
    markers: dict[str, UUID]


def legal_of(connection: Connection, run: Run) -> Legal:
    """The legal line of `run`; `NotFound` `line_not_standing` where it has no segment then."""
    if not run.segments:
        raise NotFound("The line has no course on that day: nothing can be compared with it.", code="line_not_standing")
    rows = fetch_all(connection, store.MARKERS, {"line": run.row["id"], "on": run.day})
    markers = tuple(
        Marker(
            row["code"],
            (row["lon"], row["lat"]),
            row["kind"],
            row["accuracy_m"],
            witnesses=tuple(Witness(w["name"], w["azimuth_deg"], w["distance_m"]) for w in row["witnesses"]),
        )
        for row in rows
    )
    record = Record(tuple(course_of(run).geoms), _accuracy_m(run), markers)
    left, right = _sides(connection, run)
    return Legal(record, left, right, {row["code"]: row["marker_id"] for row in rows})


def _accuracy_m(run: Run) -> float:
    """The worst of its segments: a line is as good as its worst stretch; the settings' where none is stated."""
    stated = [row["accuracy_m"] for row in run.segments if row["accuracy_m"] is not None]
    return float(max(stated)) if stated else settings().accuracy_m


def _sides(connection: Connection, run: Run) -> tuple[str | None, str | None]:
    first = run.segments[0]
    ids = (first["left_id"], first["right_id"]) if first["forward"] else (first["right_id"], first["left_id"])
    found = fetch_all(connection, HOLDERS, {"ids": [one for one in ids if one], "on": run.day})
    names = {row["id"]: row["name"] for row in found}
    return names.get(ids[0]), names.get(ids[1])
