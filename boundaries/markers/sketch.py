"""The sketch of a marker's position (略图): the stone, the lines, the units beside them, the witness objects. Pure.

True north is up and everything is drawn to one scale, so that whoever looks
for the stone can walk by it; it shows where things are and is measured on by
nobody. Azimuths are those of the grid, as the form beside it writes them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.picture import round_length
from boundaries.geometry.plane import LocalPlane
from boundaries.markers.forms import azimuth_text, gridded
from boundaries.markers.model import STONES, Marker, Witness
from boundaries.sheets import svg
from boundaries.sheets.drawing import legal_pen, square

#: Millimetres of the drawing, and of the strip under the map.
WIDTH_MM, HEIGHT_MM, FOOT_MM = 130.0, 100.0, 11.0
#: Metres that are shown round a stone without witness objects, and at least.
ALONE_M, LEAST_M = 100.0, 10.0
#: Millimetres between the farthest object and the frame: room for its name.
ROOM_MM = 13.0
#: How far from its line the name of a unit stands, and how large it is.
BESIDE_MM, NAME_MM, WORD_MM = 13.0, 4.2, 2.9
BAR_MM = 30.0
#: Where the number of the stone may stand, as azimuths.
CORNERS = (45, 315, 135, 225)


@dataclass(frozen=True, slots=True)
class Course:
    """A segment nearby: its course in degrees, the units on both sides of it, the level of its line."""

    course: LineString
    left: str | None
    right: str | None
    level: str
    own: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies round a marker on a day: segments of lines, other stones (code, longitude, latitude)."""

    courses: tuple[Course, ...] = ()
    markers: tuple[tuple[str, float, float], ...] = ()


def reach_m(marker: Marker) -> float:
    """Metres from the stone that the sketch shows upwards and downwards without the room for names."""
    return max([w.distance_m for w in marker.witnesses] or [ALONE_M, LEAST_M])


