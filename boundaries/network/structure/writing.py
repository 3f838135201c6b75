"""Writing an amendment into the network: what it needs to hold, and the rows that follow, in one transaction.

The order is fixed: who may, what stands, whether it holds together, segments,
nodes, lines, polygons, the changeset, audit and feed last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection

from boundaries.network import store as network_store
from boundaries.network.amendment import Amendment, LineChange, LineEntry, sides_of
from boundaries.network.build import line_id
from boundaries.network.model import Condominium, Segment
from boundaries.network.queries import HOLDERS
from boundaries.network.store import StoredSegment
from boundaries.network.structure import store
from boundaries.network.structure.checks import Opening, claimed_twice, faults, openings, unclaimed
from boundaries.network.structure.derived import follow_polygons
from boundaries.network.structure.descent import descent
from boundaries.network.structure.effects import Effects
from boundaries.network.structure.following import (
    FollowedLine,
    Moment,
    Pair,
    end_places,
    follow_lines,
    follow_nodes,
    pairs_of,
)
from boundaries.network.structure.parties import Chains, common
from boundaries.network.versions import Change, State
from data import audit, feed
from data.access import Actor, require
from data.access.model import Matter
from data.decisions import DecisionDraft
from data.errors import BadInput, Conflict
from data.ids import new_id


class Ground:
    """The network around an amendment as it stands, and as it would."""

    def __init__(self, connection: Connection, amendment: Amendment, day: date) -> None:
        self.amendment = amendment
        segments = [s for change in amendment.segments for s in (change.before, change.after) if s is not None]
        self.places = end_places(segments) | amendment.marker_nodes
        before, after = sides_of(amendment.segments)
        self.holders = sorted(before | after)
        after_segments = [change.after for change in amendment.segments if change.after is not None]
        #: whoever may have the land on the sides on which nobody is said to be
        self.round = store.holders_round(connection, day, unclaimed(after_segments))
        found = store.neighbourhood(
            connection,
            day,
            segments=[change.segment for change in amendment.segments],
            holders={*self.holders, *self.round},
            nodes=[network_store.node_id(place) for place in self.places],
            courses=[segment.geometry for segment in after_segments],
        )
        self.standing: dict[UUID, StoredSegment] = {row.segment.id: row for row in found}
        self.before: State = {row.segment.id: row.segment for row in found}
        self.after: State = _applied(self.before, amendment.segments)
        # the chains of the day before know units that end on the day
        self.chains = Chains(connection, day)
        self.chains_before = Chains(connection, day - timedelta(days=1))

    def pairs(self) -> set[Pair]:
        """The levels and units whose lines the changed segments belonged to, or will."""
        old = [change.before for change in self.amendment.segments if change.before is not None]
        new = [change.after for change in self.amendment.segments if change.after is not None]
        return pairs_of(self.chains, old) | pairs_of(self.chains_before, old) | pairs_of(self.chains, new)

    def matter(self, segment: Segment, *, before: bool) -> Matter:
        """Whose matter a segment is: of the day before where it stands, of the day where it is to stand."""
        old = self.chains_before.matter(segment) if before else Matter()
        return old if old.chain else self.chains.matter(segment)

    def newly_open(self) -> tuple[list[Opening], list[Opening]]:
        """Places at which rings would be open and were not, and those that would be open no longer."""
        old, new = (openings(state, self.holders) for state in (self.before, self.after))
        return sorted(new - old), sorted(old - new)

    def outer_units(self) -> set[UUID]:
        """The units of any level on whose outline a changed segment lies."""
        segments = [s for change in self.amendment.segments for s in (change.before, change.after) if s is not None]
        return set().union(*(self.chains.outer_units(segment) for segment in segments))


def _applied(state: State, changes: Iterable[Change]) -> State:
    result = dict(state)
    for change in changes:
        result.pop(change.segment, None)
        if change.after is not None:
            result[change.segment] = change.after
    return result


def carry_out(
    connection: Connection,
    actor: Actor,
    amendment: Amendment,
    message: str,
    document: DecisionDraft,
    day: date,
    reverts: UUID | None,
) -> tuple[UUID, Effects]:
    """Write an amendment whose segments are under `document`, which is recorded; the changeset and what followed."""
    ground = Ground(connection, amendment, day)
    moment = Moment(connection, day, document.id)
    _require_jurisdiction(actor, ground)
    _require_nothing_later(connection, ground, day)
    _require_unchanged(ground)
    opened, closed = check(connection, ground, day)
    for condominium in amendment.entered:
        store.insert_condominium(connection, condominium, day, document.id)
    rows = _write_segments(moment, ground)
    _end_condominiums(moment, amendment.ended)
    around = [segment for segment in ground.after.values() if end_places([segment]) & ground.places]
    nodes = follow_nodes(moment, ground.places, around, amendment.marker_nodes)
    lines = follow_lines(moment, ground.pairs(), _sourced(amendment.lines, document))
    polygons = follow_polygons(moment, ground.outer_units())
    effects = Effects(tuple(lines), nodes, tuple(opened), tuple(closed), polygons)
    changeset = new_id()
    _record(moment, changeset, actor, amendment, message, rows, effects, reverts)
    _account(moment, actor, changeset, amendment, effects)
    return changeset, effects


# -- what must hold ------------------------------------------------------------------------------------------------


def _require_jurisdiction(actor: Actor, ground: Ground) -> None:
    """The matter of a segment lies with whoever stands above both of its sides, before the change and after it."""
    for change in ground.amendment.segments:
        if change.before is not None:
            require(actor, "boundary.change", ground.matter(change.before, before=True))
        if change.after is not None:
            require(actor, "boundary.change", ground.matter(change.after, before=False))
    for units in _stated_units(ground.amendment):
        chains = [ground.chains.of(unit) for unit in units]
        require(actor, "boundary.change", Matter(tuple(unit for _, unit in common(chains))))


def _stated_units(amendment: Amendment) -> list[tuple[UUID, ...]]:
    entries = [entry for change in amendment.lines for entry in (change.before, change.after) if entry is not None]
    condominiums = [tuple(sorted(one.holders)) for one in (*amendment.entered, *amendment.ended)]
    return [*(entry.units for entry in entries), *condominiums]


def _require_nothing_later(connection: Connection, ground: Ground, day: date) -> None:
    parameters = {
        "segments": [change.segment for change in ground.amendment.segments],
        "nodes": [network_store.node_id(place) for place in sorted(ground.places)],
        "lines": sorted(_lines_concerned(ground)),
        "condominiums": [one.id for one in (*ground.amendment.entered, *ground.amendment.ended)],
        "on": day,
    }
    later = connection.execute(store.LATER, parameters).one_or_none()
    if later is not None:
        raise Conflict(
            f"A {later.what} that this change touches has a version that begins after {day}: a change cannot be put "
            "in before it. Nothing was changed.",
            code="later_version_exists",
            what=later.what,
            id=str(later.id),
        )


def _lines_concerned(ground: Ground) -> set[UUID]:
    """The lines that are made, ended, restated or run anew; of a line along which courses only move nothing follows."""
    structural = [
        change
        for change in ground.amendment.segments
        if change.before is None or change.after is None
        or (change.before.left, change.before.right) != (change.after.left, change.after.right)
    ]  # fmt: skip
    segments = [s for change in structural for s in (change.before, change.after) if s is not None]
    pairs = pairs_of(ground.chains, segments) | pairs_of(ground.chains_before, segments)
    return {line_id(level, pair) for level, pair in pairs} | {change.line for change in ground.amendment.lines}


def _require_unchanged(ground: Ground) -> None:
    for change in ground.amendment.segments:
        stands = ground.before.get(change.segment)
        same = stands is change.before is None or (
            stands is not None and change.before is not None and change.before.same_boundary(stands)
        )
        if not same:
            raise Conflict(
                f"Segment {change.segment} is not what this change was made from: somebody has changed it since. "
                "Compare again and propose anew. Nothing was changed.",
                code="segment_changed",
                segment=str(change.segment),
            )


def check(connection: Connection, ground: Ground, day: date) -> tuple[list[Opening], list[Opening]]:
    """The rings that an amendment opens and closes; raises `BadInput` where the network would not hold together."""
    _require_holders(ground, day)
    found = faults(ground.before, ground.after, ground.holders)
    found = found or claimed_twice(ground.before, ground.after, ground.round)
    if found:
        said = "; ".join(f"{fault.kind} at {fault.at}: {fault.why}" for fault in found[:5])
        raise BadInput(
            f"The network would not hold together: {said}. Nothing was changed and nothing was repaired.",
            code="network_would_break",
            faults=[fault.as_json() for fault in found],
        )
    opened, closed = ground.newly_open()
    if opened and not ground.amendment.leaves_open:
        names = names_of(connection, [one.holder for one in opened], day)
        said = "; ".join(f"{names.get(one.holder, one.holder)} at {one.at}" for one in opened[:5])
        raise BadInput(
            f"Units would be open: {said}. Close their rings, or state that they are to be left open. "
            "Nothing was changed.",
            code="unit_would_open",
            open=[{"unit": str(one.holder), "at": list(one.at)} for one in opened],
        )
    return opened, closed


def _require_holders(ground: Ground, day: date) -> None:
    entered = {one.id for one in ground.amendment.entered}
    ended = {one.id for one in ground.amendment.ended}
    for holder in sorted(sides_of(ground.amendment.segments)[1]):
        if holder in ended or (holder not in entered and not ground.chains.of(holder)):
            raise BadInput(
                f"{holder} is no unit or condominium that stands on {day}: it can have no land then. "
                "Nothing was changed.",
                code="holder_not_standing",
                holder=str(holder),
            )


def names_of(connection: Connection, units: Iterable[UUID], day: date) -> dict[UUID, str]:
    """The names of units on a day."""
    return {row.id: row.name for row in connection.execute(HOLDERS, {"ids": sorted(set(units)), "on": day})}


# -- the rows ------------------------------------------------------------------------------------------------------


def _write_segments(moment: Moment, ground: Ground) -> list[tuple[UUID, str, UUID | None, UUID | None]]:
    """The segments' rows; per change its segment, kind, version before and version after."""
    changes = ground.amendment.segments
    ended = [ground.standing[change.segment] for change in changes if change.before is not None]
    network_store.end_segments(moment.connection, ended, moment.day, moment.decision)
    after = [change.after for change in changes if change.after is not None]
    versions = network_store.insert_segments(moment.connection, after, moment.day, moment.decision)
    return [
        (
            change.segment,
            change.kind,
            None if change.before is None else ground.standing[change.segment].version,
            versions.get(change.segment),
        )
        for change in changes
    ]


