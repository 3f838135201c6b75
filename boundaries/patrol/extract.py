"""What a keeper takes along for a day without a network: his markers, their tasks, a sketch of the line, the words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection

from boundaries.markers.model import Marker
from boundaries.network.service import course_of, run_of
from boundaries.patrol import store
from boundaries.patrol.assignments import described, own_assignments
from boundaries.patrol.rules import Rules, rules
from boundaries.patrol.seen import last_seen
from boundaries.patrol.stretches import markers_of
from data.access import Actor
from data.clock import civil_date
from data.crs import ELLIPSOID, STORED_NAME
from data.db import Audience, Row, fetch_all
from data.errors import NotFound

#: Digits of a degree in the sketch: 0.1 m, far finer than its tolerance.
DIGITS = 6


def extract(connection: Connection, actor: Actor, now: datetime) -> dict[str, Any]:
    """Everything that the phone needs on this day, for what the actor keeps. Permission `patrol.observe`.

    Positions in longitude and latitude (CGCS2000). The sketch of a line is simplified to `sketch_tolerance_m` and is
    for finding the way, not for measuring.
    """
    day = civil_date(now)
    assignments = own_assignments(connection, actor, day)
    held = markers_of(connection, assignments)
    markers = {marker.id: marker for found in held.values() for marker in found}
    ordered = sorted(markers.values(), key=lambda marker: (marker.code, marker.id))
    return {
        "account": actor.account_id,
        "day": day,
        "crs": STORED_NAME,
        "assignments": [described(row) for row in assignments],
        "lines": _lines(connection, {row["line_id"]: row["line_title"] for row in assignments}),
        "markers": _markers(connection, ordered),
        "tasks": _tasks(connection, actor, set(markers)),
        **words(rules()),
    }


def words(given: Rules) -> dict[str, Any]:
    """The vocabulary and the limits that the phone works with."""
    limits = given.limits
    return {
        "states": [{"key": s.key, "zh": s.label_zh, "en": s.label_en} for s in given.states.values()],
        "limits": {
            "photos": limits.photos,
            "voice_notes": limits.voice_notes,
            "photo_bytes": limits.photo_bytes,
            "voice_bytes": limits.voice_bytes,
            "note_characters": limits.note_characters,
            "batch": limits.observations_in_a_batch,
        },
    }


def _lines(connection: Connection, names: dict[UUID, str | None]) -> list[dict[str, Any]]:
    return [{"id": line, "name": name, "sketch": _sketch(connection, line)} for line, name in names.items()]


def _sketch(connection: Connection, line: UUID) -> dict[str, Any] | None:
    """The course, simplified; None where the register has none today."""
    try:
        course = course_of(run_of(connection, line, None, Audience.STAFF))
    except NotFound:
        return None
    degrees = rules().limits.sketch_tolerance_m / (np.radians(1.0) * ELLIPSOID.a)
    return {
        "type": "MultiLineString",
        "coordinates": [_rounded(part.simplify(degrees).coords) for part in course.geoms],
    }


def _rounded(places: Iterable[Sequence[float]]) -> list[list[float]]:
    return [[round(x, DIGITS), round(y, DIGITS)] for x, y in places]


def _markers(connection: Connection, markers: Sequence[Marker]) -> list[dict[str, Any]]:
    seen = last_seen(connection, [marker.id for marker in markers])
    return [_marker(marker, seen.get(marker.id)) for marker in markers]


def _marker(marker: Marker, seen: Row | None) -> dict[str, Any]:
    return {
        "id": marker.id,
        "code": marker.code,
        "kind": marker.kind,
        "part": marker.part,
        "faces": marker.faces,
        "material": marker.material,
        "place": marker.place,
        "line": marker.line,
        "state": marker.state,
        "position": [marker.longitude, marker.latitude],
        "accuracy_m": marker.accuracy_m,
        "witnesses": [
            {"name": w.name, "azimuth_deg": w.azimuth_deg, "distance_m": w.distance_m} for w in marker.witnesses
        ],
        "last_seen": None if seen is None else {"state": seen["state"], "at": seen["seen_at"]},
    }


def _tasks(connection: Connection, actor: Actor, markers: set[UUID]) -> list[dict[str, Any]]:
    most = rules().limits.assignments
    rows = fetch_all(connection, store.OWN_TASKS, {"account": actor.account_id, "limit": most})
    return [_task(row) for row in rows if row["marker_id"] in markers]


def _task(row: Row) -> dict[str, date | str]:
    return {
        "marker": row["marker_id"],
        "plan": row["title"],
        "begin_on": row["begin_on"],
        "due_on": row["due_on"],
    }
