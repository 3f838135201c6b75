"""The displacement strip: signed metres along the line, and the stretches that differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString

from api.web.drawing.strip import COLUMNS, draw_strip, nice_step
from boundaries.workbench.strip import Strip, displacement

#: Degrees of longitude of one metre at 40° N, to three digits.
DEGREE = 1 / 85_390


def line(offset_m: float = 0.0, first: int = 3, last: int = 6) -> LineString:
    """Northwards for 10 km; vertices `first` to `last` moved eastwards."""
    return LineString([(99.5 + (offset_m * DEGREE if first <= i <= last else 0), 40 + 0.009 * i) for i in range(11)])


def test_what_moved_to_the_right_is_negative_and_has_one_stretch() -> None:
    strip = displacement([line()], [line(40.0)])
    (stretch,) = strip.stretches()
    assert stretch.side == "right"
    assert stretch.largest_m == pytest.approx(-40, abs=0.1)
    # from the last vertex that stayed to the next one that did: 2 km to 7 km
    assert [stretch.begin_m, stretch.end_m] == pytest.approx([2000, 7000], abs=30)


def test_towards_both_sides_are_two_stretches() -> None:
    after = LineString([(99.5 + offset * DEGREE, 40 + 0.009 * i) for i, offset in enumerate([0, 9, 0, -9, 0])])
    assert [s.side for s in displacement([LineString(line().coords[:5])], [after]).stretches()] == ["right", "left"]


@given(st.integers(0, 1000), st.integers(1, 9))
def test_the_same_line_in_other_pieces_has_no_offset(seed: int, cut: int) -> None:
    steps = np.random.default_rng(seed).normal(scale=0.002, size=(11, 2))
    vertices = np.array([99.5, 40.0]) + steps.cumsum(axis=0)
    whole = LineString(vertices)
    parts = [LineString(vertices[: cut + 1]), LineString(vertices[cut:])]
    strip = displacement([whole], parts)
    assert strip.largest_m < 1e-6
    assert strip.stretches() == []


def test_without_a_line_there_is_nothing_to_draw() -> None:
    strip = displacement([], [line()])
    assert (strip.length_m, strip.largest_m, draw_strip(strip, 2.0)) == (0.0, 0.0, None)


def test_a_drawing_keeps_the_outermost_of_many_stations() -> None:
    chainage = np.arange(100_000.0)
    offset = np.zeros(100_000)
    offset[54_321] = 7.0
    chart = draw_strip(Strip(chainage, offset), 2.0)
    assert chart is not None
    places = [tuple(map(float, pair.split())) for pair in chart.path.removeprefix("M").split("L")]
    assert len(places) <= 2 * COLUMNS + 2
    assert min(y for _, y in places) < chart.band_top
    assert [mark.text for mark in chart.across][len(chart.across) // 2] == "0"


@pytest.mark.parametrize(("rough", "step"), [(0.7, 1), (1, 1), (1.1, 2), (2.2, 5), (6, 10), (0.03, 0.05)])
def test_marks_are_round(rough: float, step: float) -> None:
    assert nice_step(rough) == pytest.approx(step)
