"""Finding real places and units, by every way that the register promises."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from data.errors import BadRequest, NotFound
from geonames.search.service import search_places


def found(connection: Connection, q: str | None, **filters: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = search_places(connection, q=q, **filters)["items"]
    return items


def test_a_former_name_finds_the_present_unit_and_says_until_when_it_held(public: Connection) -> None:
    first = found(public, "襄樊")[0]
    assert (first["code"], first["name"], first["class"]) == ("420600", "襄阳市", "ADMIN_DIVISION")
    assert first["unit"]["chain"] == ["湖北省", "襄阳市"]
    matched = found(public, "襄樊市")[0]["matched"]
    assert (matched["name"], matched["kind"], matched["valid"]["to"]) == ("襄樊市", "former", date(2010, 11, 26))
    assert first["point"][0] == pytest.approx(112, abs=1)


@pytest.mark.parametrize("q", ["xiangyang", "xiang yang", "Xiāngyáng", "xiang1yang2", "XIANGYANG"])
def test_pinyin_finds_it_with_or_without_tones_and_spaces(public: Connection, q: str) -> None:
    first = found(public, q)[0]
    assert (first["code"], first["matched"]["kind"]) == ("420600", "pinyin")


def test_initials_find_it_among_others(public: Connection) -> None:
    items = found(public, "xy", limit=50)
    assert "420600" in [item["code"] for item in items]
    assert {item["matched"]["kind"] for item in items} == {"initials"}


@pytest.mark.parametrize(("q", "code"), [("lvliang", "141100"), ("lyuliang", "141100"), ("wlmq", "650100")])
def test_umlauts_and_other_languages_names_are_found_by_what_people_type(public: Connection, q: str, code: str) -> None:
    assert found(public, q)[0]["code"] == code


@pytest.mark.parametrize(("q", "code"), [("瀋陽市", "210100"), ("臺灣省", "710000"), ("廣東", "440000")])
def test_traditional_characters_find_the_unit_and_say_so(public: Connection, q: str, code: str) -> None:
    first = found(public, q)[0]
    assert (first["code"], first["matched"]["kind"]) == (code, "traditional")


def test_a_code_finds_its_unit_and_a_part_of_a_code_those_that_begin_with_it(public: Connection) -> None:
    first = found(public, "420600")[0]
    assert (first["name"], first["matched"]["kind"]) == ("襄阳市", "code")
    items = found(public, "4206", class_="ADMIN_DIVISION")
    assert {item["matched"]["name"][:4] for item in items} == {"4206"}


def test_a_code_that_was_given_up_finds_the_unit_that_had_it(public: Connection) -> None:
    gone = found(public, "110103")[0]
    assert (gone["name"], gone["status"], gone["unit"]["chain"]) == ("崇文区", "former", ["北京市", "崇文区"])


def test_the_register_s_own_former_unit_comes_before_an_unverified_alias(public: Connection) -> None:
    assert found(public, "崇文区")[0]["code"] == "110103"


def test_at_a_date_only_what_stood_then_is_found_and_under_the_name_of_then(public: Connection) -> None:
    first = found(public, "襄樊市", as_of=date(1990, 1, 1))[0]
    assert (first["name"], first["matched"]["kind"]) == ("襄樊市", "standard")
    then = found(public, "襄阳市", as_of=date(1990, 1, 1))
    assert [item for item in then if item["code"] == "420600" and item["matched"]["kind"] != "fuzzy"] == []
    today = found(public, "崇文区", as_of=date(2024, 1, 1), class_="ADMIN_DIVISION")
    assert {item["matched"]["kind"] for item in today} <= {"fuzzy", "homophone"}


def test_settlements_are_found_as_unverified_and_never_as_standard(public: Connection) -> None:
    items = found(public, "夹浦", class_="OTHER")
    assert (items[0]["unit"]["code"], items[0]["matched"]["kind"]) == ("330522", "unverified")
    assert items[0]["type"].startswith("22")
    everything = found(public, "新", class_="OTHER", limit=1000)
    assert len(everything) > 100
    assert "standard" not in {item["matched"]["of"] for item in everything}


def test_filters_go_together(public: Connection) -> None:
    inside = found(public, None, within="330500", bbox=(119.5, 30.9, 120.1, 31.2), type_code="22000", limit=1000)
    assert inside
    for item in inside:
        assert item["unit"]["chain"][1] == "湖州市"
        assert 119.5 <= item["point"][0] <= 120.1
    assert len(inside) < len(found(public, None, within="330500", type_code="22000", limit=1000))


def test_the_nearest_of_equal_matches_comes_first(public: Connection) -> None:
    assert found(public, "朝阳区", near=(116.4, 39.9))[0]["code"] == "110105"
    assert found(public, "朝阳区", near=(125.3, 43.9))[0]["code"] == "220104"


@pytest.mark.parametrize("q", ["朝阳", "chaoyang", "cy"])
def test_pages_hold_every_hit_once_in_one_order(public: Connection, q: str) -> None:
    whole = search_places(public, q=q, limit=1000)["items"]
    seen, cursor = [], None
    while True:
        answer = search_places(public, q=q, limit=7, cursor=cursor)
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert seen == [item["id"] for item in whole]
    assert len(set(seen)) == len(seen)


def test_a_cursor_of_another_question_is_refused(public: Connection) -> None:
    cursor = search_places(public, q="朝阳", limit=1)["next"]
    with pytest.raises(BadRequest) as caught:
        search_places(public, q="襄阳", limit=1, cursor=cursor)
    assert caught.value.code == "bad_cursor"


def test_signs_of_patterns_are_only_signs(public: Connection) -> None:
    assert found(public, "%") == []
    assert found(public, "_") == []
    assert found(public, "\\") == []


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({"q": "x" * 10_240}, "query_too_long"),
        ({"q": "\x07"}, "query_control_characters"),
        ({"q": ""}, "query_empty"),
        ({"q": "a", "bbox": (170, 0, -170, 1)}, "bbox_antimeridian"),
        ({"q": "a", "as_of": date(1981, 12, 30)}, "as_of_before_register"),
        ({"q": "a", "as_of": date(2025, 1, 1)}, "as_of_after_register"),
        ({"q": "a", "limit": 0}, "limit_out_of_range"),
        ({"q": "a", "limit": 1001}, "limit_out_of_range"),
    ],
)
def test_bad_questions_are_refused_with_their_code(public: Connection, filters: dict[str, Any], code: str) -> None:
    with pytest.raises(BadRequest) as caught:
        search_places(public, **filters)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("q", "rest"), [("湖州市长兴县 夹浦", "夹浦"), ("浙江长兴夹浦", "夹浦"), ("湖州市长兴县", "长兴县")]
)
def test_units_before_the_name_say_where(public: Connection, q: str, rest: str) -> None:
    answer = search_places(public, q=q)
    assert answer["understood"]["q"] == rest
    assert answer["items"][0]["name"] == rest
    assert answer["items"][0]["unit"]["chain"][:3] == ["浙江省", "湖州市", "长兴县"]


def test_initials_of_a_city_before_a_name_say_where(public: Connection) -> None:
    first = found(public, "hz西湖")[0]
    assert (first["code"], first["matched"]["name"]) == ("330106", "西湖")


def test_a_name_of_its_own_is_not_taken_apart(public: Connection) -> None:
    assert search_places(public, q="长兴县")["understood"] is None


def test_characters_that_look_alike_are_one_mistake(public: Connection) -> None:
    first = found(public, "毫州")[0]
    assert (first["code"], first["matched"]["kind"], first["matched"]["name"]) == ("341600", "fuzzy", "亳州")


@pytest.mark.parametrize("q", ["长行县", "长长兴县", "兴长县"])
def test_a_wrong_a_doubled_and_a_swapped_character_are_forgiven(public: Connection, q: str) -> None:
    items = [item for item in found(public, q, limit=200) if item["code"] == "330522"]
    assert [item["matched"]["kind"] for item in items] == ["fuzzy"]


def test_what_only_sounds_the_same_comes_last_and_says_so(public: Connection) -> None:
    items = found(public, "亳州")
    assert items[0]["code"] == "341600"
    sounding = [item for item in items if item["matched"]["kind"] == "homophone"]
    assert "520304" in [item["code"] for item in sounding]
    assert items[-len(sounding) :] == sounding


def test_every_item_can_say_of_what_its_importance_is_the_sum(public: Connection) -> None:
    for item in found(public, "朝阳", explain=True, limit=100):
        explained = item["explanation"]
        assert explained["importance"] == sum(part["points"] for part in explained["parts"]), item["name"]


def test_a_position_is_a_bias_or_the_order_or_a_bound(public: Connection) -> None:
    here = (120.1, 30.2)
    nearest = found(public, "西湖", near=here, sort="distance")
    exact = [item["distance_m"] for item in nearest if item["score"] == 1.0]
    assert exact == sorted(exact)
    biased = found(public, "西湖", near=here)
    assert biased[0]["distance_m"] < 50_000
    inside = found(public, "西湖", near=here, circle=(*here, 20_000))
    assert inside
    assert max(item["distance_m"] for item in inside) <= 20_000


def test_a_polygon_bounds_as_its_box_does(public: Connection) -> None:
    box = found(public, "新", bbox=(119, 30, 121, 32), limit=1000)
    assert box
    around = found(public, "新", polygon="POLYGON((119 30, 121 30, 121 32, 119 32, 119 30))", limit=1000)
    assert [item["id"] for item in around] == [item["id"] for item in box]


def test_status_tells_what_stands_from_what_does_not(public: Connection) -> None:
    assert {item["status"] for item in found(public, "崇文", status="former")} == {"former"}
    assert "110103" not in [item["code"] for item in found(public, "崇文区", status="current")]


@pytest.mark.parametrize("change", [["3000000000"], ["-1"], ['"x"'], ["null"], ["[1]"]])
def test_a_forged_cursor_is_refused(public: Connection, change: list[str]) -> None:
    cursor = search_places(public, q="朝阳", limit=1)["next"]
    mark, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    forged = json.dumps([mark, [json.loads(change[0]), *key[1:]]])
    with pytest.raises(BadRequest) as caught:
        search_places(public, q="朝阳", limit=1, cursor=base64.urlsafe_b64encode(forged.encode()).decode())
    assert caught.value.code == "bad_cursor"


@pytest.mark.parametrize(
    ("polygon", "code"),
    [
        ("POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))", "bad_polygon"),
        ("POINT(1 1)", "bad_polygon"),
        ("POLYGON((0 0, 1 1, 500 0, 0 0))", "coordinates_out_of_range"),
        ("POLYGON((" + ",".join(f"{n} {n}" for n in range(200_000)) + "))", "polygon_too_large"),
        ("'); DROP TABLE diming.place; --", "bad_polygon"),
    ],
)
def test_a_polygon_that_is_none_is_refused(public: Connection, polygon: str, code: str) -> None:
    with pytest.raises(BadRequest) as caught:
        search_places(public, q="新", polygon=polygon)
    assert caught.value.code == code


def test_a_division_that_never_was_is_not_searched_in(public: Connection) -> None:
    with pytest.raises(NotFound) as caught:
        search_places(public, q="a", within="999999")
    assert caught.value.code == "code_never_existed"
