"""A comparison of two views as drawings: all units with the findings, and each finding close up. SVG, north up.

The outlines of view A are red, those of view B blue and dashed; land that the views
give to different units is hatched in both colours, land that neither gives to
anybody dotted. Units are named where there is room.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.plane import LocalPlane
from boundaries.inspection.drawing import (
    CLOSE,
    FILLS,
    STROKES,
    Sign,
    View,
    figures_of,
    land_of,
    path_of,
    place_of,
    signs,
    svg,
    text_of,
    view_of,
    window,
)
from boundaries.inspection.views import model

#: The width and height of the drawing of all units, in pixels.
WHOLE = (1200, 640)
#: Units of fewer pixels are not drawn: they would be a blot.
LEAST_PX = 3.0
#: Of so many units in all the outlines of view A alone are drawn: at that scale those of B lie on them.
BOTH_UP_TO = 400
#: A unit is named in a close-up where so much of the drawing is its.
NAMED_SHARE = 0.02
#: View B beside view A where the two are on each other.
DASHED = 'stroke-dasharray="7 4"'


class ViewFigures:
    """The drawings of one comparison of `a` and `b`."""

    def __init__(self, a: model.View, b: model.View, found: model.ViewComparison) -> None:
        """Brings both views into one plane."""
        self.views = {"a": a, "b": b}
        self.found = found
        plane = LocalPlane.of(*a.polygons, *b.polygons)
        self.units: dict[str, NDArray[np.object_]] = {
            name: np.asarray(plane.to_plane(view.polygons)) for name, view in self.views.items()
        }
        self.trees = {name: STRtree(polygons) for name, polygons in self.units.items()}
        self.lands = [None if one.geometry is None else plane.to_plane(one.geometry) for one in found.findings]

    def whole(self, title: str, first: int) -> str:
        """All units, with the numbers of the `first` findings that have a place."""
        bounds = shapely.total_bounds(np.concatenate(list(self.units.values())))
        view = view_of(tuple(bounds.tolist()), WHOLE)
        few = sum(len(polygons) for polygons in self.units.values()) <= BOTH_UP_TO
        parts = [part for name in (("a", "b") if few else ("a",)) for part in self._outlines(view, name)]
        parts += [*self._lands(view, None), *signs(view, list(self._signs())[:first], "f")]
        return svg(view, title, parts, "group")

    def close_up(self, number: int, title: str) -> str | None:
        """Finding `number` (from 0) close up; None where it has no place."""
        land = self.lands[number]
        if land is None:
            return None
        measures = self.found.findings[number].measures
        view = view_of(window(land, measures), CLOSE)
        parts = [*self._lands(view, number), *self._outlines(view, "a"), *self._outlines(view, "b")]
        return svg(view, title, [*parts, *self._names(view), *figures_of(view, measures, land)])

    def _signs(self) -> Iterator[Sign]:
        for number, (finding, land) in enumerate(zip(self.found.findings, self.lands, strict=True), 1):
            yield Sign(number, finding.severity, land)

    def _outlines(self, view: View, name: str) -> Iterator[str]:
        units = self._shown(view, name)
        data = "".join(path_of(view, outline) for outline in shapely.boundary(units))
        if data:
            dashed = DASHED if name == "b" else ""
            yield f'<path class="{name}" d="{data}" fill="none" {STROKES[name]} {dashed}/>'

    def _shown(self, view: View, name: str) -> NDArray[np.object_]:
        """The units of a view that lie in what is drawn, and are large enough for it."""
        near = np.sort(self.trees[name].query(shapely.box(*view.box)))
        units = self.units[name][near]
        west, south, east, north = shapely.bounds(units).reshape(-1, 4).T
        large: NDArray[np.object_] = units[np.hypot(east - west, north - south) >= LEAST_PX * view.scale]
        return large

    def _lands(self, view: View, only: int | None) -> Iterator[str]:
        """What was found, the chosen finding alone where there is one."""
        for number, (finding, land) in enumerate(zip(self.found.findings, self.lands, strict=True)):
            if land is None or only not in (None, number):
                continue
            if land.geom_type in ("Polygon", "MultiPolygon"):
                yield land_of(view, land, FILLS.get(finding.kind, "left"), chosen=number == only)
            else:
                yield from place_of(view, land, chosen=number == only)

    def _names(self, view: View) -> Iterator[str]:
        """What view A calls the units here; where it has none, view B."""
        frame = shapely.box(*view.box)
        named: list[BaseGeometry] = []
        for name, of_view in self.views.items():
            for at in np.sort(self.trees[name].query(frame)).tolist():
                here = shapely.intersection(shapely.make_valid(self.units[name][at]), frame)
                if here.area < NAMED_SHARE * frame.area or any(_covers(other, here) for other in named):
                    continue
                named.append(here)
                place = shapely.maximum_inscribed_circle(here)
                x, y = shapely.get_coordinates(place)[0].tolist()
                words = " ".join(word for word in (of_view.names[at], of_view.codes[at]) if word)
                yield text_of(view.x(x), view.y(y), words, "code", "middle")


def _covers(other: BaseGeometry, here: BaseGeometry) -> bool:
    """Whether most of a piece is that of a unit which is named already."""
    return bool(shapely.intersection(other, here).area > here.area / 2)
