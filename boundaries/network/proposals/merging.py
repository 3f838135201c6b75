"""Putting an amendment on another state than the one from which it was made: three-way, per segment. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

import numpy as np

from boundaries.geometry.content import to_steps
from boundaries.network.amendment import Amendment, LineChange, LineEntry, Place
from boundaries.network.model import Segment
from boundaries.network.structure.descent import descent
from boundaries.network.versions import Conflict, Merged, State, diff, merge, resolve, three_way

#: By segment, those that were made of it.
Children = Mapping[UUID, Set[UUID]]
#: Whose version stands: the common base, the law's (or the other proposal's), or the proposal's own.
Choice = Literal["base", "ours", "theirs"]


@dataclass(frozen=True, slots=True)
class LineConflict:
    """A line of which both sides stated something else."""

    base: LineEntry | None
    ours: LineEntry | None
    theirs: LineEntry | None

    @property
    def line(self) -> UUID:
        """The id of the line."""
        return next(entry.id for entry in (self.base, self.ours, self.theirs) if entry is not None)


@dataclass(frozen=True, slots=True)
class Rebased:
    """An amendment on a newer state, and what nobody has decided yet."""

    amendment: Amendment
    conflicts: tuple[Conflict, ...]
    line_conflicts: tuple[LineConflict, ...]

    @property
    def settled(self) -> bool:
        """Whether nothing is in conflict."""
        return not self.conflicts and not self.line_conflicts


def base_of(amendment: Amendment) -> State:
    """The segments from which an amendment was made."""
    return {change.segment: change.before for change in amendment.segments if change.before is not None}


def result_of(amendment: Amendment) -> State:
    """The segments that an amendment makes of its base."""
    return {change.segment: change.after for change in amendment.segments if change.after is not None}


def children_of(amendment: Amendment) -> Children:
    """The segments that an amendment makes of each one that it takes away."""
    gone = {change.segment for change in amendment.segments if change.after is None}
    found: dict[UUID, set[UUID]] = {}
    for parent, child in descent(amendment.segments):
        if parent in gone:
            found.setdefault(parent, set()).add(child)
    return found


def rebase(
    amendment: Amendment,
    law: State,
    lines: Mapping[UUID, LineEntry],
    choices: Mapping[UUID, Choice] | None = None,
    law_children: Children | None = None,
) -> Rebased:
    """`amendment` on the law of now: `law` are its segments as they stand, those that are gone left out, and what the
    law has made of those (`law_children`).

    What the law and the amendment both changed, and not alike, is a conflict until `choices` (by segment or line)
    decides it. A segment that both cut anew, each in its own way, is one such conflict.
    """
    base = _as_known(base_of(amendment), law)
    result = {i: _like(segment, base.get(i), law.get(i)) for i, segment in result_of(amendment).items()}
    merged = resolve(merge(base, law, result), choices or {})
    children = (law_children or {}, children_of(amendment))
    merged = cut_anew(merged, base, (law, result), children, choices or {})
    entries, undecided = _rebased_lines(amendment, lines, choices or {})
    whole = replace(amendment, segments=diff(law, _settled(merged, law)), lines=entries)
    return Rebased(replace(whole, marker_nodes=_markers(amendment, whole)), merged.conflicts, undecided)


def _markers(before: Amendment, after: Amendment) -> frozenset[Place]:
    """The marker nodes of an amendment without those that only ends had that it no longer makes."""
    made, left = (_ends(result_of(amendment)) for amendment in (before, after))
    return frozenset(place for place in before.marker_nodes if place not in made or place in left)


def _ends(state: State) -> set[Place]:
    coordinates = [c for segment in state.values() for c in (segment.geometry.coords[0], segment.geometry.coords[-1])]
    return {(int(x), int(y)) for x, y in to_steps(np.array(coordinates).reshape(-1, 2)).tolist()}


def cut_anew(
    merged: Merged,
    base: State,
    sides: tuple[State, State],
    children: tuple[Children, Children],
    choices: Mapping[UUID, Choice],
) -> Merged:
    """`merged` with the segments that both sides took away and at least one made others of: alike, it is done once;
    unlike, it is a conflict, and stands as ours made it until somebody decides.
    """
    state, conflicts = dict(merged.state), list(merged.conflicts)
    for parent in sorted(set(base) - set(sides[0]) - set(sides[1])):
        made = [found.get(parent, set()) for found in children]
        if not made[0] and not made[1]:
            continue
        alike = _drawn(sides[0], made[0]) == _drawn(sides[1], made[1])
        choice = "ours" if alike else choices.get(parent)
        if choice is None:
            conflicts.append(Conflict(base[parent], None, None))
        dropped = {"theirs": made[0], "base": made[0] | made[1]}.get(choice or "ours", made[1])
        state = {identity: segment for identity, segment in state.items() if identity not in dropped}
        if choice == "base":
            state[parent] = base[parent]
    return Merged(state, tuple(conflicts))


def _drawn(state: State, identities: Set[UUID]) -> set[tuple[bytes, frozenset[UUID | None]]]:
    """What segments are, whatever their ids and directions."""
    found = [state[identity] for identity in identities if identity in state]
    return {(segment.hash, frozenset([segment.left, segment.right])) for segment in found}


def _as_known(base: State, law: State) -> State:
    """The base with what the law says alike in the law's own words: a version closed and opened again is no change."""
    return {i: law[i] if i in law and _same(segment, law[i]) else segment for i, segment in base.items()}


