"""What a report shows of an inspection beside its record: the findings as a table, and the map on which they lie.

The map is drawn from the register and the findings alone: legal line, markers, what was resurveyed, each finding with
the number that it has in the table. It is to look at and not to measure on, and it never stands for the sheets (附图).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from boundaries.findings.kinds import kinds
from boundaries.geometry.picture import Pictured, draw, fitting_height
from boundaries.markers.model import Marker
from boundaries.network.service import find_line
from boundaries.records import store
from boundaries.records.drawing import registered_markers
from boundaries.records.measured import measurements_of
from boundaries.records.model import SIDES, Task
from data.db import Audience, Row, fetch_all
from data.documents.pictures import Drawing

#: Keeps a drawing where documents find it; the name by which they do.
KeepDrawing = Callable[[Drawing], str]
#: The width of a page's text in millimetres and in pixels of the drawing: its letters are 2.7 mm high.
WIDTH_MM, WIDTH_PX = 150.0, 620
LEAST_PX, MOST_PX = 300, 800
#: A report names so many findings, the gravest first; the others stand in the archive of the line.
MOST_FINDINGS = 200
#: How land in dispute is drawn, by the kind of its finding.
LAND: Mapping[str, str] = {"disputed_area": "disputed", "unclaimed_area": "unclaimed"}
STATES: Mapping[str, str] = {"open": "待处理", "in_case": "已立案", "settled": "已解决", "dismissed": "已排除"}
NOWHERE = "—"
#: The measure that says how large a finding is, the telling one first, and how it is written.
MEASURES = (
    ("area_m2", "{:,.0f} 平方米"),
    ("distance_m", "{:.2f} 米"),
    ("width_m", "宽 {:.1f} 米"),
    ("length_m", "长 {:,.0f} 米"),
)


def findings_of(connection: Connection, inspection: UUID) -> Sequence[Row]:
    """The findings of an inspection, the gravest first, in an order that does not change."""
    return fetch_all(connection, store.FINDINGS_OF, {"id": inspection, "limit": MOST_FINDINGS})


def finding_rows(findings: Sequence[Row], tasks: Sequence[Task]) -> list[dict[str, str]]:
    """The rows of the report's table: number, kind, where, how much, what became of it."""
    labels = {task.target: task.label for task in tasks}
    return [
        {
            "number": str(number),
            "kind": kinds()[row["kind"]].title_zh if row["kind"] in kinds() else row["kind"],
            "where": _where(row, labels),
            "measure": measure_text(row["measures"]),
            "state": STATES[row["state"]],
            "note": row["note"] or NOWHERE,
        }
        for number, row in enumerate(findings, 1)
    ]


def _where(row: Row, labels: Mapping[UUID, str]) -> str:
    named = [labels[target] for target in (row["marker_id"], row["segment_id"]) if target in labels]
    between = [row["facts"].get(f"marker_{side}") for side in ("before", "after")]
    if not named and all(between):
        named = [f"{between[0]}—{between[1]}号界桩之间"]
    return named[0] if named else NOWHERE


def measure_text(measures: Mapping[str, Any]) -> str:
    """The one measure that says how large a finding is."""
    for name, words in MEASURES:
        if isinstance(measures.get(name), int | float):
            return words.format(measures[name])
    return NOWHERE


def inspection_map(
    connection: Connection, inspection: Row, tasks: Sequence[Task], findings: Sequence[Row]
) -> Drawing | None:
    """The map of an inspection whose record is drawn up; None where nothing of it has a place."""
    legal = find_line(connection, inspection["line_id"], None, Audience.STAFF)["geometry"]
    standing = registered_markers(connection, [task.target for task in tasks if task.kind == "marker"])
    resurveys = [m for m in measurements_of(connection, inspection["id"], SIDES) if m.kind == "resurvey"]
    things = [Pictured(shape(dict(legal)), "legal")] if legal else []
    things += [Pictured(Point(m.longitude, m.latitude), "marker", label=m.code[-4:]) for m in _in_order(standing)]
    things += [Pictured(shape(dict(one.geometry)), "handed_in") for one in resurveys if one.geometry]
    things += [_pictured(number, row) for number, row in enumerate(findings, 1) if row["geometry"]]
    height = fitting_height(things, WIDTH_PX, LEAST_PX, MOST_PX)
    svg = draw(things, WIDTH_PX, height, "检查示意图")
    return None if svg is None else Drawing(svg, WIDTH_MM, WIDTH_MM * height / WIDTH_PX)


def _in_order(standing: Mapping[UUID, Marker]) -> list[Marker]:
    return sorted(standing.values(), key=lambda marker: marker.code)


def _pictured(number: int, row: Row) -> Pictured:
    geometry: BaseGeometry = shape(json.loads(row["geometry"]))
    return Pictured(geometry, LAND.get(row["kind"], "finding"), row["severity"], f"问题{number}")
