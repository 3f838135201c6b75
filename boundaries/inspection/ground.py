"""The ground on which records are compared: the legal line in a plane of its own, and records brought into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.content import on_grid
from boundaries.geometry.plane import LocalPlane
from boundaries.inspection.marking import Placed
from boundaries.inspection.model import Marker, Record
from boundaries.inspection.paths import Bundle, Path, connected
from data.errors import BadInput

Coordinates = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ground:
    """The plane, the legal line in it, its point RMSE, and the recorded markers with their chainage."""

    plane: LocalPlane
    legal: Bundle
    markers: tuple[Placed, ...]
    chainage_m: tuple[float, ...]
    accuracy_m: float

    def brought(self, lines: Iterable[LineString]) -> list[Coordinates]:
        """Lines in degrees as connected pieces in the plane."""
        return connected(self.plane.to_plane(np.array(list(lines), dtype=object)))

    def placed(self, markers: Sequence[Marker]) -> list[Placed]:
        """Markers in the plane."""
        return _placed(self.plane, markers)

    def legal_paths(self) -> list[Path]:
        """The legal line as paths along itself."""
        offsets = self.legal.offsets.tolist()
        return [
            Path(course.vertices, begin, end)
            for course, begin, end in zip(self.legal.courses, offsets, offsets[1:], strict=False)
        ]

    def between(self, from_m: float, to_m: float) -> tuple[str | None, str | None]:
        """The last recorded marker before a stretch and the first after it; None beyond the outermost."""
        ordered = sorted(zip(self.chainage_m, self.markers, strict=True), key=lambda m: (m[0], m[1].marker.code))
        before = [m.marker.code for at, m in ordered if at <= from_m]
        after = [m.marker.code for at, m in ordered if at >= to_m]
        return (before[-1] if before else None, after[0] if after else None)

    def position(self, place: Coordinates) -> tuple[float, float]:
        """Longitude and latitude of a place of the plane."""
        lon, lat = shapely.get_coordinates(self.plane.to_degrees(shapely.points(place)))[0].tolist()
        return lon, lat

    def degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry of the plane in longitude and latitude, on the register's millimetre and valid there."""
        moved: BaseGeometry = shapely.transform(self.plane.to_degrees(geometry), on_grid)
        if moved.geom_type in ("Point", "LineString"):
            return moved
        if not moved.is_valid:
            # two vertices of a very thin piece may have met on the millimetre
            moved = shapely.make_valid(moved, method="structure", keep_collapsed=False)
        return shapely.normalize(moved)


def ground_of(legal: Record) -> Ground:
    """The ground of a legal line; BadInput `no_legal_line` where there is none."""
    if not legal.lines:
        raise BadInput("The legal line is empty: nothing can be compared with it.", code="no_legal_line")
    plane = LocalPlane.of(*legal.lines)
    courses = connected(plane.to_plane(np.array(legal.lines, dtype=object)), directed=True)
    bundle = Bundle(courses)
    markers = tuple(_placed(plane, legal.markers))
    chainage = bundle.nearest(np.array([m.at for m in markers]))[1] if markers else np.zeros(0)
    return Ground(plane, bundle, markers, tuple(chainage.tolist()), legal.accuracy_m)


def _placed(plane: LocalPlane, markers: Sequence[Marker]) -> list[Placed]:
    if not markers:
        return []
    moved = shapely.get_coordinates(plane.to_plane(shapely.points(np.array([m.position for m in markers]))))
    return [Placed(marker, at) for marker, at in zip(markers, moved, strict=True)]
