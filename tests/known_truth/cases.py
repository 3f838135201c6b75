"""Cases for the comparison: a legal line, two surveys, and the truth about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.plane import LocalPlane
from boundaries.inspection.model import Marker, Record
from boundaries.inspection.survey import Submission
from data.crs_offsets import to_bd09, to_gcj02
from tests.known_truth.lines import Coordinates, Random, surveyed, winding_line

#: The plane in which the invented lines are drawn: no place of theirs is a real boundary.
PLANE = LocalPlane(119.7)
ORIGIN = np.array([-20_000.0, 3_420_000.0])


@dataclass(frozen=True)
class Land:
    """A disagreement that was made: its land (plane), its width, and whether both claim it or neither."""

    kind: str
    land: BaseGeometry
    width_m: float


@dataclass
class Case:
    """What the comparison gets, and what it must find. Markers by code; stretches in kilometres of the truth line."""

    legal: Record
    a: Submission
    b: Submission
    lands: list[Land] = field(default_factory=list)
    shifts: dict[str, str] = field(default_factory=dict)
    markers: dict[tuple[str, str], str] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)


def degrees(line: Coordinates) -> LineString:
    """A line of the plane in longitude and latitude."""
    moved = PLANE.to_degrees(LineString(line + ORIGIN))
    assert isinstance(moved, LineString)
    return moved


def make_case(seed: int) -> Case:
    """One case from its seed: a mixture of everything that can happen."""
    random = np.random.default_rng(seed)
    truth = winding_line(random, random.uniform(4_000, 25_000), random.uniform(12, 40))
    accuracy = [float(random.choice([0.5, 1.0, 2.0])) for _ in "ab"]
    tolerance = 2.0 * float(np.hypot(accuracy[0], accuracy[1]))
    density = [float(random.choice([0.5, 1.0, 2.0])) for _ in "ab"]
    lines = [surveyed(random, truth, accuracy[i], density[i]) for i in range(2)]
    lands: list[Land] = []
    if random.uniform() < 0.6:
        lands = _disagree(random, lines, truth, tolerance)
    case = Case(Record((degrees(truth),), 1.0), Submission(Record((), 1.0)), Submission(Record((), 1.0)), lands)
    marks = _markers(truth)
    shown = [_marker_truth(random, marks, accuracy[i], "ab"[i], case) for i in range(2)]
    parts = [_missing(random, lines[i], truth, lands, "ab"[i], case) for i in range(2)]
    shifts = [_datum(random, "ab"[i], tolerance, case) for i in range(2)]
    case.legal = Record((degrees(truth),), 1.0, tuple(_marker(code, at) for code, at in marks.items()))
    case.a, case.b = (
        Submission(
            Record(
                tuple(_moved(degrees(part), shifts[i]) for part in _shuffled(random, parts[i])),
                accuracy[i],
                tuple(_moved_marker(code, at, shifts[i]) for code, at in shown[i].items()),
            )
        )
        for i in range(2)
    )
    return case


# -- disagreements ----------------------------------------------------------------------------------------------


def _disagree(random: Random, lines: list[Coordinates], truth: Coordinates, tolerance_m: float) -> list[Land]:
    """One or two bulges in one of the surveys, each at least twice the tolerance wide, with its land."""
    found = []
    for share in (0.3, 0.7)[: int(random.integers(1, 3))]:
        side = int(random.integers(2))
        width = float(random.uniform(2.2, 30) * tolerance_m)
        length = float(random.uniform(max(80.0, 2 * width), max(900.0, 4 * width)))
        sign = float(random.choice([-1.0, 1.0]))
        made = _bulge(lines, truth, side, share, length, sign * width)
        if made is not None:
            found.append(made)
    return found


def _bulge(
    lines: list[Coordinates], truth: Coordinates, side: int, share: float, length_m: float, offset_m: float
) -> Land | None:
    """Move a run of one survey sideways, in one direction, so that the land between is a clean strip."""
    course = LineString(truth)
    begin, end = share * course.length - length_m / 2, share * course.length + length_m / 2
    ends = [np.array(course.interpolate(d).coords[0]) for d in (begin, end)]
    along = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
    direction = np.array([-along[1], along[0]])
    line = lines[side]
    run = _run(line, begin, end, course)
    if len(run) < 4:
        return None
    moved = np.concatenate([line[: run[0]], line[run] + direction * offset_m, line[run[-1] + 1 :]])
    if not LineString(moved).is_simple:
        return None
    other = lines[1 - side]
    across = _run(other, begin, end, course)
    ring = np.concatenate([moved[run[0] - 1 : run[-1] + 2], other[across[0] - 1 : across[-1] + 2][::-1]])
    land = Polygon(ring)
    if not land.is_valid or LineString(moved).crosses(LineString(other[across])):
        return None
    lines[side] = moved
    # left of A and right of B: A moved right (negative) or B moved left (positive)
    both = (side == 0) == (offset_m < 0)
    return Land("disputed_area" if both else "unclaimed_area", land, abs(offset_m))


def _run(line: Coordinates, begin_m: float, end_m: float, course: LineString) -> NDArray[np.intp]:
    at = np.array([course.project(Point(p)) for p in line])
    return np.flatnonzero((at >= begin_m) & (at <= end_m))


# -- markers ----------------------------------------------------------------------------------------------------


def _markers(truth: Coordinates) -> dict[str, Coordinates]:
    course = LineString(truth)
    count = max(3, int(course.length // 2_500))
    return {
        f"{i + 1:03}": np.array(course.interpolate(course.length * i / (count - 1)).coords[0]) for i in range(count)
    }


def _marker_truth(
    random: Random, marks: dict[str, Coordinates], accuracy_m: float, side: str, case: Case
) -> dict[str, Coordinates]:
    """The markers as a side found them: one lost, moved, renumbered or added in some of the cases."""
    shown = {code: at + _error(random, accuracy_m) for code, at in marks.items()}
    what = str(random.choice(["nothing", "nothing", "lost", "displaced", "renumbered", "added"]))
    code = str(random.choice(sorted(marks)[1:-1]))
    if what == "lost":
        del shown[code]
    elif what == "displaced":
        angle = random.uniform(0, 2 * np.pi)
        shown[code] = marks[code] + random.uniform(12, 60) * np.array([np.cos(angle), np.sin(angle)])
    elif what == "renumbered":
        shown[f"X{code}"] = shown.pop(code)
    elif what == "added":
        shown["N1"] = marks[code] + np.array([300.0, 5.0])
    if what != "nothing":
        case.markers[side, "N1" if what == "added" else code] = f"marker_{what}"
    return shown


def _error(random: Random, accuracy_m: float) -> Coordinates:
    error = random.normal(0, accuracy_m / np.sqrt(2), 2)
    return np.asarray(error / max(1.0, float(np.hypot(*error)) / (1.9 * accuracy_m)))


def _marker(code: str, at: Coordinates) -> Marker:
    x, y = degrees(np.array([at, at + 1])).coords[0]
    return Marker(code, (x, y))


# -- missing stretches, shuffling, datum ------------------------------------------------------------------------


def _missing(
    random: Random, line: Coordinates, truth: Coordinates, lands: Sequence[Land], side: str, case: Case
) -> list[Coordinates]:
    """The line in parts, a stretch of it left out in some of the cases."""
    if random.uniform() > 0.25 or len(line) < 60:
        cut = len(line) // 2
        return [line[: cut + 1], line[cut:]]
    begin = int(len(line) * 0.45)
    end = int(len(line) * 0.55)
    # the middle holds no disagreement: those lie at 0.3 and 0.7 of the line
    gap = LineString(line[begin : end + 1])
    if gap.length < 200 or any(gap.distance(land.land) < 100 for land in lands):
        return [line]
    case.missing[side] = int(gap.length)
    return [line[: begin + 1], line[end:]]


def _shuffled(random: Random, parts: list[Coordinates]) -> list[Coordinates]:
    turned = [part[::-1] if random.uniform() < 0.5 else part for part in parts]
    order = random.permutation(len(turned))
    return [turned[i] for i in order]


def _datum(random: Random, side: str, tolerance_m: float, case: Case) -> str | tuple[float, float] | None:
    """A mistake of the datum in some of the cases: a constant vector, or the offset of a web map."""
    what = random.uniform()
    if what > 0.24:
        return None
    if what < 0.12:
        angle, length = random.uniform(0, 2 * np.pi), random.uniform(4 * tolerance_m, 400)
        case.shifts[side] = "vector"
        return float(length * np.cos(angle)), float(length * np.sin(angle))
    name = "gcj02" if what < 0.18 else "bd09"
    case.shifts[side] = name
    return name


def _moved(line: LineString, shift: str | tuple[float, float] | None) -> LineString:
    vertices = np.array(line.coords)
    if shift is None:
        return line
    if isinstance(shift, str):
        return LineString((to_gcj02 if shift == "gcj02" else to_bd09)(vertices))
    plane = np.array(PLANE.to_plane(line).coords) + np.array(shift)
    moved = PLANE.to_degrees(LineString(plane))
    assert isinstance(moved, LineString)
    return moved


def _moved_marker(code: str, at: Coordinates, shift: str | tuple[float, float] | None) -> Marker:
    line = _moved(degrees(np.array([at, at + 1])), shift)
    x, y = line.coords[0]
    return Marker(code, (x, y))


__all__ = ["ORIGIN", "PLANE", "Case", "Land", "degrees", "make_case"]
