"""Mistakes of the coordinate system that are made: constant vectors, web maps, former datums, files misread."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pyproj.transformer import TransformerGroup
from shapely import LineString

from boundaries.inspection.model import Marker, Record
from boundaries.inspection.reading import read_submission
from boundaries.inspection.survey import Submission
from data.crs_offsets import to_bd09, to_gcj02
from data.crs_plane import grid_plane
from tests.known_truth.lines import ORIGIN, PLANE, Coordinates, Random

#: CGCS2000 in zone 40 of three degrees with its number before the easting, as surveys are handed in.
GRID = 4528
#: What a misread file declares, and what is added to its numbers; `axis_swap` exchanges them.
MISREAD = {"zone": (4527, (0.0, 0.0)), "central_meridian": (4548, (-40_000_000.0, 0.0)), "axis_swap": (GRID, (0, 0))}
#: The causes by which each mistake may be named. A vector may be like a published one by chance.
NAMED = {
    "vector": {"translation", "beijing54"},
    "xian80": {"xian80"},
    "turned": {"unknown"},
    **{name: {name} for name in ("gcj02", "bd09", "beijing54", "zone", "central_meridian", "axis_swap")},
}


@dataclass(frozen=True)
class Mistake:
    """A mistake of one side: its name, and the vector of a constant one."""

    name: str
    vector: tuple[float, float] = (0.0, 0.0)
    #: Of one that turns: radians, the share by which it is too large, and the middle of the line.
    turn: tuple[float, float] = (0.0, 0.0)
    about: tuple[float, float] = (0.0, 0.0)


def make_mistake(random: Random, line: Coordinates, tolerance_m: float) -> Mistake | None:
    """None in three cases of four."""
    if random.uniform() > 0.28:
        return None
    name = str(random.choice([*NAMED, "vector"]))
    if name == "turned":
        return _turn(random, line, tolerance_m)
    if name == "beijing54":
        return Mistake(name, _beijing(line))
    angle, length = random.uniform(0, 2 * np.pi), random.uniform(max(4 * tolerance_m, 20), 400)
    return Mistake(name, (float(length * np.cos(angle)), float(length * np.sin(angle))))


def _turn(random: Random, line: Coordinates, tolerance_m: float) -> Mistake:
    """Turned and scaled about its middle as planes of their own are; a constant vector where that moves no place far.

    Some minutes of arc and a thousandth at most: more is no plane that anybody surveys in.
    """
    about = (line.min(axis=0) + line.max(axis=0)) / 2
    extent, angle = float(np.hypot(*(line - about).T).max()), random.uniform(0, 2 * np.pi)
    size = random.uniform(0.8e-3, 2e-3)
    if size * extent < 4 * tolerance_m:
        return Mistake("vector", (30.0 + 4 * tolerance_m, -20.0))
    east, north = (about + ORIGIN).tolist()
    return Mistake("turned", (30.0, -20.0), (size * np.cos(angle), size * np.sin(angle)), (east, north))


def _beijing(line: Coordinates) -> tuple[float, float]:
    """Where a position of the line shows that was surveyed on Beijing 1954, by a published set."""
    longitude, latitude = shapely.get_coordinates(PLANE.to_degrees(LineString(line[:2] + ORIGIN)))[0].tolist()
    group = TransformerGroup("EPSG:4214", "EPSG:4326", always_xy=True, allow_ballpark=False)
    there = group.transformers[0].transform(longitude, latitude, direction="INVERSE")
    ends = shapely.get_coordinates(PLANE.to_plane(LineString([(longitude, latitude), there])))
    east, north = (ends[1] - ends[0]).tolist()
    return east, north


def moved(line: LineString, mistake: Mistake | None) -> LineString:
    """A line in degrees as the mistake shows it; a misread file's as it is."""
    if mistake is None or mistake.name in MISREAD:
        return line
    if mistake.name in ("gcj02", "bd09"):
        return LineString((to_gcj02 if mistake.name == "gcj02" else to_bd09)(np.array(line.coords)))
    plane = shapely.get_coordinates(PLANE.to_plane(line))
    middle = plane - np.array(mistake.about)
    turn, scale = mistake.turn
    plane = plane + np.array(mistake.vector) + scale * middle + turn * np.column_stack([-middle[:, 1], middle[:, 0]])
    back = PLANE.to_degrees(LineString(plane))
    assert isinstance(back, LineString)
    return back


def submitted(
    lines: Sequence[LineString], accuracy_m: float, markers: tuple[Marker, ...], mistake: Mistake | None, legal: Record
) -> Submission:
    """The survey as handed in; a misread one really is a file, read as the counter reads it."""
    record = Record(tuple(lines), accuracy_m, markers)
    if mistake is None or mistake.name not in MISREAD:
        return Submission(record, datum="Xian 1980" if mistake is not None and mistake.name == "xian80" else None)
    with tempfile.TemporaryDirectory() as folder:
        path = _written(Path(folder), lines, mistake.name)
        read, _ = read_submission(path, None, accuracy_m, legal)
    return Submission(Record(read.record.lines, accuracy_m, markers), read.misread, read.datum)


def _written(folder: Path, lines: Sequence[LineString], name: str) -> Path:
    declared, change = MISREAD[name]
    plane = grid_plane(120.0, 40_500_000.0)
    assert plane.from_stored is not None
    numbers = [plane.from_stored(np.array(line.coords)) + np.array(change) for line in lines]
    if name == "axis_swap":
        numbers = [one[:, ::-1] for one in numbers]
    frame = gpd.GeoDataFrame({"line": ["示例线"] * len(lines)}, geometry=[LineString(n) for n in numbers], crs=declared)
    path = folder / "survey.shp"
    frame.to_file(path)
    return path
