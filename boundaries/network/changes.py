"""Changing the legal network: by a document, in one transaction with its decision, audit entry and feed entries.

A proposal is an amendment without a document. It becomes law here and nowhere
else: every segment must still be what the amendment was made from, a document
of an authority must stand behind it, and the network must hold together
afterwards. Nodes, lines, runs and polygons follow. Taking a change back is a
change too, by a document of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import shapely
from shapely.geometry import LineString
from sqlalchemy import Connection, Engine, text

from boundaries.geometry.content import on_grid
from boundaries.network import store
from boundaries.network.amendment import Amendment
from boundaries.network.law import require_document
from boundaries.network.model import Segment
from boundaries.network.structure.effects import Effects
from boundaries.network.structure.stated import stated_in
from boundaries.network.structure.writing import carry_out
from boundaries.network.versions import Change
from data.access import Actor
from data.db import unit_of_work
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.errors import BadInput, NotFound

CHANGES_OF = text("""
    SELECT segment_id, before_id, after_id FROM diming.boundary_change WHERE changeset_id = :id ORDER BY segment_id
""")
CHANGESET_EXISTS = text("SELECT EXISTS (SELECT FROM diming.boundary_changeset WHERE id = :id)")


@dataclass(frozen=True, slots=True)
class Enacted:
    """What became law: the changeset, the segments that changed, and what followed."""

    changeset: UUID
    decision: UUID
    segments: tuple[UUID, ...]
    effects: Effects


def enact(
    engine: Engine,
    actor: Actor,
    changes: Iterable[Change] | Amendment,
    *,
    message: str,
    document: DecisionDraft,
    effective_on: date,
    reverts: UUID | None = None,
) -> Enacted:
    """Make `changes` law from `effective_on` by `document`, all or nothing; raises as `enact_in`."""
    with unit_of_work(engine) as connection:
        return enact_in(
            connection, actor, changes, message=message, document=document, effective_on=effective_on, reverts=reverts
        )


def enact_in(
    connection: Connection,
    actor: Actor,
    changes: Iterable[Change] | Amendment,
    *,
    message: str,
    document: DecisionDraft,
    effective_on: date,
    reverts: UUID | None = None,
    recorded: bool = False,
) -> Enacted:
    """As `enact`, in the caller's transaction: for a case whose decision this is (`recorded`: it has written the
    document already).

    Each `after` is put on the register's millimetre and under the document. Raises `BadInput`
    `change_without_document`, `status_not_by_document`, `change_empty`, `network_would_break` with every fault and
    its place, `unit_would_open` with the places, `holder_not_standing`, `line_has_no_segments`, `run_not_of_line`;
    `Conflict` `segment_changed` where a segment is no longer what its change was made from, `later_version_exists`;
    `NotPermitted` where a segment lies outside the actor's jurisdiction.
    """
    wanted = prepared(changes, document.id)
    require_document(document, wanted.segments, back=reverts is not None)
    if not recorded:
        record_decisions(connection, [document], actor.name)
    changeset, effects = carry_out(connection, actor, wanted, message, document, effective_on, reverts)
    segments = tuple(change.segment for change in wanted.segments)
    record_links(connection, [Link(document.id, "segments", s, effect) for s, effect in _touched(wanted.segments)])
    return Enacted(changeset, document.id, segments, effects)


def revert(
    engine: Engine, actor: Actor, changeset: UUID, *, message: str, document: DecisionDraft, effective_on: date
) -> Enacted:
    """Take a changeset back from `effective_on`, by a document of its own. Raises as `enact_in`, and `NotFound`
    `no_such_changeset`.
    """
    with unit_of_work(engine) as connection:
        back = amendment_of(connection, changeset).inverse()
        return enact_in(
            connection, actor, back, message=message, document=document, effective_on=effective_on, reverts=changeset
        )


def moved(segment: Segment, course: LineString) -> Change:
    """The change that gives `segment` another course."""
    return Change(segment, replace(segment, geometry=course))


def prepared(changes: Iterable[Change] | Amendment, document: UUID) -> Amendment:
    """An amendment with every result on the grid and under the document; `BadInput` `change_empty`."""
    amendment = changes if isinstance(changes, Amendment) else Amendment(tuple(changes))
    if amendment.is_empty:
        raise BadInput("The changeset changes nothing. Nothing was changed.", code="change_empty")
    return replace(amendment, segments=tuple(placed(change) for change in amendment.segments)).under(document)


def placed(change: Change) -> Change:
    """The change with its result on the grid."""
    if change.after is None:
        return change
    course = LineString(on_grid(shapely.get_coordinates(change.after.geometry)))
    return Change(change.before, replace(change.after, geometry=course))


def _touched(changes: Sequence[Change]) -> list[tuple[UUID, str]]:
    return [
        (change.segment, effect)
        for change in changes
        for effect, segment in (("closed", change.before), ("opened", change.after))
        if segment is not None
    ]


def amendment_of(connection: Connection, changeset: UUID) -> Amendment:
    """What a changeset did; `NotFound` `no_such_changeset`."""
    if not connection.scalar(CHANGESET_EXISTS, {"id": changeset}):
        raise NotFound("There is no changeset with this id.", code="no_such_changeset")
    rows = connection.execute(CHANGES_OF, {"id": changeset}).all()
    ids = [version for row in rows for version in (row.before_id, row.after_id) if version]
    versions = {
        found.version: found.segment for found in map(store.stored, connection.execute(store.VERSIONS, {"ids": ids}))
    }
    changes = tuple(Change(versions.get(row.before_id), versions.get(row.after_id)) for row in rows)
    return stated_in(connection, changeset, changes)
