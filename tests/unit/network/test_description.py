"""The course description: sixteen directions from true north, and which leg of a text disagrees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.network.course_check import KINDS, compare
from boundaries.network.description import Leg, Passed, Stop, direction_of, directions, legs, true_azimuth_deg
from boundaries.network.telling import passing

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
        (LEGS[0].text_zh().replace("2号", "3号") + LEGS[1].text_zh(), [(1, "marker")]),
        (LEGS[0].text_zh(), [(2, "missing")]),
        (LEGS[0].text_zh() + LEGS[1].text_zh() + LEGS[1].text_zh(), [(3, "extra")]),
    ],
)
def test_the_leg_that_disagrees_is_named(text: str, expected: list[tuple[int, str]]) -> None:
    assert [(d.leg, d.kind) for d in compare(text, LEGS)] == expected


#: Three legs from a meeting point over two markers past a village to the bank of a river.
TOLD = [
    Leg("三交点（甲县、乙县、丙县）", "1号界桩", 0.0, 1000.0),
    Leg("1号界桩", "2号界桩", 90.0, 2000.0, (Passed("示例村", 900.0, "left", 120.0),)),
    Leg("2号界桩", "示例河岸", 180.0, 500.0),
]
TEXT = "".join(leg.text_zh() for leg in TOLD)


@pytest.mark.parametrize(
    ("was", "reads", "expected"),
    [
        ("三交点（甲县、乙县、丙县）", "三交点（丙县、甲县、乙县）", []),
        ("三交点（甲县、乙县、丙县）", "三交点（甲县、乙县、丁县）", [(1, "unit")]),
        ("从三交点（甲县、乙县、丙县）起", "从老渡口起", [(1, "start")]),
        ("至示例河岸", "至示例桥", [(3, "end")]),
        ("至2号界桩", "至3号界桩", [(2, "marker")]),
        ("向东方向行2000", "向西方向行2000", [(2, "direction")]),
        ("行2000米", "行2.1公里", [(2, "distance")]),
        ("行2000米", "行2.01公里", []),
        ("示例村（左侧120米）", "示例村（右侧120米）", [(2, "feature")]),
        ("示例村（左侧120米）", "示例村", []),
        ("示例村（左侧120米）", "无名村（左侧120米）", [(2, "feature")]),
        ("途经示例村（左侧120米），", "", []),
        (TOLD[1].text_zh(), "", [(2, "missing")]),
        (TOLD[2].text_zh(), "从2号界桩起，界线向北方向行5米，至9号界桩。" + TOLD[2].text_zh(), [(3, "extra")]),
    ],
)
def test_each_kind_of_disagreement_is_named_and_no_other(was: str, reads: str, expected: list[tuple[int, str]]) -> None:
    assert was in TEXT
    found = compare(TEXT.replace(was, reads), TOLD)
    assert [(one.leg, one.kind) for one in found] == expected
    assert {one.kind for one in found} <= set(KINDS)


def test_a_leg_says_where_it_leads() -> None:
    assert Leg("a", "b", 22.5, 1.0).direction.label_zh == "北东北"


def test_a_leg_names_the_nearest_features_beside_it_in_order_with_their_side() -> None:
    course = np.array([(99.5, 40.0), (99.5, 40.1)])  # northwards: west is left
    known = [("东山", 99.502, 40.08), ("西村", 99.499, 40.02), ("远岭", 99.52, 40.05), ("后坡", 99.5001, 39.999)]
    leg = passing(legs(course, [Stop("甲", 0), Stop("乙", 1)])[0], course, known)
    assert [(one.name, one.side) for one in leg.features] == [("西村", "left"), ("东山", "right")]
    assert leg.features[0].off_m == pytest.approx(85.4, abs=0.5)
    assert "途经西村（左侧85米）、东山（右侧171米），至乙。" in leg.text_zh()
    assert compare(leg.text_zh(), [leg]) == []
    assert [d.kind for d in compare(leg.text_zh().replace("向北", "向南"), [leg])] == ["direction"]
    near = [(f"{n}号泉", 99.5 + n * 1e-5, 40.05) for n in range(1, 9)]
    assert [one.name for one in passing(leg, course, near).features] == ["1号泉", "2号泉", "3号泉"]


def test_the_bearing_of_the_grid_is_apart_by_the_convergence() -> None:
    course = np.array([(121.2, 30.2), (121.2, 30.3)])
    (leg,) = legs(course, [Stop("甲", 0), Stop("乙", 1)])
    assert leg.azimuth_deg == pytest.approx(0.0, abs=1e-6)
    assert leg.grid_azimuth_deg() == pytest.approx(360 - 0.604, abs=1e-3)
