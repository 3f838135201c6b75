"""One sheet as a drawing: the map within its frame, and what stands round it. Pure: values in, SVG out.

Red and blue are used for claims alone, and claims on the sheet of claims alone
(`check_claims`): whoever looks for those colours on a sheet to an agreement
finds none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.sheets import furniture, svg
from boundaries.sheets.division import divide
from boundaries.sheets.frame import Paper
from boundaries.sheets.model import Atlas, Content, Kind, Order, Window, check_claims
from boundaries.sheets.plane import SheetPlane, plane_of
from boundaries.sheets.settings import settings

Vertices = NDArray[np.float64]
#: Names of units stand this far from the line, in millimetres.
BESIDE_MM = 28.0


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the layers of one sheet are drawn with."""

    order: Order
    content: Content
    plane: SheetPlane
    paper: Paper
    window: Window

    def parts(self, shapes: Iterable[BaseGeometry]) -> list[BaseGeometry]:
        """Shapes in degrees, as they lie within the frame, in millimetres."""
        return [part for shape in shapes for part in self.paper.inside(self.window, self.plane.shape(shape))]

    def lines(self, courses: Iterable[LineString], **pen: object) -> list[str]:
        """Courses drawn with a pen; those that follow each other are one line, so that dashes run on."""
        whole = shapely.line_merge(MultiLineString(list(courses)))
        found = [shapely.get_coordinates(part) for part in self.parts([whole]) if part.geom_type == "LineString"]
        return [svg.path(vertices, **pen) for vertices in found]  # type: ignore[arg-type]


def draw_atlas(order: Order, content: Content, families: Sequence[str]) -> Atlas:
    """All sheets of a line. Raises what `Order.check`, `check_claims`, `divide` and `plane_of` raise."""
    order.check()
    check_claims(order, content)
    return _drawn(order, content, families)


def draw_sketch(content: Content, families: Sequence[str], paper: str) -> str:
    """The whole line on one sheet at the largest round scale at which it fits: to look at, not to measure on."""
    plane = plane_of(content.courses)
    west, south, east, north = shapely.total_bounds(
        np.array([plane.shape(course) for course in content.courses], dtype=object)
    ).tolist()
    kind: Kind = "diff" if content.former else "agreement"
    scale = fitting_scale(east - west, north - south, Paper.of(Order(kind, 1, paper)))
    return _drawn(Order(kind, scale, paper), content, families).drawings[0]


def fitting_scale(width_m: float, height_m: float, paper: Paper) -> int:
    """The denominator of the largest round scale at which an extent fits on one sheet of `paper`."""
    unit = paper.format()  # in metres at the paper's own scale of 1:1, so millimetres / 1000
    inside = [size - 2 * unit.room_m - unit.step_m for size in (unit.width_m, unit.height_m)]
    wanted = max(width_m / inside[0], height_m / inside[1], 500.0)
    power = 10.0 ** math.floor(math.log10(wanted))
    return round(next(step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= wanted))


def _drawn(order: Order, content: Content, families: Sequence[str]) -> Atlas:
    plane, paper = plane_of(content.courses), Paper.of(order)
    courses = [plane.vertices(course) for course in _merged(content.courses)]
    windows = divide(courses, paper.format())
    title = f"{content.name} {furniture.TITLES[order.kind]}"
    drawings = [
        svg.drawing(
            (paper.width_mm, paper.height_mm),
            _sheet(_Sheet(order, content, plane, paper, window), courses, windows),
            families=families,
            title=f"{title} {window.number}/{len(windows)}",
        )
        for window in windows
    ]
    size, meridian = (paper.width_mm, paper.height_mm), plane.grid.central_meridian
    cover = None
    if order.kind == "atlas":
        parts = furniture.cover(paper, content, title, courses, windows)
        cover = svg.drawing(size, parts, families=families, title=title)
    return Atlas(title, size, windows, drawings, plane.grid.epsg, meridian, cover)


