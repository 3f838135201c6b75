"""Markers that are made: recorded ones, what a side found of them, and what was done to some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from shapely import LineString

from boundaries.inspection.model import Marker
from boundaries.markers.model import Witness
from tests.known_truth.lines import Coordinates, Random

#: How far the stones of a pair stand from the line, in metres; and the witness objects of every marker from it.
PAIR_M = 12.0
OBJECTS = {"独立石": np.array([35.0, 20.0]), "水井": np.array([-28.0, 31.0])}
STANDS = np.zeros(2)
#: Tapes and compasses measure so well, in metres.
TAPED_M = 0.3


@dataclass
class Stone:
    """A stone in the plane: where its position says it is; by its witness objects how far from its recorded place."""

    at: Coordinates
    kind: str = "single"
    moved: Coordinates | None = None
    by_phone: bool = False


Stones = dict[str, Stone]


@dataclass
class Marks:
    """The recorded stones, what a side found, and what was done: findings as (kind, side, code)."""

    legal: Stones
    found: dict[str, Stones] = field(default_factory=dict)
    truth: set[tuple[str, str, str]] = field(default_factory=set)


def make_marks(random: Random, truth: Coordinates, accuracy: list[float]) -> Marks:
    """Recorded markers along a line and what either side found: up to two deeds of each, and one in the record."""
    marks = Marks(_recorded(random, truth))
    if random.uniform() < 0.2:
        _off_line(random, marks, truth)
    for i, side in enumerate("ab"):
        marks.found[side] = {code: replace(stone, moved=STANDS) for code, stone in marks.legal.items()}
        free = [code for code, stone in marks.legal.items() if stone.kind == "single"]
        for number in random.choice(len(DEEDS), int(random.integers(0, 3)), replace=False).tolist():
            DEEDS[number](random, marks, side, free, accuracy[i])
        for stone in marks.found[side].values():
            stone.at = stone.at + _error(random, accuracy[i])
    return marks


def _recorded(random: Random, truth: Coordinates) -> Stones:
    """Single markers every kilometre or so, a pair in the middle of two of them, three stones around the end."""
    course = LineString(truth)
    count = max(5, int(course.length // 1_200))
    stones = {}
    for i in range(count):
        at, ahead = _place(course, (i + 0.5) / count)
        if i % 3 == 1:
            normal = np.array([-ahead[1], ahead[0]])
            for letter, side in (("A", 1), ("B", -1)):
                stones[f"{i + 1:03}{letter}"] = Stone(at + side * PAIR_M * normal, "double", STANDS)
        else:
            stones[f"{i + 1:03}"] = Stone(at, moved=STANDS)
    end, ahead = _place(course, 1.0)
    for letter, angle in zip("CDE", (0.0, 2.1, 4.2), strict=True):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        stones[f"{count + 1:03}{letter}"] = Stone(end + 20.0 * turn @ ahead, "triple", STANDS)
    return stones


def _place(course: LineString, share: float) -> tuple[Coordinates, Coordinates]:
    """A place of a line and the direction in which the line runs there."""
    chainage = share * course.length
    near = [np.array(course.interpolate(chainage + step).coords[0]) for step in (-1.0, 1.0)]
    ahead = near[1] - near[0]
    return np.array(course.interpolate(chainage).coords[0]), ahead / np.hypot(*ahead)


def _error(random: Random, accuracy_m: float) -> Coordinates:
    error = random.normal(0, accuracy_m / np.sqrt(2), 2)
    return np.asarray(error / max(1.0, float(np.hypot(*error)) / (1.9 * accuracy_m)))


def _away(random: Random, accuracy_m: float) -> Coordinates:
    """A vector well beyond the tolerance of a position."""
    angle, far = random.uniform(0, 2 * np.pi), random.uniform(2.5, 12) * 2 * np.hypot(accuracy_m, 1.0)
    return np.asarray(far * np.array([np.cos(angle), np.sin(angle)]))


# -- deeds ------------------------------------------------------------------------------------------------------


def _off_line(random: Random, marks: Marks, truth: Coordinates) -> None:
    """A single marker is recorded beside its line; both sides find it where it is recorded."""
    code = str(random.choice([code for code, stone in marks.legal.items() if stone.kind == "single"]))
    course = LineString(truth)
    for _ in range(20):
        at = marks.legal[code].at + _away(random, 1.0)
        if course.distance(LineString([at, at + 1e-6])) > 2 * 2 * np.sqrt(2):
            marks.legal[code] = Stone(at, moved=STANDS)
            marks.truth |= {("marker_off_line", side, code) for side in "ab"}
            return


def _take(random: Random, free: list[str]) -> str:
    return free.pop(int(random.integers(len(free))))


def _lost(random: Random, marks: Marks, side: str, free: list[str], _accuracy_m: float) -> None:
    code = _take(random, free)
    del marks.found[side][code]
    marks.truth.add(("marker_lost", side, code))


def _displaced(random: Random, marks: Marks, side: str, free: list[str], accuracy_m: float) -> None:
    """Moved: its position and its witness objects say so."""
    code = _take(random, free)
    moved = _away(random, accuracy_m)
    marks.found[side][code] = Stone(marks.legal[code].at + moved, moved=moved)
    marks.truth.add(("marker_displaced", side, code))


def _walked(random: Random, marks: Marks, side: str, free: list[str], _accuracy_m: float) -> None:
    """Moved: a phone found it roughly where it was, its witness objects say where it is."""
    code = _take(random, free)
    marks.found[side][code] = Stone(marks.legal[code].at, moved=_away(random, 2.0), by_phone=True)
    marks.truth.add(("marker_displaced", side, code))


def _phoned(random: Random, marks: Marks, side: str, free: list[str], _accuracy_m: float) -> None:
    """A phone shows it elsewhere and nothing else was measured: a hint."""
    code = _take(random, free)
    marks.found[side][code] = Stone(marks.legal[code].at + _away(random, 5.0), by_phone=True)
    marks.truth.add(("marker hint by phone", side, code))


def _overruled(random: Random, marks: Marks, side: str, free: list[str], _accuracy_m: float) -> None:
    """A phone shows it elsewhere; its witness objects say that it stands: nothing is to be told."""
    code = _take(random, free)
    marks.found[side][code] = Stone(marks.legal[code].at + _away(random, 5.0), moved=STANDS, by_phone=True)


def _renumbered(random: Random, marks: Marks, side: str, free: list[str], _accuracy_m: float) -> None:
    code = _take(random, free)
    marks.found[side][f"X{code}"] = marks.found[side].pop(code)
    marks.truth.add(("marker_renumbered", side, code))


def _added(random: Random, marks: Marks, side: str, free: list[str], _accuracy_m: float) -> None:
    near = marks.legal[str(random.choice(free))].at
    marks.found[side]["N1"] = Stone(near + np.array([300.0, 5.0]))
    marks.truth.add(("marker_added", side, "N1"))


def _retyped(random: Random, marks: Marks, side: str, free: list[str], _accuracy_m: float) -> None:
    code = _take(random, free)
    marks.found[side][code] = replace(marks.found[side][code], kind="triple")
    marks.truth.add(("marker_wrong_type", side, code))


def _exchanged(random: Random, marks: Marks, side: str, _free: list[str], _accuracy_m: float) -> None:
    """The two stones of a pair stand in each other's place."""
    pair = str(random.choice([code[:-1] for code in marks.legal if code.endswith("A")]))
    one, other = (marks.found[side][f"{pair}{letter}"] for letter in "AB")
    marks.found[side] |= {f"{pair}A": replace(other, moved=None), f"{pair}B": replace(one, moved=None)}
    marks.truth |= {("marker_wrong_side", side, f"{pair}{letter}") for letter in "AB"}


