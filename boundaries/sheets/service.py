"""From the register to the sheets of a line: what stands on a day, what another version had, what both sides claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shapely.geometry import LineString, Polygon, shape
from sqlalchemy import Connection

from boundaries.markers.model import STONES
from boundaries.network.service import find_line, line_diff
from boundaries.sheets.drawing import draw_atlas, draw_sketch
from boundaries.sheets.model import Atlas, Claim, Content, Former, Land, MarkerMark, Order
from boundaries.sheets.printing import face_of, to_pdf
from boundaries.units.service import find_unit
from boundaries.workbench.model import CourseVersion, standing
from boundaries.workbench.service import line_courses, line_markers, neighbours
from data.db import Audience
from data.documents.fonts import Fonts
from data.errors import BadRequest, NotFound

#: What stands across a sheet of invented data.
WATERMARK = "演示数据·非公文"
#: A sketch is a sheet of this paper.
SKETCH_PAPER = "A3"


def line_atlas(
    connection: Connection,
    line: UUID,
    order: Order,
    fonts: Fonts,
    *,
    as_of: date | None = None,
    other: date | None = None,
    claims: Sequence[Claim] = (),
    notes: Sequence[str] = (),
    audience: Audience = Audience.PUBLIC,
) -> Atlas:
    """The sheets of a line on a day; of the kind `diff` with the version of the day `other`; `notes` under each.

    Raises `NotPermitted` `map_not_approved` for the public without an approval number, `BadRequest`
    `sheet_needs_other` and what `draw_atlas` raises, and as `find_line`.
    """
    order.check()
    found = find_line(connection, line, as_of, audience)
    versions = line_courses(connection, line, audience)
    day: date = found["as_of"]
    content = _content(connection, found, versions, audience)
    if order.kind == "diff":
        content = _compared(connection, content, versions, line, day, other, audience)
    content = replace(content, claims=tuple(claims), notes=(*content.notes, *notes))
    return draw_atlas(order, content, face_of(fonts).families)


def line_sketch(
    connection: Connection,
    line: UUID,
    fonts: Fonts,
    *,
    as_of: date | None = None,
    other: date | None = None,
    audience: Audience = Audience.PUBLIC,
) -> str:
    """The whole line on one sheet (SVG), with the version of the day `other` where one is named. Raises as above."""
    found = find_line(connection, line, as_of, audience)
    versions = line_courses(connection, line, audience)
    content = _content(connection, found, versions, audience)
    if other is not None:
        content = _compared(connection, content, versions, line, found["as_of"], other, audience)
    return draw_sketch(content, face_of(fonts).families, SKETCH_PAPER)


def line_pdf(atlas: Atlas, fonts: Fonts, at: datetime) -> bytes:
    """The sheets as one PDF, as `boundaries.sheets.printing.to_pdf`."""
    return to_pdf(atlas, fonts, at)


def _content(
    connection: Connection, found: dict[str, Any], versions: Sequence[CourseVersion], audience: Audience
) -> Content:
    day: date = found["as_of"]
    now = standing(versions, day)
    if not now:
        raise NotFound(f"The register has no course of this line on {day}.", code="line_not_standing")
    first = now[0]
    markers = [m for m in line_markers(connection, found["id"], audience) if m.holds(day)]
    return Content(
        name=found["name"] or "–".join(unit["name"] for unit in found["units"]),
        level=found["level"],
        day=day,
        courses=tuple(v.course for v in now),
        beside=(first.left.name if first.left else "", first.right.name if first.right else ""),
        law=f"审图号：{found['map_approval']}" if found["map_approval"] else found["footer"],
        notes=(_documents(found),),
        markers=tuple(MarkerMark(m.code, STONES[m.kind], m.longitude, m.latitude) for m in markers),
        neighbours=tuple(n.course for n in neighbours(connection, versions, day, audience)),
        watermark=WATERMARK if _invented(connection, found) else None,
    )


def _documents(found: dict[str, Any]) -> str:
    cited = [d["doc_no"] or d["title"] for d in found["decisions"]]
    return f"依据：{'；'.join(cited)}。" if cited else "依据：无文件。"


def _invented(connection: Connection, found: dict[str, Any]) -> bool:
    """Whether a unit of the line is made up for demonstration."""
    return any(
        find_unit(connection, unit["code"], found["as_of"]).get("demonstration", False) for unit in found["units"]
    )


def _compared(
    connection: Connection,
    content: Content,
    versions: Sequence[CourseVersion],
    line: UUID,
    day: date,
    other: date | None,
    audience: Audience,
) -> Content:
    if other is None:
        raise BadRequest(
            "A sheet of differences needs the date of the other version: name it.", code="sheet_needs_other"
        )
    first, second = sorted((other, day))
    found = line_diff(connection, line, first, second, audience)
    before = standing(versions, other)
    years = f"{other}"
    land = [Land(i, piece["area_m2"], _polygon(piece["geometry"])) for i, piece in enumerate(found["land"], 1)]
    return replace(content, former=(Former(years, _courses(before)),), land=tuple(land))


def _courses(versions: Sequence[CourseVersion]) -> tuple[LineString, ...]:
    return tuple(v.course for v in versions)


def _polygon(geometry: Any) -> Polygon:
    found = shape(geometry)
    if not isinstance(found, Polygon):
        raise TypeError(f"land between versions is a polygon, not {found.geom_type}")
    return found
