"""Figures beside the invented line: squares, rings, branches, three lines to a point, and files of markers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from tests.unit.intake.surveys import beside, line, origin, write


def square(east: float, north: float, width: float = 4000.0, height: float = 4000.0) -> shapely.Polygon:
    """A unit with its south-west corner so many metres from where the line begins."""
    x, y = origin(east, north)
    return shapely.Polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def ring(east: float, north: float, radius: float = 150.0) -> shapely.LineString:
    """A closed line round a place so many metres from where the line begins."""
    return shapely.LineString(shapely.Point(origin(east, north)).buffer(radius).exterior.coords)


def branch(metres: float) -> shapely.LineString:
    """A line that leaves the middle of the invented one and ends nowhere."""
    x, y = line().coords[300]
    return shapely.LineString([(x, y), (x + metres * 0.2, y + metres)])


def tri(*ends: tuple[float, float]) -> list[shapely.LineString]:
    """Three lines that should meet in one point, each ending beside it by metres."""
    x, y = origin(5000, 5000)
    away = [(-3000, 0), (2500, 2000), (1800, -2600)]
    middles = [(-1500, 90), (1200, 1060), (950, -1240)]
    return [
        shapely.LineString([(x + a[0], y + a[1]), (x + m[0], y + m[1]), (x + e[0], y + e[1])])
        for a, m, e in zip(away, middles, ends, strict=True)
    ]


def units(folder: Path, polygons: list[Any], codes: list[str] | None = None) -> Path:
    """A GeoPackage of units with codes."""
    names = codes or [f"99010{number}" for number in range(len(polygons))]
    return write(folder / "units.gpkg", polygons, fields={"code": names})


def markers_beside(folder: Path, codes: list[Any], offsets: list[float], name: str = "code") -> Path:
    """A GeoPackage with the line and markers on it, each moved north by so many metres."""
    path = write(folder / "survey.gpkg", [line()], layer="lines")
    vertices = np.linspace(60, 540, len(codes)).astype(int)
    points = [shapely.Point(beside(int(at), 0, north)) for at, north in zip(vertices, offsets, strict=True)]
    return write(path, points, layer="markers", fields={name: codes})


def pair(folder: Path, first: float, second: float) -> Path:
    """The line, and a double marker with its stones so many metres north of it."""
    path = write(folder / "survey.gpkg", [line()], layer="lines")
    x, y = line().coords[300]
    points = [shapely.Point(x, y + first), shapely.Point(x, y + second)]
    return write(path, points, layer="markers", fields={"code": ["1253007A", "1253007B"]})
