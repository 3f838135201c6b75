"""The course description: sixteen directions from true north, and which leg of a text disagrees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.network.description import Leg, Stop, compare, direction_of, directions, legs, true_azimuth_deg

COURSE = np.array([(119.0, 30.0), (119.0, 30.1), (119.1, 30.1), (119.2, 30.1)])
LEGS = legs(COURSE, [Stop("2号界桩", 1), Stop("1号界桩", 0), Stop("三交点", 3)])


@pytest.mark.parametrize(
    ("azimuth", "key"),
    [(0, "N"), (348.75, "N"), (11.24, "N"), (11.25, "NNE"), (348.74, "NNW"), (33.75, "NE"), (180, "S"), (359.99, "N")],
)
def test_north_is_from_348_45_to_11_15(azimuth: float, key: str) -> None:
    assert direction_of(azimuth).key == key


@given(st.floats(0, 359.999))
def test_opposite_azimuths_have_opposite_directions(azimuth: float) -> None:
    keys = [direction.key for direction in directions()]
    there, back = (keys.index(direction_of(a % 360).key) for a in (azimuth, azimuth + 180))
    assert (back - there) % 16 in (7, 8, 9)
    assert len(keys) == 16


def test_a_bearing_of_the_grid_is_turned_by_the_convergence() -> None:
    assert true_azimuth_deg(45, 121.2, 30.2, 120) == pytest.approx(45.604, abs=1e-3)
    assert true_azimuth_deg(359.9, 121.2, 30.2, 120) == pytest.approx(0.504, abs=1e-3)
    assert true_azimuth_deg(45, 118.8, 30.2, 120) == pytest.approx(44.396, abs=1e-3)


def test_legs_go_from_point_to_point_along_the_line() -> None:
    assert [(leg.start, leg.end, leg.direction.key) for leg in LEGS] == [
        ("1号界桩", "2号界桩", "N"),
        ("2号界桩", "三交点", "E"),
    ]
    assert LEGS[0].length_m == pytest.approx(11_086, abs=1)
    assert LEGS[0].text_zh() == "从1号界桩起，界线向北方向行11085米，至2号界桩。"
    assert LEGS[0].text_en() == "From 1号界桩 the line runs north for 11,085 m to 2号界桩."


def test_its_own_text_agrees() -> None:
    assert compare("\n".join(leg.text_zh() for leg in LEGS), LEGS) == []
    assert compare("从1号界桩起，界线向北方向行11.1千米，至2号界桩。" + LEGS[1].text_zh(), LEGS) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LEGS[0].text_zh().replace("向北", "向南") + LEGS[1].text_zh(), [(1, "direction")]),
        (LEGS[0].text_zh() + LEGS[1].text_zh().replace("米", "0米"), [(2, "distance")]),
        (LEGS[0].text_zh().replace("2号", "3号") + LEGS[1].text_zh(), [(1, "point")]),
        (LEGS[0].text_zh(), [(2, "missing")]),
        (LEGS[0].text_zh() + LEGS[1].text_zh() + LEGS[1].text_zh(), [(3, "missing")]),
    ],
)
def test_the_leg_that_disagrees_is_named(text: str, expected: list[tuple[int, str]]) -> None:
    assert [(d.leg, d.kind) for d in compare(text, LEGS)] == expected


def test_a_leg_says_where_it_leads() -> None:
    assert Leg("a", "b", 22.5, 1.0).direction.label_zh == "北东北"
