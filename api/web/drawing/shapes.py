"""The shapes of a proposal on a small map of their own: an outline to see what is meant, not a map to measure on.

Degrees are drawn as far apart as they are on the ground at the middle of the
drawing (equirectangular, true along its middle parallel), which over a
city is exact to the eye.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, MARGIN = 480, 220, 28
#: Metres of one degree of latitude on the mean sphere of radius 6,371,008.8 m (IUGG).
DEGREE_M = 111_195.08
#: What a drawing of one point alone shows around it, in metres.
LEAST_EXTENT_M = 400.0


@dataclass(frozen=True)
class Drawing:
    """Paths and points in CSS pixels, and a scale bar: its length and what it stands for."""

    paths: Sequence[tuple[str, bool]]
    points: Sequence[tuple[float, float]]
    bar_px: float
    bar_m: int
    centre: tuple[float, float]
    width: int = WIDTH
    height: int = HEIGHT


def draw_shapes(shapes: Iterable[Mapping[str, Any]]) -> Drawing | None:
    """GeoJSON geometries in longitude and latitude as a drawing; None where there is nothing to draw.

    A path is `(d, closed)`.
    """
    parts = [part for shape in shapes for part in _parts(shape)]
    positions = [position for part, _ in parts for position in part]
    if not positions:
        return None
    centre = (_middle(p[0] for p in positions), _middle(p[1] for p in positions))
    along = math.cos(math.radians(centre[1]))
    metres = [((x - centre[0]) * along * DEGREE_M, (y - centre[1]) * DEGREE_M) for x, y, *_ in positions]
    across = max(2 * max(abs(x) for x, _ in metres), LEAST_EXTENT_M)
    down = max(2 * max(abs(y) for _, y in metres), LEAST_EXTENT_M)
    scale = min((WIDTH - 2 * MARGIN) / across, (HEIGHT - 2 * MARGIN) / down)

    def place(position: Sequence[float]) -> tuple[float, float]:
        x, y = (position[0] - centre[0]) * along * DEGREE_M, (position[1] - centre[1]) * DEGREE_M
        return round(WIDTH / 2 + x * scale, 1), round(HEIGHT / 2 - y * scale, 1)

    bar = _round_length(across / 4)
    return Drawing(
        paths=[(_path(map(place, part), closed), closed) for part, closed in parts if len(part) > 1],
        points=[place(part[0]) for part, _ in parts if len(part) == 1],
        bar_px=round(bar * scale, 1),
        bar_m=bar,
        centre=(round(centre[0], 5), round(centre[1], 5)),
    )


def _parts(shape: Mapping[str, Any]) -> Iterator[tuple[Sequence[Sequence[float]], bool]]:
    """The lines, rings and points of one geometry; rings are closed."""
    kind, coordinates = shape["type"], shape.get("coordinates", ())
    if kind == "Point":
        yield [coordinates], False
    elif kind == "LineString":
        yield coordinates, False
    elif kind == "Polygon":
        yield from ((ring, True) for ring in coordinates)
    elif kind == "GeometryCollection":
        for geometry in shape["geometries"]:
            yield from _parts(geometry)
    else:
        single = kind.removeprefix("Multi")
        for part in coordinates:
            yield from _parts({"type": single, "coordinates": part})


def _middle(values: Iterable[float]) -> float:
    found = list(values)
    return (min(found) + max(found)) / 2


def _path(places: Iterable[tuple[float, float]], closed: bool) -> str:
    return "M" + " L".join(f"{x} {y}" for x, y in places) + (" Z" if closed else "")


def _round_length(metres: float) -> int:
    """The largest of 1, 2, 5 times a power of ten that is not longer."""
    power = 10 ** math.floor(math.log10(metres))
    return int(max(step * power for step in (1, 2, 5) if step * power <= metres))