def _same(one: Segment, other: Segment) -> bool:
    return replace(one, document=None) == replace(other, document=None)


def _like(segment: Segment, *known: Segment | None) -> Segment:
    """A result that says what its base or the law says is that, whatever document stands behind it."""
    return next((other for other in known if other is not None and _same(segment, other)), segment)


def _settled(merged: Merged, law: State) -> State:
    """The merged state, with what is undecided as the law has it."""
    state = dict(merged.state)
    for conflict in merged.conflicts:
        state.pop(conflict.segment, None)
        if conflict.segment in law:
            state[conflict.segment] = law[conflict.segment]
    return state


def _rebased_lines(
    amendment: Amendment, lines: Mapping[UUID, LineEntry], choices: Mapping[UUID, Choice]
) -> tuple[tuple[LineChange, ...], tuple[LineConflict, ...]]:
    base = {change.line: change.before for change in amendment.lines if change.before is not None}
    theirs = {change.line: change.after for change in amendment.lines if change.after is not None}
    concerned = {change.line for change in amendment.lines}
    ours = {line: entry for line, entry in lines.items() if line in concerned}
    result, unlike = three_way(base, ours, theirs)
    undecided = []
    for line in unlike:
        sides = {"base": base.get(line), "ours": ours.get(line), "theirs": theirs.get(line)}
        chosen = sides[choices[line]] if line in choices else ours.get(line)
        if line not in choices:
            undecided.append(LineConflict(sides["base"], sides["ours"], sides["theirs"]))
        if chosen is not None:
            result[line] = chosen
    changes = (LineChange(ours.get(line), entry) for line, entry in sorted(result.items()) if entry != ours.get(line))
    return tuple(changes), tuple(undecided)


def combine(amendments: Sequence[Amendment], choices: Mapping[UUID, Choice] | None = None) -> Rebased:
    """Several amendments of one state as one: each further one is put on what those before it made.

    A conflict names the earlier one's version as `ours`.
    """
    chosen = choices or {}
    first, *rest = amendments
    whole, conflicts, line_conflicts = first, list[Conflict](), list[LineConflict]()
    for other in rest:
        found = _combined(whole, other, chosen)
        whole = found.amendment
        conflicts += found.conflicts
        line_conflicts += found.line_conflicts
    return Rebased(whole, tuple(conflicts), tuple(line_conflicts))


def _combined(one: Amendment, other: Amendment, choices: Mapping[UUID, Choice]) -> Rebased:
    base = {**base_of(one), **base_of(other)}
    touched = [{change.segment for change in amendment.segments} for amendment in (one, other)]
    states = [
        {**{i: s for i, s in base.items() if i not in mine}, **result_of(amendment)}
        for amendment, mine in zip((one, other), touched, strict=True)
    ]
    merged = resolve(merge(base, states[0], states[1]), choices)
    merged = cut_anew(merged, base, (states[0], states[1]), (children_of(one), children_of(other)), choices)
    known = {change.line: change.before for change in (*one.lines, *other.lines) if change.before is not None}
    stated = [{c.line: c.after for c in amendment.lines if c.after is not None} for amendment in (one, other)]
    entries, unlike = three_way(known, {**known, **stated[0]}, {**known, **stated[1]})
    undecided = []
    for line in unlike:
        if line in choices:
            sides = {"base": known.get(line), "ours": stated[0].get(line), "theirs": stated[1].get(line)}
            entry = sides[choices[line]]
            entries = {**entries, line: entry} if entry is not None else entries
        else:
            undecided.append(LineConflict(known.get(line), stated[0].get(line), stated[1].get(line)))
    whole = Amendment(
        segments=diff(base, merged.state),
        lines=tuple(LineChange(known.get(line), e) for line, e in sorted(entries.items()) if e != known.get(line)),
        entered=_each_once((*one.entered, *other.entered)),
        ended=_each_once((*one.ended, *other.ended)),
        marker_nodes=one.marker_nodes | other.marker_nodes,
        leaves_open=one.leaves_open or other.leaves_open,
    )
    return Rebased(whole, merged.conflicts, tuple(undecided))


def _each_once(condominiums: Sequence[object]) -> tuple:  # type: ignore[type-arg]
    return tuple(dict.fromkeys(condominiums))
