"""Where three or more legal lines meet (交会点): whether the surveys of all of them meet there too, and in what order.

Each line alone is compared at its ends already. Here the surveys of different lines are held
against each other in pairs: each may end near enough to the agreed point, and two of them
apart. Pure: positions are longitude and latitude, distances metres on the ellipsoid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPoint, Point, STRtree, get_coordinates
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.course import Course
from boundaries.geometry.ellipsoid import azimuth_deg, distance_m
from boundaries.geometry.plane import LocalPlane
from boundaries.inspection.meetings import around
from boundaries.inspection.model import Comparison, Finding, Severity
from boundaries.inspection.settings import Settings, settings

Coordinates = NDArray[np.float64]
Position = tuple[float, float]
#: From so many lines on their common end is a meeting.
THREE = 3
#: The direction in which a line leaves its end is taken over so many tolerances, and at least one station.
LEAVING_TOLERANCES = 10.0
#: Ends farther apart than this many degrees (a kilometre) are not looked at together.
FAR_DEG = 0.01


@dataclass(frozen=True, slots=True)
class End:
    """Where a line ends, legally and in the survey of each side (None: it does not reach there), and how it leaves.

    `leaves` are azimuths in degrees, by `legal`, `a` and `b`. `outwards`: the line begins here.
    """

    line: str
    outwards: bool
    at: Position
    shown: Mapping[str, Position]
    leaves: Mapping[str, float]
    accuracies_m: Mapping[str, float]


def ends_of(name: str, comparison: Comparison, rules: Settings) -> Iterator[End]:
    """The ends of a line that was compared; a ring has none."""
    courses = {side: course for side, course in comparison.courses.items() if not course.is_empty}
    if "legal" not in courses:
        return
    plane = LocalPlane.of(courses["legal"])
    parts = {side: [get_coordinates(part) for part in plane.to_plane(course).geoms] for side, course in courses.items()}
    ahead_m = max(LEAVING_TOLERANCES * comparison.tolerance_m, rules.station_step_m)
    for legal in parts["legal"]:
        if (legal[0] == legal[-1]).all():
            continue
        for outwards in (True, False):
            line = legal if outwards else legal[::-1]
            reached = {side: _reaching(line, parts.get(side, []), rules.missing_m) for side in ("a", "b")}
            drawn = {"legal": line, **{side: path for side, path in reached.items() if path is not None}}
            places = {side: _degrees(plane, path[0]) for side, path in drawn.items()}
            leaves = {side: _leaves(plane, path, ahead_m) for side, path in drawn.items()}
            at = places.pop("legal")
            yield End(name, outwards, at, places, leaves, comparison.accuracies_m)


def _reaching(legal: Coordinates, paths: Sequence[Coordinates], within_m: float) -> Coordinates | None:
    """The path of a survey that reaches the beginning of `legal`, running as it runs; None where none does."""
    course = Course(legal)
    either_way = [turned for path in paths for turned in (path, path[::-1])]
    reaching = [path for path in either_way if float(course.nearest(path[:1]).chainage_m[0]) < within_m]
    return min(reaching, key=lambda path: (float(np.hypot(*(path[0] - legal[0]))), *path[0]), default=None)


def _leaves(plane: LocalPlane, path: Coordinates, ahead_m: float) -> float:
    course = Course(path)
    ahead = course.at(np.array([min(ahead_m, course.length_m)]))[0]
    return azimuth_deg(_degrees(plane, path[0]), _degrees(plane, ahead))


def _degrees(plane: LocalPlane, at: Coordinates) -> Position:
    lon, lat = get_coordinates(plane.to_degrees(Point(at)))[0].tolist()
    return lon, lat


def meetings(named: Mapping[str, Comparison], rules: Settings | None = None) -> list[Finding]:
    """What is to be told of the places where three or more of these lines meet, in the order of the places."""
    rules = rules or settings()
    ends = [end for name, comparison in sorted(named.items()) for end in ends_of(name, comparison, rules)]
    found = [finding for group in _together(ends, rules) for finding in _at_meeting(group, rules)]
    return sorted(found, key=lambda one: (one.severity != "error", -one.measures["distance_m"], one.facts["lines"]))


def _together(ends: Sequence[End], rules: Settings) -> Iterator[list[End]]:
    """The ends of three or more lines that are one agreed point, in the order in which they leave it."""
    if len(ends) < THREE:
        return
    points = [Point(end.at) for end in ends]
    tree, seen = STRtree(points), set[int]()
    for first, end in enumerate(ends):
        if first in seen:
            continue
        near = np.sort(tree.query(points[first], predicate="dwithin", distance=FAR_DEG)).tolist()
        group = [at for at in near if at not in seen and _one_point(end, ends[at], rules)]
        if len({ends[at].line for at in group}) >= THREE:
            seen.update(group)
            yield sorted((ends[at] for at in group), key=lambda one: (-one.leaves["legal"], one.line, one.outwards))


def _one_point(one: End, other: End, rules: Settings) -> bool:
    limit_m = rules.end_tolerances * rules.tolerance_m(one.accuracies_m["legal"], other.accuracies_m["legal"])
    return distance_m(one.at, other.at) <= limit_m


def _at_meeting(ends: Sequence[End], rules: Settings) -> Iterator[Finding]:
    """What three or more ends say: how far apart the surveys are, how many come there, in what order they lie."""
    apart = _farthest(ends, rules)
    if apart is not None:
        yield _finding(ends, "meeting_", apart)
    missing = [end.line for end in ends if not end.shown]
    if missing:
        # that a survey does not reach there is told of its line; here, that the point is not one of as many lines
        facts = {
            "missing": "、".join(sorted(missing)),
            "degree": str(len(ends)),
            "shown": str(len(ends) - len(missing)),
        }
        yield _finding(ends, "degree_", None, facts)
    for side in ("a", "b"):
        order = _order(ends, side)
        if order != _order(ends, "legal"):
            facts = {"order": _words(ends, order), "legal_order": _words(ends, _order(ends, "legal")), "of": side}
            yield _finding(ends, f"order_{side}_", None, facts)


def _farthest(ends: Sequence[End], rules: Settings) -> tuple[float, Position, Position, str] | None:
    """The two surveys of different lines that are farthest beyond what their accuracies allow; None where none are."""
    shown = [(end, side, at) for end in ends for side, at in sorted(end.shown.items())]
    beyond = []
    for (one, side, at), (other, second, there) in combinations(shown, 2):
        if one.line == other.line:
            continue
        limit_m = rules.end_tolerances * rules.tolerance_m(one.accuracies_m[side], other.accuracies_m[second])
        length = distance_m(at, there)
        if length > limit_m:
            pair = f"{one.line}({side.upper()})—{other.line}({second.upper()})"
            beyond.append((length, at, there, pair))
    return max(beyond, default=None)


def _order(ends: Sequence[End], side: str) -> tuple[int, ...]:
    """The ends counter-clockwise as a side shows them; where it does not reach there, as the other does or legally."""
    other = {"a": "b", "b": "a"}.get(side, "legal")

    def leaving(number: int) -> float:
        leaves = ends[number].leaves
        return leaves.get(side, leaves.get(other, leaves["legal"]))

    return around(sorted(range(len(ends)), key=lambda number: -leaving(number)))


def _words(ends: Sequence[End], order: Sequence[int]) -> str:
    return "→".join(ends[number].line for number in order)


def _finding(
    ends: Sequence[End],
    variant: str,
    apart: tuple[float, Position, Position, str] | None,
    facts: Mapping[str, str] | None = None,
) -> Finding:
    at = ends[0].at
    place: BaseGeometry = Point(at) if apart is None else MultiPoint([at, apart[1], apart[2]])
    measures = {"distance_m": 0.0 if apart is None else apart[0], "line_count": float(len(ends))}
    lines = "、".join(sorted({end.line for end in ends}))
    told = {"lines": lines, "variant": variant, **({} if apart is None else {"pair": apart[3]}), **(facts or {})}
    values = {
        side: {end.line: [round(value, 8) for value in end.shown[side]] for end in ends if side in end.shown}
        for side in ("a", "b")
    }
    severity: Severity = "error" if apart is not None else "warning"
    kind = "tripoint_mismatch"
    legal = {end.line: [round(value, 8) for value in end.at] for end in ends}
    return Finding(kind, severity, "both", kind, place, measures, facts=told, values={"legal": legal, **values})
