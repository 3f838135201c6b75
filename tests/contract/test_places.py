"""Search and position over HTTP, on the demonstration: what is found, by which name, and what is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


def first(api: httpx.Client, **parameters: Any) -> Any:
    answer = api.get("/v1/places", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"][0]


def test_a_former_name_is_found_and_says_so(api: httpx.Client) -> None:
    found = first(api, q="襄樊")
    assert (found["name"], found["code"]) == ("襄阳市", "420600")
    assert found["matched"]["kind"] == "former"
    assert found["matched"]["valid"]["to"] == "2010-11-26"
    assert found["unit"]["chain"] == ["湖北省", "襄阳市"]


@pytest.mark.parametrize(
    ("q", "kind"), [("襄阳市", "standard"), ("420600", "code"), ("xiangyang", "pinyin"), ("xiang yang", "pinyin")]
)
def test_a_city_is_found_in_many_ways(api: httpx.Client, q: str, kind: str) -> None:
    items = api.get("/v1/places", params={"q": q, "limit": 20}).json()["items"]
    found = next(item for item in items if item["code"] == "420600")
    assert found["matched"]["kind"] == kind


def test_initials_and_traditional_characters_find_too(api: httpx.Client) -> None:
    assert first(api, q="臺灣")["name"] == "台湾省"
    codes = {i["code"] for i in api.get("/v1/places", params={"q": "xy", "limit": 100}).json()["items"]}
    assert "420600" in codes


def test_filters_combine(api: httpx.Client) -> None:
    parameters = {"q": "长兴", "within": "330500", "class": "ADMIN_DIVISION", "bbox": "119,30,121,32"}
    items = api.get("/v1/places", params=parameters).json()["items"]
    assert [item["code"] for item in items] == ["330522"]
    assert api.get("/v1/places", params=parameters | {"class": "NATURAL"}).json()["items"] == []


def test_a_name_that_came_later_is_not_found_as_of_an_earlier_day(api: httpx.Client) -> None:
    items = api.get("/v1/places", params={"q": "襄阳市", "as_of": "2005-01-01"}).json()["items"]
    assert all(item["matched"]["name"] != "襄阳市" or item["code"] != "420600" for item in items)


def test_what_is_found_can_be_asked_for(api: httpx.Client) -> None:
    found = first(api, q="洪桥")
    place = api.get(f"/v1/places/{found['id']}").json()
    assert place["id"] == found["id"]
    assert all(name["kind"] != "standard" for name in place["names"])


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/reverse?lon=125&lat=30", 404, "point_outside_units"),
        ("/v1/reverse?lon=181&lat=30", 400, "coordinates_out_of_range"),
        ("/v1/reverse?lon=31&lat=119.91", 400, "coordinates_out_of_range"),
        ("/v1/reverse?lon=1e400&lat=30", 400, "coordinates_out_of_range"),
        ("/v1/reverse?lon=nan&lat=30", 400, "bad_coordinates"),
        ("/v1/reverse?lon=119.91&lat=31&as_of=1900-01-01", 400, "as_of_before_register"),
        ("/v1/places?bbox=170,-10,-170,10", 400, "bbox_antimeridian"),
        ("/v1/places?q=" + "x" * 10_240, 400, "query_too_long"),
        ("/v1/places?q=%01%02", 400, "query_control_characters"),
        ("/v1/places?q=", 400, "query_empty"),
        ("/v1/places?within=999999", 404, "code_never_existed"),
    ],
)
def test_bad_questions_are_refused_with_their_code(api: httpx.Client, path: str, status: int, code: str) -> None:
    answer = api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
