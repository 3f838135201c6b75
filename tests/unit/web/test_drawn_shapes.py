"""The shapes of a proposal on their small map."""

from __future__ import annotations

import re
from typing import Any

import pytest

from api.web.drawing.shapes import HEIGHT, WIDTH, draw_shapes

SQUARE = [[112.0, 32.0], [112.01, 32.0], [112.01, 32.01], [112.0, 32.01], [112.0, 32.0]]


def places(d: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", d)]


def test_nothing_is_no_drawing() -> None:
    assert draw_shapes([]) is None
    assert draw_shapes([{"type": "GeometryCollection", "geometries": []}]) is None


@pytest.mark.parametrize(
    ("shape", "paths", "points"),
    [
        ({"type": "Point", "coordinates": [112.0, 32.0]}, 0, 1),
        ({"type": "MultiPoint", "coordinates": [[112.0, 32.0], [112.1, 32.1]]}, 0, 2),
        ({"type": "LineString", "coordinates": SQUARE[:3]}, 1, 0),
        ({"type": "MultiLineString", "coordinates": [SQUARE[:2], SQUARE[2:]]}, 2, 0),
        ({"type": "Polygon", "coordinates": [SQUARE, SQUARE]}, 2, 0),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}, 2, 0),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_every_geometry_lies_within_its_frame(shape: dict[str, Any], paths: int, points: int) -> None:
    drawing = draw_shapes([shape])
    assert drawing is not None
    assert (len(drawing.paths), len(drawing.points)) == (paths, points)
    drawn = [*drawing.points, *(place for d, _ in drawing.paths for place in places(d))]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in drawn)


def test_north_is_up_and_a_square_on_the_ground_is_as_wide_as_high() -> None:
    drawing = draw_shapes([{"type": "Polygon", "coordinates": [SQUARE]}])
    assert drawing is not None
    (left, bottom), (right, _), (_, top), *_ = places(drawing.paths[0][0])
    assert (left < right, top < bottom) == (True, True)
    # a degree of longitude at 32 degrees north is cos(32°) = 0.848 of one of latitude
    assert (right - left) / (bottom - top) == pytest.approx(0.848, abs=0.01)


def test_the_bar_is_as_long_as_it_says() -> None:
    drawing = draw_shapes([{"type": "LineString", "coordinates": [[112.0, 32.0], [112.0, 32.01]]}])
    assert drawing is not None
    (_, low), (_, high) = places(drawing.paths[0][0])
    metres = 0.01 * 111_195.08
    assert drawing.bar_px / drawing.bar_m == pytest.approx((low - high) / metres, rel=0.01)
