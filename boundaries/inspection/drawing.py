"""What every drawing of a comparison is made of: what it shows of the plane, lines, land, signs. SVG, north up.

Nothing depends on colour alone; it prints in black.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

#: The width and height of drawings, in pixels.
WHOLE, CLOSE, NARROW = (1200, 360), (720, 420), (360, 330)
#: A close-up shows so much around a finding: a share of its size, and never less metres across than this.
AROUND, LEAST_M = 0.35, 80.0
#: Of land longer than so many of its widths the close-up shows the widest place, so many widths across.
LONGEST_WIDTHS, SHOWN_WIDTHS = 16.0, 12.0
MARGIN_PX = 14
#: Kinds whose land is hatched, dotted, or outlined.
FILLS = {"disputed_area": "both", "unclaimed_area": "neither", "departure": "left", "enclave_new": "left"}
GRADES = {"error": "#9c1c14", "warning": "#8a5a00", "info": "#1f4e9e"}
FONTS = {
    "code": 'font-size="11"',
    "figure": 'font-size="14" font-weight="600"',
    "scale": "",
    "name": 'font-size="12.5" font-weight="600"',
}
#: How wide a sign is, in pixels: that of Chinese (from the radicals of Unicode on), and any other.
WIDE_PX, NARROW_PX, FIRST_WIDE = 12.5, 6.8, 0x2E80
#: Figures are larger and heavier than the names of lines, by which widths are reckoned.
BOLD = 1.15
#: Lengths of scale bars in metres.
ROUND = tuple(step * 10**power for power in range(7) for step in (1, 2, 5))

DEFINITIONS = (
    '<defs><pattern id="both" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<path d="M-2 2L2-2M0 8L8 0M6 10L10 6" stroke="#b3261e" stroke-width="1.1"/>'
    '<path d="M-2 6L2 10M0 0L8 8M6-2L10 2" stroke="#1f4e9e" stroke-width="1.1"/></pattern>'
    '<pattern id="neither" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<circle cx="2" cy="2" r="1.1" fill="#5f6368"/></pattern></defs>'
)


@dataclass(frozen=True, slots=True)
class View:
    """What part of the plane a drawing shows: the coordinates of its upper left corner, and metres per pixel."""

    west: float
    north: float
    scale: float
    size: tuple[int, int]

    def x(self, east: float) -> float:
        """Pixels from the left."""
        return (east - self.west) / self.scale

    def y(self, north: float) -> float:
        """Pixels from the top."""
        return (self.north - north) / self.scale

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres, a little beyond the edges."""
        width, height = (side * self.scale for side in self.size)
        beyond = 20 * self.scale
        return self.west - beyond, self.north - height - beyond, self.west + width + beyond, self.north + beyond


class Sign(NamedTuple):
    """The number of a finding on a map: how grave it is, and where it lies (None: nowhere)."""

    number: int
    severity: str
    land: BaseGeometry | None


def signs(view: View, found: Iterable[Sign], anchor: str) -> Iterator[str]:
    """The number of every finding that has a place, each a link to `anchor` and its number."""
    placed: list[tuple[float, float]] = []
    for number, severity, land in found:
        if land is None:
            continue
        at = land.representative_point()
        x, y = view.x(at.x), view.y(at.y)
        # signs that would cover each other go above one another
        while any(abs(x - a) < 20 and abs(y - b) < 16 for a, b in placed) and y > 12:
            y -= 16
        placed.append((x, y))
        yield (
            f'<a href="#{anchor}{number}"><g class="sign {severity}">'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="{GRADES[severity]}"/>'
            f'<text x="{x:.1f}" y="{y + 3.5:.1f}" text-anchor="middle" font-size="11" fill="#fff">'
            f"{number}</text></g></a>"
        )


def window(land: BaseGeometry, measures: Mapping[str, float]) -> tuple[float, float, float, float]:
    """The land with something around it; of a very long one the widest place."""
    west, south, east, north = land.bounds
    width = measures.get("width_m", 0.0)
    if (
        width
        and land.geom_type in ("Polygon", "MultiPolygon")
        and max(east - west, north - south) > LONGEST_WIDTHS * width
    ):
        middle = shapely.get_coordinates(_largest_circle(land))[0]
        half = max(SHOWN_WIDTHS * width, LEAST_M) / 2
        (west, south), (east, north) = middle - half, middle + half
        return west, south, east, north
    around = max(AROUND * max(east - west, north - south), LEAST_M / 2)
    return west - around, south - around, east + around, north + around


