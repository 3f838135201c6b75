"""Close-ups say what happened: both lines by name, how far, in which direction, and what it likely comes from."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import pytest
from shapely import Point

from boundaries.inspection.compare import compare
from boundaries.inspection.drawing import CLOSE, NARROW
from boundaries.inspection.figure import Figures
from boundaries.inspection.model import Comparison, Finding
from boundaries.inspection.shift_figure import handed_in
from boundaries.inspection.words import words_of
from tests.known_truth.cases import make_case

#: Seeds with what is drawn here: a shift of 312 m with a marker off the line; land and witnesses; a missing stretch.
SHIFTED, LAND, MISSING = 4001, 4000, 4002
UNITS = {"a": "甲县", "b": "乙县"}


@cache
def _found(seed: int) -> Comparison:
    case = make_case(seed)
    return compare(case.legal, case.a, case.b)


def _moved(east_m: float, north_m: float) -> Comparison:
    """The same with another move of the survey that is moved."""
    found = _found(SHIFTED)
    shifts = {
        side: None if one is None else replace(one, dx_m=east_m, dy_m=north_m) for side, one in found.shifts.items()
    }
    return replace(found, shifts=shifts)


def _without_a_marker() -> Comparison:
    """The same with one of the recorded markers lost."""
    found = _found(SHIFTED)
    marker = found.markers[0]
    lost = Finding("marker_lost", "error", "b", "marker_lost", Point(marker.position), {}, facts={"code": marker.code})
    return replace(found, findings=(lost,))


def _drawn(found: Comparison, kind: str, language: str = "zh", size: tuple[int, int] = CLOSE) -> str | None:
    number = next(n for n, one in enumerate(found.findings) if one.kind == kind)
    figures = Figures(found, language=language, units=UNITS)
    return figures.close_up(number, kind, size)


def test_a_shift_shows_both_lines_and_the_move_between_them() -> None:
    found = _found(SHIFTED)
    drawing = _drawn(found, "systematic_shift") or ""
    side, shift = next((side, one) for side, one in found.shifts.items() if one is not None)
    degrees = math.degrees(math.atan2(shift.dx_m, shift.dy_m)) % 360
    for part in ('class="legal"', f'class="{side}"', 'class="arrow"', "法定界线", "（原成果）", "可能原因："):
        assert part in drawing
    assert f"312.2 m · 方位角{degrees:.0f}°（东北）" in drawing


@pytest.mark.parametrize(
    ("east_m", "said"), [(-286_766.0, "286.8 km · 方位角270°（西）"), (40.0, "40.0 m · 方位角90°（东）")]
)
def test_a_move_is_drawn_however_long_it_is(east_m: float, said: str) -> None:
    drawing = _drawn(_moved(east_m, 0.0), "systematic_shift") or ""
    assert said in drawing
    assert "法定界线" in drawing
    assert "（原成果）" in drawing


def test_a_shift_without_a_length_is_told_and_not_drawn() -> None:
    assert _drawn(_moved(math.nan, math.nan), "systematic_shift") is None


def test_what_is_written_is_in_the_language_that_is_asked_for() -> None:
    drawing = _drawn(_found(SHIFTED), "systematic_shift", "en") or ""
    for part in ("Likely cause: ", ", as handed in", "(NE)"):
        assert part in drawing


@pytest.mark.parametrize("size", [CLOSE, NARROW])
@pytest.mark.parametrize(
    ("seed", "kind", "said"),
    [
        (MISSING, "missing_stretch", "B 乙县未测519.5 m"),
        (MISSING, "marker_wrong_side", "登记位置"),
        (SHIFTED, "marker_off_line", "距法定界线29.5 m"),
        (LAND, "marker_displaced", "按方位物推算"),
        (LAND, "disputed_area", "法定界线"),
    ],
)
def test_a_finding_says_in_its_drawing_what_is_wrong(seed: int, kind: str, said: str, size: tuple[int, int]) -> None:
    assert said in (_drawn(_found(seed), kind, size=size) or "")


def test_a_marker_that_is_not_there_is_crossed_out() -> None:
    drawing = _drawn(_without_a_marker(), "marker_lost") or ""
    assert 'class="cross"' in drawing
    assert "未找到" in drawing


def test_a_course_is_put_back_where_the_file_had_it() -> None:
    found = _found(SHIFTED)
    side, shift = next((side, one) for side, one in found.shifts.items() if one is not None)
    figures = Figures(found)
    course = figures.courses[side]
    moved = handed_in(course, shift, Point(0, 0))
    assert moved.centroid.x - course.centroid.x == pytest.approx(shift.dx_m)
    assert moved.centroid.y - course.centroid.y == pytest.approx(shift.dy_m)


@pytest.mark.parametrize(("degrees", "point"), [(0, "北"), (44, "东北"), (180, "南"), (293, "西北"), (359, "北")])
def test_a_direction_has_its_point_of_the_compass(degrees: float, point: str) -> None:
    assert words_of("zh").direction(degrees) == f"方位角{degrees:.0f}°（{point}）"


def test_a_course_that_leads_out_of_every_map_is_not_put_back_on_one() -> None:
    assert Figures(_found(SHIFTED)).before("b") is not None
    assert Figures(_moved(-286_766.0, 0.0)).before("b") is None
    assert Figures(_moved(math.nan, math.nan)).before("b") is None
