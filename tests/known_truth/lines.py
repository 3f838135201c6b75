"""Lines like surveyed boundaries, and what surveying does to them. In a plane, metres; from a seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from boundaries.geometry.plane import LocalPlane

Coordinates = NDArray[np.float64]
Random = np.random.Generator

#: The plane in which the invented lines are drawn: no place of theirs is a real boundary.
PLANE = LocalPlane(119.7)
ORIGIN = np.array([-20_000.0, 3_420_000.0])
SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "yunxi" / "line.geojson"
#: A line comes no nearer to itself than this, in metres, save beside itself.
NECK_M, BESIDE_M = 15.0, 90.0


def degrees(line: Coordinates) -> LineString:
    """A line of the plane in longitude and latitude."""
    moved = PLANE.to_degrees(LineString(line + ORIGIN))
    assert isinstance(moved, LineString)
    return moved


def winding_line(random: Random, length_m: float, spacing_m: float) -> Coordinates:
    """A line that winds as ridges and rivers do and never meets itself: west to east, octaves of bends on it."""
    count = max(20, int(length_m / spacing_m))
    x = np.linspace(0.0, length_m, count)
    x[1:-1] += random.uniform(-0.3, 0.3, count - 2) * spacing_m
    y = np.zeros(count)
    wave, height = length_m / 2, length_m / 12
    while wave > 6 * spacing_m:
        y += height * random.uniform(0.4, 1.0) * np.sin(2 * np.pi * (x / wave + random.uniform()))
        wave, height = wave / 2.3, height / 2.3
    return np.column_stack([x, y])


def meandering_line(random: Random, length_m: float, spacing_m: float) -> Coordinates:
    """A river in loops (sine-generated curve) whose necks are nearly cut through."""
    along = np.arange(0.0, length_m, spacing_m)
    wave, swing = random.uniform(500, 1_500), random.uniform(1.4, 2.1)
    heading = swing * np.sin(2 * np.pi * along / wave + random.uniform(0, 6)) + 0.3 * np.sin(along / 3_000)
    return np.cumsum(spacing_m * np.column_stack([np.cos(heading), np.sin(heading)]), axis=0)


def headland_line(random: Random, length_m: float, spacing_m: float) -> Coordinates:
    """A winding line from which narrow headlands stand out, there and back."""
    line = winding_line(random, length_m, spacing_m)
    for at in sorted(random.choice(np.arange(8, len(line) - 8, 12), 3, replace=False).tolist(), reverse=True):
        reach, side = random.uniform(100, 400), float(random.choice([-1, 1]))
        steps = np.arange(spacing_m, reach, spacing_m)[:, None]
        out = line[at] + np.array([0.0, side]) * steps
        back = line[at + 2] + np.array([0.0, side]) * steps[::-1]
        line = np.concatenate([line[: at + 1], out, back, line[at + 2 :]])
    return line


def sample_line(random: Random, length_m: float, _spacing_m: float) -> Coordinates:
    """A stretch of the invented line of the demonstration."""
    whole = _sample()
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(whole, axis=0).T))])
    begin = random.uniform(0, max(1.0, at[-1] - length_m))
    return np.asarray(whole[(at >= begin) & (at <= begin + length_m)])


@cache
def _sample() -> Coordinates:
    features = json.loads(SAMPLE.read_text(encoding="utf-8"))["features"]
    parts = [shapely.geometry.shape(f["geometry"]) for f in features if f["properties"]["segment"].startswith("甲乙")]
    merged = shapely.line_merge(shapely.multilinestrings(np.array(parts, dtype=object)))
    longest = max(shapely.get_parts(merged).tolist(), key=lambda part: part.length)
    return np.asarray(shapely.get_coordinates(PLANE.to_plane(longest)) - ORIGIN)


SORTS: tuple[Callable[[Random, float, float], Coordinates], ...] = (
    winding_line,
    meandering_line,
    headland_line,
    sample_line,
)


def any_line(random: Random) -> Coordinates:
    """A line of any of the sorts; one that meets itself is drawn again."""
    while True:
        line = SORTS[int(random.integers(len(SORTS)))](random, random.uniform(2_500, 7_000), random.uniform(12, 40))
        if _apart(line):
            return line


def _apart(line: Coordinates) -> bool:
    """Whether the line keeps its distance from itself."""
    if not LineString(line).is_simple:
        return False
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    edges = np.asarray(shapely.linestrings(np.stack([line[:-1], line[1:]], axis=1)), dtype=object)
    one, other = shapely.STRtree(edges).query(edges, predicate="dwithin", distance=NECK_M)
    return bool((np.abs(at[one] - at[other]) <= BESIDE_M).all())


def surveyed(random: Random, line: Coordinates, accuracy_m: float, density: float) -> Coordinates:
    """The line surveyed anew: other vertices, each off by a normal error of point RMSE `accuracy_m`, at most thrice it.

    `density`: vertices for each of the line's; below one the survey is coarser and only
    drops what lies within a quarter of the accuracy of the chord.
    """
    if density >= 1:
        # turning points are surveyed, whoever surveys; more vertices stand between them
        at = np.arange(0, len(line) - 1 + 1e-9, 1 / density)
        vertices = np.column_stack([np.interp(at, np.arange(len(line)), line[:, i]) for i in (0, 1)])
    else:
        vertices = np.array(LineString(line).simplify(accuracy_m / 4).coords)
    error = random.normal(0, accuracy_m / np.sqrt(2), vertices.shape)
    size = np.maximum(np.hypot(*error.T) / (3 * accuracy_m), 1.0)
    shown: Coordinates = vertices + error / size[:, None]
    return shown
