"""Draws `data/samples/yunxi`: `python -m tests.samples.yunxi` writes the files anew, to the same content.

The line lies inside one large real county and touches no real boundary (tests/integration/demonstration asks the
polygons). It runs from west to east with 甲县 on its left, 乙县 on its right and 丙县 beyond its eastern end.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString

from boundaries.geometry.content import on_grid
from boundaries.geometry.ellipsoid import azimuth_deg, edge_lengths_m
from boundaries.geometry.plane import LocalPlane
from tests.samples.yunxi.outline import Outline, Point, outline
from tests.samples.yunxi.terrain import course

FOLDER = Path(__file__).parents[3] / "data" / "samples" / "yunxi"
SEED = 20260122
LENGTH_M, STRAIGHT_M = 60_000.0, 46_000.0
#: Where the line begins (longitude, latitude), and the meridian of the plane in which it is drawn: that of the zone
#: in which it lies, 3-degree zone 40.
WEST, MERIDIAN = (119.6370, 48.5850), 120.0
JIA, YI, BING = "990121", "990122", "990123"
#: Markers are about as far apart as 行政区域界线界桩 stand on county lines; the eighth stands on both banks of a river.
MARKERS, DOUBLE = 19, 8
BING_MARKERS = 9
BANK_M = 34.0
#: Which segments the later agreement moved, between which shares of their vertices, and how.
STRAIGHTENED, SHIFTED = 6, 13
SHIFT_M = 9.0
OBJECTS = ("独立树", "电力杆", "水井", "岩石", "房角", "路口", "桥头", "小庙", "石堆", "水闸")
TOWNSHIPS = (("松林乡", "青坪乡"), ("石桥镇", "柳河镇"), ("云溪街道", "南湖街道"))
LAND = ("山脊", "山脊", "山脊", "山脊", "山脊", "河岸", "河岸", "河岸", "河岸", "田间道路", "田间道路", "山脊", "山脊",
        "山脊", "山脊", "沟谷", "沟谷", "沟谷", "三县交会处山顶")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything in degrees: the line with the vertices at which markers stand, its later course, the outlines."""

    line: list[Point]
    stops: list[int]
    later: dict[int, list[Point]]
    outline: Outline


def draw() -> Drawn:
    """The line and all around it."""
    plane = LocalPlane(MERIDIAN)
    origin = shapely.get_coordinates(plane.to_plane(shapely.points(WEST)))[0]

    def placed(points: Sequence[Point]) -> list[Point]:
        moved = LineString([(x + origin[0], y + origin[1]) for x, y in points])
        degrees = on_grid(shapely.get_coordinates(plane.to_degrees(moved)))
        return [(round(x, 8), round(y, 8)) for x, y in degrees.tolist()]

    flat = course(LENGTH_M, STRAIGHT_M, SEED)
    stops = _stops(flat)
    later = {STRAIGHTENED: _straightened(_piece(flat, stops, STRAIGHTENED)),
             SHIFTED: _shifted(_piece(flat, stops, SHIFTED))}  # fmt: skip
    around = outline(flat[-1], SEED)
    parts = {name: placed(getattr(around, name)) for name in Outline.__slots__}
    return Drawn(placed(flat), stops, {number: placed(points) for number, points in later.items()}, Outline(**parts))


def _stops(points: Sequence[Point]) -> list[int]:
    """The vertices at which markers stand: evenly along the line, each a little off."""
    random = Random(SEED + 7)
    chainage = [0.0, *accumulate(math.dist(a, b) for a, b in pairwise(points))]
    wanted = [LENGTH_M * (i + 0.5 * (random.random() - 0.5)) / (MARKERS - 1) for i in range(1, MARKERS - 1)]
    inner = [min(range(len(points)), key=lambda v: abs(chainage[v] - metres)) for metres in wanted]
    return [0, *inner, len(points) - 1]


def _piece(points: Sequence[Point], stops: Sequence[int], number: int) -> list[Point]:
    """The points of segment `number`, counted from 1."""
    return list(points[stops[number - 1] : stops[number] + 1])


def _straightened(points: list[Point]) -> list[Point]:
    """The river's new bed between a quarter and three quarters of the way: nearer to the straight."""
    first, last = len(points) // 4, 3 * len(points) // 4
    (x1, y1), (x2, y2) = points[first], points[last]

    def nearer(point: Point) -> Point:
        share = (point[0] - x1) / (x2 - x1)
        weight = 0.72 * math.sin(math.pi * min(1.0, max(0.0, share)))
        return point[0], point[1] + weight * (y1 + share * (y2 - y1) - point[1])

    return [nearer(p) if first < i < last else p for i, p in enumerate(points)]


def _shifted(points: list[Point]) -> list[Point]:
    """A stretch of ridge as it was measured again."""
    first, last = len(points) // 3, len(points) // 2
    return [
        (x, y + SHIFT_M * math.sin(math.pi * (i - first) / (last - first))) if first < i < last else (x, y)
        for i, (x, y) in enumerate(points)
    ]