def _end_condominiums(moment: Moment, ended: Sequence[Condominium]) -> None:
    for condominium in ended:
        beside = list(moment.connection.scalars(
            store.BESIDE_CONDOMINIUM, {"id": condominium.id, "on": moment.day}))  # fmt: skip
        if beside:
            raise BadInput(
                f"{condominium.name} cannot end while {len(beside)} segments have it on a side: give its land to "
                "somebody in the same changeset. Nothing was changed.",
                code="condominium_has_land",
                segments=[str(segment) for segment in beside],
            )
        rows = moment.connection.execute(store.CONDOMINIUMS_AT, {"on": moment.day, "ids": [condominium.id]}).all()
        if not rows:
            raise Conflict(f"{condominium.name} does not stand on {moment.day}.", code="segment_changed")
        store.close_rows(
            moment.connection, "condominium_version", [(row.id, row.begin) for row in rows], moment.day, moment.decision
        )


def _sourced(changes: Sequence[LineChange], document: DecisionDraft) -> list[LineChange]:
    """Names with their source: where none is given it is the document."""
    source = " ".join(part for part in (document.doc_no, document.title) if part)
    return [LineChange(change.before, _with_source(change.after, source)) for change in changes]


def _with_source(entry: LineEntry | None, source: str) -> LineEntry | None:
    if entry is None or (entry.name is None) == (entry.name_source is None):
        return entry
    return replace(entry, name_source=source if entry.name else None)