def _merged(courses: Sequence[LineString]) -> list[LineString]:
    """Segments in run order joined where one begins at the end of the one before it."""
    joined: list[Vertices] = []
    for course in courses:
        vertices = shapely.get_coordinates(course)
        if joined and (joined[-1][-1] == vertices[0]).all():
            joined[-1] = np.vstack([joined[-1], vertices[1:]])
        else:
            joined.append(vertices)
    return [LineString(vertices) for vertices in joined]


def _sheet(sheet: _Sheet, courses: Sequence[Vertices], windows: Sequence[Window]) -> list[str]:
    order, content, paper, window = sheet.order, sheet.content, sheet.paper, sheet.window
    grid = sheet.plane.grid
    return [
        *furniture.grid(paper, window),
        *_map(sheet),
        *_continues(sheet, courses, windows),
        *furniture.border(paper),
        *furniture.title(paper, order, content, window.number, len(windows)),
        *furniture.scale_bar(paper),
        *_legend(sheet),
        *furniture.notes(paper, content, grid.epsg, grid.central_meridian, grid.zone),
        *furniture.index(paper, courses, windows, window.number),
        *(furniture.watermark(paper, content.watermark) if content.watermark else ()),
    ]


def _map(sheet: _Sheet) -> list[str]:
    content, pens = sheet.content, settings()["pen"]
    return [
        *_land(sheet),
        *sheet.lines(content.neighbours, stroke=svg.FAINT, width=pens["neighbour_mm"]),
        *(
            part
            for former in content.former
            for part in sheet.lines(former.courses, stroke="#6b737c", width=pens["former_mm"])
        ),
        *sheet.lines(content.courses, **legal_pen(content.level)),
        *_claims(sheet),
        *_names(sheet),
        *_markers(sheet),
    ]


def legal_pen(level: str) -> dict[str, object]:
    """Width and dashes of the legal line of a level."""
    found = settings()["boundary"].get(level, settings()["boundary"]["county"])
    return {"width": found["pen_mm"], "dash": found["dash_mm"]}


def _claims(sheet: _Sheet) -> list[str]:
    if sheet.order.kind != "claims":
        return []
    width, colours = settings()["pen"]["claim_mm"], settings()["colour"]
    return [
        part
        for claim in sheet.content.claims
        for part in sheet.lines(claim.courses, stroke=colours[claim.side], width=width)
    ]


def _land(sheet: _Sheet) -> list[str]:
    drawn = []
    for land in sheet.content.land:
        for part in sheet.parts([land.shape]):
            if not isinstance(part, Polygon):
                continue
            ring = shapely.get_coordinates(part.exterior)
            drawn.append(svg.path(ring, width=0.08, stroke=svg.SOFT, fill="url(#hatch)", closed=True))
            at = part.representative_point()
            words = f"{land.number}　{land.area_m2:,.0f} m²"
            drawn.append(svg.text(at.x + 3, at.y, words, 2.6, halo=True))
    return drawn


def _names(sheet: _Sheet) -> list[str]:
    """The names of both units, beside the middle of what this sheet shows of the line."""
    parts = [p for p in sheet.parts(sheet.content.courses) if isinstance(p, LineString)]
    if not parts:
        return []
    longest = max(parts, key=lambda part: part.length)
    middle = shapely.get_coordinates(shapely.line_interpolate_point(longest, 0.5, normalized=True))[0]
    ends = shapely.get_coordinates(longest)[[0, -1]]
    along = (ends[1] - ends[0]) / (float(np.hypot(*(ends[1] - ends[0]))) or 1.0)
    # y runs down the paper, so that left of the run is this way
    left = np.array([along[1], -along[0]]) * BESIDE_MM
    places = zip(sheet.content.beside, (middle + left, middle - left), strict=True)
    return [_name(sheet.paper, name, x, y) for name, (x, y) in places]


