"""Versions of the network: what differs, applying and taking back a change, merging two. Pure.

The versioned thing is the segment between two nodes, never the whole line, so
that two offices that work on different kilometres of one line do not collide.
A state is a mapping of segments by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeVar
from uuid import UUID

import shapely

from boundaries.geometry.content import to_steps
from boundaries.network.model import Segment

T = TypeVar("T")
State = Mapping[UUID, Segment]
Kind = Literal["added", "removed", "moved", "changed"]


class DoesNotApply(ValueError):
    """A change begins from another segment than the one that is there."""


def _id_of(*versions: Segment | None) -> UUID:
    """The id that the versions of one segment have in common."""
    return next(version.id for version in versions if version is not None)


@dataclass(frozen=True, slots=True)
class Change:
    """One segment before and after; None: it is not there."""

    before: Segment | None
    after: Segment | None

    @property
    def segment(self) -> UUID:
        """The id of the segment."""
        return _id_of(self.before, self.after)

    @property
    def kind(self) -> Kind:
        """`moved`: the geometry differs by a millimetre or more; `changed`: only what is said about it differs."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if self.before.hash == self.after.hash else "moved"

    def inverse(self) -> Change:
        """The change back."""
        return Change(self.after, self.before)


@dataclass(frozen=True, slots=True)
class Changeset:
    """A proposal, or what became of it: who, why, from which moment of the register, and by which document.

    `document` None is a proposal; it becomes law only by a decision.
    """

    author: str
    message: str
    base: datetime | None
    document: UUID | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A segment that both sides changed, and not alike."""

    base: Segment | None
    ours: Segment | None
    theirs: Segment | None

    @property
    def segment(self) -> UUID:
        """The id of the segment."""
        return _id_of(self.base, self.ours, self.theirs)


@dataclass(frozen=True, slots=True)
class Merged:
    """The state that two sides agree on; segments in conflict stand in it as they were at the base."""

    state: State
    conflicts: tuple[Conflict, ...]


def diff(one: State, other: State) -> tuple[Change, ...]:
    """The changes from `one` to `other`, by segment id."""
    pairs = ((one.get(identity), other.get(identity)) for identity in sorted({*one, *other}))
    return tuple(Change(before, after) for before, after in pairs if before != after)


def inverse(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that take `changes` back."""
    return tuple(change.inverse() for change in changes)


def apply(state: State, changes: Iterable[Change]) -> State:
    """The state after `changes`; `DoesNotApply` where a segment is not as the change found it."""
    result = dict(state)
    for change in changes:
        if result.get(change.segment) != change.before:
            raise DoesNotApply(f"segment {change.segment} is not what the change was made from")
        if change.after is None:
            del result[change.segment]
        else:
            result[change.segment] = change.after
    return result


def merge(base: State, ours: State, theirs: State) -> Merged:
    """Both sides' changes since `base`, segment by segment."""
    result, unlike = three_way(base, ours, theirs)
    conflicts = (Conflict(base.get(i), ours.get(i), theirs.get(i)) for i in unlike)
    return Merged(result, tuple(conflicts))


def three_way(
    base: Mapping[UUID, T], ours: Mapping[UUID, T], theirs: Mapping[UUID, T]
) -> tuple[dict[UUID, T], list[UUID]]:
    """What two sides made of `base`, thing by thing, and the ids of what both changed unlike: that stays as it was."""
    result: dict[UUID, T] = {}
    unlike = []
    for identity in sorted({*base, *ours, *theirs}):
        b, o, t = base.get(identity), ours.get(identity), theirs.get(identity)
        clash = o not in (b, t) and t != b
        chosen = b if clash else t if o == b else o
        if clash:
            unlike.append(identity)
        if chosen is not None:
            result[identity] = chosen
    return result, unlike


def resolve(merged: Merged, choices: Mapping[UUID, Literal["base", "ours", "theirs"]]) -> Merged:
    """`merged` with the conflicts of `choices` decided by a person; the others stay conflicts."""
    state, left = dict(merged.state), []
    for conflict in merged.conflicts:
        choice = choices.get(conflict.segment)
        if choice is None:
            left.append(conflict)
            continue
        chosen: Segment | None = getattr(conflict, choice)
        state.pop(conflict.segment, None)
        if chosen is not None:
            state[conflict.segment] = chosen
    return Merged(state, tuple(left))


def without_document(legal: State, proposed: State) -> tuple[Change, ...]:
    """The changes of `proposed` against the legal state that no document of their own carries.

    A segment that is no longer what the law has, under the old document or none, was changed by nobody.
    """
    return tuple(change for change in diff(legal, proposed) if change.kind != "changed" and not _carried(change))


def _carried(change: Change) -> bool:
    """Whether a new document stands behind what a change makes; for a removal the changeset's own has to."""
    if change.after is None or change.after.document is None:
        return False
    return change.before is None or change.after.document != change.before.document


@dataclass(frozen=True, slots=True)
class Blamed:
    """A vertex of a segment and the document that put it there."""

    longitude: float
    latitude: float
    document: UUID | None


def blame(history: Sequence[Segment]) -> list[Blamed]:
    """For each vertex of the last version in `history` (oldest first) the document since which it is there."""
    return blame_in([[version] for version in history], history[-1]) if history else []


def blame_in(states: Iterable[Iterable[Segment]], segment: Segment) -> list[Blamed]:
    """As `blame` for `segment`, whose vertices may have come from other segments: the states of all of them, oldest
    first.
    """
    since: dict[tuple[int, int], UUID | None] = {}
    for state in states:
        since = {place: since.get(place, version.document) for version in state for place in _places(version)}
    coordinates = shapely.get_coordinates(segment.geometry)
    return [
        Blamed(float(x), float(y), since.get(place, segment.document))
        for (x, y), place in zip(coordinates.tolist(), _places(segment), strict=True)
    ]


def _places(segment: Segment) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in to_steps(shapely.get_coordinates(segment.geometry))]


def match(known: State, found: Iterable[Segment]) -> State:
    """`found` (from a file, under ids of its own) under the ids of `known` that they continue.

    First segments with the same vertices, whichever way they run; then the one segment that is left between
    the same two ends and the same two holders. What matches nothing keeps its own id and is new.
    """
    waiting = list(found)
    by_hash = {segment.hash: segment for segment in known.values()}
    matched: dict[UUID, Segment] = {}
    rest = []
    for segment in waiting:
        same = by_hash.get(segment.hash)
        if same is not None and same.id not in matched:
            matched[same.id] = _as(same, segment)
        else:
            rest.append(segment)
    free: dict[frozenset[object], list[Segment]] = {}
    for segment in known.values():
        if segment.id not in matched:
            free.setdefault(_identity(segment), []).append(segment)
    for segment in rest:
        candidates = free.get(_identity(segment), [])
        if len(candidates) == 1:
            like = candidates.pop()
            matched[like.id] = _as(like, segment)
        else:
            matched[segment.id] = segment
    return matched


def _identity(segment: Segment) -> frozenset[object]:
    places = _places(segment)
    return frozenset(
        [("ends", frozenset([places[0], places[-1]])), ("holders", frozenset([segment.left, segment.right]))]
    )


def _as(known: Segment, found: Segment) -> Segment:
    """`found` under the id of `known`, run through the same way."""
    same_way = (found.left, found.right) == (known.left, known.right) and _places(found)[0] == _places(known)[0]
    turned = found if same_way else found.reversed()
    if known.same_boundary(found):
        turned = replace(turned, geometry=known.geometry, left=known.left, right=known.right)
    return replace(turned, id=known.id)
