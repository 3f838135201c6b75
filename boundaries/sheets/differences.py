"""A difference as a map with both lines, and as sheets (变动对比图): two days, a file and the register, two files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import shapely
from shapely.geometry import LineString, MultiLineString

from boundaries.network.difference.model import Difference
from boundaries.network.model import Segment
from boundaries.network.versions import State
from boundaries.shapes.service import STAFF_FOOTER
from boundaries.sheets.drawing import draw_atlas, draw_sketch
from boundaries.sheets.model import Atlas, Content, Former, Land, Order
from boundaries.sheets.printing import face_of
from data.documents.fonts import Fonts
from data.errors import NotFound

#: A difference on one sheet is drawn on this paper.
PICTURE_PAPER = "A3"
#: Kinds of change as the notes of a sheet name them.
KINDS = {"moved": "移位", "added": "新增", "removed": "删除", "changed": "属性变更"}


@dataclass(frozen=True, slots=True)
class About:
    """What stands on the sheet beside the lines: whose line it is, and which of both is the legal one (or none)."""

    name: str
    level: str
    day: date
    legal: Literal["before", "after"] | None
    law: str = STAFF_FOOTER
    watermark: str | None = None


def about_line(line: Mapping[str, Any], legal: Literal["before", "after"], watermark: str) -> About:
    """What stands on the sheets of a line as `find_line` answers it; `watermark` for invented lines alone."""
    approval = line["map_approval"]
    return About(
        name=line["name"] or "–".join(unit["name"] for unit in line["units"]),
        level=line["level"],
        day=line["as_of"],
        legal=legal,
        law=f"审图号：{approval}" if approval else line["footer"] or STAFF_FOOTER,
        watermark=watermark if line["demonstration"] else None,
    )


def difference_atlas(difference: Difference, about: About, scale: int, paper: str, fonts: Fonts) -> Atlas:
    """Both lines divided into sheets, with the land between them numbered and its area.

    Raises `NotFound` `nothing_to_draw`, and as `draw_atlas`.
    """
    return draw_atlas(Order("diff", scale, paper), _content(difference, about), face_of(fonts).families)


def difference_picture(difference: Difference, about: About, fonts: Fonts) -> str:
    """Both lines on one sheet (SVG); raises as `difference_atlas`."""
    return draw_sketch(_content(difference, about), face_of(fonts).families, PICTURE_PAPER)


def _content(difference: Difference, about: About) -> Content:
    main, other = difference.before, difference.after
    labels = difference.before_label, difference.after_label
    if about.legal == "after":
        main, other, labels = other, main, labels[::-1]
    if not main:
        main, other, labels = other, main, labels[::-1]
    if not main:
        raise NotFound("Neither side of the difference has a line: there is nothing to draw.", code="nothing_to_draw")
    land = difference.land.pieces
    return Content(
        name=about.name,
        level=about.level,
        day=about.day,
        courses=_courses(main),
        beside=_beside(main.values(), difference),
        law=about.law,
        notes=(_counted(difference), _balanced(difference)),
        former=(Former(labels[1], _courses(other)),) if other else (),
        land=tuple(Land(i, piece.area_m2, piece.geometry) for i, piece in enumerate(land, 1)),
        watermark=about.watermark,
        said=f"{'法定界线' if about.legal else '界线'}（{labels[0]}）",
    )


def _courses(state: State) -> tuple[LineString, ...]:
    """The segments of a state, those that follow each other as one line; each runs as the first does, between the same
    two: whose land lies left of a line stays left of it.
    """
    segments = list(state.values())
    turned = [segment.reversed() if segment.right == segments[0].left else segment for segment in segments]
    merged = shapely.line_merge(MultiLineString([segment.geometry for segment in turned]), directed=True)
    return tuple(part for part in shapely.get_parts(merged) if isinstance(part, LineString))


def _beside(segments: Iterable[Segment], difference: Difference) -> tuple[str, str]:
    """The names of the units on both sides of the first segment."""
    first = next(iter(segments))
    left, right = ((difference.name(holder) or {}).get("name") or "" for holder in (first.left, first.right))
    return left, right


def _counted(difference: Difference) -> str:
    counts = difference.as_json()["counts"]
    kinds = "，".join(f"{KINDS[kind]} {count} 段" for kind, count in counts.items())
    far = max((profile.max_m for profile in difference.profiles.values()), default=None)
    furthest = f"；最大位移 {far:.2f} 米" if far is not None else ""
    return f"{kinds or '两者相同'}，未变 {len(difference.unchanged)} 段{furthest}。"


def _balanced(difference: Difference) -> str:
    rows = [
        f"{(row['unit'] or {}).get('name') or '登记外'} 划出 {row['ceded_m2']:,.1f}、划入 {row['gained_m2']:,.1f} m²"
        for row in difference.balance()
    ]
    return f"{'；'.join(rows)}（椭球面积）。" if rows else "无土地变化。"
