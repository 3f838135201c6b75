"""What no map of the country may leave out, and whether it is there.

地图管理条例 (State Council Order 664) Art. 15 and 公开地图内容表示规范 (自然资规〔2023〕2号)
oblige a map of the country to show all of it. What is checked stands in
`data/reference/map/required.csv`, each row with its reason.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import shapely
from shapely.geometry import Polygon
from sqlalchemy import Connection, text

from boundaries.shapes.model import DisplayLine
from data.errors import BadInput

REQUIRED = Path(__file__).parents[2] / "data" / "reference" / "map" / "required.csv"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that must be on the map.

    `kind`: `unit` (the unit `code` has a polygon), `part` (that polygon reaches into
    the window) or `line` (a display line has a part inside the window). The window is
    west, south, east, north in degrees.
    """

    key: str
    kind: str
    code: str | None
    window: tuple[float, float, float, float] | None
    label: str
    reason: str


@cache
def requirements() -> tuple[Requirement, ...]:
    """The rows of `required.csv`."""
    with REQUIRED.open(encoding="utf-8", newline="") as file:
        return tuple(_requirement(row) for row in csv.DictReader(file))


def _requirement(row: dict[str, str]) -> Requirement:
    edges = [row[side] for side in ("west", "south", "east", "north")]
    window = None
    if all(edges):
        west, south, east, north = (float(edge) for edge in edges)
        window = (west, south, east, north)
    return Requirement(row["key"], row["kind"], row["code"] or None, window, row["label"], row["reason"])


def name_lines(lines: Iterable[DisplayLine]) -> list[DisplayLine]:
    """`lines`, those that hold a required line under its name instead of the file's."""
    windows = [(shapely.box(*r.window), r.label) for r in requirements() if r.kind == "line" and r.window]
    return [_named(line, windows) for line in lines]


def _named(line: DisplayLine, windows: Sequence[tuple[Polygon, str]]) -> DisplayLine:
    parts = shapely.get_parts(line.geometry)
    for window, label in windows:
        if shapely.covers(window, parts).any():
            return replace(line, name=label)
    return line


HAS_UNIT = text("""
    SELECT EXISTS (
        SELECT FROM diming.unit_shape s
        JOIN diming.unit_version v ON v.unit_id = s.unit_id AND upper_inf(v.known) AND upper_inf(v.valid)
        WHERE v.code = :code AND upper_inf(s.known) AND upper_inf(s.valid)
          AND (CAST(:west AS float8) IS NULL
               OR ST_Intersects(s.geom, ST_MakeEnvelope(:west, :south, :east, :north, 4490))))
""")
HAS_LINE = text("""
    SELECT EXISTS (
        SELECT FROM diming.display_line l, ST_Dump(l.geom) part
        WHERE upper_inf(l.known)
          AND ST_CoveredBy(part.geom, ST_MakeEnvelope(:west, :south, :east, :north, 4490)))
""")


def missing_from_map(connection: Connection) -> list[Requirement]:
    """Everything required that the stored map does not show."""
    return [r for r in requirements() if not _is_there(connection, r)]


def _is_there(connection: Connection, requirement: Requirement) -> bool:
    west, south, east, north = requirement.window or (None, None, None, None)
    window = {"west": west, "south": south, "east": east, "north": north}
    if requirement.kind == "line":
        return bool(connection.scalar(HAS_LINE, window))
    return bool(connection.scalar(HAS_UNIT, {"code": requirement.code, **window}))


def require_complete_map(connection: Connection) -> None:
    """Raise `BadInput` `map_incomplete`, listing what is missing, unless the map shows all it must."""
    missing = missing_from_map(connection)
    if missing:
        raise BadInput(
            "The map after this load would lack " + "、".join(r.label for r in missing) + ". "
            "A map of the country must show all of it; nothing was loaded. Use the complete file.",
            code="map_incomplete",
            missing=[{"key": r.key, "label": r.label, "reason": r.reason} for r in missing],
        )
