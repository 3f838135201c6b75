"""What stands round the map of a sheet: frame, kilometre grid, title, scale bar, legend, index of sheets, notes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boundaries.geometry.picture import round_length
from boundaries.sheets import svg
from boundaries.sheets.frame import Paper
from boundaries.sheets.model import Content, Order, Window
from boundaries.sheets.settings import settings

Vertices = NDArray[np.float64]
#: What each kind of sheet is called.
TITLES = {"agreement": "行政区域界线协议书附图", "diff": "行政区域界线变动对比图", "claims": "边界主张线图",
          "working": "勘界工作图", "atlas": "行政区域界线详图集"}  # fmt: skip
#: The bar is about this long; the index of sheets fits in this square.
BAR_MM, INDEX_MM = 50.0, 26.0
#: A cover's index of sheets has room below its title and above its notes.
COVER_TOP_MM, COVER_FOOT_MM = 52.0, 68.0


def border(paper: Paper) -> list[str]:
    """The frame: a thin line round the map and a strong one outside it."""
    x, y, w, h = paper.left_mm, paper.top_mm, paper.inner_width_mm, paper.inner_height_mm
    return [svg.rectangle(x, y, w, h, pen=0.15), svg.rectangle(x - 5, y - 5, w + 10, h + 10, pen=0.8)]


def interval_m(paper: Paper) -> float:
    """Metres between lines of the grid: round, about as far apart on the paper as the settings say."""
    grid = settings()["grid"]
    wanted = grid["apart_mm"] * paper.metres_per_mm
    nice = round_length(wanted)
    return max(nice, float(grid["least_m"]))


def grid(paper: Paper, window: Window) -> list[str]:
    """Lines of equal easting and northing with their kilometres at all four edges; the zone's number stands first."""
    step, pen = interval_m(paper), float(settings()["grid"]["pen_mm"])
    parts: list[str] = []
    top, bottom = paper.top_mm, paper.top_mm + paper.inner_height_mm
    left, right = paper.left_mm, paper.left_mm + paper.inner_width_mm
    for east in _multiples(window.west, window.east, step):
        x = left + (east - window.west) / paper.metres_per_mm
        parts.append(svg.path([(x, top), (x, bottom)], stroke=svg.SOFT, width=pen))
        parts += [svg.text(x, y, _km(east), 2.4, anchor="middle") for y in (top - 1.2, bottom + 3.2)]
    for north in _multiples(window.south, window.north, step):
        y = top + (window.north - north) / paper.metres_per_mm
        parts.append(svg.path([(left, y), (right, y)], stroke=svg.SOFT, width=pen))
        parts += [svg.text(x, y, _km(north), 2.4, anchor="middle", turn=-90) for x in (left - 1.4, right + 3.2)]
    return parts


