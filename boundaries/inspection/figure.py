"""A comparison as drawings: the whole line, and each finding close up. SVG, north up, in metres of the line's plane.

Legal line black dash-dot, A red and B blue as claims are drawn (边界主张线), land
that both claim hatched in both colours, land that neither claims dotted grey,
markers as squares with their numbers. Widths and areas are written where they
are. Nothing depends on colour alone; it prints in black.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.plane import LocalPlane
from boundaries.inspection.compare import DRAWN_M
from boundaries.inspection.drawing import (
    CLOSE,
    DRAWN,
    FILLS,
    WHOLE,
    Sign,
    View,
    figures_of,
    land_of,
    line_of,
    marker_of,
    place_of,
    signs,
    svg,
    view_of,
    window,
)
from boundaries.inspection.labels import name_lines, occupied
from boundaries.inspection.model import Comparison, Finding, Shift, Side
from boundaries.inspection.notes import Ground, notes_of, reach_of
from boundaries.inspection.shift_figure import handed_in, shift_parts, shift_view
from boundaries.inspection.words import words_of

SHIFT = "systematic_shift"


class Figures:
    """The drawings of one comparison."""

    def __init__(
        self, comparison: Comparison, anchor: str = "f", language: str = "zh", units: Mapping[str, str] | None = None
    ) -> None:
        """Brings what is to be drawn into the plane of the legal line; findings stand at `anchor` and their number.

        `language` is that of what is written into close-ups, `units` the names of the units of sides `a` and `b`.
        """
        self.comparison, self.anchor, self.words = comparison, anchor, words_of(language)
        self.plane = LocalPlane.of(*comparison.courses.values())
        self.courses = {name: self.plane.to_plane(course) for name, course in comparison.courses.items()}
        self.markers = [(m.code, self._placed(m.position)) for m in comparison.markers]
        self.lands = [self._in_plane(f.geometry) for f in comparison.findings]
        self.sides = self.words.sides(units or {})

    def _in_plane(self, geometry: BaseGeometry | None) -> BaseGeometry | None:
        return None if geometry is None else self.plane.to_plane(geometry)

    def _placed(self, position: tuple[float, float]) -> tuple[float, float]:
        point = self.plane.to_plane(Point(position))
        return point.x, point.y

    def whole(self, title: str) -> str:
        """The whole line with the number of every finding that has a place."""
        bounds = shapely.total_bounds(np.array([g for g in self.courses.values() if not g.is_empty], dtype=object))
        view = view_of(tuple(bounds.tolist()), WHOLE)
        parts = [*self._ground(view), *signs(view, self._found(), self.anchor)]
        return svg(view, title, parts, "group")

    def close_up(self, number: int, title: str, size: tuple[int, int] = CLOSE) -> str | None:
        """Finding `number` (from 0) close up, `size` pixels wide and high; None where it has no place."""
        finding, land = self.comparison.findings[number], self.lands[number]
        shift = self._shift_of(finding)
        if shift is not None:
            return self._shifted(finding.side, shift, title, size)
        if land is None or finding.kind == SHIFT:
            return None
        view = view_of(window(reach_of(finding, land, self.markers, self.courses["legal"]), finding.measures), size)
        noted = [
            *figures_of(view, finding.measures, land),
            *notes_of(view, finding, land, Ground(self.markers, self.courses["legal"]), self.sides, self.words),
        ]
        named = {"legal": self.words["drawn_legal"], **self.sides}
        labels = name_lines(view, self.courses, named, occupied(view, noted, self.markers))
        return svg(view, title, [*self._ground(view, number), *labels, *noted])

    def _shift_of(self, finding: Finding) -> Shift | None:
        """The shift that a finding tells; None where it tells none, or one without a length."""
        shift = self.comparison.shifts.get(finding.side) if finding.kind == SHIFT else None
        return shift if shift is not None and math.isfinite(math.hypot(shift.dx_m, shift.dy_m)) else None

    def before(self, side: Side) -> BaseGeometry | None:
        """The course of a side's survey as it was handed in, in degrees; None where it has no shift to draw."""
        one, legal = self.comparison.shifts.get(side), self.courses["legal"]
        if one is None or not math.hypot(one.dx_m, one.dy_m) <= DRAWN_M:
            return None
        moved: BaseGeometry = self.plane.to_degrees(handed_in(self.courses[side], one, legal.centroid))
        return moved

    def _shifted(self, side: Side, shift: Shift, title: str, size: tuple[int, int]) -> str:
        legal, course = self.courses["legal"], self.courses[side]
        moved = handed_in(course, shift, legal.centroid)
        view = shift_view(shift, legal, moved, size)
        arrow = list(shift_parts(view, shift, legal, self.sides[side], self.words))
        drawn = {"legal": legal, side: moved}
        named = {
            "legal": self.words["drawn_legal"],
            side: self.words["drawn_handed_in"].format(side=self.sides[side]),
        }
        lines = [part for name in (side, "legal") for part in line_of(view, drawn[name], name)]
        stones = [part for code, (x, y) in self.markers for part in marker_of(view, code, x, y)]
        labels = name_lines(view, drawn, named, occupied(view, arrow, self.markers))
        return svg(view, title, [*lines, *stones, *labels, *arrow])

    def _found(self) -> Iterator[Sign]:
        for number, (finding, land) in enumerate(zip(self.comparison.findings, self.lands, strict=True), 1):
            yield Sign(number, finding.severity, land)

    def _ground(self, view: View, only: int | None = None) -> Iterator[str]:
        """Land, lines, places and markers; of a shift nothing: it is not at one place."""
        told = [
            (number, finding.kind, land)
            for number, (finding, land) in enumerate(zip(self.comparison.findings, self.lands, strict=True))
            if land is not None and finding.kind != SHIFT
        ]
        for number, kind, land in told:
            if kind in FILLS:
                yield land_of(view, land, FILLS[kind], chosen=number == only)
        for name in DRAWN:
            if name in self.courses:
                yield from line_of(view, self.courses[name], name)
        for number, kind, land in told:
            if kind not in FILLS:
                yield from place_of(view, land, chosen=number == only)
        for code, (x, y) in self.markers:
            yield from marker_of(view, code, x, y)
