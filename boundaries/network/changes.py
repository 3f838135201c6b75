"""Changing the legal network: by a document, in one transaction with its decision, audit entry and feed entries.

A proposal is a changeset without a document. It becomes law here and nowhere
else: every segment must still be what the proposal was made from, and a
document of an authority must stand behind the change. Taking a change back is
a change too, by a document of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import LineString
from sqlalchemy import Connection, Engine, text

from boundaries.geometry.content import on_grid
from boundaries.network import store
from boundaries.network.model import Segment
from boundaries.network.store import StoredSegment
from boundaries.network.versions import Change, inverse
from boundaries.units import store as unit_store
from data import audit, feed
from data.access import Actor, require
from data.access.model import Matter
from data.db import fetch_all, unit_of_work
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id

#: Kinds of document by which a boundary changes: 行政区域界线管理条例 Art. 2 (approved by the State Council or the
#: province), 行政区域边界争议处理条例 Art. 4 (fixed by a superior, or agreed), and corrections of our own mistakes.
BY_WHICH = ("approval", "agreement", "law", "correction", "document")

CHANGES_OF = text("""
    SELECT segment_id, before_id, after_id FROM diming.boundary_change WHERE changeset_id = :id ORDER BY segment_id
""")
CHANGESET_EXISTS = text("SELECT EXISTS (SELECT FROM diming.boundary_changeset WHERE id = :id)")
LINES_OF = text("""
    SELECT DISTINCT l.line_id, l.name, l.level FROM diming.boundary_line_run r
    JOIN diming.boundary_line_version l ON l.line_id = r.line_id AND upper_inf(l.known)
    WHERE r.segment_id = ANY(:ids) AND upper_inf(r.known) ORDER BY l.line_id
