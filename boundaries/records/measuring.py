"""Entering what a field party measured and photographed; looking at it goes through `reading.seen_by` like all else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection

from boundaries.markers import store as markers
from boundaries.markers.model import Marker
from boundaries.markers.service import check_registration
from boundaries.records import store
from boundaries.records.measurements import (
    MeasurementDraft,
    faults_of,
    is_measured,
    measured,
)
from boundaries.records.model import MAX_REMARK, Task
from boundaries.records.reading import seen_by, tasks_of, visible_row
from boundaries.records.service import answering_party, kept_photo
from boundaries.rounds.service import no_such_inspection
from boundaries.shapes.store import ewkb
from data import audit
from data.access import Actor
from data.cases.model import Casework
from data.clock import civil_date
from data.crs import check_position
from data.db import fetch_one, reading, unit_of_work
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id

#: As many at once as a long line has markers, each measured and photographed.
MAX_MEASUREMENTS = 500
#: Vertices of one resurveyed course; a whole county line at 1:10 000 has some ten thousand.
MAX_VERTICES = 50_000


def enter_measurements(casework: Casework, actor: Actor, identity: UUID, drafts: Sequence[MeasurementDraft]) -> int:
    """Enter measurements of the party of `actor` in the field check, all or none; how many.

    Raises `NotFound` `no_such_inspection`; `BadInput` `measurement_malformed`, `bad_fields`, `marker_malformed`,
    `no_such_attachment`, `coordinates_out_of_range`; `Conflict` `inspection_state`, `already_handed_in`,
    `inspection_revealed`; `NotPermitted`.
    """
    if not 1 <= len(drafts) <= MAX_MEASUREMENTS:
        raise BadInput(
            f"From 1 to {MAX_MEASUREMENTS} measurements at once. Nothing was stored.", code="measurement_malformed"
        )
    with unit_of_work(casework.engine) as connection:
        row, side, stage = answering_party(casework, connection, actor, identity)
        if stage != "field":
            raise Conflict(
                "Measurements and photographs are entered in the field check. Nothing was changed.",
                code="inspection_state",
                state=row["state"],
            )
        tasks = {task.id: task for task in tasks_of(connection, identity)}
        _check(casework, drafts, tasks)
        for draft in drafts:
            values = _values(connection, actor, draft, tasks[draft.task])
            mine = {"id": new_id(), "inspection": identity, "side": side}
            who = {"at": casework.clock(), "by": actor.account_id}
            connection.execute(store.INSERT_MEASUREMENT, {**values, **mine, **who})
        details = {"inspection": str(identity), "side": side, "measurements": len(drafts)}
        audit.append(connection, actor=actor.name, action="inspection.record", decision_id=None, details=details)
    return len(drafts)


def _check(casework: Casework, drafts: Sequence[MeasurementDraft], tasks: Mapping[UUID, Task]) -> None:
    today = civil_date(casework.clock())
    wrong = []
    for n, draft in enumerate(drafts, 1):
        task = tasks.get(draft.task)
        found = ["the task is none of this inspection"] if task is None else faults_of(draft, task.kind)
        if draft.observed_on > today:
            found.append(f"{draft.observed_on} is in the future")
        if len(draft.remark) > MAX_REMARK:
            found.append(f"the remark has more than {MAX_REMARK} characters")
        if draft.registration is not None and not is_measured(draft.registration):
            found.append("nothing was measured")
        wrong += [f"measurement {n}: {fault}" for fault in found]
    if wrong:
        raise BadInput(
            f"{'; '.join(wrong[:20])}. Nothing was stored.", code="measurement_malformed", findings=wrong[:200]
        )


def _values(connection: Connection, actor: Actor, draft: MeasurementDraft, task: Task) -> dict[str, Any]:
    fields = None
    if draft.registration is not None:
        fields = {key: value.strip() for key, value in draft.registration.items() if value.strip()}
        check_registration(measured(registered_now(connection, task.target), fields))
    photo = kept_photo(connection, actor, draft.photo)
    return {
        "task": draft.task,
        "kind": draft.kind,
        "observed_on": draft.observed_on,
        "registration": None if fields is None else json.dumps(fields, ensure_ascii=False),
        "geometry": None if draft.geometry is None else ewkb(_checked(draft)),
        "accuracy_m": draft.accuracy_m,
        "photo_sha256": photo["sha256"] if photo else None,
        "photo_name": photo["file_name"] if photo else None,
        "photo_type": photo["media_type"] if photo else None,
        "remark": draft.remark.strip(),
    }


def _checked(draft: MeasurementDraft) -> Any:
    """The geometry, simple and within the country's coordinates."""
    geometry = draft.geometry
    assert geometry is not None  # noqa: S101 -- the caller asked
    places = shapely.get_coordinates(geometry)
    if geometry.is_empty or len(places) > MAX_VERTICES or not geometry.is_valid:
        raise BadInput(
            f"A resurvey is a valid point, line or area of at most {MAX_VERTICES} vertices. Nothing was stored.",
            code="measurement_malformed",
        )
    for longitude, latitude in places:
        check_position(float(longitude), float(latitude))
    return geometry


def registered_now(connection: Connection, marker: UUID) -> Marker:
    """The registration of a marker as it stands; `NotFound` `no_such_marker`."""
    row = connection.execute(markers.CURRENT, {"id": marker}).one_or_none()
    if row is None:
        raise NotFound("This marker stands no more.", code="no_such_marker")
    return markers.marker_of(row)


def measured_photo(casework: Casework, actor: Actor, identity: UUID, measurement: UUID) -> tuple[bytes, str]:
    """Hash and name of a photograph that `actor` may see; `NotFound` `no_such_inspection`."""
    with reading(casework.engine) as connection:
        row = visible_row(connection, actor, identity)
        found = fetch_one(connection, store.MEASURED_PHOTO, {"id": measurement})
        if found is None or found["inspection_id"] != identity:
            raise no_such_inspection()
        if found["side"] not in seen_by(casework, connection, actor, row):
            raise no_such_inspection()
        return bytes(found["photo_sha256"]), found["photo_name"]
