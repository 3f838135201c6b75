"""The record (联检记录): drawn up from what was answered and measured, signed by both sides, opened again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shapely.geometry import Point, shape
from sqlalchemy import Connection

from boundaries.findings.model import FindingDraft
from boundaries.findings.service import open_findings
from boundaries.markers import store as markers
from boundaries.markers.model import Marker
from boundaries.records import store
from boundaries.records.checklist import checklist
from boundaries.records.measured import measurements_of
from boundaries.records.measurements import STATE, Measurement, by_witnesses, is_by_phone, of_task, off_of
from boundaries.records.model import (
    NOT_IN_ORDER,
    SIDES,
    Entry,
    EntrySide,
    Task,
    finding_side,
    record_content,
    record_rows,
)
from boundaries.records.reading import entries_of, tasks_of
from boundaries.records.steps import inspection_of, is_open, moved, require_answered
from boundaries.records.tables import content_rows, marker_rows, resurvey_rows
from boundaries.records.visibility import side_of
from data.access.model import operator
from data.audit import canonical_json
from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from data.db import Row, fetch_one
from data.errors import Conflict, NotPermitted
from data.ids import new_id
from data.workflow.model import CaseView, Missing

#: Signs for an office: its name and the content; the key's id and the signature.
OfficeSigner = Callable[[Connection, str, bytes], tuple[str, bytes]]


def draw_up(deciding: Deciding) -> Outcome:
    """Draw the record up from the answers; what is not in order becomes a finding of the line.

    Raises `Conflict` `answers_missing`, `not_revealed`.
    """
    row = inspection_of(deciding)
    if not is_open(deciding, row):
        raise Conflict(
            "Both sides hand in first, or the day named passes: the record says what each of them found. Nothing was "
            "changed.",
            code="not_revealed",
        )
    require_answered(deciding, "field")
    seen = _seen(deciding, row)
    content = _content(deciding, row, seen)
    written = canonical_json(content)
    _insert_record(deciding, row, written)
    found = _open_findings(deciding, row, seen)
    digest = hashlib.sha256(written).hexdigest()
    facts = {**_printed(deciding, content, seen), "record": digest, "signed": {}, "open_findings": found}
    outcome = moved(deciding, "signing", facts)
    return Outcome(details={**outcome.details, "record": digest, "findings": found}, facts=facts)


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was answered and measured, and the markers as they are registered."""

    tasks: Sequence[Task]
    entries: Sequence[Entry]
    measurements: Sequence[Measurement]
    registered: Mapping[UUID, Marker]


def _seen(deciding: Deciding, row: Row) -> Seen:
    tasks = tasks_of(deciding.connection, row["id"])
    return Seen(
        tasks,
        entries_of(deciding.connection, row["id"], SIDES),
        measurements_of(deciding.connection, row["id"], SIDES),
        registered_markers(deciding.connection, [task.target for task in tasks if task.kind == "marker"]),
    )


def registered_markers(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Marker]:
    """The registrations of markers as they stand, by id; what was scrapped is not among them."""
    rows = connection.execute(markers.STANDING, {"lines": [], "ids": list(ids)})
    return {marker.id: marker for marker in map(markers.marker_of, rows)}


