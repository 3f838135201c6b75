"""A comparison as drawings: the whole line, and each finding close up. SVG, north up, in metres of the line's plane.

Legal line black dash-dot, A red and B blue as claims are drawn (边界主张线), land
that both claim hatched in both colours, land that neither claims dotted grey,
markers as squares with their numbers. Widths and areas are written where they
are. Nothing depends on colour alone; it prints in black.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.plane import LocalPlane
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
    text_of,
    view_of,
    window,
)
from boundaries.inspection.model import Comparison, Finding


class Figures:
    """The drawings of one comparison."""

    def __init__(self, comparison: Comparison, anchor: str = "f") -> None:
        """Brings what is to be drawn into the plane of the legal line; findings stand at `anchor` and their number."""
        self.comparison, self.anchor = comparison, anchor
        self.plane = LocalPlane.of(*comparison.courses.values())
        self.courses = {name: self.plane.to_plane(course) for name, course in comparison.courses.items()}
        self.markers = [(m.code, self._placed(m.position)) for m in comparison.markers]
        self.lands = [self._in_plane(f.geometry) for f in comparison.findings]

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

    def close_up(self, number: int, title: str) -> str | None:
        """Finding `number` (from 0) close up; None where it has no place."""
        land = self.lands[number]
        if land is None:
            return None
        view = view_of(window(land, self.comparison.findings[number].measures), CLOSE)
        finding = self.comparison.findings[number]
        parts = [
            *self._ground(view, number),
            *figures_of(view, finding.measures, land),
            *self._from_record(view, finding, land),
        ]
        return svg(view, title, parts)

    def _found(self) -> Iterator[Sign]:
        for number, (finding, land) in enumerate(zip(self.comparison.findings, self.lands, strict=True), 1):
            yield Sign(number, finding.severity, land)

    def _ground(self, view: View, only: int | None = None) -> Iterator[str]:
        for number, (finding, land) in enumerate(zip(self.comparison.findings, self.lands, strict=True)):
            if land is not None and finding.kind in FILLS:
                yield land_of(view, land, FILLS[finding.kind], chosen=number == only)
        for name in DRAWN:
            if name in self.courses:
                yield from line_of(view, self.courses[name], name)
        for number, (finding, land) in enumerate(zip(self.comparison.findings, self.lands, strict=True)):
            if land is not None and finding.kind not in FILLS:
                yield from place_of(view, land, chosen=number == only)
        for code, (x, y) in self.markers:
            yield from marker_of(view, code, x, y)

    def _from_record(self, view: View, finding: Finding, land: BaseGeometry) -> Iterator[str]:
        """From where a marker is recorded to where it was found."""
        recorded = next((at for code, at in self.markers if code == finding.facts.get("code")), None)
        if recorded is None or not isinstance(land, Point) or "distance_m" not in finding.measures:
            return
        x1, y1, x2, y2 = view.x(recorded[0]), view.y(recorded[1]), view.x(land.x), view.y(land.y)
        yield f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="#111" stroke-width="2" stroke-dasharray="3 3"/>'
        yield f'<circle cx="{x2:.1f}" cy="{y2:.1f}" r="3.5" fill="#111"/>'
        yield text_of(x2 + 9, y2 + 4, f"{finding.measures['distance_m']:,.1f} m", "figure")
