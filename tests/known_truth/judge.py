"""What was found held against what was done: recall, false alarms, place and area for each kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.fit import Move, fit_pairs
from boundaries.inspection.model import Comparison, Finding
from tests.known_truth.cases import ORIGIN, PLANE, Case
from tests.known_truth.datums import NAMED
from tests.known_truth.lands import Land, land_of
from tests.known_truth.lines import Coordinates

#: Found land and made land are the same where they share so much of both; their areas differ by at most this.
SAME_LAND, SAME_AREA = 0.95, 0.01
LANDS = ("disputed_area", "unclaimed_area")
COLUMNS = (
    *("kind", "real", "missed", "invented", "area off 1 %"),
    *("IoU least", "IoU median", "area error most", "with doubtful ends", "in parts"),
)


@dataclass
class Tally:
    """By kind: how many there were, were missed, were invented, had another area; how well land was located."""

    real: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    badly_measured: Counter[str] = field(default_factory=Counter)
    alike: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    area_error: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    whole_error: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    #: Lands that were told in more than one finding.
    parts: Counter[str] = field(default_factory=Counter)
    #: How far surveys with a mistaken datum lie, where they were put right, from where they were made, in metres.
    placed: list[float] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take over another tally."""
        for name in ("real", "missed", "invented", "badly_measured", "parts"):
            getattr(self, name).update(getattr(other, name))
        for name in ("alike", "area_error", "whole_error"):
            for kind, values in getattr(other, name).items():
                getattr(self, name)[kind] += values
        self.placed.extend(other.placed)
        self.mistakes.extend(other.mistakes)

    @property
    def faultless(self) -> bool:
        """Whether nothing was missed, invented or badly measured."""
        return not (self.missed or self.invented or self.badly_measured)

    def table(self) -> str:
        """One line of a Markdown table for each kind."""
        kinds = sorted(self.real | self.missed | self.invented)
        lines = [COLUMNS, ("---",) * len(COLUMNS), *(self._row(kind) for kind in kinds)]
        return "\n".join("| " + " | ".join(row) + " |" for row in lines)

    def _row(self, kind: str) -> tuple[str, ...]:
        counts = [str(of[kind]) for of in (self.real, self.missed, self.invented)]
        if kind not in self.alike:
            return (kind, *counts, *[""] * (len(COLUMNS) - len(counts) - 1))
        alike, error, whole = (np.array(of[kind]) for of in (self.alike, self.area_error, self.whole_error))
        located = (
            f"{alike.min():.4f}",
            f"{np.median(alike):.4f}",
            f"{100 * error.max():.2f} %",
            f"{100 * whole.max():.2f} %",
            str(self.parts[kind]),
        )
        return (kind, *counts, str(self.badly_measured[kind]), *located)


def judge(seed: int, case: Case, found: Comparison) -> Tally:
    """The tally of one case."""
    tally = Tally()
    moves = {side: _placing(case.lines[i], found, side) for i, side in enumerate("ab")}
    placed = [move.applied(line) for move, line in zip(moves.values(), case.lines, strict=True)]
    lands = [land_of(deed, placed, case.tolerance_m) for deed in case.deeds]
    _lands(seed, lands, found, tally)
    _departures(seed, lands, found, tally)
    _shifts(seed, case, found, tally)
    for side in case.shifts:
        _well_placed(seed, case, side, moves[side], tally)
    _sets(seed, tally, case.truth, _found(found))
    return tally


def _placing(line: Coordinates, found: Comparison, side: str) -> Move:
    """From a survey as it was made to where the comparison put it.

    The move of a mistaken datum and that which the errors have in common are one, and nobody can tell them apart: the
    survey is put right only as well as its errors allow. How well is judged by itself, and the land where it was put.
    """
    put = shapely.get_coordinates(PLANE.to_plane(found.courses[side])) - ORIGIN
    near = shapely.STRtree(shapely.points(put)).nearest(shapely.points(line))
    return fit_pairs(line, put[near])


def _well_placed(seed: int, case: Case, side: str, move: Move, tally: Tally) -> None:
    """A survey put right lies where it was made within half of the tolerance."""
    line = case.lines["ab".index(side)]
    off = float(np.hypot(*(move.applied(line) - line).T).max())
    tally.placed.append(off)
    if off > case.tolerance_m / 2:
        tally.missed[f"datum: {case.shifts[side]}"] += 1
        tally.mistakes.append(f"case {seed}: {case.shifts[side]} of {side} put right {off:.2f} m off")


def _sets(seed: int, tally: Tally, made: set[tuple[str, ...]], found: set[tuple[str, ...]]) -> None:
    tally.real.update(kind for kind, *_ in made)
    tally.missed.update(kind for kind, *_ in made - found)
    tally.invented.update(kind for kind, *_ in found - made)
    tally.mistakes += [f"case {seed}: {what} missed" for what in sorted(made - found)]
    tally.mistakes += [f"case {seed}: {what} invented" for what in sorted(found - made)]