def _name(paper: Paper, name: str, x: float, y: float) -> str:
    """A name, held within the frame."""
    room = 4.5 * len(name) / 2 + 4
    x = float(np.clip(x, paper.left_mm + room, paper.left_mm + paper.inner_width_mm - room))
    y = float(np.clip(y, paper.top_mm + 8, paper.top_mm + paper.inner_height_mm - 5))
    return svg.text(x, y, name, 4.5, anchor="middle", spacing=1.5, halo=True, ink=svg.SOFT)


def _markers(sheet: _Sheet) -> list[str]:
    drawn = []
    size = float(settings()["pen"]["marker_mm"])
    for marker in sheet.content.markers:
        for place in sheet.parts([Point(marker.longitude, marker.latitude)]):
            ((x, y),) = shapely.get_coordinates(place).tolist()
            drawn += [
                square(x, y, size, marker.stones),
                svg.text(x + size, y - size * 0.6, marker.code, 2.6, halo=True),
            ]
    return drawn


def square(x: float, y: float, size: float, stones: int) -> str:
    """The sign of a marker: a square for a single one, squares in each other for a double and a triple one."""
    parts = []
    for ring in range(stones):
        side = size * (1 - 0.3 * ring)
        fill = "#ffffff" if ring == 0 else "none"
        parts.append(svg.rectangle(x - side / 2, y - side / 2, side, side, pen=0.2, fill=fill))
    return "".join(parts)


def _continues(sheet: _Sheet, courses: Sequence[Vertices], windows: Sequence[Window]) -> list[str]:
    """Where the line goes on to another sheet: a tick across it with the number of that sheet."""
    window, drawn = sheet.window, []
    for other in windows:
        shared = {(other.begin_m, window.end_m), (other.end_m, window.begin_m)}
        joint = next((a for a, b in shared if a == b), None)
        if other.number == window.number or joint is None:
            continue
        ((x, y),) = sheet.paper.place(window, _at(courses, joint)[None, :]).tolist()
        drawn.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1.1" fill="none" stroke="{svg.INK}" stroke-width="0.2"/>')
        drawn.append(svg.text(x + 2.4, y + 3.6, f"接第 {other.number} 幅", 2.8, halo=True))
    return drawn


def _at(courses: Sequence[Vertices], chainage_m: float) -> Vertices:
    """The place on the line this far from its start."""
    left = chainage_m
    for course in courses:
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(course, axis=0).T))])
        if left <= along[-1] or course is courses[-1]:
            return np.array([np.interp(left, along, course[:, i]) for i in (0, 1)])
        left -= float(along[-1])
    raise ValueError("a line without courses")


def _legend(sheet: _Sheet) -> list[str]:
    """The signs that this kind of sheet uses, each with what it means."""
    content, paper = sheet.content, sheet.paper
    pen = legal_pen(content.level)
    x, y = paper.width_mm * 0.62, paper.height_mm - 27
    words = content.said or f"法定界线（{content.day}）"
    rows: list[tuple[str, str]] = [(svg.path([(x, y), (x + 14, y)], **pen), words)]  # type: ignore[arg-type]
    rows += [
        (svg.path([(x, y), (x + 14, y)], stroke="#6b737c", width=0.2), f"界线（{f.years}）") for f in content.former
    ]
    if content.land:
        rows.append((svg.rectangle(x + 2, y - 1.4, 10, 2.8, pen=0.08, fill="url(#hatch)"), "两期之间的土地及面积"))
    if sheet.order.kind == "claims":
        width, colours = settings()["pen"]["claim_mm"], settings()["colour"]
        rows += [
            (svg.path([(x, y), (x + 14, y)], stroke=colours[c.side], width=width), f"主张线：{c.source}")
            for c in content.claims
        ]
    if content.markers:
        rows.append((square(x + 7, y, 2.0, 1), "界桩（单立；双立、三立为套框）"))
    return [
        part
        for i, (sign, words) in enumerate(rows[:5])
        for part in (
            svg.group([sign], transform=f"translate(0 {4.4 * i:g})"),
            svg.text(x + 16.5, y + 4.4 * i + 0.9, words, 2.6),
        )
    ]
