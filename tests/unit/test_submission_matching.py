"""Which findings stood in the submission before: by kind, subject and place, whatever their order and numbers."""

from __future__ import annotations

import random

import pytest
from shapely.geometry import LineString, Point

from boundaries.submissions.matching import DEGREE_M, Known, matched
from boundaries.submissions.model import hand_in_of
from data.errors import DimingError


def at(ordinal: int, north_m: float, kind: str = "spike", field: str | None = None, message: str = "") -> Known:
    return Known(ordinal, kind, "plain", field, message, Point(99.5, 40 + north_m / DEGREE_M))


def unplaced(ordinal: int, message: str, kind: str = "schema_bad_value") -> Known:
    return Known(ordinal, kind, "plain", "code", message, None)


def test_the_same_places_match_in_any_order() -> None:
    before = [at(n, 100.0 * n) for n in range(1, 30)]
    after = [at(n, 100.0 * (30 - n) + 0.4) for n in range(1, 30)]
    random.Random(4).shuffle(after)
    assert matched(before, after, 10.0) == {n: 30 - n for n in range(1, 30)}


def test_another_kind_or_field_at_the_place_is_new() -> None:
    assert matched([at(1, 0, "spike")], [at(1, 0, "overshoot")], 10.0) == {}
    assert matched([at(1, 0, field="a")], [at(1, 0, field="b")], 10.0) == {}


def test_farther_than_the_tolerance_is_new() -> None:
    assert matched([at(1, 0)], [at(1, 9.9)], 10.0) == {1: 1}
    assert matched([at(1, 0)], [at(1, 10.1)], 10.0) == {}


def test_the_nearest_is_taken_and_none_twice() -> None:
    before = [at(1, 0), at(2, 6)]
    assert matched(before, [at(1, 5)], 10.0) == {1: 2}
    assert matched(before, [at(1, 5), at(2, 5.5)], 10.0) == {2: 2, 1: 1}
    assert matched([at(1, 0)], [at(1, 1), at(2, 2)], 10.0) == {1: 1}


def test_lines_that_overlap_are_told_apart_by_their_middles() -> None:
    def stretch(ordinal: int, west: float, east: float) -> Known:
        return Known(ordinal, "missing_stretch", "gap", None, "", LineString([(west, 40), (east, 40)]))

    before = [stretch(1, 99.0, 99.1), stretch(2, 99.05, 99.4)]
    assert matched(before, [stretch(1, 99.06, 99.39), stretch(2, 99.0, 99.09)], 10.0) == {1: 2, 2: 1}


def test_a_finding_without_a_place_is_known_by_its_words() -> None:
    before = [unplaced(1, "“x” is no code"), unplaced(2, "“y” is no code"), unplaced(3, "“y” is no code")]
    after = [unplaced(1, "“y” is no code"), unplaced(2, "“z” is no code")]
    assert matched(before, after, 10.0) == {1: 2}


def test_one_with_a_place_is_not_one_without() -> None:
    assert matched([unplaced(1, "")], [Known(1, "schema_bad_value", "plain", "code", "", Point(99, 40))], 10.0) == {}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("line", "", "missing_parameter"),
        ("scale", "1:0", "bad_scale"),
        ("scale", "ten", "bad_scale"),
        ("side", "up", "bad_parameter"),
        ("expect", "roads", "bad_parameter"),
        ("round", "7", "bad_id"),
        ("as_of", "2026-13-01", "bad_date"),
        ("profile", "../plain", "profile_unknown"),
        ("note", "字" * 1001, "bad_parameter"),
    ],
)
def test_what_a_form_says_wrongly_is_refused(field: str, value: str, code: str) -> None:
    with pytest.raises(DimingError) as caught:
        hand_in_of({"line": "甲乙线", field: value})
    assert caught.value.code == code


def test_a_scale_may_be_written_as_one() -> None:
    assert hand_in_of({"line": "甲乙线", "scale": "1:50,000"}).scale == 50_000
    assert hand_in_of({"line": " 甲乙线 ", "side": ""}).side is None