def _turned(random: Random, marks: Marks, side: str, _free: list[str], _accuracy_m: float) -> None:
    """Two of the three stones around a meeting stand in each other's place."""
    codes = [code for code in marks.legal if code[-1] in "CDE"]
    one, other = random.choice(codes, 2, replace=False).tolist()
    stones = marks.found[side]
    stones[one], stones[other] = replace(stones[other], moved=None), replace(stones[one], moved=None)
    marks.truth |= {("marker_wrong_side", side, code) for code in (one, other)}


Deed = Callable[[Random, Marks, str, list[str], float], None]
DEEDS: list[Deed] = [
    _lost, _displaced, _walked, _phoned, _overruled, _renumbered, _added, _retyped, _exchanged, _turned,
]  # fmt: skip


# -- markers ----------------------------------------------------------------------------------------------------


def as_marker(random: Random, code: str, stone: Stone, at: tuple[float, float]) -> Marker:
    """A stone as a marker at a position in degrees; its witness objects are measured from where it stands."""
    return Marker(code, at, stone.kind, None, stone.by_phone, tuple(_witnesses(random, stone)))


def _witnesses(random: Random, stone: Stone) -> Iterator[Witness]:
    if stone.moved is None:
        return
    for name, vector in OBJECTS.items():
        east, north = (vector - stone.moved + random.uniform(-TAPED_M, TAPED_M, 2)).tolist()
        yield Witness(name, float(np.degrees(np.arctan2(east, north)) % 360), float(np.hypot(east, north)))
