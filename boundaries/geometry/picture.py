"""A drawing of findings for paper and for browsers without scripts: the same signs as the map of the pages has.

Degrees are drawn as far apart as they are on the ground at the middle of the
drawing (equirectangular, true along its middle parallel), which over the
length of a boundary line is exact to the eye; nothing is measured on it but
by the scale bar.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

#: Metres of one degree of latitude on the mean sphere of radius 6,371,008.8 m (IUGG).
DEGREE_M = 111_195.08
#: Pixels round what is shown, and the least extent of a drawing in metres.
MARGIN, LEAST_EXTENT_M = 36, 200.0
#: A label is left out where another one stands nearer than this; the sign itself is always drawn.
LABEL_PX = 15.0
INK, SOFT, PAPER = "#1a2027", "#444d58", "#ffffff"
RED, BLUE = "#c0281f", "#1f5fbf"
GRADES: Mapping[str | None, str] = {"error": "#a8221a", "warning": "#d9a93a", "info": "#1c4b82", None: "#1c4b82"}
#: Stroke, width in pixels (0.3 mm is 1.1), dashes.
LINES: Mapping[str, tuple[str, float, str]] = {
    "legal": (INK, 1.6, "9 3 2 3"),
    "handed_in": (SOFT, 0.9, ""),
    "side_a": (RED, 1.2, ""),
    "side_b": (BLUE, 1.2, ""),
    "former": ("#9aa0a6", 0.8, ""),
    "unit": ("#b9b9b4", 0.7, ""),
}
PATTERNS = (
    '<pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse">'
    f'<path d="M0 8L8 0" stroke="{RED}" stroke-width="0.7"/><path d="M0 0L8 8" stroke="{BLUE}" stroke-width="0.7"/>'
    '</pattern><pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse">'
    f'<circle cx="1.2" cy="1.2" r="0.7" fill="{SOFT}"/></pattern>'
)


@dataclass(frozen=True, slots=True)
class Pictured:
    """One thing of the drawing: geometry in longitude and latitude; `draw` and `severity` as the map of the pages
    has them; `label` beside its sign; `chosen` gives it a halo.
    """

    geometry: BaseGeometry
    draw: str
    severity: str | None = None
    label: str = ""
    chosen: bool = False


class _Frame:
    """From degrees to pixels."""

    def __init__(self, things: Sequence[Pictured], width: int, height: int) -> None:
        west, south, east, north = shapely.total_bounds([thing.geometry for thing in things])
        self.middle = ((west + east) / 2, (south + north) / 2)
        self.along = math.cos(math.radians(self.middle[1])) * DEGREE_M
        across, down = (east - west) * self.along, (north - south) * DEGREE_M
        self.width, self.height = width, height
        self.per_metre = min(
            (width - 2 * MARGIN) / max(across, LEAST_EXTENT_M), (height - 2 * MARGIN) / max(down, LEAST_EXTENT_M)
        )

    def place(self, geometry: BaseGeometry) -> BaseGeometry:
        """`geometry` in pixels."""
        x0, y0 = self.middle
        moved: BaseGeometry = shapely.transform(
            geometry,
            lambda p: np.column_stack(
                [
                    self.width / 2 + (p[:, 0] - x0) * self.along * self.per_metre,
                    self.height / 2 - (p[:, 1] - y0) * DEGREE_M * self.per_metre,
                ]
            ),
        )
        return moved


def draw(things: Sequence[Pictured], width: int = 960, height: int = 600, title: str = "") -> str | None:
    """The drawing as an SVG document; None where nothing has a place."""
    shown = [thing for thing in things if not thing.geometry.is_empty]
    if not shown:
        return None
    frame = _Frame(shown, width, height)
    placed = [(thing, frame.place(thing.geometry)) for thing in shown]
    body = "".join([*_shapes(placed), *_signs(placed, width), *_scale_bar(frame)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label={quoteattr(title)} font-family="Noto Sans CJK SC, Noto Sans SC, sans-serif" '
        f'font-size="11"><title>{escape(title)}</title><defs>{PATTERNS}</defs>'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>{body}</svg>'
    )


def fitting_height(things: Sequence[Pictured], width: int, least: int = 240, most: int = 1000) -> int:
    """The height at which a drawing of `width` pixels has no empty bands, within `least` and `most`."""
    geometries = [thing.geometry for thing in things if not thing.geometry.is_empty]
    if not geometries:
        return least
    west, south, east, north = shapely.total_bounds(geometries)
    across = max((east - west) * math.cos(math.radians((south + north) / 2)) * DEGREE_M, LEAST_EXTENT_M)
    down = max((north - south) * DEGREE_M, LEAST_EXTENT_M)
    wanted = float((width - 2 * MARGIN) * down / across + 2 * MARGIN)
    return round(min(max(wanted, least), most))


def _shapes(placed: Sequence[tuple[Pictured, BaseGeometry]]) -> Iterator[str]:
    """Areas first, then lines; the chosen one under its halo."""
    for thing, geometry in placed:
        for part in _polygons(geometry):
            yield f'<path d="{_rings(part)}" fill-rule="evenodd" {_area_style(thing)}/>'
    for thing, geometry in placed:
        for line in _lines(geometry):
            if thing.chosen:
                yield f'<path d="{_path(line)}" fill="none" stroke="#ffb000" stroke-width="10" stroke-opacity="0.55"/>'
            yield f'<path d="{_path(line)}" fill="none" {_line_style(thing)}/>'


def _area_style(thing: Pictured) -> str:
    colour = GRADES.get(thing.severity, GRADES[None])
    if thing.draw == "unit":
        return f'fill="#fcfcfa" stroke="{LINES["unit"][0]}" stroke-width="0.7"'
    pattern = {"disputed": "url(#hatch)", "unclaimed": "url(#dots)"}.get(thing.draw)
    if pattern:
        return f'fill="{pattern}" stroke="{colour}" stroke-width="0.8"'
    if thing.draw != "finding":
        return f'fill="none" stroke="{LINES.get(thing.draw, LINES["handed_in"])[0]}" stroke-width="0.9"'
    return f'fill="{colour}" fill-opacity="0.3" stroke="{colour}" stroke-width="0.8"'


def _line_style(thing: Pictured) -> str:
    if thing.draw in LINES:
        colour, wide, dashes = LINES[thing.draw]
        return f'stroke="{colour}" stroke-width="{wide}"' + (f' stroke-dasharray="{dashes}"' if dashes else "")
    return f'stroke="{GRADES.get(thing.severity, GRADES[None])}" stroke-width="3.5" stroke-opacity="0.8"'


def _signs(placed: Sequence[tuple[Pictured, BaseGeometry]], width: int) -> Iterator[str]:
    """The sign of every finding and marker, the gravest on top; labels where there is room."""
    order = {"info": 0, None: 0, "warning": 1, "error": 2}
    signed = [pair for pair in placed if pair[0].draw in ("finding", "disputed", "unclaimed", "marker")]
    taken: list[tuple[float, float]] = []
    labels: list[str] = []
    for thing, geometry in sorted(signed, key=lambda pair: -order.get(pair[0].severity, 0)):
        x, y = _middle(geometry)
        if thing.label and all(math.hypot(x - a, y - b) > LABEL_PX for a, b in taken):
            taken.append((x, y))
            labels.append(_label(x, y, thing.label, right=x > width - 60))
    for thing, geometry in sorted(signed, key=lambda pair: order.get(pair[0].severity, 0)):
        yield _sign(*_middle(geometry), thing)
    yield from labels


def _sign(x: float, y: float, thing: Pictured) -> str:
    halo = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="12" fill="#ffb000" fill-opacity="0.6"/>' if thing.chosen else ""
    if thing.draw == "marker":
        return f'{halo}<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6" fill="{PAPER}" stroke="{INK}"/>'
    colour = GRADES.get(thing.severity, GRADES[None])
    if thing.severity == "error":
        box = f'x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"'
        return f'{halo}<rect {box} fill="{colour}" stroke="{INK}" stroke-width="0.8"/>'
    if thing.severity == "warning":
        corners = f"{x:.1f},{y - 6:.1f} {x + 6:.1f},{y + 5:.1f} {x - 6:.1f},{y + 5:.1f}"
        return f'{halo}<polygon points="{corners}" fill="{colour}" stroke="{INK}" stroke-width="0.8"/>'
    return f'{halo}<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="#e9f0f8" stroke="{colour}" stroke-width="1.5"/>'


def _label(x: float, y: float, text: str, *, right: bool) -> str:
    anchor, dx = ("end", -9) if right else ("start", 9)
    common = f'x="{x + dx:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}"'
    return (
        f'<text {common} fill="{PAPER}" stroke="{PAPER}" stroke-width="3" stroke-linejoin="round">{escape(text)}</text>'
        f'<text {common} fill="{INK}">{escape(text)}</text>'
    )


def _scale_bar(frame: _Frame) -> Iterator[str]:
    """The bar, and where the middle of the drawing is."""
    metres = round_length(frame.width / 5 / frame.per_metre)
    wide, y = metres * frame.per_metre, frame.height - 12
    told = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    lon, lat = frame.middle
    place = f"CGCS2000 {abs(lon):.5f}°{'W' if lon < 0 else 'E'} {abs(lat):.5f}°{'S' if lat < 0 else 'N'}"
    yield f'<path d="M12 {y - 5}V{y}H{12 + wide:.1f}V{y - 5}" fill="none" stroke="{INK}" stroke-width="1.2"/>'
    yield f'<text x="{18 + wide:.1f}" y="{y}" fill="{INK}">{told}</text>'
    yield f'<text x="{frame.width - 12}" y="{y}" text-anchor="end" fill="{SOFT}">{place}</text>'


def round_length(metres: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not longer."""
    power = 10.0 ** math.floor(math.log10(metres))
    return max(step * power for step in (1, 2, 5) if step * power <= metres * (1 + 1e-9))


def _middle(geometry: BaseGeometry) -> tuple[float, float]:
    if geometry.geom_type.endswith("LineString"):
        longest = max(_lines(geometry), key=lambda line: line.length)
        point = longest.interpolate(0.5, normalized=True)
    else:
        point = shapely.point_on_surface(geometry)
    return float(point.x), float(point.y)


def _polygons(geometry: BaseGeometry) -> list[shapely.Polygon]:
    return [part for part in _flat(geometry) if isinstance(part, shapely.Polygon)]


def _lines(geometry: BaseGeometry) -> list[shapely.LineString]:
    return [part for part in _flat(geometry) if isinstance(part, shapely.LineString)]


def _flat(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in shapely.get_parts(geometry):
        if part.geom_type == "GeometryCollection" or part.geom_type.startswith("Multi"):
            yield from _flat(part)
        else:
            yield part


def _rings(polygon: shapely.Polygon) -> str:
    return "".join(_path(ring) + "Z" for ring in (polygon.exterior, *polygon.interiors))


def _path(line: BaseGeometry) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(line))
