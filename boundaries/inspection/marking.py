"""Markers of a survey beside the recorded ones: by code first, then by place. In a plane, metres.

A displaced marker never moves the line (行政区域界线管理条例 Art. 6): what is told is where it was found, how far
from its record, and how far from the legal line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import Point, STRtree

from boundaries.inspection.model import Marker

Coordinates = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placed:
    """A marker in the plane."""

    marker: Marker
    at: Coordinates


@dataclass(frozen=True, slots=True)
class Meeting:
    """What became of a marker: `kind` is `same`, `displaced`, `lost`, `added` or `renumbered`."""

    kind: str
    legal: Placed | None
    found: Placed | None
    distance_m: float | None = None

    @property
    def one(self) -> Placed:
        """The recorded marker, or the found one where nothing was recorded."""
        side = self.legal or self.found
        if side is None:
            raise ValueError("a meeting has a side")
        return side


def meet(legal: Sequence[Placed], survey: Sequence[Placed], tolerance_m: float) -> list[Meeting]:
    """Every recorded and every found marker in exactly one meeting, in order of code.

    A code that stands twice on one side is matched by the nearest pairs.
    """
    pairs = _by_code(legal, survey)
    left = [p for p in legal if id(p) not in {id(a) for a, _ in pairs}]
    new = [p for p in survey if id(p) not in {id(b) for _, b in pairs}]
    renumbered = _by_place(left, new, tolerance_m)
    gone = {id(a) for a, _ in renumbered}
    come = {id(b) for _, b in renumbered}
    found = [_measured(a, b, tolerance_m) for a, b in pairs]
    found += [Meeting("renumbered", a, b, _distance(a, b)) for a, b in renumbered]
    found += [Meeting("lost", a, None) for a in left if id(a) not in gone]
    found += [Meeting("added", None, b) for b in new if id(b) not in come]
    return sorted(found, key=_order)


def _order(meeting: Meeting) -> tuple[str, str, float, float]:
    one = meeting.one
    return (one.marker.code, meeting.kind, float(one.at[0]), float(one.at[1]))


def _distance(a: Placed, b: Placed) -> float:
    return float(np.hypot(*(a.at - b.at)))


def _measured(a: Placed, b: Placed, tolerance_m: float) -> Meeting:
    distance = _distance(a, b)
    return Meeting("displaced" if distance > tolerance_m else "same", a, b, distance)


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


def _by_place(left: Sequence[Placed], new: Sequence[Placed], tolerance_m: float) -> list[tuple[Placed, Placed]]:
    """A found marker with another code where a recorded one is missing, within the tolerance."""
    if not left or not new:
        return []
    tree = STRtree([Point(p.at) for p in new])
    near = tree.query([Point(p.at) for p in left], predicate="dwithin", distance=tolerance_m)
    ones = [left[i] for i in near[0]]
    others = [new[j] for j in near[1]]
    ranked = sorted(range(len(ones)), key=lambda k: (_distance(ones[k], others[k]), ones[k].marker.code))
    pairs: list[tuple[Placed, Placed]] = []
    used: set[int] = set()
    for k in ranked:
        if id(ones[k]) not in used and id(others[k]) not in used:
            used |= {id(ones[k]), id(others[k])}
            pairs.append((ones[k], others[k]))
    return pairs


def median_vector(meetings: Sequence[Meeting]) -> Coordinates | None:
    """The median vector from recorded to found markers of the same code; None where there are none."""
    vectors = [m.found.at - m.legal.at for m in meetings if m.kind in ("same", "displaced") and m.found and m.legal]
    return np.median(np.array(vectors), axis=0) if vectors else None
