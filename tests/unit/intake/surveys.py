"""Invented lines as a surveyor hands them in, written to real files by GDAL, and ways to damage them.

The counties 甲县, 乙县 and 丙县 of 云溪市 in 示例省 do not exist. Their lines lie near
118.2°E 29.3°N and touch no real boundary.
"""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.intake.check import check_file
from boundaries.intake.model import Array, Report
from boundaries.intake.options import Options

#: Metres in zone 39 without its number (central meridian 117° E): where the invented line begins.
ORIGIN = np.array([620_500.0, 3_244_000.0])
CRS, NUMBERED, DEGREES = "EPSG:4548", "EPSG:4527", "EPSG:4490"
LINE_NAME = "甲乙线"


def course(length_m: float = 12_000.0, step_m: float = 20.0, seed: int = 7) -> Array:
    """A line from west to east that winds as one along ridges and streams does; metres, shape (n, 2)."""
    rng = np.random.default_rng(seed)
    east = np.arange(0.0, length_m + step_m / 2, step_m)
    waves = [(900, 5200, 0.3), (260, 1700, 1.9), (80, 640, 4.0), (25, 230, 2.2)]
    north = sum(height * np.sin(2 * np.pi * east / width + phase) for height, width, phase in waves)
    jitter = rng.normal(0, 0.075 * step_m, (len(east), 2))
    jitter[[0, -1]] = 0
    vertices: Array = np.round(ORIGIN + np.column_stack([east, north]) + jitter, 3)
    return vertices


def line(length_m: float = 12_000.0, step_m: float = 20.0, seed: int = 7) -> shapely.LineString:
    """The course as one line."""
    return shapely.LineString(course(length_m, step_m, seed))


def origin(east: float, north: float) -> tuple[float, float]:
    """So many metres from where the line begins."""
    return float(ORIGIN[0] + east), float(ORIGIN[1] + north)


def beside(vertex: int, east: float, north: float) -> tuple[float, float]:
    """So many metres from a vertex of the line."""
    x, y = line().coords[vertex]
    return x + east, y + north


def cut(whole: shapely.LineString, low: int, high: int) -> shapely.LineString:
    """From vertex `low` to vertex `high`."""
    return shapely.LineString(whole.coords[low : high + 1])


def segments(whole: shapely.LineString, count: int = 3) -> list[shapely.LineString]:
    """The line in `count` pieces that meet in common vertices."""
    at = np.linspace(0, len(whole.coords) - 1, count + 1).astype(int)
    return [cut(whole, int(low), int(high)) for low, high in itertools.pairwise(at)]


def moved(geometry: BaseGeometry, vertex: int, east: float, north: float) -> BaseGeometry:
    """`geometry` with one vertex moved by metres."""
    coordinates = shapely.get_coordinates(geometry)
    coordinates[vertex] += (east, north)
    return shapely.LineString(coordinates)


def inserted(geometry: BaseGeometry, at: int, *points: tuple[float, ...]) -> BaseGeometry:
    """`geometry` with further vertices before vertex `at`."""
    coordinates = shapely.get_coordinates(geometry)
    return shapely.LineString(np.insert(coordinates, at, np.array(points), axis=0))


def write(
    path: Path,
    geometries: Sequence[BaseGeometry | None],
    *,
    crs: str | None = "",
    to: str | None = None,
    base: str = CRS,
    encoding: str = "GB18030",
    layer: str | None = None,
    driver: str | None = None,
    fields: Mapping[str, Sequence[Any]] | None = None,
) -> Path:
    """A file of `geometries` (metres in `base`), transformed to `to` where given.

    `crs` is what is declared instead of their system; None writes no declaration.
    """
    frame = gpd.GeoDataFrame(pd.DataFrame(fields or {"line": [LINE_NAME] * len(geometries)}), geometry=list(geometries))
    frame = frame.set_crs(base)
    if to is not None:
        frame = frame.to_crs(to)
    elif crs != "":
        frame = frame.set_crs(crs, allow_override=True)
    extra: dict[str, Any] = {"encoding": encoding} if path.suffix == ".shp" else {}
    if path.suffix == ".kml":
        extra["driver"] = "LIBKML"
    if driver is not None:
        extra["driver"] = driver
    if layer is not None:
        extra["layer"] = layer
    pyogrio.write_dataframe(frame, path, **extra)
    return path


def zipped(path: Path, *shapefiles: Path, folder: str = "", leave_out: Sequence[str] = ()) -> Path:
    """An archive with the parts of `shapefiles`, without the suffixes `leave_out`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for shapefile in shapefiles:
            for part in sorted(shapefile.parent.glob(f"{shapefile.stem}.*")):
                if part.suffix not in leave_out:
                    archive.write(part, f"{folder}{part.name}")
    return path


def check(path: Path, **options: Any) -> Report:
    """The report on the file at `path`."""
    return check_file(path, Options(**options))


def kinds(report: Report) -> list[str]:
    """The kinds found, each once, in the order of the report."""
    return list(dict.fromkeys(finding.kind for finding in report.findings))


def said(report: Report) -> list[tuple[str, str]]:
    """Kind and reason of every finding."""
    return [(finding.kind, finding.reason) for finding in report.findings]
