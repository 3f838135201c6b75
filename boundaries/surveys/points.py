"""Boundary points (边界点) as a field party hands them in, and the course that they give. Pure.

A point has a kind, longitude and latitude in degrees (CGCS2000), the RMSE of
its position in metres, and a remark. The order of the points is the course.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString

from boundaries.geometry.ellipsoid import distance_m
from boundaries.markers.forms import degrees_text, gridded
from boundaries.network.description import Stop, legs
from data.crs import check_position
from data.errors import BadInput
from data.tables import rows_of

#: What a boundary point is: on a marker, where the line turns, where lines meet, or between.
KINDS: Mapping[str, str] = {
    "marker": "界桩",
    "turning_point": "转折点",
    "tri_point": "三交点",
    "feature": "地物点",
    "between": "走线点",
}
#: Kinds that the course description names; the line runs through the others without stopping.
NAMED = frozenset({"marker", "turning_point", "tri_point"})
#: Names under which the columns of a table are handed in.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "点号", "编号", "界桩编号"),
    "kind": ("kind", "类型", "点类"),
    "longitude": ("longitude", "经度", "lon"),
    "latitude": ("latitude", "纬度", "lat"),
    "accuracy_m": ("accuracy_m", "中误差", "点位中误差", "精度"),
    "remark": ("remark", "备注", "说明"),
}
MOST_POINTS = 20_000


@dataclass(frozen=True, slots=True)
class Point:
    """A boundary point: its name (the number of the marker, where it is one), kind and position."""

    name: str
    kind: str
    longitude: float
    latitude: float
    accuracy_m: float
    remark: str = ""

    @property
    def position(self) -> tuple[float, float]:
        """Longitude and latitude."""
        return self.longitude, self.latitude

    def told(self) -> str:
        """As a description names it."""
        return f"{self.name}号{KINDS[self.kind]}"


def as_facts(points: Sequence[Point]) -> list[dict[str, Any]]:
    """The points as JSON."""
    return [asdict(point) for point in points]


def from_facts(rows: Sequence[Mapping[str, Any]]) -> list[Point]:
    """The points in JSON."""
    return [Point(**row) for row in rows]


def read_points(text: str) -> list[Point]:
    """The points of a table of text (CSV with a line of names); `BadInput` `survey_points` says which line is wrong."""
    try:
        rows = rows_of(text.strip().lstrip("\ufeff"))
    except ValueError as error:
        raise wrong(str(error)) from error
    if not rows:
        raise wrong("the table is empty")
    at = _columns([cell.strip() for cell in rows[0]])
    found = [_point(row, at, number) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if not 1 <= len(found) <= MOST_POINTS:
        raise wrong(f"a table has from 1 to {MOST_POINTS:,} points, not {len(found):,}")
    return found


def _columns(header: Sequence[str]) -> dict[str, int]:
    at = {key: header.index(name) for key, names in COLUMNS.items() for name in names if name in header}
    missing = [COLUMNS[key][1] for key in ("name", "longitude", "latitude", "accuracy_m") if key not in at]
    if missing:
        raise wrong(f"the columns {', '.join(missing)} are missing; the table has {', '.join(header)[:120]}")
    return at


def _point(row: Sequence[str], at: Mapping[str, int], line: int) -> Point:
    cells = {key: row[column].strip() if column < len(row) else "" for key, column in at.items()}
    return make_point(cells, f"line {line}")


def make_point(cells: Mapping[str, str], where: str) -> Point:
    """A point from texts; `BadInput` `survey_points` names `where`."""
    kind = _kind(cells.get("kind", ""), where)
    numbers = {key: _number(cells.get(key, ""), key, where) for key in ("longitude", "latitude", "accuracy_m")}
    check_position(numbers["longitude"], numbers["latitude"])
    if numbers["accuracy_m"] <= 0:
        raise wrong(f"{where}: the RMSE of a position is above 0 m")
    name = cells.get("name", "").strip()
    if not 1 <= len(name) <= 40 or not name.isprintable():
        raise wrong(f"{where}: a point has a name of 1 to 40 characters")
    return Point(name, kind, **numbers, remark=cells.get("remark", "")[:200])


def _kind(text: str, where: str) -> str:
    by_word = {**{key: key for key in KINDS}, **{word: key for key, word in KINDS.items()}, "": "between"}
    found = by_word.get(text.strip())
    if found is None:
        raise wrong(f"{where}: {text[:20]!r} is no kind of point; known: {', '.join(KINDS.values())}")
    return found


def _number(text: str, name: str, where: str) -> float:
    try:
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(text)
    except ValueError as error:
        raise wrong(f"{where}: {name} {text[:20]!r} is no number") from error
    return value


def wrong(why: str) -> BadInput:
    """The refusal of points."""
    return BadInput(f"{why}. Nothing was changed.", code="survey_points")


@dataclass(frozen=True, slots=True)
class Joined:
    """The course from one end node to the other, and how far the first and last points were from the nodes."""

    course: LineString
    points: tuple[Point, ...]
    start_off_m: float
    end_off_m: float


def join(points: Sequence[Point], start: tuple[float, float], end: tuple[float, float], tolerance_m: float) -> Joined:
    """The course through the points between two nodes that stay where they are: they belong to other lines too.

    The points run either way; the first and last must be at the nodes within the tolerance. Raises `BadInput`
    `survey_points`.
    """
    if len(points) < 2:
        raise wrong("a course has at least two points")
    if _off(points, start, end) > _off(points[::-1], start, end):
        points = points[::-1]
    offs = distance_m(points[0].position, start), distance_m(points[-1].position, end)
    if max(offs) > tolerance_m:
        raise wrong(
            f"the first point is {offs[0]:.2f} m and the last {offs[1]:.2f} m from the nodes at which the line ends; "
            f"{tolerance_m:.2f} m are allowed. An end where other lines meet is surveyed with all of them"
        )
    vertices = [start, *(point.position for point in points[1:-1]), end]
    course = LineString(vertices)
    if len({*vertices}) < len(vertices) - (start == end) or not course.is_simple:
        raise wrong("the course stands still or crosses itself: two points are alike, or their order is wrong")
    return Joined(course, tuple(points), *offs)


def _off(points: Sequence[Point], start: tuple[float, float], end: tuple[float, float]) -> float:
    return distance_m(points[0].position, start) + distance_m(points[-1].position, end)


def description(joined: Joined) -> str:
    """The course in words (走向说明), from one named point to the next."""
    vertices = shapely.get_coordinates(joined.course)
    last = len(joined.points) - 1
    stops = [Stop(p.told(), at) for at, p in enumerate(joined.points) if p.kind in NAMED or at in (0, last)]
    return "\n".join(leg.text_zh() for leg in legs(np.asarray(vertices), stops))


def result_rows(joined: Joined) -> list[dict[str, str]]:
    """The table of results of the points (边界点成果表)."""
    rows = []
    for number, (point, vertex) in enumerate(zip(joined.points, joined.course.coords, strict=True), 1):
        grid = gridded(vertex[0], vertex[1])
        rows.append(
            {
                "no": str(number),
                "name": point.name,
                "kind": KINDS[point.kind],
                "longitude": degrees_text(vertex[0]),
                "latitude": degrees_text(vertex[1]),
                "x_m": f"{grid.x_m:.3f}",
                "y_m": f"{grid.y_m:.3f}",
                "remark": point.remark,
            }
        )
    return rows
