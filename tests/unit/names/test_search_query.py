"""Which questions are answered, and in which order names are met."""

import itertools

import pytest

from data.errors import BadRequest
from geonames.search.query import PlaceQuery, after_last, check_query, stages, ways


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (PlaceQuery(q=""), "query_empty"),
        (PlaceQuery(q="  \u3000"), "query_empty"),
        (PlaceQuery(q="襄" * 201), "query_too_long"),
        (PlaceQuery(q="x" * 10_240), "query_too_long"),
        (PlaceQuery(q="襄\x00阳"), "query_control_characters"),
        (PlaceQuery(q="襄\n阳"), "query_control_characters"),
        (PlaceQuery(class_="VILLAGE"), "bad_class"),
        (PlaceQuery(type_code="22"), "bad_type"),
        (PlaceQuery(bbox=(170, 0, -170, 10)), "bbox_antimeridian"),
        (PlaceQuery(bbox=(0, 0, 200, 10)), "coordinates_out_of_range"),
        (PlaceQuery(bbox=(0, 10, 20, 0)), "bbox_empty"),
        (PlaceQuery(near=(0, 100)), "coordinates_out_of_range"),
    ],
)
def test_a_malformed_question_is_refused_with_its_code(query: PlaceQuery, code: str) -> None:
    with pytest.raises(BadRequest) as caught:
        check_query(query)
    assert caught.value.code == code


def test_the_longest_question_allowed_is_answered() -> None:
    assert check_query(PlaceQuery(q="襄" * 200))


def test_exact_comes_before_prefix_before_substring_and_initials_last() -> None:
    han = sorted(ways("襄阳"), key=lambda way: way.quality)
    assert [way.operator for way in han] == ["equals", "begins", "contains"]
    latin = {(way.column, way.operator): way.quality for way in ways("xy")}
    assert latin["pinyin", "equals"] < latin["pinyin", "begins"] < latin["initials", "equals"]


def test_what_is_typed_comes_before_its_simplified_form() -> None:
    qualities = {way.value: way.quality for way in ways("瀋陽") if way.operator == "equals"}
    assert qualities["瀋陽"] < qualities["沈阳"]


def test_each_stage_holds_the_ones_before() -> None:
    asked = stages(ways("襄阳"))
    assert all(set(a) <= set(b) for a, b in itertools.pairwise(asked))
    assert set(asked[-1]) == set(ways("襄阳"))


def test_a_page_goes_on_at_the_stage_where_the_last_one_ended() -> None:
    assert len(stages(ways("襄阳"), at_least=4)) == 1


@pytest.mark.parametrize(("text", "end"), [("襄樊", "襄樋"), ("x", "y"), ("a\U0010ffff", "b"), ("\U0010ffff", None)])
def test_the_end_of_a_prefix_s_range(text: str, end: str | None) -> None:
    assert after_last(text) == end
