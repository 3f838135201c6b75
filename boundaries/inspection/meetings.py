"""Where three or more units or lines meet (交会点): how far two records' points are apart, who meets, in which order.

Pure: positions are longitude and latitude, distances metres on the ellipsoid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from boundaries.geometry.ellipsoid import distance_m

#: `distance`: the same meeting elsewhere; `order`: the same units the other way round; `degree`: more or fewer meet
#: there; `members`: as many, and others.
Difference = Literal["distance", "order", "degree", "members"]
#: Two records' meetings of other units are one place only where so many of them are the same.
COMMON = 2


@dataclass(frozen=True, slots=True)
class Node:
    """A meeting: `members` counter-clockwise around it, beginning with the least; `degree` is how many they are."""

    at: tuple[float, float]
    members: tuple[int, ...]

    @property
    def degree(self) -> int:
        """How many meet here."""
        return len(self.members)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Two records of one meeting that differ, and how far apart they are."""

    difference: Difference
    one: Node
    other: Node
    distance_m: float


def around(members: Sequence[int]) -> tuple[int, ...]:
    """A cyclic order written so that equal ones are equal: each member once, the least first."""
    seen = list(dict.fromkeys(members))
    first = seen.index(min(seen))
    return tuple(seen[first:] + seen[:first])


def mismatches(ones: Sequence[Node], others: Sequence[Node], tolerance_m: float) -> tuple[list[Mismatch], int]:
    """Where two records' meetings differ, in the order of their places, and how many meetings are in both.

    Meetings of the same members are matched by order, then by distance. What is left is matched only within the
    tolerance with one that shares members; what one record alone has is no mismatch: the other may not reach there.
    """
    paired = _paired(ones, others)
    found = [one for one in paired if one.difference == "order" or one.distance_m > tolerance_m]
    left = set(ones) - {one.one for one in paired}
    new = set(others) - {one.other for one in paired}
    near = [one for node in left for one in _near(node, new, tolerance_m)]
    return sorted([*found, *_nearest_first(near)], key=_place), len(paired)


def _place(one: Mismatch) -> tuple[tuple[float, float], tuple[float, float]]:
    return one.one.at, one.other.at


def _paired(ones: Sequence[Node], others: Sequence[Node]) -> list[Mismatch]:
    """Meetings of the same members, each in one pair at most: those in the same order first, then the nearest."""
    by_members: dict[frozenset[int], list[Node]] = defaultdict(list)
    for other in others:
        by_members[frozenset(other.members)].append(other)
    candidates = [
        Mismatch("distance" if one.members == other.members else "order", one, other, distance_m(one.at, other.at))
        for one in ones
        for other in by_members.get(frozenset(one.members), ())
    ]
    return _nearest_first(candidates)


def _nearest_first(candidates: Sequence[Mismatch]) -> list[Mismatch]:
    """Each meeting in one pair at most; an order that differs only where no other fits."""
    taken: list[Mismatch] = []
    ones: set[Node] = set()
    others: set[Node] = set()
    for one in sorted(candidates, key=lambda found: (found.difference == "order", found.distance_m, *_place(found))):
        if one.one not in ones and one.other not in others:
            taken.append(one)
            ones.add(one.one)
            others.add(one.other)
    return taken


def _near(node: Node, others: Iterable[Node], tolerance_m: float) -> Iterator[Mismatch]:
    """The other record's meetings at this place that share members with it."""
    for other in others:
        if len(set(node.members) & set(other.members)) >= COMMON:
            apart = distance_m(node.at, other.at)
            if apart <= tolerance_m:
                yield Mismatch("members" if node.degree == other.degree else "degree", node, other, apart)
