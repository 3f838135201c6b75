"""Addresses in free text: which divisions and places they name, and what of them is not understood."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


def readings(api: httpx.Client, address: str, **more: Any) -> list[dict[str, Any]]:
    answer = api.get("/v1/geocode", params={"q": address, **more})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def names(reading: dict[str, Any]) -> list[str]:
    return [part["name"] for part in reading["parts"]]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("湖北省襄阳市樊城区", ["湖北省", "襄阳市", "樊城区"]),
        ("中国湖北襄阳樊城", ["湖北省", "襄阳市", "樊城区"]),
        ("湖北樊城区", ["湖北省", "樊城区"]),
        ("浙江 长兴县", ["浙江省", "长兴县"]),
        ("襄陽市樊城區", ["襄阳市", "樊城区"]),
    ],
)
def test_levels_may_be_missing_and_names_short(api: httpx.Client, address: str, expected: list[str]) -> None:
    (reading,) = readings(api, address)
    assert names(reading) == expected
    assert (reading["confidence"], reading["not_understood"], reading["precision"]) == (1.0, [], "county")
    assert reading["point"]


def test_a_former_name_is_understood_and_said_to_be_one(api: httpx.Client) -> None:
    (reading,) = readings(api, "湖北省襄樊市樊城区")
    assert [(part["name"], part["former"]) for part in reading["parts"]][1] == ("襄阳市", True)
    assert reading["confidence"] == 0.9


def test_on_a_day_of_the_past_it_is_the_name(api: httpx.Client) -> None:
    (reading,) = readings(api, "湖北省襄樊市", as_of="2000-01-01")
    assert [(part["name"], part["former"]) for part in reading["parts"]][1] == ("襄樊市", False)
    assert reading["confidence"] == 1.0


def test_what_is_not_known_is_given_back_as_it_stood(api: httpx.Client) -> None:
    (reading,) = readings(api, "湖北省襄阳市樊城区不曾有路3号")
    assert reading["not_understood"] == ["不曾有路", "3号"]
    assert reading["precision"] == "county"
    assert reading["confidence_of"]["understood"] == round(9 / 15, 3)


def test_a_name_that_several_bear_has_several_readings_and_is_less_sure(api: httpx.Client) -> None:
    found = readings(api, "朝阳区")
    above = {reading["parts"][-1]["code"] for reading in found}
    assert {"110105", "220104"} <= above
    assert all(reading["confidence"] <= 1 / len(found) + 0.001 for reading in found)


def test_no_position_is_made_up(api: httpx.Client) -> None:
    assert readings(api, "没有这个地方的路九号") == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "missing_parameter"),
        ("q=%20", "query_empty"),
        ("q=" + "地" * 201, "query_too_long"),
        ("q=襄阳&limit=1000000000", "limit_out_of_range"),
        ("q=襄阳&as_of=9999-12-31", "as_of_after_register"),
    ],
)
def test_a_question_that_is_none_is_refused(api: httpx.Client, query: str, code: str) -> None:
    answer = api.get(f"/v1/geocode?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