def view_of(bounds: tuple[float, ...], size: tuple[int, int]) -> View:
    """The part of the plane that shows `bounds` in a drawing of `size`."""
    west, south, east, north = bounds
    inner = (size[0] - 2 * MARGIN_PX, size[1] - 2 * MARGIN_PX - 16)
    scale = max((east - west) / inner[0], (north - south) / inner[1], 0.02)
    middle = ((west + east) / 2, (south + north) / 2)
    return View(middle[0] - scale * size[0] / 2, middle[1] + scale * (size[1] / 2 - 8), scale, size)


def svg(view: View, title: str, parts: Sequence[str], role: str = "img") -> str:
    """The drawing with its title, scale bar and north; with links in it its `role` is `group`: an image has none."""
    width, height = view.size
    named = html.escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="{role}" aria-label="{named}" '
        'class="figure" font-family="sans-serif" font-size="12">'
        f"<title>{named}</title>{DEFINITIONS}"
        f'<rect width="{width}" height="{height}" fill="#fbfbf8"/>'
        f"{''.join(parts)}{_scale_bar(view)}{_north(view)}</svg>"
    )


def path_of(view: View, geometry: BaseGeometry) -> str:
    """The parts of a geometry inside the view as path data, vertices closer than a third of a pixel left out."""
    clipped = shapely.clip_by_rect(geometry, *view.box)
    drawn = shapely.simplify(clipped, view.scale / 3, preserve_topology=False)
    data = []
    for part in shapely.get_parts(drawn):
        rings = shapely.get_rings(part) if part.geom_type == "Polygon" else [part]
        for ring in rings:
            points = [f"{view.x(x):.1f} {view.y(y):.1f}" for x, y in shapely.get_coordinates(ring)]
            if len(points) > 1:
                data.append("M" + "L".join(points) + ("Z" if part.geom_type == "Polygon" else ""))
    return "".join(data)


#: The courses in the order in which they are drawn; the last is one that is proposed for the line.
DRAWN = ("a", "b", "legal", "course")
STROKES: Mapping[str, str] = {
    "legal": 'stroke="#111" stroke-width="1.8" stroke-dasharray="12 4 2 4"',
    "a": 'stroke="#b3261e" stroke-width="1.5"',
    "b": 'stroke="#1f4e9e" stroke-width="1.5"',
    "course": 'stroke="#1b6e3c" stroke-width="3" stroke-opacity=".75"',
}


def line_of(view: View, course: BaseGeometry, name: str) -> Iterator[str]:
    """A course in the stroke of its name."""
    data = path_of(view, course)
    if data:
        yield f'<path class="{name}" d="{data}" fill="none" {STROKES[name]}/>'


def land_of(view: View, land: BaseGeometry, fill: str, *, chosen: bool) -> str:
    """Land in its fill; `chosen` with a halo."""
    data = path_of(view, land)
    inside = "none" if fill == "left" else f"url(#{fill})"
    halo = f'<path d="{data}" fill="#ffd54a" fill-opacity=".45" stroke="none"/>' if chosen and data else ""
    edge = 'stroke="#8a6d00" stroke-width="1"' if fill == "left" else 'stroke="none"'
    return f'{halo}<path d="{data}" fill="{inside}" fill-rule="evenodd" {edge}/>' if data else ""


def place_of(view: View, place: BaseGeometry, *, chosen: bool) -> Iterator[str]:
    """A place or a stretch that is no land: a ring around each point, a broad band along a stretch."""
    halo = "#ffd54a" if chosen else "#f3d27a"
    if place.geom_type in ("LineString", "MultiLineString"):
        data = path_of(view, place)
        if data:
            yield f'<path d="{data}" fill="none" stroke="{halo}" stroke-width="9" stroke-opacity=".7"/>'
        return
    for x, y in shapely.get_coordinates(place):
        if inside(view, x, y):
            yield (
                f'<circle cx="{view.x(x):.1f}" cy="{view.y(y):.1f}" r="11" fill="{halo}" fill-opacity=".5" '
                'stroke="#8a6d00" stroke-width="1"/>'
            )


def inside(view: View, x: float, y: float) -> bool:
    """Whether a place is in what is drawn."""
    west, south, east, north = view.box
    return bool(west <= x <= east and south <= y <= north)


