"""The end of an inspection: the report of both sides, its filing, and what the register takes over of it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.markers import store as markers
from boundaries.markers.service import Happening, check_registration, write_marker
from boundaries.records import store
from boundaries.records.illustrating import KeepDrawing, finding_rows, findings_of, inspection_map
from boundaries.records.measured import measurements_of
from boundaries.records.measurements import Measurement, entered, event_of
from boundaries.records.reading import tasks_of
from boundaries.records.steps import inspection_of, moved
from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from data.db import fetch_all
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.feed import Change
from data.ids import new_id


def report(deciding: Deciding, keep_drawing: KeepDrawing | None = None) -> Outcome:
    """Both sides report to the approving authority (Order 353 Art. 12), with what was found as a table and a map."""
    row = inspection_of(deciding)
    tasks, found = tasks_of(deciding.connection, row["id"]), findings_of(deciding.connection, row["id"])
    drawing = inspection_map(deciding.connection, row, tasks, found) if keep_drawing else None
    shown = {"findings": finding_rows(found, tasks), "open_findings": found[0]["total"] if found else 0}
    shown["map"] = keep_drawing(drawing) if keep_drawing and drawing else ""
    outcome = moved(deciding, "reported", {"report_no": deciding.doc_no, **shown})
    return Outcome(details={**outcome.details, "doc_no": deciding.doc_no}, facts=outcome.facts)


def return_report(deciding: Deciding) -> Outcome:
    """The authority returns the report with the reason; the record stands open for signing or amending."""
    return moved(deciding, "signing", {})


def cancel(deciding: Deciding) -> Outcome:
    """End the inspection without a record."""
    return moved(deciding, "cancelled", {})


def file_inspection(deciding: Deciding) -> Outcome:
    """Take the result on file: the decision, the inspection's end, what the register takes over, what the public hears.

    The registrations of markers and their photographs are those of the record that both sides signed.
    """
    row, today = inspection_of(deciding), civil_date(deciding.at)
    decision = _decision(deciding, today)
    record_decisions(deciding.connection, [decision], deciding.actor.name)
    record_links(deciding.connection, [Link(decision.id, "lines", row["line_id"], "supports")])
    deciding.connection.execute(store.FILE, {"id": row["id"], "on": today, "decision": decision.id})
    public = {"id": row["id"], "line": row["line_id"], "cause": row["cause"], "filed_on": today.isoformat()}
    filed = Change("inspections", row["id"], None, public, decision.id)
    entering = enter_markers(deciding, row["id"], decision.id, today)
    photos = keep_photos(deciding, row["id"])
    details = {"inspection": str(row["id"]), "markers": len(entering), "photos": photos}
    return Outcome(decision_id=decision.id, changes=[filed, *entering], details=details)


def enter_markers(deciding: Deciding, inspection: UUID, decision: UUID, today: date) -> list[Change]:
    """Register anew the markers that the joint party measured; what the feed is to say of it.

    What each side measured by itself is evidence and enters nothing. Where the register knows the marker from a later
    day than the party (a work that was filed meanwhile), it stays as it is. Raises as `write_marker`.
    """
    targets = {task.id: task.target for task in tasks_of(deciding.connection, inspection)}
    joint = [m for m in measurements_of(deciding.connection, inspection, ["joint"]) if m.kind == "marker"]
    changes = [_entered(deciding.connection, targets[m.task], m, decision, today) for m in joint]
    return [change for change in changes if change is not None]


def _entered(
    connection: Connection, marker: UUID, measurement: Measurement, decision: UUID, today: date
) -> Change | None:
    row = connection.execute(markers.CURRENT, {"id": marker}).one_or_none()
    if row is None or row.state == "scrapped" or row.begin > measurement.observed_on:
        return None
    registered = markers.marker_of(row)
    found = entered(registered, measurement.registration or {}, measurement.observed_on)
    check_registration(found)
    happened = Happening(event_of(registered, found), today, measurement.observed_on.isoformat(), measurement.remark)
    return write_marker(connection, found, happened, decision)


def keep_photos(deciding: Deciding, inspection: UUID) -> int:
    """Put the photographs of markers among those of the marker; how many are new there."""
    rows = fetch_all(deciding.connection, store.MARKER_PHOTOS, {"id": inspection})
    return sum(_kept(deciding, row) for row in rows)


def _kept(deciding: Deciding, row: Any) -> bool:
    values = {**row, "id": new_id(), "looks": None, "by": deciding.actor.name}
    return deciding.connection.execute(markers.ADD_PHOTO, values).one_or_none() is not None


def _decision(deciding: Deciding, today: date) -> DecisionDraft:
    facts = deciding.case.facts
    return DecisionDraft(
        id=new_id(),
        kind="document",
        doc_no=facts["report_no"],
        title=f"{facts['line_name']}行政区域界线联合检查报告",
        authority=f"{facts['left_office']}、{facts['right_office']}",
        approved_on=None,
        announced_on=None,
        effective_on=today.isoformat(),
        basis="document_date",
        list_year=None,
        text=f"联合检查结果已报送备案（{today.isoformat()}）。",
        source=f"case {deciding.case.number}",
        licence=None,
        retrieved_on=None,
    )
