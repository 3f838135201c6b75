"""The sheets that a surveying project makes itself: working map, sheets to the agreement, and the atlas once it is law.

Before the approval nothing here is law, and the sheets say what they are drawn of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import LineString, shape
from sqlalchemy import Connection, text

from boundaries.network.outlines import segments_beside
from boundaries.network.queries import HOLDERS
from boundaries.network.store import SEGMENTS_BY_ID, stored
from boundaries.shapes.service import STAFF_FOOTER, map_approval
from boundaries.sheets.drawing import draw_atlas
from boundaries.sheets.model import Atlas, Content, Kind, MarkerMark, Order
from boundaries.sheets.printing import face_of
from boundaries.sheets.service import WATERMARK, line_atlas
from boundaries.surveys.newcourse import around
from data.db import Audience
from data.documents.fonts import Fonts
from data.errors import NotFound

#: A point of this kind is a marker of the line to be.
MARKER = "界桩"
MADE_UP = text("SELECT bool_or(demonstration) FROM diming.unit WHERE id = ANY(:ids)")
LEVEL = text("""
    SELECT level FROM diming.unit_version
    WHERE unit_id = :id AND upper_inf(known) ORDER BY lower(valid) DESC LIMIT 1
""")


def level_of(connection: Connection, facts: Mapping[str, Any]) -> str:
    """The level of the units on both sides."""
    return str(connection.scalar(LEVEL, {"id": UUID(facts["sides"][0]["id"])}))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Sheets of a project: of which case they are, at which scale, on which paper and day, with what number (图号)."""

    number: str
    scale: int
    paper: str
    day: date
    sheet_number: str | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands under each sheet that is kept."""
        return (f"图号：{self.sheet_number}。",) if self.sheet_number else ()


def kind_now(facts: Mapping[str, Any]) -> Kind:
    """Which sheets follow from the case: the working map, those to the agreement, or once it is law the atlas."""
    if facts.get("approval"):
        return "atlas"
    return "agreement" if facts.get("draft") else "working"


def project_atlas(connection: Connection, facts: Mapping[str, Any], wanted: Wanted, fonts: Fonts) -> Atlas:
    """The sheets of a project by its facts, of the kind that it has come to (`kind_now`). For staff.

    Raises `NotFound` `nothing_to_draw` for a line around which the register has nothing, and as `draw_atlas`.
    """
    order = Order(kind_now(facts), wanted.scale, wanted.paper)
    order.check()
    families = face_of(fonts).families
    if order.kind == "agreement":
        return draw_atlas(order, _drafted(connection, facts, wanted), families)
    if order.kind == "working" and facts.get("new"):
        return draw_atlas(order, _around(connection, facts, wanted), families)
    line = UUID(facts["line"])
    return line_atlas(
        connection, line, order, fonts, as_of=wanted.day, notes=wanted.notes, audience=Audience.STAFF
    )  # fmt: skip


def _around(connection: Connection, facts: Mapping[str, Any], wanted: Wanted) -> Content:
    """The working map of a line that is not in the register: the lines that stand around both sides."""
    segments = around(connection, facts["new"], wanted.day).segments.values()
    lines = shapely.line_merge(shapely.MultiLineString([segment.geometry for segment in segments]))
    courses = tuple(part for part in shapely.get_parts(lines) if isinstance(part, LineString))
    if not courses:
        raise NotFound(
            "The register has no lines around these units: hand in a working map of your own.", code="nothing_to_draw"
        )
    about = _about(connection, facts, wanted)
    return Content(**about, courses=courses, beside=("", ""), said="既有界线（新界线尚未施测）",
                   notes=(f"依据：勘界案{wanted.number}。", *wanted.notes))  # fmt: skip


def _about(connection: Connection, facts: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """What every sheet of a project says."""
    approval = map_approval(connection)
    sides = [UUID(side["id"]) for side in facts["sides"]]
    return {
        "name": facts["line_name"] or "–".join(side["name"] for side in facts["sides"]),
        "level": level_of(connection, facts),
        "day": wanted.day,
        "law": f"审图号：{approval}" if approval else STAFF_FOOTER,
        "watermark": WATERMARK if connection.scalar(MADE_UP, {"ids": sides}) else None,
    }


def _drafted(connection: Connection, facts: Mapping[str, Any], wanted: Wanted) -> Content:
    names = {side["id"]: side["name"] for side in facts["sides"]}
    sides = [UUID(side["id"]) for side in facts["sides"]]
    return Content(
        **_about(connection, facts, wanted),
        courses=(LineString(shape(facts["draft"]["course"]).coords),),
        beside=_beside(connection, facts, names, wanted.day),
        notes=(f"依据：勘界案{wanted.number}。各方签订协议书并经批准后生效。", *wanted.notes),
        markers=tuple(
            MarkerMark(point["name"], 1, point["longitude"], point["latitude"])
            for point in facts.get("points") or [] if point["kind"] == MARKER
        ),
        neighbours=_neighbours(connection, sides, facts.get("segment"), wanted.day),
        said="勘定的界线（待批准）",
    )  # fmt: skip


def _beside(connection: Connection, facts: Mapping[str, Any], names: Mapping[str, str], day: date) -> tuple[str, str]:
    """Who lies left and right of the course: of a new line as it was said, else as the stretch has it."""
    new = facts.get("new")
    if new:
        return names.get(new["left"], ""), names.get(new["right"], "")
    row = connection.execute(SEGMENTS_BY_ID, {"ids": [UUID(facts["segment"])], "on": day}).one_or_none()
    if row is None:
        return "", ""
    held = {unit.id: unit.name for unit in connection.execute(HOLDERS, {"ids": [row.left_id, row.right_id], "on": day})}
    return held.get(row.left_id, ""), held.get(row.right_id, "")


def _neighbours(connection: Connection, sides: list[UUID], own: str | None, day: date) -> tuple[LineString, ...]:
    """The outlines of both sides, without the stretch that is surveyed."""
    rows = connection.execute(segments_beside(Audience.STAFF), {"ids": sides, "on": day})
    return tuple(stored(row).segment.geometry for row in rows if str(row.segment_id) != own)