def marker_of(view: View, code: str, x: float, y: float) -> Iterator[str]:
    """A marker as a square with its code."""
    if not inside(view, x, y):
        return
    px, py = view.x(x), view.y(y)
    yield f'<rect x="{px - 4:.1f}" y="{py - 4:.1f}" width="8" height="8" fill="#fff" stroke="#111" stroke-width="1.4"/>'
    yield text_of(px + 7, py - 6, code, "code")


def text_of(x: float, y: float, text: str, name: str, anchor: str = "start") -> str:
    """Words with a white edge, so that they can be read over lines."""
    return (
        f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" paint-order="stroke" stroke="#fff" '
        f'stroke-width="3" {FONTS[name]}>{html.escape(text)}</text>'
    )


def width_of(words: str) -> float:
    """How wide words are at the size of names, in pixels."""
    return sum(WIDE_PX if ord(sign) > FIRST_WIDE else NARROW_PX for sign in words)


def figures_of(view: View, measures: Mapping[str, float], land: BaseGeometry) -> Iterator[str]:
    """The width where it is widest, drawn across, and the area beside it; the displacement of a marker."""
    if land.geom_type not in ("Polygon", "MultiPolygon"):
        return
    circle = _largest_circle(land)
    (cx, cy), (ex, ey) = shapely.get_coordinates(circle).tolist()
    across = _across_of(land, np.array([cx, cy]), float(np.hypot(ex - cx, ey - cy)))
    (x1, y1), (x2, y2) = ((view.x(x), view.y(y)) for x, y in across)
    yield (
        f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="#111" stroke-width="2"/>'
        f'<circle cx="{x1:.1f}" cy="{y1:.1f}" r="2.6"/><circle cx="{x2:.1f}" cy="{y2:.1f}" r="2.6"/>'
    )
    width, area = measures.get("width_m"), measures.get("area_m2")
    words = [f"{width:,.1f} m" if width is not None else "", _area_words(area) if area is not None else ""]
    said = "  ·  ".join(word for word in words if word)
    fits = max(x1, x2) + 8 + width_of(said) * BOLD < view.size[0]
    place, anchor = (max(x1, x2) + 8, "start") if fits else (min(x1, x2) - 8, "end")
    yield text_of(place, (y1 + y2) / 2 + 4, said, "figure", anchor)


def _largest_circle(land: BaseGeometry) -> LineString:
    """From the middle of the largest circle in the land to its edge."""
    circle = shapely.maximum_inscribed_circle(np.array([land], dtype=object))[0]
    if not isinstance(circle, LineString):
        raise TypeError(f"a {land.geom_type} has no inscribed circle")
    return circle


def _across_of(land: BaseGeometry, middle: np.ndarray, radius: float) -> list[list[float]]:
    """The diameter of the largest circle that leads from one edge of the land to the other, the shortest way."""
    best: tuple[float, list[list[float]]] | None = None
    for angle in np.radians(np.arange(0, 180, 5)):
        step = np.array([np.cos(angle), np.sin(angle)]) * radius * 1.6
        cut = shapely.intersection(LineString([middle - step, middle + step]), land)
        part = next((p for p in shapely.get_parts(cut) if p.distance(Point(middle)) < radius / 10), None)
        if part is not None and (best is None or part.length < best[0]):
            best = (part.length, shapely.get_coordinates(part)[[0, -1]].tolist())
    return best[1] if best else [middle.tolist(), middle.tolist()]


def _area_words(area_m2: float) -> str:
    return f"{area_m2 / 10_000:,.2f} ha" if area_m2 >= 10_000 else f"{area_m2:,.0f} m²"


def _scale_bar(view: View) -> str:
    wanted = view.scale * view.size[0] / 5
    length = max((step for step in ROUND if step <= wanted), default=ROUND[0])
    x, y = MARGIN_PX, view.size[1] - MARGIN_PX
    end = x + length / view.scale
    words = f"{length // 1000} km" if length >= 1_000 else f"{length} m"
    return f'<path d="M{x} {y - 5}V{y}H{end:.1f}V{y - 5}" fill="none" stroke="#111" stroke-width="1.4"/>' + text_of(
        end + 6, y, words, "scale"
    )


def _north(view: View) -> str:
    x, y = view.size[0] - 22, view.size[1] - 12
    shaft = f"M{x} {y}V{y - 26}M{x - 5} {y - 18}L{x} {y - 27}L{x + 5} {y - 18}"
    arrow = f'<path d="{shaft}" fill="none" stroke="#111" stroke-width="1.4"/>'
    return arrow + text_of(x + 6, y - 16, "N", "scale")