def write(folder: Path = FOLDER) -> None:
    """Write the line, its later course, its markers and their witness objects into `folder`."""
    drawn = draw()
    _write_lines(folder / "line.geojson", _first(drawn))
    pieces = [_segment(number, JIA, YI, points) for number, points in drawn.later.items()]
    _write_lines(folder / "line_later.geojson", pieces)
    markers, witnesses = _markers(drawn)
    _write_table(folder / "markers.csv", markers)
    _write_table(folder / "witnesses.csv", witnesses)
    markers, witnesses = _markers_of_bing(drawn)
    _write_table(folder / "markers_jia_bing.csv", markers)
    _write_table(folder / "witnesses_jia_bing.csv", witnesses)


def _first(drawn: Drawn) -> list[dict[str, Any]]:
    inner = [_segment(n, JIA, YI, _piece(drawn.line, drawn.stops, n)) for n in range(1, MARKERS)]
    o = drawn.outline
    others = [("甲丙", JIA, BING, o.jia_bing), ("乙丙", BING, YI, o.yi_bing),
              ("甲", JIA, None, o.jia), ("乙", YI, None, o.yi), ("丙", BING, None, o.bing)]  # fmt: skip
    return [*inner, *(_feature(key, left, right, points) for key, left, right, points in others)]


def _segment(number: int, left: str, right: str, points: Sequence[Point]) -> dict[str, Any]:
    return _feature(f"甲乙{number:02}", left, right, points)


def _feature(key: str, left: str | None, right: str | None, points: Sequence[Point]) -> dict[str, Any]:
    properties = {"segment": key, "left": left, "right": right}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "LineString", "coordinates": points}}


def _write_lines(path: Path, features: Sequence[dict[str, Any]]) -> None:
    """One feature a line, so that a difference of two versions can be read."""
    rows = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    path.write_text('{"type":"FeatureCollection","features":[\n' + rows + "\n]}\n", "utf-8")


def _markers(drawn: Drawn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    random = Random(SEED + 11)
    rows: list[dict[str, Any]] = []
    witnesses: list[dict[str, Any]] = []
    for serial, vertex in enumerate(drawn.stops, 1):
        for part, place in _stones(drawn.line, vertex, serial):
            row = _marker(serial, part, place, random)
            rows.append(row)
            witnesses += _witnesses(row["code"], random)
    return rows, witnesses


def _markers_of_bing(drawn: Drawn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Single stones on 甲丙线, evenly by its vertices; where it begins stands the last one of 甲乙线."""
    random, course = Random(SEED + 13), drawn.outline.jia_bing
    rows: list[dict[str, Any]] = []
    witnesses: list[dict[str, Any]] = []
    for serial in range(1, BING_MARKERS + 1):
        place = course[serial * (len(course) - 1) // (BING_MARKERS + 1)]
        row = _marker(serial, "Q", place, random)
        code, about = f"{JIA}{BING}{serial:03}Q", "甲县松林乡与丙县之间的低岗"
        custodian = "甲县松林乡" if serial % 2 else "丙县"
        rows.append({**row, "code": code, "kind": "single", "faces": 2, "place": about, "custodian": custodian})
        witnesses += _witnesses(code, random)
    return rows, witnesses


def _stones(line: Sequence[Point], vertex: int, serial: int) -> Iterable[tuple[str, Point]]:
    """The stones of a number: one on the line, or one on either bank, the first on the side of the smaller code."""
    if serial != DOUBLE:
        return [("Q", line[vertex])]
    ahead = azimuth_deg(line[vertex - 1], line[vertex + 1])
    return [(part, _away(line[vertex], ahead + turn)) for part, turn in (("A", -90.0), ("B", 90.0))]


def _away(place: Point, azimuth: float) -> Point:
    from data.crs import ELLIPSOID

    longitude, latitude, _ = ELLIPSOID.fwd(*place, azimuth, BANK_M)
    x, y = on_grid(np.array([[longitude, latitude]]))[0]
    return round(float(x), 8), round(float(y), 8)


def _marker(serial: int, part: str, place: Point, random: Random) -> dict[str, Any]:
    ours, theirs = TOWNSHIPS[(serial - 1) * len(TOWNSHIPS) // MARKERS]
    last = serial == MARKERS
    return {
        "code": f"{JIA}{YI}{serial:03}{part}",
        "kind": "double" if serial == DOUBLE else "single",
        "part": part,
        "faces": 3 if last else 2,
        "material": "花岗岩",
        "longitude": place[0],
        "latitude": place[1],
        "accuracy_m": 0.1,
        "method": "GNSS RTK",
        "elevation_m": round(640 + 90 * math.sin(serial / 2.3) + 20 * random.random(), 2),
        "height_datum": "1985国家高程基准",
        "place": f"甲县{ours}与乙县{theirs}之间的{LAND[serial - 1]}",
        "custodian": f"甲县{ours}" if serial % 2 else f"乙县{theirs}",
    }


def _witnesses(code: str, random: Random) -> list[dict[str, Any]]:
    """Two or three objects about a marker, in different directions."""
    count = 2 + (random.random() < 0.7)
    begin, first = 360 * random.random(), int(len(OBJECTS) * random.random())
    return [
        {
            "code": code,
            "name": OBJECTS[(first + i) % len(OBJECTS)],
            "azimuth_deg": round((begin + 360 * i / count + 30 * random.random()) % 360, 1),
            "distance_m": round(9 + 55 * random.random(), 1),
        }
        for i in range(count)
    ]


def _write_table(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def length_m(points: Sequence[Point]) -> float:
    """The length of a course in degrees, on the ellipsoid."""
    return float(edge_lengths_m(np.array(points)).sum())
