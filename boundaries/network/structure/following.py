"""What follows from changed segments: nodes, lines and their runs, written in the change's own transaction.

Nothing here is chosen. A node is what meets there; a line stands wherever
segments divide two units of a level; its run goes by the rule, unless the
amendment states another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection

from boundaries.geometry.content import to_degrees, to_steps
from boundaries.network import store as network_store
from boundaries.network.amendment import LineChange, LineEntry, Place
from boundaries.network.build import line_id
from boundaries.network.model import NodeKind, Segment, node_kinds, ordered_run
from boundaries.network.outlines import HOLDERS_BELOW
from boundaries.network.structure import store
from boundaries.network.structure.parties import Chains
from data.errors import BadInput

Run = tuple[tuple[UUID, int], ...]
Pair = tuple[str, frozenset[UUID]]


@dataclass(frozen=True, slots=True)
class Moment:
    """In which transaction, from which day, by which decision."""

    connection: Connection
    day: date
    decision: UUID


@dataclass(frozen=True, slots=True)
class FollowedLine:
    """A line after a change: its versions before and after (equal: what is said of it stayed), and its run."""

    entry: LineEntry
    before: UUID | None
    after: UUID | None
    old_run: Run
    run: Run

    @property
    def what(self) -> str:
        """`made`, `ended`, `run_changed`, `restated`, or `kept` where only courses moved."""
        if self.before is None:
            return "made"
        if self.after is None:
            return "ended"
        if self.run != self.old_run:
            return "run_changed"
        return "kept" if self.before == self.after else "restated"


# -- nodes ---------------------------------------------------------------------------------------------------------


def end_places(segments: Iterable[Segment]) -> set[Place]:
    """The places of the ends of segments."""
    found: set[Place] = set()
    for segment in segments:
        for x, y in to_steps(shapely.get_coordinates(segment.geometry)[[0, -1]]).tolist():
            found.add((int(x), int(y)))
    return found


def follow_nodes(
    moment: Moment, places: Iterable[Place], around: Iterable[Segment], markers: frozenset[Place]
) -> dict[str, list[dict[str, Any]]]:
    """Nodes at `places` made, ended or become another kind; `around` are all segments that end there now.

    A node between two segments that was a marker stays one.
    """
    kinds = node_kinds(around)
    ids = {network_store.node_id(place): place for place in sorted(places)}
    rows = moment.connection.execute(store.NODES_AT, {"ids": list(ids), "on": moment.day}).all()
    standing = {row.node_id: row for row in rows}
    wanted = {
        identity: _kind(kinds[place], place in markers, standing[identity].kind if identity in standing else None)
        for identity, place in ids.items()
        if place in kinds
    }
    gone = [row for row in rows if wanted.get(row.node_id) != row.kind]
    made = [(identity, ids[identity], kind) for identity, kind in wanted.items()
            if identity not in standing or standing[identity].kind != kind]  # fmt: skip
    store.close_rows(
        moment.connection, "boundary_node_version", [(row.id, row.begin) for row in gone], moment.day, moment.decision
    )
    store.insert_nodes(moment.connection, made, moment.day, moment.decision)
    return {
        "made": [_node(place, kind) for identity, place, kind in made if identity not in standing],
        "ended": [_node(ids[row.node_id], row.kind) for row in gone if row.node_id not in wanted],
        "changed": [_node(place, kind) for identity, place, kind in made if identity in standing],
    }


def _kind(by_degree: NodeKind, marker: bool, before: str | None) -> NodeKind:
    return "marker" if by_degree == "turning_point" and (marker or before == "marker") else by_degree


def _node(place: Place, kind: str) -> dict[str, Any]:
    return {"at": list(to_degrees(place)), "kind": kind}


# -- lines ---------------------------------------------------------------------------------------------------------


def pairs_of(chains: Chains, segments: Iterable[Segment]) -> set[Pair]:
    """The levels and units between which the lines of segments run."""
    return set().union(*(chains.pairs(segment) for segment in segments))


def follow_lines(moment: Moment, pairs: Iterable[Pair], changes: Sequence[LineChange]) -> list[FollowedLine]:
    """Lines between `pairs` of units, and those that `changes` names: made, ended, named and run anew.

    Raises `BadInput` `line_has_no_segments`, `run_not_of_line`.
    """
    stated = {change.line: change.after for change in changes if change.after is not None}
    wanted = {line_id(level, pair): (level, pair) for level, pair in pairs}
    for entry in stated.values():
        wanted.setdefault(entry.id, (entry.level, frozenset(entry.units)))
    rows = {row.line_id: row for row in moment.connection.execute(
        store.LINES_AT, {"ids": list(wanted), "on": moment.day})}  # fmt: skip
    runs = _runs(moment, list(wanted))
    return [
        _follow_line(moment, pair, stated.get(identity), rows.get(identity), runs.get(identity, []))
        for identity, pair in sorted(wanted.items())
    ]


def _runs(moment: Moment, lines: Sequence[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in moment.connection.execute(store.RUNS_AT, {"ids": list(lines), "on": moment.day}):
        found.setdefault(row.line_id, []).append(row)
    return found


def _follow_line(
    moment: Moment, pair: Pair, stated: LineEntry | None, row: Any | None, places: Sequence[Any]
) -> FollowedLine:
    first, second = sorted(pair[1])
    below = {unit: _below(moment, unit) for unit in (first, second)}
    segments = _between(moment, below[first], below[second])
    standing = None if row is None else entry_of_row(row)
    entry = stated or standing or LineEntry(line_id(*pair), pair[0], (first, second))
    if stated is not None and not segments:
        raise BadInput(
            f"The line {stated.name or stated.id} would have no segment: between its two units there is none on "
            f"{moment.day}. Nothing was changed.",
            code="line_has_no_segments",
        )
    old: Run = tuple((place.segment_id, 1 if place.forward else -1) for place in places)
    run = _run(entry, segments, below[first], old)
    _write_run(moment, entry.id, places, run)
    after = _write_entry(moment, entry, row, standing, bool(segments))
    return FollowedLine(entry, None if row is None else row.id, after, old, run)


def _below(moment: Moment, unit: UUID) -> frozenset[UUID]:
    return frozenset(moment.connection.scalars(HOLDERS_BELOW, {"unit": unit, "on": moment.day}))


def _between(moment: Moment, one: frozenset[UUID], other: frozenset[UUID]) -> list[Segment]:
    rows = moment.connection.execute(store.BETWEEN, {"one": sorted(one), "other": sorted(other), "on": moment.day})
    return sorted((network_store.stored(row).segment for row in rows), key=lambda segment: segment.id)


def entry_of_row(row: Any) -> LineEntry:
    """A row of `LINES_AT` as values."""
    return LineEntry(row.line_id, row.level, (row.unit_a, row.unit_b), row.name, row.code, row.name_source)


def _run(entry: LineEntry, segments: Sequence[Segment], left: frozenset[UUID], old: Run) -> Run:
    """The run that was chosen; else the one that stands, where it still holds the same segments; else by the rule."""
    if entry.run is not None:
        require_run(entry, segments, left)
        return entry.run
    if {segment for segment, _ in old} == {segment.id for segment in segments} and _one_hand(old, segments, left):
        return old
    return tuple(ordered_run(segments, left))


def require_run(entry: LineEntry, segments: Sequence[Segment], left: frozenset[UUID]) -> None:
    """Raise `BadInput` `run_not_of_line` where a chosen run is not each segment of the line once, one unit always on
    one hand.
    """
    run = entry.run or ()
    if sorted(identity for identity, _ in run) != sorted(segment.id for segment in segments):
        raise _bad_run(entry, f"it must name each of the line's {len(segments)} segments once")
    if not _one_hand(run, segments, left):
        raise _bad_run(entry, "the same unit must lie on the left all along")


def _bad_run(entry: LineEntry, why: str) -> BadInput:
    return BadInput(
        f"The run chosen for the line {entry.name or entry.id} is not one of it: {why}. Nothing was changed.",
        code="run_not_of_line",
    )


def _one_hand(run: Run, segments: Sequence[Segment], left: frozenset[UUID]) -> bool:
    by_id: Mapping[UUID, Segment] = {segment.id: segment for segment in segments}
    return len({(by_id[identity].left in left) == (way > 0) for identity, way in run if identity in by_id}) <= 1


def _write_run(moment: Moment, line: UUID, places: Sequence[Any], run: Run) -> None:
    wanted = {(ordinal, segment, way > 0) for ordinal, (segment, way) in enumerate(run, 1)}
    there = {(place.ordinal, place.segment_id, place.forward): place for place in places}
    gone = [(place.id, place.begin) for key, place in there.items() if key not in wanted]
    store.close_rows(moment.connection, "boundary_line_run", gone, moment.day, moment.decision)
    store.insert_runs(moment.connection, line, sorted(wanted - set(there)), moment.day, moment.decision)


def _write_entry(
    moment: Moment, entry: LineEntry, row: Any | None, standing: LineEntry | None, stands: bool
) -> UUID | None:
    """Close and open the line's version as needed; the id of the one that holds now, None where the line ended."""
    if row is not None and stands and replace(entry, run=None) == standing:
        kept: UUID = row.id
        return kept
    if row is not None:
        store.close_rows(moment.connection, "boundary_line_version", [(row.id, row.begin)], moment.day, moment.decision)
    return store.insert_line(moment.connection, entry, moment.day, moment.decision) if stands else None
