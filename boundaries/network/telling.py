"""A line of the register told in words: the names of its nodes, and its legs between them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Point
from sqlalchemy import Connection

from boundaries.geometry.content import to_steps
from boundaries.geometry.ellipsoid import distance_m
from boundaries.geometry.plane import LocalPlane
from boundaries.network import queries
from boundaries.network.course_check import Disagreement
from boundaries.network.description import Leg, Passed, Stop, legs
from boundaries.network.service import Run, course_of, run_of
from boundaries.network.store import node_id
from data.db import Audience, Row, fetch_all

RULES = Path(__file__).parents[2] / "data" / "rules" / "boundaries" / "description.toml"
#: Metres of a degree of latitude, rounded down, so that the room around a line is never too small.
METRES_OF_A_DEGREE = 110_000.0
#: What a node is called in a description (data/reference/boundaries/vocabulary.csv).
NODE_WORDS = {
    "tri_point": "三交点",
    "quad_point": "四交点",
    "marker": "界桩",
    "turning_point": "转折点",
    "ring_start": "环线起点",
    "end": "端点",
}


#: Nodes at which lines meet: they are told by the units, whatever stone stands there.
MEETINGS = ("tri_point", "quad_point")


#: Named features with their positions within west, south, east, north on a day: what the gazetteer knows, handed in.
Features = Callable[[Connection, tuple[float, float, float, float], date], Sequence[tuple[str, float, float]]]


def line_description(
    connection: Connection, line: UUID, as_of: date | None = None, features: Features | None = None
) -> list[Leg]:
    """The line told from point to point, in the order of its run: nodes, and the markers on it between them.

    A marker at a node between two segments names it; where lines meet, the node is told by its units. A stone further
    from the line than its kind allows (data/rules/boundaries/description.toml) is no point of it. For staff, whose
    connection sees nodes and markers. With `features` each leg names what it passes (data/rules/boundaries/
    description.toml says how near); an invented line passes nothing real. Raises as `find_line`.
    """
    run = run_of(connection, line, as_of, Audience.STAFF)
    beside = _units_at_ends(connection, run)
    markers = fetch_all(connection, queries.MARKERS, {"line": line, "on": run.day})
    courses = [shapely.get_coordinates(course) for course in course_of(run).geoms]
    named = _named_vertices(courses, markers)
    passed = _known_features(connection, run, features)
    found: list[Leg] = []
    for number, vertices in enumerate(courses):
        ends = {at % len(vertices): beside.get(_place(vertices[at]), ("", "")) for at in (0, -1)}
        meetings = {vertex: name for vertex, (name, kind) in ends.items() if kind in MEETINGS}
        stops = {**{vertex: name for vertex, (name, _) in ends.items()}, **named.get(number, {}), **meetings}
        ordered = sorted(stops.items())
        told = legs(vertices, [Stop(name, vertex) for vertex, name in ordered])
        parts = [vertices[one : other + 1] for (one, _), (other, _) in pairwise(ordered)]
        found += [passing(leg, part, passed) for leg, part in zip(told, parts, strict=True)]
    return found


def _known_features(connection: Connection, run: Run, features: Features | None) -> Sequence[tuple[str, float, float]]:
    if features is None or run.row["demonstration"]:
        return ()
    west, south, east, north = course_of(run).bounds
    room = feature_rules()["within_m"] / METRES_OF_A_DEGREE
    wide = room / max(float(np.cos(np.radians(north))), 0.1)
    return features(connection, (west - wide, south - room, east + wide, north + room), run.day)


def passing(leg: Leg, vertices: NDArray[np.float64], features: Sequence[tuple[str, float, float]]) -> Leg:
    """The leg with the nearest of the features beside it, in the order in which it passes them."""
    if not features or len(vertices) < 2:
        return leg
    rules = feature_rules()
    plane = LocalPlane.of(LineString(vertices))
    course = plane.to_plane(LineString(vertices))
    points = plane.to_plane(np.array([Point(x, y) for _, x, y in features], dtype=object))
    off, along = shapely.distance(course, points), shapely.line_locate_point(course, points)
    # beside it, and not before its beginning or after its end
    beside = (off <= rules["within_m"]) & (along > 0) & (along < course.length)
    nearest = sorted(np.flatnonzero(beside).tolist(), key=lambda at: (float(off[at]), features[at][0]))
    chosen = sorted(nearest[: int(rules["most"])], key=lambda at: float(along[at]))
    found = tuple(
        Passed(features[at][0], float(along[at]), _side(course, points[at], float(along[at])), float(off[at]))
        for at in chosen
    )
    return replace(leg, features=found)


def _side(course: LineString, point: Point, along: float) -> str:
    """On which side of a course a point lies, seen in the direction in which it runs there."""
    before, after = (shapely.line_interpolate_point(course, max(along + step, 0.0)) for step in (-1.0, 1.0))
    cross = (after.x - before.x) * (point.y - before.y) - (after.y - before.y) * (point.x - before.x)
    return "left" if cross > 0 else "right"


@cache
def feature_rules() -> dict[str, float]:
    """How near a named feature is to be told of, in metres, and how many of a leg at most."""
    rows = tomllib.loads(RULES.read_text("utf-8"))["feature"]
    return {key: float(row["value"]) for key, row in rows.items()}


def as_told(leg: Leg) -> dict[str, Any]:
    """A leg as answers show it."""
    grid = leg.grid_azimuth_deg()
    return {
        "from": leg.start,
        "to": leg.end,
        "direction": leg.direction.key,
        "azimuth_deg": round(leg.azimuth_deg, 3),
        "grid_azimuth_deg": None if grid is None else round(grid, 3),
        "length_m": round(leg.length_m, 3),
        "features": [
            {"name": one.name, "along_m": round(one.along_m, 1), "side": one.side, "off_m": round(one.off_m, 1)}
            for one in leg.features
        ],
        "text": leg.text_zh(),
    }


def as_disagreement(found: Disagreement) -> dict[str, Any]:
    """A leg of which a text says otherwise, as answers show it."""
    return {"leg": found.leg, "kind": found.kind, "said": found.said, "is": found.is_}


def _named_vertices(courses: Sequence[NDArray[np.float64]], markers: Sequence[Row]) -> dict[int, dict[int, str]]:
    """By course and vertex the markers there: each at the vertices nearest to it that are near enough."""
    codes: dict[tuple[int, int], list[str]] = {}
    limits = description_rules()
    for marker in markers:
        position = (marker["lon"], marker["lat"])
        limit = max(limits[f"{marker['kind']}_m"], 2 * (marker["accuracy_m"] or 0.0))
        for place in _nearest(courses, position, limit):
            codes.setdefault(place, []).append(marker["code"])
    found: dict[int, dict[int, str]] = {}
    for (course, vertex), names in codes.items():
        found.setdefault(course, {})[vertex] = f"{'、'.join(names)}号界桩"
    return found


def _nearest(
    courses: Sequence[NDArray[np.float64]], position: tuple[float, float], limit_m: float
) -> list[tuple[int, int]]:
    """The vertices nearest to a position: one, or one of each course that meets there; none beyond the limit."""
    scale = np.array([np.cos(np.radians(position[1])), 1.0])
    offsets = [np.hypot(*((vertices - position) * scale).T) for vertices in courses]
    if not offsets:
        return []
    best = min(float(off.min()) for off in offsets)
    places = [(number, int(off.argmin())) for number, off in enumerate(offsets) if float(off.min()) == best]
    number, vertex = places[0]
    return places if distance_m(position, courses[number][vertex]) <= limit_m else []


@cache
def description_rules() -> dict[str, float]:
    """How far from the line a stone of each kind may stand and still be a point of it, in metres."""
    rows = tomllib.loads(RULES.read_text("utf-8"))["marker"]
    return {key: float(row["value"]) for key, row in rows.items()}


def _place(vertex: Any) -> tuple[int, int]:
    steps = to_steps(np.array([vertex]))[0]
    return int(steps[0]), int(steps[1])


def _units_at_ends(connection: Connection, run: Run) -> dict[tuple[int, int], tuple[str, str]]:
    """For each end of the run's segments a name, from its kind and the units that meet there, and its kind."""
    ends = {_place(v): v for course in course_of(run).geoms for v in shapely.get_coordinates(course)[[0, -1]]}
    nodes = {node_id(place): place for place in ends}
    rows = fetch_all(connection, queries.NODES, {"nodes": list(nodes), "on": run.day})
    return {
        nodes[row["node"]]: (f"{NODE_WORDS[row['kind']]}（{'、'.join(row['units'])}）", row["kind"]) for row in rows
    }
