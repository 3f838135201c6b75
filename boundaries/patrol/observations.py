"""Taking in what a phone sends: kept as it came, exactly once, with the same answer however often it is sent.

The phone makes the ids. An id that is known with the same content is answered
as the first time; with another content it is refused. An observation is one
transaction: itself, its files, the tasks that it does, the findings that it
opens, its audit entry. It changes nothing of the register.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from shapely.geometry import Point
from sqlalchemy import Connection, Engine

from boundaries.findings.model import FindingDraft
from boundaries.findings.service import open_findings
from boundaries.inspection.settings import settings
from boundaries.markers.model import Marker
from boundaries.patrol import observation_store as store
from boundaries.patrol.files import check_files
from boundaries.patrol.judging import Judged, judge
from boundaries.patrol.model import Observation, Walk, check_observation, check_walk
from boundaries.patrol.reach import matter_of, own_matter
from boundaries.patrol.rules import rules
from boundaries.patrol.store import DO_TASKS, HOLDING, KEEPS_ANYTHING
from boundaries.patrol.stretches import markers_of, standing_marker
from data import audit
from data.access import Actor, Matter, require
from data.access.model import operator
from data.audit import canonical_json
from data.clock import civil_date
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import BadInput, Conflict, NotPermitted


def keep_observation(
    engine: Engine, actor: Actor, seen: Observation, now: datetime, clock_ahead_s: float | None = None
) -> dict[str, Any]:
    """Keep an observation; its answer, the same one every time. Permission `patrol.observe` for the marker.

    `clock_ahead_s`: by how much the phone's clock was ahead when it sent this. Raises `BadInput`
    `bad_observation`, `file_not_arrived`; `Conflict` `observation_id_reused`, `file_id_reused`; `NotFound`
    `no_such_marker`; `NotPermitted` `marker_not_assigned` and those of `require`.
    """
    check_observation(seen, rules())
    digest = _digest(seen.content())
    with unit_of_work(engine) as connection:
        known = _known(connection, actor, store.KEPT, seen.id, digest)
        if known is not None:
            return _answer(seen.id, known)
        marker = standing_marker(connection, seen.marker)
        assignment = _assignment(connection, actor, seen, marker, now)
        check_files(connection, actor, seen)
        judged = _open(connection, actor, seen, marker)
        row = _row(actor, seen, marker, assignment, now) | {"sha256": digest, "clock_ahead_s": clock_ahead_s}
        if connection.scalar(store.INSERT, row | {"judged": json.dumps(judged, ensure_ascii=False)}) is not None:
            _finish(connection, actor, seen, len(judged))
        return _answer(seen.id, _known(connection, actor, store.KEPT, seen.id, digest) or {})


def _digest(content: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical_json(content)).digest()


def _known(connection: Connection, actor: Actor, statement: Any, identity: UUID, digest: bytes) -> Row | None:
    row = fetch_one(connection, statement, {"id": identity})
    if row is not None and (row["account_id"] != actor.account_id or bytes(row["sha256"]) != digest):
        raise Conflict(
            "This id is taken by something else that was sent before. Nothing was stored: what is new has a new id.",
            code="observation_id_reused",
        )
    return row


def _answer(identity: UUID, row: Row) -> dict[str, Any]:
    findings = [{key: one[key] for key in ("kind", "severity", "finding")} for one in row["judged"]]
    return {"id": identity, "outcome": "kept", "received_at": row["received_at"], "findings": findings}


def _assignment(connection: Connection, actor: Actor, seen: Observation, marker: Marker, now: datetime) -> UUID:
    """The assignment under which the marker was seen: on the day by the phone's clock, or today."""
    require(actor, "patrol.observe", own_matter(actor))
    days = [civil_date(seen.seen_at), civil_date(now)]
    parameters = {"account": actor.account_id, "line": marker.line, "days": days}
    holding = fetch_all(connection, HOLDING, parameters)
    held = markers_of(connection, holding)
    fitting = [row for row in holding if any(one.id == marker.id for one in held[row["id"]])]
    if not fitting:
        raise NotPermitted(
            f"Marker {marker.code} was not assigned to you, neither then nor today. Nothing was stored; it stays on "
            "the phone: ask your office to assign it, and send again.",
            code="marker_not_assigned",
        )
    if seen.position is not None and seen.position.source == "survey":
        require(actor, "marker.report", matter_of(connection, fitting[0]["unit_id"]))
    found: UUID = fitting[0]["id"]
    return found