""")


@dataclass(frozen=True, slots=True)
class Enacted:
    """What became law: the changeset, and the segments that changed."""

    changeset: UUID
    decision: UUID
    segments: tuple[UUID, ...]


def enact(
    engine: Engine,
    actor: Actor,
    changes: Iterable[Change],
    *,
    message: str,
    document: DecisionDraft,
    effective_on: date,
    reverts: UUID | None = None,
) -> Enacted:
    """Make `changes` law from `effective_on` by `document`, all or nothing.

    Each `after` is put on the register's millimetre and under the document. Raises `BadInput`
    `change_without_document`, `change_empty`, `run_would_change`; `Conflict` `segment_changed` where a segment is no
    longer what its change was made from, `later_version_exists`; `NotPermitted` where a segment lies outside the
    actor's jurisdiction.
    """
    wanted = [_by(change, document.id) for change in changes]
    _require_document(document, wanted)
    with unit_of_work(engine) as connection:
        return _enact(connection, actor, wanted, message, document, effective_on, reverts)


def revert(
    engine: Engine, actor: Actor, changeset: UUID, *, message: str, document: DecisionDraft, effective_on: date
) -> Enacted:
    """Take a changeset back from `effective_on`, by a document of its own. Raises as `enact`, and `NotFound`
    `no_such_changeset`.
    """
    with unit_of_work(engine) as connection:
        wanted = [_by(change, document.id) for change in inverse(_changes_of(connection, changeset))]
        _require_document(document, wanted)
        return _enact(connection, actor, wanted, message, document, effective_on, changeset)


def moved(segment: Segment, course: LineString) -> Change:
    """The change that gives `segment` another course between the same two nodes."""
    return Change(segment, replace(segment, geometry=course))


def _by(change: Change, document: UUID) -> Change:
    """The change with its result on the grid and under the document."""
    if change.after is None:
        return change
    course = LineString(on_grid(shapely.get_coordinates(change.after.geometry)))
    return Change(change.before, replace(change.after, geometry=course, document=document))


def _require_document(document: DecisionDraft, changes: Sequence[Change]) -> None:
    if document.kind not in BY_WHICH or not (document.doc_no or document.kind == "correction"):
        raise BadInput(
            "A boundary changes by a document of an authority: its kind is one of "
            f"{', '.join(BY_WHICH)}, and it has a number. Nothing was changed.",
            code="change_without_document",
        )
    if not changes:
        raise BadInput("The changeset changes no segment. Nothing was changed.", code="change_empty")
    for change in changes:
        if change.before is None or change.after is None or not _same_frame(change.before, change.after):
            raise BadInput(
                f"Segment {change.segment} would be added, removed, or get other ends or other units: the run of its "
                "lines would change. That is done with the case of a division change. Nothing was changed.",
                code="run_would_change",
            )


def _same_frame(before: Segment, after: Segment) -> bool:
    """Whether a segment keeps its two ends and its two holders."""
    ends = [on_grid(shapely.get_coordinates(s.geometry)[[0, -1]]).tolist() for s in (before, after)]
    return ends[0] == ends[1] and (before.left, before.right) == (after.left, after.right)


def _enact(
    connection: Connection,
    actor: Actor,
    changes: Sequence[Change],
    message: str,
    document: DecisionDraft,
    effective_on: date,
    reverts: UUID | None,
) -> Enacted:
    standing = _standing(connection, [change.segment for change in changes], effective_on)
    for change in changes:
        _require_jurisdiction(connection, actor, change, effective_on)
        _require_unchanged(change, standing.get(change.segment))
    record_decisions(connection, [document], actor.name)
    found = [standing[change.segment] for change in changes]
    store.end_segments(connection, found, effective_on, document.id)
    after = [change.after for change in changes if change.after is not None]
    versions = store.insert_segments(connection, after, effective_on, document.id)
    changeset = new_id()
    _record(connection, changeset, actor, message, document.id, effective_on, reverts)
    rows = [(changeset, c.segment, c.kind, standing[c.segment].version, versions[c.segment]) for c in changes]
    store.insert_changes(connection, rows)
    segments = tuple(change.segment for change in changes)
    record_links(
        connection,
        [Link(document.id, "segments", s, effect) for s in segments for effect in ("opened", "closed")],
    )
    _account(connection, actor, changeset, changes, document.id, effective_on)
    return Enacted(changeset, document.id, segments)


def _standing(connection: Connection, ids: Sequence[UUID], day: date) -> dict[UUID, StoredSegment]:
    later = list(connection.scalars(store.BEGINNING_AFTER, {"ids": list(ids), "on": day}))
    if later:
        raise Conflict(
            f"{len(later)} of the segments have a version that begins after {day}: a change cannot be put in before "
            "it. Nothing was changed.",
            code="later_version_exists",
        )
    rows = connection.execute(store.SEGMENTS_BY_ID, {"ids": list(ids), "on": day})
    return {row.segment_id: store.stored(row) for row in rows}


def _require_unchanged(change: Change, stands: StoredSegment | None) -> None:
    if change.before is None or stands is None or not change.before.same_boundary(stands.segment):
        raise Conflict(
            f"Segment {change.segment} is not what this change was made from: somebody has changed it since. Compare "
            "again and propose anew. Nothing was changed.",
            code="segment_changed",
        )


def _require_jurisdiction(connection: Connection, actor: Actor, change: Change, day: date) -> None:
    """The matter of a segment lies with whoever stands above both of its sides."""
    segment = change.before or change.after
    holders = [holder for holder in (segment.left, segment.right) if holder] if segment else []
    chains = [_chain(connection, holder, day) for holder in holders]
    common: list[UUID] = []
    for units in zip(*chains, strict=False):
        if len(set(units)) > 1:
            break
        common.append(units[0])
    require(actor, "boundary.change", Matter(tuple(common)))


def _chain(connection: Connection, unit: UUID, day: date) -> list[UUID]:
    rows = fetch_all(connection, unit_store.CHAIN, {"unit_id": unit, "as_of": day, "known_at": None})
    return [row["unit_id"] for row in rows]


def _record(
    connection: Connection,
    changeset: UUID,
    actor: Actor,
    message: str,
    document: UUID,
    effective_on: date,
    reverts: UUID | None,
) -> None:
    connection.execute(
        store.INSERT_CHANGESET,
        {
            "id": changeset,
            "author": actor.name,
            "message": message,
            "decision": document,
            "effective_on": effective_on,
            "reverts": reverts,
        },
    )


def _account(
    connection: Connection,
    actor: Actor,
    changeset: UUID,
    changes: Sequence[Change],
    document: UUID,
    effective_on: date,
) -> None:
    """Feed and audit. The feed names the lines and never carries a course."""
    lines = connection.execute(LINES_OF, {"ids": [change.segment for change in changes]}).all()
    entries = [
        feed.Change("lines", row.line_id, _line(row, None, None), _line(row, effective_on, changeset), document)
        for row in lines
    ]
    audit.append(
        connection,
        actor=actor.name,
        action="boundary.change",
        decision_id=document,
        details={"changeset": str(changeset), "segments": len(changes)},
        rows_hash=audit.hash_rows([str(c.segment), c.after.hash.hex() if c.after else None] for c in changes),
        feed=feed.publish(connection, entries),
    )


def _line(row: Any, changed_on: date | None, changeset: UUID | None) -> dict[str, Any]:
    return {
        "id": row.line_id,
        "name": row.name,
        "level": row.level,
        "changed_on": changed_on.isoformat() if changed_on else None,
        "changeset": changeset,
    }


def _changes_of(connection: Connection, changeset: UUID) -> list[Change]:
    if not connection.scalar(CHANGESET_EXISTS, {"id": changeset}):
        raise NotFound("There is no changeset with this id.", code="no_such_changeset")
    rows = connection.execute(CHANGES_OF, {"id": changeset}).all()
    ids = [version for row in rows for version in (row.before_id, row.after_id) if version]
    versions = {
        found.version: found.segment for found in map(store.stored, connection.execute(store.VERSIONS, {"ids": ids}))
    }
    return [Change(versions.get(row.before_id), versions.get(row.after_id)) for row in rows]
