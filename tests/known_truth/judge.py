"""What was found held against what was done: recall and false alarms for each kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from boundaries.inspection.model import Comparison, Finding
from tests.known_truth.cases import ORIGIN, PLANE, Case, Land

#: Found land and made land are the same where they share so much of both; their areas differ by at most this.
SAME_LAND, SAME_AREA = 0.95, 0.01
LANDS = ("disputed_area", "unclaimed_area")


@dataclass
class Tally:
    """By kind: how many there were, how many were missed, how many were invented; and each mistake in words."""

    real: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    badly_measured: Counter[str] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take over another tally."""
        for name in ("real", "missed", "invented", "badly_measured"):
            getattr(self, name).update(getattr(other, name))
        self.mistakes.extend(other.mistakes)

    def table(self) -> str:
        """One line for each kind."""
        kinds = sorted(self.real | self.missed | self.invented)
        head = f"{'kind':<20} {'real':>6} {'missed':>7} {'invented':>9} {'area off 1 %':>13}"
        rows = [
            f"{kind:<20} {self.real[kind]:>6} {self.missed[kind]:>7} {self.invented[kind]:>9} "
            f"{self.badly_measured[kind]:>13}"
            for kind in kinds
        ]
        return "\n".join([head, *rows])


def judge(seed: int, case: Case, found: Comparison) -> Tally:
    """The tally of one case."""
    tally = Tally()
    _lands(seed, case, found, tally)
    _shifts(seed, case, found, tally)
    _sets(seed, tally, _made_markers(case), _found_markers(found))
    _sets(seed, tally, {("missing_stretch", side) for side in case.missing}, _sides(found, "missing_stretch"))
    for kind in ("tripoint_mismatch", "enclave_new", "enclave_vanished"):
        _sets(seed, tally, set(), _sides(found, kind))
    return tally


def _sets(seed: int, tally: Tally, made: set[tuple[str, ...]], found: set[tuple[str, ...]]) -> None:
    tally.real.update(kind for kind, *_ in made)
    tally.missed.update(kind for kind, *_ in made - found)
    tally.invented.update(kind for kind, *_ in found - made)
    tally.mistakes += [f"case {seed}: {what} missed" for what in sorted(made - found)]
    tally.mistakes += [f"case {seed}: {what} invented" for what in sorted(found - made)]


def _made_markers(case: Case) -> set[tuple[str, ...]]:
    return {(kind, side, code) for (side, code), kind in case.markers.items()}


def _found_markers(found: Comparison) -> set[tuple[str, ...]]:
    return {
        (f.kind, side, f.facts["code"])
        for f in found.findings
        if f.kind.startswith("marker_")
        for side in ("ab" if f.side == "both" else f.side)
    }


def _sides(found: Comparison, kind: str) -> set[tuple[str, ...]]:
    return {(kind, side) for f in found.findings if f.kind == kind for side in ("ab" if f.side == "both" else f.side)}


def _shifts(seed: int, case: Case, found: Comparison, tally: Tally) -> None:
    named = {"gcj02": {"gcj02"}, "bd09": {"bd09"}, "vector": {"translation", "beijing54"}}
    made: set[tuple[str, ...]] = {("systematic_shift", side) for side in case.shifts}
    seen: set[tuple[str, ...]] = {("systematic_shift", side) for side in "ab" if found.shifts[side] is not None}
    _sets(seed, tally, made, seen)
    for side, cause in case.shifts.items():
        shift = found.shifts[side]
        if shift is not None and shift.cause not in named[cause]:
            tally.missed["cause of a shift"] += 1
            tally.mistakes.append(f"case {seed}: {cause} of {side} named {shift.cause}")


def _lands(seed: int, case: Case, found: Comparison, tally: Tally) -> None:
    left = [f for f in found.findings if f.kind in LANDS]
    for land in case.lands:
        tally.real[land.kind] += 1
        same = max((f for f in left if f.kind == land.kind), key=lambda f: _alike(f, land), default=None)
        if same is None or _alike(same, land) < SAME_LAND:
            tally.missed[land.kind] += 1
            tally.mistakes.append(f"case {seed}: {land.kind} {land.width_m:.1f} m wide missed")
            continue
        left.remove(same)
        if abs(_drawn(same).area / land.land.area - 1) > SAME_AREA:
            tally.badly_measured[land.kind] += 1
            tally.mistakes.append(f"case {seed}: {land.kind} {land.width_m:.1f} m wide badly measured")
    for finding in left:
        tally.invented[finding.kind] += 1
        tally.mistakes.append(f"case {seed}: {finding.kind} invented, {dict(finding.measures)}")


def _alike(finding: Finding, land: Land) -> float:
    """Intersection over union."""
    drawn = _drawn(finding)
    shared = drawn.intersection(land.land).area
    return float(shared / (drawn.area + land.land.area - shared))


def _drawn(finding: Finding) -> BaseGeometry:
    assert finding.geometry is not None
    plane = affinity.translate(PLANE.to_plane(finding.geometry), -ORIGIN[0], -ORIGIN[1])
    drawn: BaseGeometry = shapely.make_valid(plane)
    return drawn
