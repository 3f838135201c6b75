"""Which stretches of the legal line a survey covers. In chainage: metres along the legal line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from boundaries.inspection.paths import Bundle, Path

Interval = tuple[float, float]


def covered(paths: Iterable[Path], gap_m: float) -> list[Interval]:
    """The stretches that the paths cover, in order; a gap shorter than `gap_m` is none."""
    result: list[Interval] = []
    for begin, end in sorted((path.begin_m, path.end_m) for path in paths):
        if result and begin - result[-1][1] < gap_m:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((begin, end))
    return result


def missing(stretches: Sequence[Interval], legal: Bundle, gap_m: float) -> list[Interval]:
    """What of the legal line is not covered, in pieces of at least `gap_m`, none across two of its parts."""
    result: list[Interval] = []
    for begin, end in pairwise(legal.offsets.tolist()):
        at = begin
        for first, last in (*stretches, (end, end)):
            if min(first, end) - at >= gap_m:
                result.append((at, min(first, end)))
            at = max(at, min(last, end))
    return result


def common(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """The stretches in both."""
    found = [(max(a, c), min(b, d)) for a, b in one for c, d in other]
    return sorted((begin, end) for begin, end in found if end > begin)


def within(chainage_m: NDArray[np.float64], stretches: Sequence[Interval]) -> NDArray[np.bool_]:
    """Which chainages lie in one of the stretches."""
    inside = np.zeros(len(chainage_m), dtype=bool)
    for begin, end in stretches:
        inside |= (chainage_m >= begin) & (chainage_m <= end)
    return inside
