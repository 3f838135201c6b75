"""Cases for the comparison: a legal line, two surveys, and the truth about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from shapely import LineString, Point

from boundaries.inspection.model import Marker, Record
from boundaries.inspection.survey import Submission
from tests.known_truth.datums import Mistake, make_mistake, moved, submitted
from tests.known_truth.lands import Deed, disagree
from tests.known_truth.lines import ORIGIN, PLANE, Coordinates, Random, any_line, degrees, surveyed
from tests.known_truth.marks import Marks, Stones, as_marker, make_marks

DENSITIES, ACCURACIES = (0.5, 1.0, 2.0), (0.5, 1.0, 2.0)


@dataclass
class Case:
    """What the comparison gets, and what it must find: deeds, causes of shifts by side, (kind, side, code) else.

    `lines`: the surveys in the plane as they were made, without a mistake of the datum.
    """

    legal: Record
    a: Submission
    b: Submission
    lines: list[Coordinates]
    tolerance_m: float
    deeds: list[Deed] = field(default_factory=list)
    shifts: dict[str, str] = field(default_factory=dict)
    truth: set[tuple[str, ...]] = field(default_factory=set)


@dataclass
class _Side:
    """A side under way: what it surveyed, in parts, and its mistake."""

    name: str
    accuracy_m: float
    mistake: Mistake | None
    parts: list[Coordinates] = field(default_factory=list)


def make_case(seed: int) -> Case:
    """One case from its seed: a mixture of everything that can happen."""
    random = np.random.default_rng(seed)
    truth = any_line(random)
    accuracy = [float(random.choice(ACCURACIES)) for _ in "ab"]
    tolerance = 2.0 * float(np.hypot(accuracy[0], accuracy[1]))
    sides = [_Side(name, accuracy[i], make_mistake(random, truth, tolerance)) for i, name in enumerate("ab")]
    lines = [surveyed(random, truth, side.accuracy_m, float(random.choice(DENSITIES))) for side in sides]
    deeds = disagree(random, lines, truth, tolerance) if random.uniform() < 0.7 else []
    found: set[tuple[str, ...]] = set()
    gaps = [_gap(random, lines, i, deeds) for i in (0, 1)]
    for side, line, gap in zip(sides, lines, gaps, strict=True):
        side.parts = _cut(_ended(random, line, side, found), gap, side, found)
    rings = _rings(random, truth, sides, found)
    marks = make_marks(random, truth, accuracy)
    recorded = tuple(as_marker(random, code, stone, _position(stone.at)) for code, stone in marks.legal.items())
    legal = Record((degrees(truth), *(degrees(ring) for ring in rings)), 1.0, recorded)
    a, b = (_handed_in(random, side, marks, legal) for side in sides)
    shifts = {side.name: side.mistake.name for side in sides if side.mistake is not None}
    return Case(legal, a, b, lines, tolerance, deeds, shifts, found | marks.truth)


def _handed_in(random: Random, side: _Side, marks: Marks, legal: Record) -> Submission:
    lines = [moved(degrees(part), side.mistake) for part in _shuffled(random, side.parts)]
    markers = tuple(_markers(random, marks.found[side.name], side.mistake))
    return submitted(lines, side.accuracy_m, markers, side.mistake, legal)


def _markers(random: Random, stones: Stones, mistake: Mistake | None) -> Sequence[Marker]:
    """In any order, where the mistake shows them."""
    codes = random.permutation(sorted(stones)).tolist()
    return [as_marker(random, code, stones[code], _position(stones[code].at, mistake)) for code in codes]


def _position(at: Coordinates, mistake: Mistake | None = None) -> tuple[float, float]:
    x, y = moved(degrees(np.array([at, at + 1])), mistake).coords[0]
    return x, y


def _shuffled(random: Random, parts: list[Coordinates]) -> list[Coordinates]:
    turned = [part[::-1] if random.uniform() < 0.5 else part for part in parts]
    return [turned[i] for i in random.permutation(len(turned))]


# -- ends, missing stretches, rings -----------------------------------------------------------------------------


def _ended(random: Random, line: Coordinates, side: _Side, found: set[tuple[str, ...]]) -> Coordinates:
    """In some of the cases the survey goes on beyond the agreed end of the line."""
    if random.uniform() > 0.1:
        return line
    ahead = line[-1] - line[-2]
    far = random.uniform(2.5, 8) * 2 * np.hypot(side.accuracy_m, 1.0)
    found.add(("tripoint_mismatch", side.name))
    return np.concatenate([line, [line[-1] + ahead / np.hypot(*ahead) * far]])


def _gap(random: Random, lines: Sequence[Coordinates], side: int, deeds: Sequence[Deed]) -> tuple[int, int]:
    """The vertices between which a side left a stretch of the middle out, in some of the cases; else the middle."""
    line = lines[side]
    begin, end = (int(len(line) * share) for share in (0.45, random.uniform(0.5, 0.55)))
    gap = LineString(line[begin : end + 1])
    # a disagreement that reaches the gap would have no known end
    near = any(gap.distance(LineString(one[deed.runs[i]])) < 150 for deed in deeds for i, one in enumerate(lines))
    if random.uniform() > 0.25 or gap.length < 150 or near:
        return len(line) // 2, len(line) // 2
    return begin, end


def _cut(line: Coordinates, gap: tuple[int, int], side: _Side, found: set[tuple[str, ...]]) -> list[Coordinates]:
    """The line in two parts, which meet or leave a stretch out."""
    if gap[0] < gap[1]:
        found.add(("missing_stretch", side.name))
    return [line[: gap[0] + 1], line[gap[1] :]]


def _rings(
    random: Random, truth: Coordinates, sides: Sequence[_Side], found: set[tuple[str, ...]]
) -> list[Coordinates]:
    """Closed pieces beside the line: a legal one that both have or one leaves out, or one that only one side shows."""
    what = str(random.choice(["none"] * 6 + ["kept", "vanished", "new"]))
    if what == "none":
        return []
    ring = _ring(random, truth)
    which = sides[int(random.integers(2))]
    for side in sides:
        if what == "kept" or (side is which) == (what == "new"):
            side.parts.append(_closed(surveyed(random, ring, side.accuracy_m, 1.0)))
    if what != "kept":
        found.add((f"enclave_{what}", which.name))
    return [] if what == "new" else [ring]


def _ring(random: Random, truth: Coordinates) -> Coordinates:
    """A ring of some hundred metres well off the line."""
    course, size = LineString(truth), random.uniform(80, 300)
    angle = np.linspace(0, 2 * np.pi, 25)
    shape = size * np.column_stack([np.cos(angle), 0.7 * np.sin(angle)])
    while True:
        middle = truth[int(random.integers(len(truth)))] + random.uniform(-2_500, 2_500, 2)
        if course.distance(Point(middle)) > size + 400:
            return _closed(middle + shape)


def _closed(ring: Coordinates) -> Coordinates:
    return np.concatenate([ring[:-1], ring[:1]])


__all__ = ["ORIGIN", "PLANE", "Case", "degrees", "make_case"]
