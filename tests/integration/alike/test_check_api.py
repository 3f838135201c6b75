"""`/v1/names/check` on the national register and on an invented province."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from tests.samples.invented import place_id
from tests.serving import serving

CHECK = "/v1/names/check"


@pytest.fixture(scope="module")
def api(national_url: str) -> Iterator[httpx.Client]:
    app = create_app(Settings(database_url=national_url, pages=False))
    with serving(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def invented_api(invented_url: str) -> Iterator[httpx.Client]:
    app = create_app(Settings(database_url=invented_url, pages=False))
    with serving(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def check(api: httpx.Client, **asked: Any) -> dict[str, Any]:
    answer = api.post(CHECK, json=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def rules(found: dict[str, Any]) -> dict[str, str]:
    """The most severe finding of each rule: they come first."""
    return {finding["rule"]: finding["severity"] for finding in reversed(found["findings"])}


def test_the_answer_has_the_form_of_the_contract(api: httpx.Client) -> None:
    found = check(api, name="平山县", **{"class": "ADMIN_DIVISION"}, within="511500", as_of="2024-06-01")
    assert found["name"] == "平山县"
    assert (found["class"], found["within"], found["as_of"]) == ("ADMIN_DIVISION", "511500", "2024-06-01")
    assert found["roman"] == "Pingshan Xian"
    assert found["verdict"] == "block"
    first = found["findings"][0]
    assert first["rule"] == "R06"
    assert "第九条" in first["article"]
    assert first["span"] == [0, 3]
    assert first["cure"]
    assert {"id", "name", "code"} <= first["collides_with"][0].keys()
    assert set(found["checked"]).isdisjoint(row["rule"] for row in found["not_checked"])
    assert all(row["why"] for row in found["not_checked"])


def test_a_homophone_is_warned_of_and_another_specific_passes(api: httpx.Client) -> None:
    assert rules(check(api, name="屏珊县", **{"class": "ADMIN_DIVISION"}))["R12"] == "warn"
    assert "R12" not in rules(check(api, name="甪澴县", **{"class": "ADMIN_DIVISION"}))


def test_a_link_answers_as_the_body_does(api: httpx.Client) -> None:
    asked = {"name": "毫州市", "class": "ADMIN_DIVISION", "as_of": "2024-06-01"}
    assert api.get(CHECK, params=asked).json() == check(api, **asked)


def test_several_names_are_answered_in_their_order_each_by_itself(api: httpx.Client) -> None:
    items = [
        {"name": "鼓楼区", "class": "ADMIN_DIVISION"},
        {"name": " ", "class": "ADMIN_DIVISION"},
        {"name": "长安路", "class": "19999"},
        {"name": "长安路", "class": "STREET", "within": "999999"},
    ]
    found = check(api, items=items)["items"]
    assert [item.get("verdict") or item["code"] for item in found] == [
        "block",
        "name_empty",
        "bad_type",
        "code_never_existed",
    ]


def test_the_law_of_the_day_holds(api: httpx.Client) -> None:
    now = check(api, name="新安镇", **{"class": "21500"}, within="511529", as_of="2024-06-01")
    then = check(api, name="新安镇", **{"class": "21500"}, within="511529", as_of="2010-06-01")
    reasons = [next(r["why"] for r in found["not_checked"] if r["rule"] == "R08") for found in (now, then)]
    assert reasons == ["本省乡级区划未入库", "本县乡级区划未入库"]  # 1986: within one county


def test_existing_names_are_shown_and_never_flagged(api: httpx.Client) -> None:
    standing = check(api, name="鼓楼区", **{"class": "ADMIN_DIVISION"}, kind="existing")
    assert standing["verdict"] == "pass"
    assert standing["findings"] == []
    assert {finding["rule"] for finding in standing["context"]} >= {"R06"}
    shown = standing["existing"]["same_name"]
    assert [(row["name"], row["unit"]) for row in shown][:2] == [("鼓楼区", "江苏省南京市"), ("鼓楼区", "江苏省徐州市")]


def test_a_district_asked_about_again_does_not_meet_itself(api: httpx.Client) -> None:
    shown = check(api, name="屏山县", **{"class": "ADMIN_DIVISION"})
    own = shown["existing"]["same_name"][0]["id"]
    again = check(api, name="屏山县", **{"class": "ADMIN_DIVISION"}, place_id=own)
    assert again["existing"]["same_name"] == []
    assert "R06" not in rules(again)


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"name": "", "class": "STREET"}, 400, "name_empty"),
        ({"name": "街" * 501, "class": "STREET"}, 422, "bad_body"),
        ({"name": "长\u0007安路", "class": "STREET"}, 400, "name_control_characters"),
        ({"name": "长安路", "class": "RIVER"}, 422, "bad_body"),
        ({"name": "长安路", "class": "19999"}, 400, "bad_type"),
        ({"name": "长安路"}, 422, "bad_body"),
        ({"name": "长安路", "class": "STREET", "within": "51"}, 422, "bad_body"),
        ({"name": "长安路", "class": "STREET", "lon": 110.0}, 400, "bad_coordinates"),
        ({"name": "长安路", "class": "STREET", "lon": 30.0, "lat": 110.0}, 400, "coordinates_out_of_range"),
        ({"name": "长安路", "class": "STREET", "geometry": {"type": "Line"}}, 400, "bad_geometry"),
        ({"name": "长安路", "class": "STREET", "as_of": "1970-01-01"}, 400, "as_of_before_register"),
        ({"name": "长安路", "class": "STREET", "as_of": "1999"}, 422, "bad_body"),
        ({"name": "长安路", "class": "STREET", "colour": "red"}, 422, "bad_body"),
        ({"items": []}, 422, "bad_body"),
    ],
)
def test_bad_input_has_a_clear_answer(api: httpx.Client, asked: dict[str, Any], status: int, code: str) -> None:
    answer = api.post(CHECK, json=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_too_many_names_are_refused_whole(api: httpx.Client) -> None:
    answer = api.post(CHECK, json={"items": [{"name": "长安路", "class": "STREET"}] * 201})
    assert answer.status_code == 422
    assert answer.json()["code"] == "too_many_names"


@pytest.mark.parametrize(
    "name", ["𬒈", "㙍村", "Abc", "24克拉花园", "２４号院", "\ue000路", "广场", "长 安·路", "كوچىسى", "a" * 500]
)
def test_any_text_that_may_be_a_name_is_answered(api: httpx.Client, name: str) -> None:
    for class_ in ("STREET", "RESIDENTIAL_BUILDING", "ADMIN_DIVISION", "OTHER"):
        assert check(api, name=name, **{"class": class_})["name"] == name


def test_a_street_is_blocked_in_its_own_built_up_area_only(invented_api: httpx.Client) -> None:
    street = {"name": "沿河路", "class": "STREET", "within": "990121"}
    here = check(invented_api, **street, lon=110.05, lat=30.05)
    finding = next(f for f in here["findings"] if f["rule"] == "R10")
    assert finding["severity"] == "block"
    assert [other["id"] for other in finding["collides_with"]] == [str(place_id("s1"))]
    nowhere = check(invented_api, **street)
    assert "R10" in {row["rule"] for row in nowhere["not_checked"]}
    assert "R10" not in rules(nowhere)


def test_a_clean_street_says_that_it_was_compared(invented_api: httpx.Client) -> None:
    found = check(invented_api, name="青禾路", **{"class": "STREET"}, within="990121", lon=110.05, lat=30.05)
    assert "R10" in found["checked"]


def test_a_township_meets_its_namesake_of_the_province(invented_api: httpx.Client) -> None:
    found = check(invented_api, name="横岭镇", **{"class": "21500"}, within="990122")
    assert rules(found)["R08"] == "block"
    assert rules(check(invented_api, name="麦坡镇", **{"class": "21500"}, within="990122"))["R39"] in ("warn", "ask")
