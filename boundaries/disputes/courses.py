"""Putting courses of the line on the table of its dispute: as lines, from a file, or as one side claims it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import LineString, shape
from sqlalchemy import Connection

from boundaries.comparisons.stored import comparison_of
from boundaries.disputes import store
from boundaries.disputes.claims import course_by_claim
from boundaries.disputes.matters import comparison_row, findings_of, require_dispute
from boundaries.geometry.content import on_grid
from boundaries.geometry.ellipsoid import distance_m
from boundaries.network.difference.guarded import read_guarded
from boundaries.shapes.store import ewkb
from data import audit
from data.access import Actor, require
from data.audit import canonical_json
from data.cases.model import Casework
from data.cases.reading import id_of, load_case
from data.cases.views import Dossier, matter_of
from data.crs import check_position
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadInput, Conflict
from data.ids import new_id

#: Ends of a file's line that are no farther from a node than this are the node: files in metres are written to the
#: centimetre, and a plane's coordinates come back to the register's grid only so far [I].
SAME_NODE_M = 0.01
TAKE_PART = "dispute.take_part"
#: A stretch between two nodes has some thousands of vertices.
MAX_VERTICES = 50_000
#: The course of a comparison that each side of the line drew.
CLAIMS: Mapping[str, str] = {"left": "a", "right": "b"}


def propose_course(
    casework: Casework, actor: Actor, reference: str, parts: Mapping[UUID, LineString], note: str = ""
) -> dict[str, Any]:
    """Put a course of the line on the table of its dispute: segments, each with the course that it would get.

    The ends of a segment stay where they are. It is law only by the document that ends the case. Raises `NotFound`
    `no_such_case`; `BadInput` `dispute_course_malformed`; `Conflict` `segment_changed`, `action_not_possible`;
    `NotPermitted`.
    """
    with unit_of_work(casework.engine) as connection:
        dossier = load_case(casework, connection, actor, id_of(connection, actor, reference), lock=True)
        dispute = require_dispute(connection, dossier)
        require(actor, TAKE_PART, matter_of(dossier))
        if dossier.case.closed_at is not None or dossier.case.facts.get("signed_text"):
            raise Conflict(
                "The case has ended, or what is on the table is being signed. Nothing was stored.",
                code="action_not_possible",
                state=dossier.case.state,
            )
        wanted = {segment: _clean(course) for segment, course in parts.items()}
        before = _present(connection, dispute["line_id"], list(wanted))
        _require_same_ends(wanted, before)
        course = _store(connection, casework, actor, dossier, wanted, before, note)
        details = {"case": str(dossier.case.id), "course": str(course["id"]), "sha256": course["sha256"]}
        audit.append(connection, actor=actor.name, action="dispute.course", decision_id=None, details=details)
    return course


def propose_claim(
    casework: Casework, actor: Actor, reference: str, finding: UUID, side: str, note: str = ""
) -> dict[str, Any]:
    """Put on the table what one side claims at a finding of the dispute: the line elsewhere stays as it is.

    Raises as `propose_course`, and `BadInput` `claim_not_known`, `claim_not_in_segment`.
    """
    with reading(casework.engine) as connection:
        dossier = load_case(casework, connection, actor, id_of(connection, actor, reference))
        dispute = require_dispute(connection, dossier)
        parts = _claimed(connection, dossier, dispute["line_id"], finding, side)
    return propose_course(casework, actor, reference, parts, note)


def _claimed(connection: Connection, dossier: Dossier, line: UUID, finding: UUID, side: str) -> dict[UUID, LineString]:
    """The segment at the finding with the course that the side claims; `BadInput` `claim_not_known`."""
    told = next((row for row in findings_of(connection, dossier) if row["id"] == finding), None)
    row = comparison_row(connection, told) if told is not None else None
    if told is None or row is None or told["geometry"] is None or side not in CLAIMS:
        raise BadInput(
            "What a side claims is known of a finding of this dispute that a comparison of both surveys told, and of "
            "the sides left and right. Nothing was stored.",
            code="claim_not_known",
        )
    compared, land = comparison_of(row), shape(told["geometry"])
    segments = _segments(connection, line)
    here = min(sorted(segments), key=lambda segment: segments[segment].distance(land))
    course = course_by_claim(segments[here], compared.courses[CLAIMS[side]], land, compared.tolerance_m)
    return {here: course}


def propose_file(casework: Casework, actor: Actor, reference: str, path: Path, note: str = "") -> dict[str, Any]:
    """Put on the table the course that was surveyed together, from a file: each line is the segment of its two ends.

    Raises as `propose_course`, `BadInput` `dispute_course_malformed` for a line that ends at no segment's two nodes,
    and as `read_guarded` for a file that cannot be read.
    """
    with reading(casework.engine) as connection:
        dossier = load_case(casework, connection, actor, id_of(connection, actor, reference))
        dispute = require_dispute(connection, dossier)
        require(actor, TAKE_PART, matter_of(dossier))
        segments = _segments(connection, dispute["line_id"])
    parts: dict[UUID, LineString] = {}
    for number, line in enumerate(read_guarded(path).lines, 1):
        segment, course = _between_nodes(segments, line.course, number)
        if segment in parts:
            raise _bad_course(f"line {number} of the file is the second one between the same nodes")
        parts[segment] = course
    return propose_course(casework, actor, reference, parts, note)


def _between_nodes(segments: Mapping[UUID, LineString], course: LineString, number: int) -> tuple[UUID, LineString]:
    """The segment with the ends of a course, and the course in its direction, from node to node."""
    for identity in sorted(segments):
        ends = shapely.get_coordinates(segments[identity])[[0, -1]]
        for drawn in (course, course.reverse()):
            coordinates = shapely.get_coordinates(drawn)
            if (
                max(distance_m(tuple(a), tuple(b)) for a, b in zip(ends, coordinates[[0, -1]], strict=True))
                <= SAME_NODE_M
            ):
                coordinates[[0, -1]] = ends
                return identity, LineString(coordinates)
    raise _bad_course(
        f"line {number} of the file does not run between the two nodes of a segment of this line (within "
        f"{SAME_NODE_M} m); nodes are agreed with all whose lines meet there"
    )


def _segments(connection: Connection, line: UUID) -> dict[UUID, LineString]:
    rows = fetch_all(connection, store.COURSE_OF_LINE, {"line": line})
    found = ((row["segment_id"], shapely.from_wkb(bytes(row["geometry"]))) for row in rows)
    return {segment: course for segment, course in found if isinstance(course, LineString)}


def _clean(course: LineString) -> LineString:
    coordinates = shapely.get_coordinates(course)
    if not 2 <= len(coordinates) <= MAX_VERTICES:
        raise _bad_course(f"a course has from 2 to {MAX_VERTICES} vertices")
    for longitude, latitude in coordinates.tolist():
        check_position(longitude, latitude)
    cleaned = LineString(on_grid(coordinates))
    if not cleaned.is_simple:
        raise _bad_course("a course crosses itself")
    return cleaned


def _bad_course(why: str) -> BadInput:
    return BadInput(f"The course cannot be taken: {why}. Nothing was stored.", code="dispute_course_malformed")


def _present(connection: Connection, line: UUID, segments: Sequence[UUID]) -> dict[UUID, Row]:
    rows = fetch_all(connection, store.PRESENT, {"line": line, "segments": list(segments)})
    found = {row["segment_id"]: row for row in rows}
    if not segments or len(found) < len(set(segments)):
        raise _bad_course("each part is a segment of the line in dispute, and there is at least one")
    return found


def _require_same_ends(wanted: Mapping[UUID, LineString], before: Mapping[UUID, Row]) -> None:
    for segment, course in wanted.items():
        now = on_grid(shapely.get_coordinates(shapely.from_wkb(bytes(before[segment]["geometry"])))[[0, -1]])
        if on_grid(shapely.get_coordinates(course)[[0, -1]]).tolist() != now.tolist():
            raise _bad_course(f"segment {segment} keeps its two ends: nodes are agreed with all whose lines meet there")


def _store(
    connection: Connection,
    casework: Casework,
    actor: Actor,
    dossier: Dossier,
    wanted: Mapping[UUID, LineString],
    before: Mapping[UUID, Row],
    note: str,
) -> dict[str, Any]:
    latest = fetch_one(connection, store.LATEST_COURSE, {"case": dossier.case.id})
    written = [[str(s), str(before[s]["id"]), shapely.get_coordinates(wanted[s]).tolist()] for s in sorted(wanted)]
    digest = hashlib.sha256(canonical_json(written))
    row = {
        "id": new_id(),
        "case": dossier.case.id,
        "version": (latest["version"] if latest else 0) + 1,
        "sha256": digest.digest(),
        "note": note.strip()[:2000],
        "at": casework.clock(),
        "by": actor.account_id,
    }
    connection.execute(store.INSERT_COURSE, row)
    for segment, course in wanted.items():
        part = {"course": row["id"], "segment": segment, "before": before[segment]["id"], "geom": ewkb(course)}
        connection.execute(store.INSERT_PART, part)
    return {"id": row["id"], "version": row["version"], "sha256": digest.hexdigest(), "segments": len(wanted)}
