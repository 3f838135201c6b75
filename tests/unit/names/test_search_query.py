"""Which questions are answered, and in which order names are met."""

import pytest

from data.errors import BadRequest
from geonames.search.query import PlaceQuery, after_last, check_query, ways


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
        (PlaceQuery(status="closed"), "bad_status"),
        (PlaceQuery(sort="name"), "bad_sort"),
        (PlaceQuery(sort="distance"), "near_missing"),
        (PlaceQuery(circle=(0, 0, 0)), "radius_out_of_range"),
        (PlaceQuery(circle=(0, 0, 500_001)), "radius_out_of_range"),
        (PlaceQuery(bbox=(0, 0, 1, 1), circle=(0, 0, 1)), "one_area"),
    ],
)
def test_a_malformed_question_is_refused_with_its_code(query: PlaceQuery, code: str) -> None:
    with pytest.raises(BadRequest) as caught:
        check_query(query)
    assert caught.value.code == code


def test_the_longest_question_allowed_is_answered() -> None:
    assert check_query(PlaceQuery(q="襄" * 200))


def paths(q: str) -> list[tuple[str, str]]:
    return [(way.path, way.held) for way in ways(q)]


def test_exact_comes_before_prefix_before_substring_before_what_is_past() -> None:
    assert paths("襄阳")[:5] == [
        ("name_equals", "any"),
        ("name_begins", "now"),
        ("name_holds", "now"),
        ("name_begins", "former"),
        ("name_holds", "former"),
    ]


def test_a_mistake_comes_after_all_that_is_right_and_what_only_sounds_alike_last() -> None:
    kinds = [way.kind for way in ways("毫州")]
    assert kinds == sorted(kinds, key=["name", "fuzzy", "homophone"].index)
    (alike,) = (way for way in ways("毫州") if way.kind == "fuzzy" and way.path == "name_equals")
    assert "亳州" in alike.values
    assert ways("毫州")[-1].path == "sounds_like"


def test_letters_are_a_sound_before_they_are_initials() -> None:
    order = [path for path, _ in paths("xy")]
    assert order.index("pinyin_equals") < order.index("pinyin_begins") < order.index("initials_equals")


def test_what_is_typed_comes_before_its_simplified_form() -> None:
    exact = [way.values for way in ways("瀋陽") if way.path == "name_equals" and way.kind != "fuzzy"]
    assert exact == [("瀋陽",), ("沈阳",)]


@pytest.mark.parametrize("q", ["hz西湖", "hz 西湖", "HZ西湖"])
def test_letters_before_characters_are_read_as_initials_and_as_pinyin(q: str) -> None:
    mixed = {way.path: (way.low, way.part) for way in ways(q) if way.part}
    assert mixed == {"initials_mixed": ("hzxh", "西湖"), "pinyin_mixed": ("hzxihu", "西湖")}


def test_a_character_that_no_table_can_read_is_looked_for_as_it_is() -> None:
    assert next(way.path for way in ways("A\U0002879a")) == "name_equals"
    assert not [way for way in ways("A\U0002879a") if way.part]


def test_ways_are_scored_from_the_best_down() -> None:
    scores = [way.score() for way in ways("襄阳")]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1.0


@pytest.mark.parametrize(("text", "end"), [("襄樊", "襄樋"), ("x", "y"), ("a\U0010ffff", "b"), ("\U0010ffff", None)])
def test_the_end_of_a_prefix_s_range(text: str, end: str | None) -> None:
    assert after_last(text) == end