class _Frame:
    """From degrees to millimetres; the stone is in the middle of the map."""

    def __init__(self, marker: Marker) -> None:
        self.plane = LocalPlane(marker.longitude)
        self.middle = (WIDTH_MM / 2, (HEIGHT_MM - FOOT_MM) / 2)
        self.per_mm = max(reach_m(marker), LEAST_M) / (self.middle[1] - ROOM_MM)
        at = self.plane.to_plane(Point(marker.longitude, marker.latitude))
        self.stone = (at.x, at.y)
        self.inside = box(0.4, 0.4, WIDTH_MM - 0.4, HEIGHT_MM - FOOT_MM - 0.4)

    def place(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry in millimetres of the drawing, as far as it is within the frame."""
        moved = shapely.transform(self.plane.to_plane(geometry), self._moved)
        cut: BaseGeometry = shapely.intersection(moved, self.inside)
        return cut

    def _moved(self, c: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(
            [
                self.middle[0] + (c[:, 0] - self.stone[0]) / self.per_mm,
                self.middle[1] - (c[:, 1] - self.stone[1]) / self.per_mm,
            ]
        )

    def polar(self, witness: Witness) -> tuple[float, float]:
        """Where a witness object lies by its azimuth and distance."""
        angle, reach = math.radians(witness.azimuth_deg), witness.distance_m / self.per_mm
        return self.middle[0] + math.sin(angle) * reach, self.middle[1] - math.cos(angle) * reach


def draw_sketch(marker: Marker, ground: Ground, families: Sequence[str]) -> str | None:
    """The sketch as SVG; None where the register knows nothing beside the stone itself."""
    frame = _Frame(marker)
    courses = [(course, part) for course in ground.courses for part in _lines(frame.place(course.course))]
    if not marker.witnesses and not courses:
        return None
    elements = [
        *_courses(courses),
        *_others(frame, ground),
        *_rays(frame, marker),
        *_names(courses),
        *_witnesses(frame, marker),
        *_stone(frame, marker),
        svg.rectangle(0.4, 0.4, WIDTH_MM - 0.8, HEIGHT_MM - FOOT_MM - 0.8, pen=0.25),
        *_north(),
        *_foot(frame),
    ]
    return svg.drawing((WIDTH_MM, HEIGHT_MM), elements, families=families, title=f"{marker.code} 位置略图")


def _lines(geometry: BaseGeometry) -> list[LineString]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, LineString) and not part.is_empty]


def _courses(courses: Iterable[tuple[Course, LineString]]) -> list[str]:
    return [
        svg.path(shapely.get_coordinates(part), **legal_pen(course.level))  # type: ignore[arg-type]
        for course, part in courses
    ]


def _others(frame: _Frame, ground: Ground) -> list[str]:
    drawn = []
    for code, longitude, latitude in ground.markers:
        found = frame.place(Point(longitude, latitude))
        if isinstance(found, Point) and not found.is_empty:
            drawn += [square(found.x, found.y, 2.0, 1), svg.text(found.x + 2, found.y - 1.2, code, 2.4, halo=True)]
    return drawn


def _rays(frame: _Frame, marker: Marker) -> list[str]:
    return [
        svg.path([frame.middle, frame.polar(w)], stroke=svg.FAINT, width=0.18, dash=(1.2, 0.8))
        for w in marker.witnesses
    ]


def _witnesses(frame: _Frame, marker: Marker) -> list[str]:
    convergence = gridded(marker.longitude, marker.latitude).convergence_deg
    drawn = []
    for witness in marker.witnesses:
        x, y = frame.polar(witness)
        east = math.sin(math.radians(witness.azimuth_deg))
        anchor = "middle" if abs(east) < 0.4 else "start" if east > 0 else "end"
        dx, dy = (0.0, 4.4 if y > frame.middle[1] else -4.6) if anchor == "middle" else (2.2 * np.sign(east), 0.0)
        said = f"{azimuth_text(witness.azimuth_deg - convergence)}　{witness.distance_m:.2f} m"
        drawn += [
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1" fill="{svg.INK}"/>',
            svg.text(x + dx, y + dy, witness.name, WORD_MM, anchor=anchor, halo=True),
            svg.text(x + dx, y + dy + 3.2, said, 2.4, anchor=anchor, halo=True, ink=svg.SOFT),
        ]
    return drawn


def _stone(frame: _Frame, marker: Marker) -> list[str]:
    """The stone with its number, written where no witness object's name is near."""
    x, y = frame.middle
    bearing = max(CORNERS, key=lambda corner: min((_apart(corner, w.azimuth_deg) for w in marker.witnesses), default=0))
    east, north = (1 if bearing < 180 else -1), (1 if bearing in (45, 315) else -1)
    anchor = "start" if east > 0 else "end"
    name = svg.text(
        x + 2.6 * east, y - 2.4 * north + (0 if north > 0 else 2), marker.code, WORD_MM, anchor=anchor, weight=700,
        halo=True,
    )  # fmt: skip
    return [square(x, y, 3.2, STONES[marker.kind]), name]


def _apart(one: float, other: float) -> float:
    """Degrees between two directions."""
    off = abs(one - other) % 360
    return min(off, 360 - off)


def _names(courses: Sequence[tuple[Course, LineString]]) -> list[str]:
    """Each unit once, beside the longest piece of its line; the marker's own line first."""
    named: dict[str, str] = {}
    for course, part in sorted(courses, key=lambda pair: (not pair[0].own, -pair[1].length)):
        middle = shapely.get_coordinates(part.interpolate(0.25, normalized=True))[0]
        ends = shapely.get_coordinates(part)[[0, -1]]
        along = (ends[1] - ends[0]) / (float(np.hypot(*(ends[1] - ends[0]))) or 1.0)
        # y runs down the paper, so that left of the run is this way
        left = np.array([along[1], -along[0]]) * BESIDE_MM
        for name, (x, y) in ((course.left, middle + left), (course.right, middle - left)):
            if name and name not in named:
                named[name] = _name(name, float(x), float(y))
    return list(named.values())


def _name(name: str, x: float, y: float) -> str:
    room = NAME_MM * len(name) / 2 + 3
    x = min(max(x, room), WIDTH_MM - room)
    y = min(max(y, NAME_MM + 2), HEIGHT_MM - FOOT_MM - 3)
    return svg.text(x, y, name, NAME_MM, anchor="middle", spacing=0.8, halo=True, ink=svg.SOFT)


def _north() -> list[str]:
    x = WIDTH_MM - 8
    return [
        svg.path([(x, 15), (x, 5)], width=0.3),
        svg.path([(x - 1.4, 8), (x, 4), (x + 1.4, 8)], width=0.3, fill=svg.INK, closed=True),
        svg.text(x, 18.4, "真北", 2.4, anchor="middle", halo=True),
    ]


def _foot(frame: _Frame) -> list[str]:
    """The scale bar and what the signs mean."""
    metres = round_length(BAR_MM * frame.per_mm)
    long, y = metres / frame.per_mm, HEIGHT_MM - 3
    signs = HEIGHT_MM - 4.5
    return [
        svg.path([(4, y - 1.4), (4, y), (4 + long, y), (4 + long, y - 1.4)], width=0.3),
        svg.text(4, y - 2.2, "0", 2.4, anchor="middle"),
        svg.text(4 + long, y - 2.2, f"{metres:g} m", 2.4, anchor="middle"),
        svg.path([(52, signs), (62, signs)], **legal_pen("county")),  # type: ignore[arg-type]
        svg.text(63.5, signs + 0.9, "界线", 2.6),
        square(76, signs, 2.4, 1),
        svg.text(79, signs + 0.9, "界桩", 2.6),
        f'<circle cx="92" cy="{signs:.2f}" r="1" fill="{svg.INK}"/>',
        svg.text(94.5, signs + 0.9, "方位物（坐标方位角、距离）", 2.6),
    ]
