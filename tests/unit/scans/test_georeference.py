"""A picture is placed by four points: exactly by the projective fit, with the residuals of the affine one said."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from boundaries.geometry.ellipsoid import distance_m
from boundaries.scans.georeference import Corner, place
from boundaries.sheets.plane import plane_of
from data.errors import BadInput, BadRequest

WIDTH, HEIGHT = 4000, 3000
#: Upper left, upper right, lower right, lower left of a sheet at 1:10,000 or so.
GROUND = ((99.50, 40.03), (99.56, 40.03), (99.56, 40.00), (99.50, 40.00))
OWN = ((0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT))


def corners(
    pixels: tuple[tuple[float, float], ...] = OWN, ground: tuple[tuple[float, float], ...] = GROUND
) -> list[Corner]:
    return [Corner(x, y, lon, lat) for (x, y), (lon, lat) in zip(pixels, ground, strict=True)]


def test_the_corners_of_the_picture_are_where_they_were_said_to_be() -> None:
    placing = place(corners(), WIDTH, HEIGHT)
    for found, said in zip(placing.outline, GROUND, strict=True):
        assert distance_m(found, said) < 0.001
    assert placing.metres_per_pixel == pytest.approx(1.2, abs=0.1)


@given(st.integers(0, 10_000))
def test_points_within_the_picture_place_it_as_its_corners_do(seed: int) -> None:
    # a frame inside the margins of the paper, on a plane that is shifted, turned and scaled
    rng = np.random.default_rng(seed)
    plane = plane_of([Point(99.5, 40.0)])
    origin = plane.moved(np.array([[99.5, 40.0]]))[0]
    turn, size = rng.uniform(-0.3, 0.3), rng.uniform(0.5, 5)
    matrix = size * np.array([[np.cos(turn), np.sin(turn)], [np.sin(turn), -np.cos(turn)]])
    frame = np.array([(200, 150), (3700, 140), (3720, 2800), (210, 2810)], dtype=float)
    east, north = (frame @ matrix + origin).T
    degrees = np.column_stack(plane.transformer.transform(east, north, direction="INVERSE"))
    placing = place([Corner(*p, *d) for p, d in zip(frame.tolist(), degrees.tolist(), strict=True)], WIDTH, HEIGHT)
    assert max(placing.residuals_m) < 0.001
    assert placing.metres_per_pixel == pytest.approx(size, rel=1e-6)
    expected = np.array(OWN, dtype=float) @ matrix + origin
    assert plane.moved(np.array(placing.outline)) == pytest.approx(expected, abs=0.001)


def test_a_mistyped_corner_shows_in_the_residuals() -> None:
    good = place(corners(), WIDTH, HEIGHT)
    typed = (GROUND[0], (99.561, 40.03), *GROUND[2:])  # 85 m too far east
    bad = place(corners(ground=typed), WIDTH, HEIGHT)
    assert good.rmse_m < 1
    # one of four points off by d: an affine fit misses each by a quarter of it
    assert bad.residuals_m == pytest.approx([85.3 / 4] * 4, abs=1)


@pytest.mark.parametrize(
    "order", [p for p in permutations(range(4)) if p not in {(0, 1, 2, 3), (1, 2, 3, 0), (2, 3, 0, 1), (3, 0, 1, 2)}]
)
def test_exchanged_corners_are_refused(order: tuple[int, ...]) -> None:
    with pytest.raises(BadInput) as refused:
        place(corners(ground=tuple(GROUND[i] for i in order)), WIDTH, HEIGHT)
    assert refused.value.code == "corners_malformed"


@pytest.mark.parametrize(
    "wrong",
    [
        corners()[:3],
        corners(pixels=((0, 0), (WIDTH + 1, 0), (WIDTH, HEIGHT), (0, HEIGHT))),
        corners(ground=(GROUND[0], GROUND[1], GROUND[2], (99.53, 40.015))),
        corners(pixels=((0, 0), (0, 0), (WIDTH, HEIGHT), (0, HEIGHT))),
    ],
    ids=["three", "outside", "in line", "twice"],
)
def test_points_that_place_nothing_are_refused(wrong: list[Corner]) -> None:
    with pytest.raises(BadInput) as refused:
        place(wrong, WIDTH, HEIGHT)
    assert refused.value.code == "corners_malformed"


def test_a_position_is_longitude_first() -> None:
    with pytest.raises(BadRequest) as refused:
        place(corners(ground=tuple((lat, lon) for lon, lat in GROUND)), WIDTH, HEIGHT)
    assert refused.value.code == "coordinates_out_of_range"
