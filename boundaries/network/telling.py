"""A line of the register told in words: the names of its nodes, and its legs between them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Connection

from boundaries.geometry.content import to_steps
from boundaries.network import queries
from boundaries.network.description import Leg, Stop, legs
from boundaries.network.service import Run, course_of, run_of
from boundaries.network.store import node_id
from data.db import Audience, fetch_all

#: What a node is called in a description (data/reference/boundaries/vocabulary.csv).
NODE_WORDS = {
    "tri_point": "三交点",
    "quad_point": "四交点",
    "marker": "界桩",
    "turning_point": "转折点",
    "ring_start": "环线起点",
    "end": "端点",
}


def line_description(connection: Connection, line: UUID, as_of: date | None = None) -> list[Leg]:
    """The line told from node to node, in the order of its run; a line of several stretches one after another.

    For staff, whose connection sees the nodes. Raises as `find_line`.
    """
    run = run_of(connection, line, as_of, Audience.STAFF)
    beside = _units_at_ends(connection, run)
    found: list[Leg] = []
    for course in course_of(run).geoms:
        vertices = shapely.get_coordinates(course)
        names = [beside.get(_place(vertices[at]), "") for at in (0, -1)]
        stops = [Stop(names[0], 0), Stop(names[1], len(vertices) - 1)]
        found += legs(vertices, stops)
    return found


def _place(vertex: Any) -> tuple[int, int]:
    steps = to_steps(np.array([vertex]))[0]
    return int(steps[0]), int(steps[1])


def _units_at_ends(connection: Connection, run: Run) -> dict[tuple[int, int], str]:
    """A name for each end of the run's segments: what kind of node it is, and the units that meet there."""
    ends = {_place(v): v for course in course_of(run).geoms for v in shapely.get_coordinates(course)[[0, -1]]}
    nodes = {node_id(place): place for place in ends}
    rows = fetch_all(connection, queries.NODES, {"nodes": list(nodes), "on": run.day})
    return {nodes[row["node"]]: f"{NODE_WORDS[row['kind']]}（{'、'.join(row['units'])}）" for row in rows}
