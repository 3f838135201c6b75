"""The sheets that a surveying project makes itself: its working map before the field, the agreement's sheets after it.

Nothing here is law: the sheets say what they are drawn of, and the approval's own day brings the legal ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from shapely.geometry import LineString, shape
from sqlalchemy import Connection, text

from boundaries.network.outlines import segments_beside
from boundaries.network.queries import HOLDERS
from boundaries.network.store import SEGMENTS_BY_ID, stored
from boundaries.shapes.service import STAFF_FOOTER, map_approval
from boundaries.sheets.drawing import draw_atlas
from boundaries.sheets.model import Atlas, Content, MarkerMark, Order
from boundaries.sheets.printing import face_of
from boundaries.sheets.service import WATERMARK, line_atlas
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


def project_atlas(
    connection: Connection, facts: Mapping[str, Any], number: str, scale: int, paper: str, fonts: Fonts, day: date
) -> Atlas:
    """The sheets of a project by its facts: of the drafted course, or before there is one its working map. For staff.

    `number` is the case's. Raises `NotFound` `nothing_to_draw` for a line that is neither in the register nor drafted,
    and as `draw_atlas`.
    """
    draft = facts.get("draft")
    if draft:
        order = Order("agreement", scale, paper)
        order.check()
        return draw_atlas(order, _content(connection, facts, draft, number, day), face_of(fonts).families)
    if facts.get("new"):
        raise NotFound(
            "This line is not in the register and has no course yet: hand in the points and draft the course first.",
            code="nothing_to_draw",
        )
    order = Order("working", scale, paper)
    return line_atlas(connection, UUID(facts["line"]), order, fonts, as_of=day, audience=Audience.STAFF)


def _content(
    connection: Connection, facts: Mapping[str, Any], draft: Mapping[str, Any], number: str, day: date
) -> Content:
    course = LineString(shape(draft["course"]).coords)
    names = {side["id"]: side["name"] for side in facts["sides"]}
    sides = [UUID(side["id"]) for side in facts["sides"]]
    approval = map_approval(connection)
    return Content(
        name=facts["line_name"] or "–".join(names.values()),
        level=level_of(connection, facts),
        day=day,
        courses=(course,),
        beside=_beside(connection, facts, names, day),
        law=f"审图号：{approval}" if approval else STAFF_FOOTER,
        notes=(f"依据：勘界案{number}。各方签订协议书并经批准后生效。",),
        markers=tuple(
            MarkerMark(point["name"], 1, point["longitude"], point["latitude"])
            for point in facts.get("points") or [] if point["kind"] == MARKER
        ),
        neighbours=_neighbours(connection, sides, facts.get("segment"), day),
        watermark=WATERMARK if connection.scalar(MADE_UP, {"ids": sides}) else None,
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
