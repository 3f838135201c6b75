"""A map as a drawing for paper, and for browsers without scripts: projected paths, names, scale bar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from api.web.drawing.mesh import Point, mesh
from api.web.drawing.names import Name, Wish, place_names
from api.web.drawing.projection import COUNTRY, Albers
from api.web.mapping import Feature, Layer, bounds_of

WIDTH = 1000.0
#: A sheet is not drawn higher than this, in units of its width.
TALLEST = 1.1
MARGIN = 14.0
#: With more names than this nobody can read them; the table beside the map has them all.
MOST_NAMES = 90
#: A scale bar is about this long.
BAR = 150.0


@dataclass(frozen=True)
class Dot:
    """A unit shown as a point."""

    x: float
    y: float
    chosen: bool


@dataclass(frozen=True)
class Sheet:
    """Everything of one sheet in its own units: paths as SVG path data."""

    height: float
    land: str
    ground: str
    ground_edges: str
    inner: str
    outer: str
    lines: str
    chosen: str
    dots: list[Dot]
    names: list[Name]
    bar_length: float
    bar_km: float


class _Frame:
    """From degrees to the sheet."""

    def __init__(self, projection: Albers, shown: Sequence[Feature]) -> None:
        self.projection = projection
        points = [projection.project(*p[:2]) for f in shown for p in _positions(f["geometry"]["coordinates"])]
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        self.left, self.top = min(xs), max(ys)
        wide, high = max(max(xs) - self.left, 30.0), max(self.top - min(ys), 30.0)
        inside = WIDTH - 2 * MARGIN
        self.scale = min(inside / wide, (WIDTH * TALLEST - 2 * MARGIN) / high)
        self.height = high * self.scale + 2 * MARGIN
        self.shift = MARGIN + (inside - wide * self.scale) / 2

    def at(self, position: Sequence[float]) -> Point:
        x, y = self.projection.project(position[0], position[1])
        return round((x - self.left) * self.scale + self.shift, 1), round((self.top - y) * self.scale + MARGIN, 1)


def draw_sheet(layer: Layer, *, country: bool, chosen: str = "") -> Sheet | None:
    """The sheet of what the map component would draw; None where there is nothing to look at."""
    features = layer["features"]
    looked_at = [f for f in features if f["properties"].get("focus")]
    extent = [
        *looked_at,
        *(_kind(features, "line") if country else []),
        *(_kind(features, "outline") if country else []),
    ]
    box = bounds_of(extent)
    if box is None:
        return None
    frame = _Frame(COUNTRY if country else Albers.around(*box), extent)
    units, ground = _kind(features, "unit"), _kind(features, "outline")
    borders, ground_borders = mesh(_rings(frame, units)), mesh(_rings(frame, ground))
    points = _kind(features, "point")
    wishes = [_wish(frame, f, "short" if country else "name", chosen) for f in (*units, *points)]
    km = nice_length(BAR / frame.scale)
    return Sheet(
        height=round(frame.height, 1),
        land=_closed(_rings(frame, units)),
        ground=_closed(_rings(frame, ground)),
        ground_edges=_open([*ground_borders.inner, *ground_borders.outer]),
        inner=_open(borders.inner),
        outer=_open(borders.outer),
        lines=_open(_line_strings(frame, _kind(features, "line"))),
        chosen=_closed(_rings(frame, [u for u in units if u["properties"]["code"] == chosen])),
        dots=[_dot(frame, f, chosen) for f in points],
        names=place_names(wishes) if len(wishes) <= MOST_NAMES else [],
        bar_length=round(km * frame.scale, 1),
        bar_km=km,
    )


def nice_length(km: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above `km`."""
    power = 1.0
    while power * 10 <= km:
        power *= 10
    while power > km:
        power /= 10
    return next(step * power for step in (5, 2, 1) if step * power <= km)


def _kind(features: Iterable[Feature], kind: str) -> list[Feature]:
    return [f for f in features if f["properties"]["kind"] == kind]


def _positions(coordinates: Any) -> Iterator[Sequence[float]]:
    if isinstance(coordinates[0], int | float):
        yield coordinates
        return
    for part in coordinates:
        yield from _positions(part)


def _rings(frame: _Frame, features: Iterable[Feature]) -> list[list[Point]]:
    polygons = (
        polygon
        for f in features
        for polygon in (
            [f["geometry"]["coordinates"]] if f["geometry"]["type"] == "Polygon" else f["geometry"]["coordinates"]
        )
    )
    return [[frame.at(p) for p in ring] for polygon in polygons for ring in polygon]


def _line_strings(frame: _Frame, features: Iterable[Feature]) -> list[list[Point]]:
    return [[frame.at(p) for p in part] for f in features for part in f["geometry"]["coordinates"]]


def _open(lines: Iterable[Sequence[Point]]) -> str:
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in line) for line in lines)


def _closed(rings: Iterable[Sequence[Point]]) -> str:
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings)


def _dot(frame: _Frame, feature: Feature, chosen: str) -> Dot:
    x, y = frame.at(feature["geometry"]["coordinates"])
    return Dot(x, y, feature["properties"]["code"] == chosen)


def _wish(frame: _Frame, feature: Feature, naming: str, chosen: str) -> Wish:
    """The name of a unit at its label, or beside its point; `naming` is the property that holds it."""
    properties, coordinates = feature["properties"], feature["geometry"]["coordinates"]
    is_point = properties["kind"] == "point"
    x, y = frame.at(coordinates if is_point else properties["label"])
    across = [frame.at(p)[0] for p in _positions(coordinates)]
    return Wish(x, y, properties[naming], max(across) - min(across), is_point, properties["code"] == chosen)