def _record(
    moment: Moment,
    changeset: UUID,
    actor: Actor,
    amendment: Amendment,
    message: str,
    rows: Sequence[tuple[UUID, str, UUID | None, UUID | None]],
    effects: Effects,
    reverts: UUID | None,
) -> None:
    execute = moment.connection.execute
    execute(
        network_store.INSERT_CHANGESET,
        {"id": changeset, "author": actor.name, "message": message, "decision": moment.decision,
         "effective_on": moment.day, "reverts": reverts},
    )  # fmt: skip
    network_store.insert_changes(moment.connection, [(changeset, *row) for row in rows])
    stated = {change.line for change in amendment.lines}
    for line in effects.lines:
        if line.entry.id in stated and line.before != line.after:
            execute(store.INSERT_LINE_CHANGE, {"changeset": changeset, "line": line.entry.id, "before": line.before,
                                               "after": line.after})  # fmt: skip
    for kind, condominiums in (("entered", amendment.entered), ("ended", amendment.ended)):
        for one in condominiums:
            execute(store.INSERT_CONDOMINIUM_CHANGE, {"changeset": changeset, "id": one.id, "kind": kind})
    for parent, child in sorted(descent(amendment.segments)):
        execute(store.INSERT_DESCENT, {"changeset": changeset, "parent": parent, "child": child})
    store.insert_effects(moment.connection, changeset, amendment.leaves_open, effects.as_json())


def _account(moment: Moment, actor: Actor, changeset: UUID, amendment: Amendment, effects: Effects) -> None:
    """Feed and audit. The feed names the lines and never carries a course."""
    entries = [_feed(line, moment, changeset) for line in effects.lines]
    audit.append(
        moment.connection,
        actor=actor.name,
        action="boundary.change",
        decision_id=moment.decision,
        details={"changeset": str(changeset), "segments": len(amendment.segments), "effects": _counts(effects)},
        rows_hash=audit.hash_rows(
            [str(c.segment), c.after.hash.hex() if c.after else None] for c in amendment.segments
        ),
        feed=feed.publish(moment.connection, entries),
    )


def _counts(effects: Effects) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in effects.lines:
        found[f"lines_{line.what}"] = found.get(f"lines_{line.what}", 0) + 1
    return {**found, "opened": len(effects.opened)}


def _made_up(moment: Moment, units: Sequence[UUID]) -> bool:
    """Whether one of some units is of the demonstration: what the feed says of its lines says so."""
    return bool(moment.connection.scalar(store.MADE_UP, {"ids": list(units)}))


def _feed(line: FollowedLine, moment: Moment, changeset: UUID) -> feed.Change:
    made_up = {"demonstration": True} if _made_up(moment, line.entry.units) else {}
    before, after = (
        {
            "id": line.entry.id,
            "name": line.entry.name,
            "level": line.entry.level,
            "changed_on": changed_on,
            "changeset": by,
            **made_up,
        }
        for changed_on, by in ((None, None), (moment.day.isoformat(), changeset))
    )
    return feed.Change(
        "lines",
        line.entry.id,
        None if line.what == "made" else before,
        None if line.what == "ended" else after,
        moment.decision,
    )