def _open(connection: Connection, actor: Actor, seen: Observation, marker: Marker) -> list[dict[str, Any]]:
    """Open the findings that follow; they are the installation's, by its rules, and name who saw it."""
    limits = settings()
    found = judge(seen, marker, rules(), k=limits.k, unknown_accuracy_m=limits.accuracy_m)
    drafts = [_draft(seen, marker, one) for one in found]
    opened = open_findings(connection, operator(actor.name), drafts)
    return [{**asdict(one), "finding": str(finding.id)} for one, finding in zip(found, opened, strict=True)]


def _draft(seen: Observation, marker: Marker, judged: Judged) -> FindingDraft:
    if marker.line is None:
        raise ValueError("a marker that somebody keeps stands on a line")
    return FindingDraft(
        line_id=marker.line,
        source="patrol",
        source_id=seen.id,
        kind=judged.kind,
        severity=judged.severity,  # type: ignore[arg-type]
        found_on=civil_date(seen.seen_at),
        marker_id=marker.id,
        measures=judged.measures,
        facts={"marker": marker.code, "state": seen.state, **judged.facts},
        note=seen.note,
        geometry=_place(seen, marker),
    )


def _place(seen: Observation, marker: Marker) -> Point:
    """Where a survey found it, else where it is recorded."""
    if seen.position is not None and seen.position.source == "survey":
        return Point(seen.position.longitude, seen.position.latitude)
    return Point(marker.longitude, marker.latitude)


def _row(actor: Actor, seen: Observation, marker: Marker, assignment: UUID, now: datetime) -> dict[str, Any]:
    place = seen.position
    return {
        "id": seen.id,
        "account": actor.account_id,
        "assignment": assignment,
        "walk": seen.walk,
        "line": marker.line,
        "marker": marker.id,
        "state": seen.state,
        "seen_at": seen.seen_at,
        "lon": place.longitude if place else None,
        "lat": place.latitude if place else None,
        "accuracy_m": place.accuracy_m if place else None,
        "source": place.source if place else None,
        "method": place.method if place else None,
        "witnesses": json.dumps([asdict(reading) for reading in seen.witnesses], ensure_ascii=False),
        "note": seen.note,
        "at": now,
    }


def _finish(connection: Connection, actor: Actor, seen: Observation, findings: int) -> None:
    files: Sequence[UUID] = (*seen.photos, *seen.voice)
    if files:
        rows = [{"observation": seen.id, "file": file, "ordinal": n} for n, file in enumerate(files, 1)]
        connection.execute(store.INSERT_OBSERVATION_FILE, rows)
    done = {"observation": seen.id, "account": actor.account_id, "marker": seen.marker, "on": civil_date(seen.seen_at)}
    plans = connection.execute(DO_TASKS, done).scalars().all()
    details = {"observation": str(seen.id), "marker": str(seen.marker), "state": seen.state, "files": len(files),
               "findings": findings, "plans": sorted({str(plan) for plan in plans})}  # fmt: skip
    audit.append(connection, actor=actor.name, action="patrol.observed", decision_id=None, details=details)


def keep_walk(engine: Engine, actor: Actor, walk: Walk, now: datetime) -> dict[str, Any]:
    """Keep one going out; the same answer every time. Permission `patrol.observe`, for keepers only.

    Raises `BadInput` `bad_observation`; `Conflict` `observation_id_reused`; `NotPermitted`.
    """
    check_walk(walk, rules())
    content = [walk.id, walk.begun_at.isoformat(), walk.ended_at.isoformat(), walk.note]
    digest = _digest({"walk": content})
    with unit_of_work(engine) as connection:
        keeps = actor.account_id and connection.scalar(KEEPS_ANYTHING, {"account": actor.account_id})
        require(actor, "patrol.observe", own_matter(actor) if keeps else Matter())
        if _known(connection, actor, store.KEPT_WALK, walk.id, digest) is None:
            row = {**asdict(walk), "account": actor.account_id, "at": now, "sha256": digest}
            if connection.scalar(store.INSERT_WALK, row) is not None:
                audit.append(
                    connection, actor=actor.name, action="patrol.walk", decision_id=None, details={"walk": str(walk.id)}
                )
        known = _known(connection, actor, store.KEPT_WALK, walk.id, digest)
    return {"id": walk.id, "outcome": "kept", "received_at": known and known["received_at"], "findings": []}


def check_batch(count: int) -> None:
    """Refuse a batch that is too large. BadInput `too_many_observations`."""
    most = rules().limits.observations_in_a_batch
    if count > most:
        raise BadInput(
            f"{count} at once; {most} at most. Nothing was stored: send them in parts.", code="too_many_observations"
        )
