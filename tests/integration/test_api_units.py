"""Units, codes, decisions and changes over HTTP, on the real register."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


def get(api: httpx.Client, path: str, **parameters: Any) -> Any:
    answer = api.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_renamed_city_keeps_its_code_and_names_its_decision(api: httpx.Client) -> None:
    unit = get(api, "/v1/units/420600")
    assert (unit["name"], unit["status"], unit["register_through"]) == ("襄阳市", "current", "2024-12-31")
    assert [d["doc_no"] for d in unit["decisions"]] == ["国函〔2010〕129号"]
    assert get(api, "/v1/units/420600", as_of="2010-11-25")["name"] == "襄樊市"


def test_a_county_stands_in_its_chain_of_that_date(api: httpx.Client) -> None:
    unit = get(api, "/v1/units/330522", as_of="1985-06-30")
    assert [link["name"] for link in unit["chain"]] == ["浙江省", "湖州市", "长兴县"]


def test_history_shows_both_names(api: httpx.Client) -> None:
    names = [version["name"] for version in get(api, "/v1/units/420600/history")["versions"]]
    assert names == ["襄樊市", "襄阳市"]


def test_an_abolished_city_leads_to_all_who_hold_its_land(api: httpx.Client) -> None:
    found = get(api, "/v1/codes/341400/translate")
    assert found["from"] == "2011-07-13"
    assert {r["code"] for r in found["results"]} == {"340100", "340200", "340500"}
    assert all(not r["whole"] and r["via"][0]["doc_no"] == "国函〔2011〕84号" for r in found["results"])


def test_a_code_is_translated_backwards(api: httpx.Client) -> None:
    found = get(api, "/v1/codes/530800/translate", **{"from": "2020-01-01", "to": "1990-01-01"})
    assert "532700" in {r["code"] for r in found["results"]}


def test_pages_join_without_gap_or_repetition(api: httpx.Client) -> None:
    whole = get(api, "/v1/units", level="prefecture", limit=1000)["items"]
    paged, cursor = [], None
    while True:
        parameters = {"level": "prefecture", "limit": 47} | ({"cursor": cursor} if cursor else {})
        page = get(api, "/v1/units", **parameters)
        paged += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == whole
    assert len({unit["code"] for unit in whole}) == len(whole) > 300


def test_a_cursor_of_another_question_is_refused(api: httpx.Client) -> None:
    cursor = get(api, "/v1/units", level="prefecture", limit=1)["next"]
    answer = api.get("/v1/units", params={"level": "county", "limit": 1, "cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_ten_thousand_codes_are_translated_each_for_itself(api: httpx.Client) -> None:
    codes = ["420600", "341400", "999999", "abc", *["110103"] * 9996]
    answer = api.post("/v1/codes/translate", json={"codes": codes})
    items = answer.json()["items"]
    assert len(items) == 10_000
    assert items[0]["results"][0]["name"] == "襄阳市"
    assert [items[2]["code"], items[3]["code"]] == ["code_never_existed", "bad_code"]
    assert items[4]["results"] == items[-1]["results"]
    assert items[4]["results"][0]["code"] == "110101"


def test_one_code_more_is_refused_whole(api: httpx.Client) -> None:
    answer = api.post("/v1/codes/translate", json={"codes": ["420600"] * 10_001})
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_codes")
    assert "items" not in answer.json()


def test_decisions_are_found_by_text_and_shown_in_full(api: httpx.Client) -> None:
    found = get(api, "/v1/decisions", q="国函〔2010〕129号")["items"]
    whole = get(api, f"/v1/decisions/{found[0]['id']}")
    assert "襄樊市更名为襄阳市" in whole["text"]
    assert whole["approved_on"] == "2010-11-26"
    assert whole["announced_on"] is None
    assert whole["opened"]
    assert whole["closed"]


def test_the_feed_has_no_holes(api: httpx.Client) -> None:
    seen, last = 0, None
    while last is None or seen < last:
        page = get(api, "/v1/changes", since=seen, limit=1000)
        assert [c["seq"] for c in page["items"]] == list(range(seen + 1, seen + 1 + len(page["items"])))
        seen, last = page["items"][-1]["seq"], page["last"]
    assert get(api, "/v1/changes", since=seen)["items"] == []


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/units/999999", 404, "code_never_existed"),
        ("/v1/units/110103?as_of=2020-01-01", 404, "code_not_standing"),
        ("/v1/units/420600?as_of=1981-12-30", 400, "as_of_before_register"),
        ("/v1/units/420600?as_of=2025-01-01", 400, "as_of_after_register"),
        ("/v1/units/420600?as_of=1986", 400, "bad_date"),
        ("/v1/units/420600?as_of=", 400, "bad_date"),
        ("/v1/units/4206", 400, "bad_code"),
        ("/v1/units/420600?asof=1990-01-01", 400, "unknown_parameter"),
        ("/v1/units/420600?as_of=1990-01-01&as_of=1991-01-01", 400, "repeated_parameter"),
        ("/v1/units?level=village", 400, "bad_level"),
        ("/v1/units?limit=1001", 400, "limit_out_of_range"),
        ("/v1/units?cursor=%25%25", 400, "bad_cursor"),
        ("/v1/codes/420600/translate?to=3000-01-01", 400, "as_of_after_register"),
        ("/v1/codes/999999/translate", 404, "code_never_existed"),
        ("/v1/decisions/00000000-0000-0000-0000-000000000000", 404, "no_such_decision"),
        ("/v1/decisions/1", 400, "bad_id"),
        ("/v1/decisions?q=%00", 400, "query_control_characters"),
        ("/v1/decisions?year=x", 400, "bad_year"),
        ("/v1/changes?since=-1", 400, "bad_sequence"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_code(api: httpx.Client, path: str, status: int, code: str) -> None:
    answer = api.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