#: What is judged apart, or is no finding of anything that was made.
APART = (*LANDS, "departure", "systematic_shift", "sliver_summary")


def _found(found: Comparison) -> set[tuple[str, ...]]:
    """Everything else that was told, by kind, side and, of markers, code."""
    return {
        (_kind(f), side, *([f.facts["code"]] if f.kind.startswith("marker_") else []))
        for f in found.findings
        if f.kind not in APART
        for side in ("ab" if f.side == "both" else f.side)
    }


def _kind(finding: Finding) -> str:
    return "marker hint by phone" if finding.facts.get("proof") == "phone" else finding.kind


def _shifts(seed: int, case: Case, found: Comparison, tally: Tally) -> None:
    made = {(f"datum: {name}", side) for side, name in case.shifts.items()}
    seen = {
        (f"datum: {case.shifts[side]}" if side in case.shifts else "datum: none", side)
        for side in "ab"
        if found.shifts[side] is not None
    }
    _sets(seed, tally, set(made), set(seen))
    for side, name in case.shifts.items():
        shift = found.shifts[side]
        if shift is not None and shift.cause not in NAMED[name]:
            tally.missed[f"datum: {name}"] += 1
            tally.mistakes.append(f"case {seed}: {name} of {side} named {shift.cause}")


def _lands(seed: int, lands: Sequence[Land], found: Comparison, tally: Tally) -> None:
    left = [f for f in found.findings if f.kind in LANDS]
    for land in lands:
        kind = f"{land.kind}, narrow" if land.narrow else land.kind
        tally.real[kind] += 1
        same = [f for f in left if f.kind == land.kind and _lies_in(_drawn(f), land.land.union(land.doubtful))]
        alike = _alike(same, land)
        if alike < SAME_LAND:
            tally.missed[kind] += 1
            tally.mistakes.append(f"case {seed}: {kind} {land.width_m:.1f} m wide missed (IoU {alike:.3f})")
            continue
        left = [f for f in left if f not in same]
        tally.parts[kind] += len(same) > 1
        sure = land.land.difference(land.doubtful).area
        error = abs(_counted(same, land).area / sure - 1) if sure else 0.0
        tally.alike[kind].append(alike)
        tally.area_error[kind].append(error)
        tally.whole_error[kind].append(abs(_union(same).area / land.land.area - 1))
        if error > SAME_AREA:
            tally.badly_measured[kind] += 1
            tally.mistakes.append(f"case {seed}: {kind} {land.width_m:.1f} m wide measured {100 * error:.2f} % off")
    for finding in left:
        if any(_lies_in(_drawn(finding), land.rest) for land in lands):
            continue
        tally.invented[finding.kind] += 1
        tally.mistakes.append(f"case {seed}: {finding.kind} invented, {dict(finding.measures)}")


def _departures(seed: int, lands: Sequence[Land], found: Comparison, tally: Tally) -> None:
    """A departure is of a side that was made to depart, and lies on the land that was made."""
    for finding in found.findings:
        if finding.kind == "departure" and not _of_any(finding, lands):
            tally.invented["departure"] += 1
            tally.mistakes.append(f"case {seed}: departure of {finding.side} invented, {dict(finding.measures)}")


def _of_any(finding: Finding, lands: Sequence[Land]) -> bool:
    drawn = _drawn(finding)
    return any(
        land.departed in (finding.side, "both") and (_lies_in(drawn, land.land) or _lies_in(drawn, land.rest))
        for land in lands
    )


def _lies_in(drawn: BaseGeometry, land: BaseGeometry) -> bool:
    return bool(drawn.intersection(land).area > 0.5 * drawn.area)


def _alike(findings: Sequence[Finding], land: Land) -> float:
    """Intersection over union, doubtful ends left out of both."""
    found, made = _counted(findings, land), land.land.difference(land.doubtful)
    shared = found.intersection(made).area
    either = found.area + made.area - shared
    return float(shared / either) if either else 0.0


def _counted(findings: Sequence[Finding], land: Land) -> BaseGeometry:
    """The land of findings without the doubtful ends of the land that was made."""
    counted: BaseGeometry = _union(findings).difference(land.doubtful)
    return counted


def _union(findings: Sequence[Finding]) -> BaseGeometry:
    """Where the claims come together within it a disagreement is told in parts."""
    return shapely.union_all([_drawn(finding) for finding in findings])


def _drawn(finding: Finding) -> BaseGeometry:
    assert finding.geometry is not None
    plane = affinity.translate(PLANE.to_plane(finding.geometry), -ORIGIN[0], -ORIGIN[1])
    drawn: BaseGeometry = shapely.make_valid(plane)
    return drawn
