"""Which findings of a file stood in the one before: by kind, subject and place, never by their order. Pure.

Files are renamed, features renumbered and lines re-drawn between two hand-ins,
so neither the layer's name nor the number of a feature is a finding's identity.
It is the kind with its reason and field, and where it is; a finding without a
place is known by its words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

#: Metres of one degree of latitude on the mean sphere (IUGG): enough to say which of two findings is nearer.
DEGREE_M = 111_195.08


@dataclass(frozen=True, slots=True)
class Known:
    """What a finding is known by: its number in its report, kind, reason, field, words, and geometry (degrees)."""

    ordinal: int
    kind: str
    reason: str
    field: str | None
    message: str
    geometry: BaseGeometry | None

    @property
    def subject(self) -> tuple[str, ...]:
        """What must be the same for two findings to be one; words count where there is no place."""
        words = "" if self.geometry is not None else self.message
        return (self.kind, self.reason, self.field or "", words)


def matched(earlier: Sequence[Known], now: Sequence[Known], within_m: float) -> dict[int, int]:
    """For findings of `now` the one of `earlier` that they repeat: number to number, each at most once.

    Places match up to `within_m` metres apart, the nearest first.
    """
    before = _by_subject(earlier)
    found: dict[int, int] = {}
    for subject, group in _by_subject(now).items():
        there = before.get(subject, [])
        placed = group[0].geometry is not None
        found |= _nearest(there, group, within_m) if placed else _one_by_one(there, group)
    return found


def _by_subject(findings: Sequence[Known]) -> Mapping[tuple[str, ...], list[Known]]:
    groups: dict[tuple[str, ...], list[Known]] = defaultdict(list)
    for finding in findings:
        groups[(*finding.subject, "" if finding.geometry is None else "placed")].append(finding)
    return groups


def _one_by_one(earlier: Sequence[Known], now: Sequence[Known]) -> dict[int, int]:
    return {one.ordinal: other.ordinal for other, one in zip(earlier, now, strict=False)}


def _nearest(earlier: Sequence[Known], now: Sequence[Known], within_m: float) -> dict[int, int]:
    if not earlier:
        return {}
    here, there = _in_metres([one.geometry for one in now], [one.geometry for one in earlier])
    mine, theirs = shapely.STRtree(there).query(here, predicate="dwithin", distance=within_m)
    apart = shapely.distance(here[mine], there[theirs])
    # findings that lie upon each other are told apart by their middles
    middles = shapely.distance(shapely.centroid(here[mine]), shapely.centroid(there[theirs]))
    order = np.lexsort((theirs, mine, middles, apart))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for at in order:
        one, other = now[mine[at]].ordinal, earlier[theirs[at]].ordinal
        if one not in found and other not in taken:
            found[one] = other
            taken.add(other)
    return found


def _in_metres(
    here: Sequence[BaseGeometry | None], there: Sequence[BaseGeometry | None]
) -> tuple[np.ndarray, np.ndarray]:
    """Both lists in metres round their common middle: degrees as far apart as they are on the ground there."""
    both = np.array([*here, *there], dtype=object)
    middle = float(np.mean(shapely.get_coordinates(both)[:, 1]))
    scale = np.array([DEGREE_M * np.cos(np.radians(middle)), DEGREE_M])
    moved = shapely.transform(both, lambda positions: positions * scale)
    return moved[: len(here)], moved[len(here) :]
