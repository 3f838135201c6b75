"""Markers of a survey beside the recorded ones: by code first, then by place. In a plane, metres.

A displaced marker never moves the line (行政区域界线管理条例 Art. 6): what is told is where it was found, how far
from its record, and how far from the legal line. A phone's position alone proves no displacement; a survey does, or
the witness objects (方位物) measured again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from shapely import Point, STRtree

from boundaries.inspection.model import Marker
from boundaries.inspection.settings import Settings
from boundaries.inspection.witnessing import Displacement, displacement

Coordinates = NDArray[np.float64]
#: What shows that a marker stands elsewhere.
Proof = Literal["survey", "witnesses", "phone"]
#: How far from its record a position may be, in metres: a limit for each found marker.
Limit = Callable[[Marker], float]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A marker in the plane."""

    marker: Marker
    at: Coordinates


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """What became of a marker: `kind` is `same`, `displaced`, `lost`, `added` or `renumbered`.

    `distance_m` by the positions, `witnesses` by the witness objects that both have.
    """

    kind: str
    legal: Placed | None
    found: Placed | None
    distance_m: float | None = None
    proof: Proof = "survey"
    witnesses: Displacement | None = None

    @property
    def one(self) -> Placed:
        """The recorded marker, or the found one where nothing was recorded."""
        side = self.legal or self.found
        if side is None:
            raise ValueError("a meeting has a side")
        return side


def meet(legal: Sequence[Placed], survey: Sequence[Placed], limit: Limit, rules: Settings) -> list[Meeting]:
    """Every recorded and every found marker in exactly one meeting, in order of code.

    A code that stands twice on one side is matched by the nearest pairs.
    """
    pairs = _by_code(legal, survey)
    left = [p for p in legal if id(p) not in {id(a) for a, _ in pairs}]
    new = [p for p in survey if id(p) not in {id(b) for _, b in pairs}]
    renumbered = _by_place(left, new, limit)
    gone = {id(a) for a, _ in renumbered}
    come = {id(b) for _, b in renumbered}
    found = [_measured(a, b, limit(b.marker), rules) for a, b in pairs]
    found += [Meeting("renumbered", a, b, _distance(a, b)) for a, b in renumbered]
    found += [Meeting("lost", a, None) for a in left if id(a) not in gone]
    found += [Meeting("added", None, b) for b in new if id(b) not in come]
    return sorted(found, key=_order)


def _order(meeting: Meeting) -> tuple[str, str, float, float]:
    one = meeting.one
    return (one.marker.code, meeting.kind, float(one.at[0]), float(one.at[1]))


def _distance(a: Placed, b: Placed) -> float:
    return float(np.hypot(*(a.at - b.at)))


def _measured(a: Placed, b: Placed, tolerance_m: float, rules: Settings) -> Meeting:
    """What positions and witness objects say together; the witness objects decide where they say something."""
    distance = _distance(a, b)
    by = displacement(a.marker.witnesses, b.marker.witnesses, rules)
    if by is not None and by.proven:
        return Meeting("displaced", a, b, distance, "witnesses", by)
    stands = by is not None and by.distance_m <= by.tolerance_m
    if distance <= tolerance_m or (b.marker.by_phone and stands):
        return Meeting("same", a, b, distance, witnesses=by)
    return Meeting("displaced", a, b, distance, "phone" if b.marker.by_phone else "survey", by)


def _by_code(legal: Sequence[Placed], survey: Sequence[Placed]) -> list[tuple[Placed, Placed]]:
    known: dict[str, list[Placed]] = {}
    for placed in legal:
        known.setdefault(placed.marker.code, []).append(placed)
    wanted: dict[str, list[Placed]] = {}
    for placed in survey:
        wanted.setdefault(placed.marker.code, []).append(placed)
    return [pair for code in sorted(known.keys() & wanted.keys()) for pair in _nearest_pairs(known[code], wanted[code])]


def _nearest_pairs(ones: Sequence[Placed], others: Sequence[Placed]) -> list[tuple[Placed, Placed]]:
    ranked = sorted(
        ((_distance(a, b), *a.at, *b.at, i, j) for i, a in enumerate(ones) for j, b in enumerate(others)),
    )
    taken: dict[int, int] = {}
    for *_, i, j in ranked:
        if i not in taken and j not in taken.values():
            taken[i] = j
    return [(ones[i], others[j]) for i, j in taken.items()]


def _by_place(left: Sequence[Placed], new: Sequence[Placed], limit: Limit) -> list[tuple[Placed, Placed]]:
    """A found marker with another code where a recorded one is missing, within the tolerance."""
    if not left or not new:
        return []
    tree = STRtree([Point(p.at) for p in left])
    reach = np.array([limit(p.marker) for p in new])
    near = tree.query([Point(p.at) for p in new], predicate="dwithin", distance=reach)
    ones = [left[j] for j in near[1]]
    others = [new[i] for i in near[0]]
    ranked = sorted(
        range(len(ones)), key=lambda k: (_distance(ones[k], others[k]), ones[k].marker.code, others[k].marker.code)
    )
    pairs: list[tuple[Placed, Placed]] = []
    used: set[int] = set()
    for k in ranked:
        if id(ones[k]) not in used and id(others[k]) not in used:
            used |= {id(ones[k]), id(others[k])}
            pairs.append((ones[k], others[k]))
    return pairs


def pairs_by_code(legal: Sequence[Placed], survey: Sequence[Placed]) -> tuple[Coordinates, Coordinates]:
    """Where the markers of the same code were found, and where they are recorded."""
    pairs = _by_code(legal, survey)
    return np.array([b.at for _, b in pairs]).reshape(-1, 2), np.array([a.at for a, _ in pairs]).reshape(-1, 2)


def median_vector(legal: Sequence[Placed], survey: Sequence[Placed]) -> Coordinates | None:
    """The median vector from recorded to found markers of the same code; None where there are none."""
    vectors = [b.at - a.at for a, b in _by_code(legal, survey)]
    return np.median(np.array(vectors), axis=0) if vectors else None
