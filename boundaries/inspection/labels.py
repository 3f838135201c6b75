"""Where the names of the lines of a drawing are written: beside them, where they are apart, over nothing else."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from boundaries.inspection.drawing import View, text_of, width_of

#: Every line is looked at so often across a drawing, and a name stands so far beside it; pixels.
EACH_PX, BESIDE_PX, EDGE_PX = 24.0, 13.0, 26.0
#: What of a drawing's parts takes room: words, straight lines, the ground of a caption.
TEXT = re.compile(r'<text [^>]*?x="([-\d.]+)" y="([-\d.]+)" text-anchor="(\w+)"[^>]*>([^<]*)<')
STROKE = re.compile(r'd="M([-\d.]+) ([-\d.]+)L([-\d.]+) ([-\d.]+)"')
GROUND = re.compile(r'<rect x="0" y="0" width="\d+" height="(\d+)"')
COLOURS = {"legal": "#111", "a": "#b3261e", "b": "#1f4e9e"}


def name_lines(
    view: View, courses: Mapping[str, BaseGeometry], names: Mapping[str, str], taken: Sequence[BaseGeometry]
) -> Iterator[str]:
    """The name of each course that is in the drawing; `taken`: what no name may cover, in pixels."""
    drawn = {name: line for name in names if (line := _in_pixels(view, courses.get(name))) is not None}
    full = list(taken)
    for name, line in drawn.items():
        others = [other for key, other in drawn.items() if key != name]
        wide = width_of(names[name])
        place = _best(view, line, others, full, wide)
        if place is None:
            continue
        full.append(_box(place.tolist(), wide))
        colour = COLOURS.get(name, "#111")
        yield text_of(place[0], place[1] + 4, names[name], "name", "middle").replace(
            "<text ", f'<text fill="{colour}" '
        )


def _in_pixels(view: View, course: BaseGeometry | None) -> BaseGeometry | None:
    if course is None or course.is_empty:
        return None
    clipped = shapely.clip_by_rect(course, *view.box)
    lines = [part for part in shapely.get_parts(clipped) if isinstance(part, LineString)]
    if not lines:
        return None
    return shapely.transform(
        shapely.union_all(lines),
        lambda c: np.column_stack([(c[:, 0] - view.west), (view.north - c[:, 1])]) / view.scale,
    )


def _box(place: Sequence[float], wide: float) -> BaseGeometry:
    x, y = place
    return shapely.box(x - wide / 2, y - 8, x + wide / 2, y + 8)


def _best(
    view: View, line: BaseGeometry, others: Sequence[BaseGeometry], full: Sequence[BaseGeometry], wide: float
) -> NDArray[np.float64] | None:
    """The middle of a name: near its own line, far from the others, in the drawing and over nothing."""
    width, height = view.size
    best: tuple[float, NDArray[np.float64]] | None = None
    for place in _beside(line, wide):
        box = _box(place.tolist(), wide)
        west, south, east, north = box.bounds
        if west < 4 or south < 4 or east > width - 4 or north > height - EDGE_PX:
            continue
        clear = min((box.distance(other) for other in itertools.chain(others, full)), default=60.0)
        own = box.distance(line)
        score = min(clear, 60.0) - (30.0 if own == 0 else 0.0) - abs(own - 5) - (60.0 if clear == 0 else 0.0)
        if best is None or score > best[0] + 1e-6:
            best = (score, place)
    return None if best is None else best[1]


def _beside(line: BaseGeometry, wide: float) -> Iterator[NDArray[np.float64]]:
    """Places on both sides of a line, in order along it."""
    if line.length < EACH_PX:
        middle = shapely.get_coordinates(line.centroid)[0]
        yield from (middle + np.array([0.0, side * 1.6 * BESIDE_PX]) for side in (1, -1))
    for part in shapely.get_parts(line):
        for at in np.arange(EACH_PX / 2, part.length, EACH_PX):
            here, there = (shapely.get_coordinates(part.interpolate(at + step))[0] for step in (-1, 1))
            tangent = (there - here) / max(float(np.hypot(*(there - here))), 1e-9)
            normal = np.array([-tangent[1], tangent[0]])
            # a name is wide: beside a steep line it stands farther off
            off = BESIDE_PX + abs(normal[0]) * wide / 2
            middle = (here + there) / 2
            yield middle + normal * off
            yield middle - normal * off


def occupied(
    view: View, parts: Iterable[str], markers: Iterable[tuple[str, tuple[float, float]]]
) -> list[BaseGeometry]:
    """What of a drawing no name may cover: words and lines of its `parts`, markers with their codes. In pixels."""
    full: list[BaseGeometry] = [
        shapely.box(view.x(x) - 6, view.y(y) - 18, view.x(x) + 50, view.y(y) + 6) for _, (x, y) in markers
    ]
    for part in parts:
        for x, y, anchor, words in TEXT.findall(part):
            wide, left = width_of(words), {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
            full.append(shapely.box(float(x) - left * wide, float(y) - 14, float(x) + (1 - left) * wide, float(y) + 4))
        for x1, y1, x2, y2 in STROKE.findall(part):
            full.append(LineString([(float(x1), float(y1)), (float(x2), float(y2))]))
        full.extend(shapely.box(0, 0, view.size[0], float(high)) for high in GROUND.findall(part))
    return full