def _printed(deciding: Deciding, content: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
    """What the documents print, from the record alone."""
    sides = deciding.case.facts["sides"]
    return {
        "conclusion": deciding.fields["conclusion"],
        "rows": record_rows(content),
        "contents": content_rows(seen.entries),
        "markers": marker_rows(seen.tasks, seen.measurements, seen.registered),
        "resurveys": resurvey_rows(seen.tasks, seen.measurements),
        "left_office": sides["left"]["office"],
        "right_office": sides["right"]["office"],
    }


def _content(deciding: Deciding, row: Row, seen: Seen) -> dict[str, Any]:
    facts = deciding.case.facts
    inspection = {**row, "line": facts["line_name"]}
    today, conclusion = civil_date(deciding.at), deciding.fields["conclusion"]
    return record_content(inspection, facts["sides"], seen.tasks, seen.entries, seen.measurements, conclusion, today)


def _insert_record(deciding: Deciding, row: Row, written: bytes) -> None:
    latest = fetch_one(deciding.connection, store.LATEST_RECORD, {"id": row["id"]})
    values = {
        "id": new_id(),
        "inspection": row["id"],
        "version": (latest["version"] if latest else 0) + 1,
        "content": written.decode(),
        "sha256": hashlib.sha256(written).digest(),
        "at": deciding.at,
        "by": deciding.actor.account_id,
    }
    deciding.connection.execute(store.INSERT_RECORD, values)


def _open_findings(deciding: Deciding, row: Row, seen: Seen) -> int:
    by_id = {task.id: task for task in seen.tasks}
    drafts = [_draft(row, by_id[e.task], e, seen.measurements) for e in seen.entries if e.result in NOT_IN_ORDER]
    drafts += [
        draft
        for one in seen.measurements
        if one.kind == "marker" and (marker := seen.registered.get(by_id[one.task].target))
        for draft in _measured_drafts(row, marker, one)
        if draft.kind not in {d.kind for d in drafts if d.marker_id == marker.id}
    ]
    # they are the record's, which the parties draw up: whoever of them does so needs no office of his own for it
    by_record = operator(deciding.actor.name)
    return len(open_findings(deciding.connection, by_record, drafts)) if drafts else 0


def _draft(row: Row, task: Task, entry: Entry, measurements: Sequence[Measurement]) -> FindingDraft:
    """A finding of the inspection; the answer is its key, so that a record drawn up again opens it once.

    A change of the terrain lies where it was resurveyed.
    """
    kind = checklist()[entry.item].finding
    resurveyed = of_task(measurements, task.id, "resurvey") if kind == "terrain_changed" else []
    return FindingDraft(
        line_id=row["line_id"],
        source="record",
        source_id=row["id"],
        source_item=str(entry.id),
        kind=kind,
        severity="warning" if entry.result == "problem" else "info",
        found_on=entry.observed_on,
        side=finding_side(entry.side),
        segment_id=task.target if task.kind == "segment" else None,
        marker_id=task.target if task.kind == "marker" else None,
        inspection_id=row["id"],
        note=entry.remark,
        geometry=shape(dict(resurveyed[-1].geometry or {})) if resurveyed else None,
    )


def _measured_drafts(row: Row, marker: Marker, one: Measurement) -> list[FindingDraft]:
    """What the measurement of a marker says by itself: lost, damaged, or not in its place.

    A phone's position alone never proves a displacement; a survey does, or witness objects that agree.
    """
    fields, found = one.registration or {}, []
    state = fields.get(STATE)
    if state in ("lost", "damaged"):
        found.append(_of_marker(row, marker, one, f"marker_{state}", {}))
    off, witnessed = off_of(marker, fields), by_witnesses(marker, fields)
    surveyed = off is not None and off.beyond and not is_by_phone(fields)
    if surveyed and off is not None:
        measures = {"distance_m": off.distance_m, "azimuth_deg": off.azimuth_deg}
        found.append(_of_marker(row, marker, one, "marker_displaced", measures))
    elif witnessed is not None and witnessed.proven:
        measures = {"distance_m": witnessed.distance_m, "azimuth_deg": witnessed.azimuth_deg}
        found.append(_of_marker(row, marker, one, "marker_displaced", measures))
    return found


def _of_marker(row: Row, marker: Marker, one: Measurement, kind: str, measures: Mapping[str, float]) -> FindingDraft:
    return FindingDraft(
        line_id=row["line_id"],
        source="record",
        source_id=row["id"],
        source_item=str(one.id),
        kind=kind,
        severity="warning",
        found_on=one.observed_on,
        side=finding_side(one.side),
        marker_id=marker.id,
        inspection_id=row["id"],
        measures=measures,
        facts={"code": marker.code},
        note=one.remark,
        geometry=Point(marker.longitude, marker.latitude),
    )


def sign_record(deciding: Deciding, sign: OfficeSigner) -> Outcome:
    """Sign the record as it stands, for the side of whoever acts, with the key of its office.

    Raises `NotPermitted`; `Conflict` `already_done`, `signing_key_missing`.
    """
    facts = deciding.case.facts
    side = require_side(deciding)
    latest = fetch_one(deciding.connection, store.LATEST_RECORD, {"id": UUID(facts["inspection"])})
    assert latest is not None  # noqa: S101 -- the state is reached by drawing it up
    key, signature = sign(deciding.connection, facts["sides"][side]["office"], latest["content"].encode())
    values = {
        "record": latest["id"],
        "side": side,
        "office": facts["sides"][side]["office"],
        "key": key,
        "signature": signature,
        "at": deciding.at,
        "by": deciding.actor.account_id,
    }
    if deciding.connection.execute(store.INSERT_SIGNATURE, values).one_or_none() is None:
        raise Conflict("Your side has signed this record already. Nothing was changed.", code="already_done")
    signed = {**facts["signed"], side: latest["sha256"]}
    return Outcome(details={"record": latest["sha256"], "side": side, "key": key}, facts={"signed": signed})


def require_side(deciding: Deciding) -> EntrySide:
    """The side for which the actor takes part; NotPermitted for whoever takes part for none."""
    side = side_of(deciding.case.facts, deciding.actor.account_id)
    if side is None:
        raise NotPermitted(
            "Each side is spoken for by the people whom the case names for it. Nothing was changed.",
            code="not_permitted",
            reason="relation",
        )
    return side


def both_signed(case: CaseView, _argument: str) -> Missing | None:
    """Both sides have signed the record as it stands."""
    signed, record = case.facts.get("signed") or {}, case.facts.get("record")
    lacking = [side for side in ("left", "right") if not isinstance(signed, dict) or signed.get(side) != record]
    if not lacking:
        return None
    return Missing("signatures_missing", f"{len(lacking)} sides have not signed the record.", {"n": len(lacking)})


def amend(deciding: Deciding) -> Outcome:
    """Open the field check again: the record is drawn up anew, and what was signed before stays seen as signed."""
    return moved(deciding, "field", {"record": None, "signed": {}})