def _multiples(low: float, high: float, step: float) -> list[float]:
    return [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _km(metres: float) -> str:
    return f"{metres / 1000:g}"


def title(paper: Paper, order: Order, content: Content, number: int, total: int) -> list[str]:
    """What the sheet is, of which line, and which of how many it is."""
    middle = paper.width_mm / 2
    words = f"{content.name} {TITLES[order.kind]}"
    sheet = f"第 {number} 幅　共 {total} 幅"
    return [
        svg.text(middle, 11, words, 6.5, anchor="middle", weight=700, spacing=0.6),
        svg.text(paper.width_mm - paper.left_mm, 11, sheet, 4, anchor="end"),
        svg.text(paper.left_mm, 11, _beside(content), 4),
    ]


def _beside(content: Content) -> str:
    return " | ".join(name for name in content.beside if name)


def scale_bar(paper: Paper) -> list[str]:
    """The scale in numbers and as a bar, under the middle of the map."""
    length_m = round_length(BAR_MM * paper.metres_per_mm)
    step = length_m / paper.metres_per_mm / 2
    x, y = paper.width_mm / 2 - step, paper.height_mm - 19
    parts = [
        svg.text(paper.width_mm / 2, y - 7, f"1:{int(paper.scale):,}".replace(",", " "), 5, anchor="middle", weight=700)
    ]
    fills = (svg.INK, "#ffffff")
    parts += [svg.rectangle(x + i * step, y, step, 1.4, pen=0.2, fill=fill) for i, fill in enumerate(fills)]
    ends = [0, length_m / 2, length_m]
    parts += [svg.text(x + i * step, y - 1, _distance(end), 2.6, anchor="middle") for i, end in enumerate(ends)]
    return parts


def _distance(metres: float) -> str:
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"


def notes(paper: Paper, content: Content, epsg: int, meridian: float, zone: int | None) -> list[str]:
    """The coordinate system, the grid, the date, the documents, and the line that map law asks for."""
    x, y = paper.left_mm, paper.height_mm - 27
    said = [
        f"2000 国家大地坐标系（CGCS2000），3 度带第 {zone} 带，中央子午线 {meridian:g}°，EPSG:{epsg}；",
        f"直角坐标网间隔 {_distance(interval_m(paper))}，注记以千米计，横坐标前两位为带号。",
        f"{content.said or f'界线截至 {content.day}'}。",
        *content.notes,
    ]
    parts = [svg.text(x, y + 3.6 * i, line, 2.6) for i, line in enumerate(said[:5])]
    return [*parts, svg.text(x, paper.height_mm - 7, content.law, 3.2, weight=700)]


def index(paper: Paper, courses: Sequence[Vertices], windows: Sequence[Window], number: int) -> list[str]:
    """The index of sheets (接图表): the line with the frame of every sheet, this one filled."""
    if len(windows) < 2:
        return []
    left, top = paper.width_mm - paper.left_mm, paper.height_mm - 6
    drawn, (width, height) = _index(courses, windows, number, (INDEX_MM, INDEX_MM - 2), 2.2)
    placed = svg.group(drawn, transform=f"translate({left - width:.2f} {top - height:.2f})")
    return [placed, svg.text(left, top - height - 1.4, "接图表", 2.6, anchor="end")]


def _index(
    courses: Sequence[Vertices], windows: Sequence[Window], number: int, room_mm: tuple[float, float], letter_mm: float
) -> tuple[list[str], tuple[float, float]]:
    """The line with the frame of every sheet within some room, from its upper left corner, and the size of it."""
    west, south = min(w.west for w in windows), min(w.south for w in windows)
    east, north = max(w.east for w in windows), max(w.north for w in windows)
    ratio = min(room_mm[0] / (east - west), room_mm[1] / (north - south))

    def at(x: float, y: float) -> tuple[float, float]:
        return (x - west) * ratio, (north - y) * ratio

    parts = []
    for window in windows:
        x, y = at(window.west, window.north)
        w, h = (window.east - window.west) * ratio, (window.north - window.south) * ratio
        fill = "#c9d3df" if window.number == number else "none"
        parts.append(svg.rectangle(x, y, w, h, pen=0.12, fill=fill, ink=svg.SOFT))
    for course in courses:
        few = course[:: max(1, len(course) // 300)]
        parts.append(svg.path([at(x, y) for x, y in few], width=letter_mm / 9))
    for window in windows:
        x, y = at((window.west + window.east) / 2, (window.south + window.north) / 2)
        parts.append(svg.text(x, y + letter_mm / 3, str(window.number), letter_mm, anchor="middle", halo=True))
    return parts, ((east - west) * ratio, (north - south) * ratio)


def cover(
    paper: Paper, content: Content, words: str, courses: Sequence[Vertices], windows: Sequence[Window]
) -> list[str]:
    """The cover of an atlas: what it is, between whom, of which day and by which documents; its sheets at a glance."""
    middle = paper.width_mm / 2
    room = paper.inner_width_mm - 20, paper.height_mm - COVER_TOP_MM - COVER_FOOT_MM
    drawn, (width, height) = _index(courses, windows, 0, room, 3.4)
    corner = middle - width / 2, COVER_TOP_MM + (room[1] - height) / 2
    scale = f"1:{int(paper.scale):,}".replace(",", " ")
    said = [f"{scale}　共 {len(windows)} 幅　界线截至 {content.day}", *content.notes]
    foot = paper.height_mm - COVER_FOOT_MM + 6
    return [
        *border(paper),
        svg.text(middle, paper.top_mm + 14, words, 9, anchor="middle", weight=700, spacing=1),
        svg.text(middle, paper.top_mm + 23, _beside(content), 5, anchor="middle", ink=svg.SOFT),
        svg.group(drawn, transform=f"translate({corner[0]:.2f} {corner[1]:.2f})"),
        *(svg.text(middle, foot + 5 * i, line, 3.4, anchor="middle") for i, line in enumerate(said[:4])),
        svg.text(paper.left_mm, paper.height_mm - 7, content.law, 3.2, weight=700),
        *(watermark(paper, content.watermark) if content.watermark else ()),
    ]


def watermark(paper: Paper, words: str) -> list[str]:
    """Across a sheet that is no document."""
    x, y = paper.width_mm / 2, paper.top_mm + paper.inner_height_mm / 2
    size = paper.width_mm / 16
    return [svg.text(x, y, words, size, anchor="middle", weight=700, ink="#646e7a", opacity=0.22, turn=-28)]
