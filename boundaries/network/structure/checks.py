"""Whether a changed state of the network holds together: courses, crossings, rings and polygons. Pure.

Only what the change brought is told: a network cut from polygons that did not
fit has faults of its own, and they stay findings of their build.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.content import to_degrees, to_steps
from boundaries.network.model import Network, Segment
from boundaries.network.versions import State

Kind = Literal["course_malformed", "divides_nobody", "segments_cross", "polygon_not_valid", "land_claimed_twice"]
Place = tuple[int, int]
#: How far beside the middle of its longest edge a segment's side is asked, in lengths of that edge.
_BESIDE = 1e-6
#: Relation of two lines that meet in ends of both at most: no common interior point (DE-9IM).
_APART = "FF*F*****"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing by which a state would not hold together: which segments or unit, where (longitude, latitude)."""

    kind: Kind
    things: tuple[UUID, ...]
    at: tuple[float, float] | None
    why: str

    def as_json(self) -> dict[str, Any]:
        """The fault as problem documents show it."""
        return {
            "kind": self.kind,
            "things": [str(thing) for thing in self.things],
            "at": None if self.at is None else list(self.at),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Where the ring of a holder is open (longitude, latitude)."""

    holder: UUID
    at: tuple[float, float]


def course_faults(segments: Iterable[Segment]) -> list[Fault]:
    """Segments that are no course at all, cross themselves, or have the same holder on both sides."""
    return [fault for segment in segments for fault in _course_faults(segment)]


def _course_faults(segment: Segment) -> Iterator[Fault]:
    coordinates = shapely.get_coordinates(segment.geometry)
    at = _first(coordinates)
    if segment.left == segment.right:
        yield Fault("divides_nobody", (segment.id,), at, "the same holder is on both sides")
    if not np.isfinite(coordinates).all():
        yield Fault("course_malformed", (segment.id,), None, "a coordinate is not a number")
    elif len(np.unique(to_steps(coordinates), axis=0)) < 2:
        yield Fault("course_malformed", (segment.id,), at, "all vertices lie in one place")
    elif not segment.geometry.is_simple:
        yield Fault("course_malformed", (segment.id,), at, "the course crosses or touches itself")


def _first(coordinates: np.ndarray[Any, Any]) -> tuple[float, float] | None:
    return (float(coordinates[0, 0]), float(coordinates[0, 1])) if len(coordinates) else None


def crossings(before: State, after: State) -> list[Fault]:
    """Pairs of which one changed, and that now meet elsewhere than in ends of both, as they did not before."""
    changed = [identity for identity in sorted(after) if after[identity] != before.get(identity)]
    others = [after[identity] for identity in sorted(after)]
    if not changed:
        return []
    tree = STRtree(np.array([segment.geometry for segment in others], dtype=object))
    found: dict[tuple[UUID, UUID], Fault] = {}
    for identity in changed:
        for number in sorted(tree.query(after[identity].geometry).tolist()):
            other = others[number]
            pair = (min(identity, other.id), max(identity, other.id))
            if other.id != identity and pair not in found:
                place = meeting(after[identity], other)
                if place is not None and not _met(before, pair):
                    found[pair] = Fault("segments_cross", pair, place, "they meet where neither has a node")
    return list(found.values())


def _met(state: State, pair: tuple[UUID, UUID]) -> bool:
    """Whether both are in `state` and met there already."""
    one, other = (state.get(identity) for identity in pair)
    return one is not None and other is not None and meeting(one, other) is not None


def meeting(one: Segment, other: Segment) -> tuple[float, float] | None:
    """A point that two segments have in common and that is no end of both; None where there is none.

    Two segments along one course are no crossing where both say that they are not edge-matched: land that
    two polygons claim has a segment for each.
    """
    if one.technical_status == other.technical_status == "not_edge_matched" and one.hash == other.hash:
        return None
    if shapely.relate_pattern(one.geometry, other.geometry, _APART):
        return None
    common = shapely.intersection(one.geometry, other.geometry)
    allowed = _ends(one) & _ends(other)
    points = {tuple(step) for step in to_steps(shapely.get_coordinates(common)).tolist()}
    bad = sorted(points - allowed) or (sorted(points) if _has_length(common) else [])
    return to_degrees(bad[0]) if bad else None


def _has_length(geometry: BaseGeometry) -> bool:
    return bool(shapely.length(geometry) > 0)


def _ends(segment: Segment) -> set[tuple[int, ...]]:
    return {tuple(step) for step in to_steps(shapely.get_coordinates(segment.geometry)[[0, -1]]).tolist()}


def openings(state: State, holders: Iterable[UUID]) -> set[Opening]:
    """Where the rings of holders are open in a state that has all segments beside them."""
    network = Network(state.values())
    return {
        Opening(holder, end.position) for holder in sorted(set(holders)) for end in network.boundary(holder).open_ends
    }


def polygon_faults(before: State, after: State, holders: Iterable[UUID]) -> list[Fault]:
    """Holders whose closed polygon would not be valid, where it was valid or not there before."""
    old, new = Network(before.values()), Network(after.values())
    found = []
    for holder in sorted(set(holders)):
        reason = _wrong_with(new, holder)
        if reason is not None and _wrong_with(old, holder) is None:
            found.append(Fault("polygon_not_valid", (holder,), _place_in(reason), reason))
    return found


def _wrong_with(network: Network, holder: UUID) -> str | None:
    """What is wrong with the closed polygon of a holder; None where nothing is, or it is open or has no land."""
    boundary = network.boundary(holder)
    if boundary.open_ends or holder not in network.holders:
        return None
    if boundary.polygon.is_empty:
        return "its rings enclose other land and not its own: left and right are exchanged"
    return None if boundary.polygon.is_valid else str(shapely.is_valid_reason(boundary.polygon))


def _place_in(reason: str) -> tuple[float, float] | None:
    """The place that GEOS names in brackets behind its reason."""
    _, bracket, rest = reason.partition("[")
    numbers = rest.rstrip("]").split()
    return (float(numbers[0]), float(numbers[1])) if bracket and len(numbers) == 2 else None


def claimed_twice(before: State, after: State, around: Iterable[UUID]) -> list[Fault]:
    """Changed segments with nobody on a side, where one of `around` has the land of that side.

    So an enclave is told that was drawn into a unit without being taken out of it: both would have its land. Both
    states have all segments beside `around`. What was claimed twice before is a finding of its build.
    """
    changed = [identity for identity in sorted(after) if after[identity] != before.get(identity)]
    claims = {identity: found for identity in changed if (found := _claims(after, identity, around))}
    told = {identity: _claims(before, identity, around) for identity in claims if identity in before}
    return [
        Fault("land_claimed_twice", (identity, holder), _first(shapely.get_coordinates(after[identity].geometry)),
              "nobody is on this side of the segment, and the unit has the land there")
        for identity, holders in claims.items()
        for holder in sorted(holders - told.get(identity, set()))
    ]  # fmt: skip


def _claims(state: State, identity: UUID, around: Iterable[UUID]) -> set[UUID]:
    """Those of `around` on whose land a side of a segment lies on which nobody is said to be."""
    segment, network = state[identity], Network(state.values())
    points = unclaimed([segment])
    others = set(around) - {segment.left, segment.right}
    return {one for one in others if any(network.polygon(one).contains(point) for point in points)}


def unclaimed(segments: Iterable[Segment]) -> list[shapely.Point]:
    """A point on each side of some segments on which nobody is said to be; courses that are no numbers have none."""
    return [
        _beside(segment, side)
        for segment in segments
        for side, holder in ((1, segment.left), (-1, segment.right))
        if holder is None and np.isfinite(shapely.get_coordinates(segment.geometry)).all()
    ]


def _beside(segment: Segment, side: int) -> shapely.Point:
    """A point just left (1) or right (-1) of the middle of a segment's longest edge."""
    coordinates = shapely.get_coordinates(segment.geometry)
    edges = np.diff(coordinates, axis=0)
    longest = int(np.hypot(*edges.T).argmax())
    off = side * _BESIDE * np.array([-edges[longest][1], edges[longest][0]])
    return shapely.Point(coordinates[longest] + edges[longest] / 2 + off)


def faults(before: State, after: State, holders: Sequence[UUID]) -> list[Fault]:
    """Everything by which `after` would not hold together and `before` did; both have all segments beside `holders`."""
    changed = [after[identity] for identity in sorted(after) if after[identity] != before.get(identity)]
    of_courses = course_faults(changed)
    if any(fault.kind == "course_malformed" for fault in of_courses):
        return of_courses
    return [*of_courses, *crossings(before, after), *polygon_faults(before, after, holders)]
