"""Names by decision, by day: as JSON and as Atom."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

import httpx
import pytest

ATOM = "{http://www.w3.org/2005/Atom}"
#: 国函〔2010〕129号: 襄樊市 becomes 襄阳市, 襄阳区 becomes 襄州区.
RENAMING = "7c2831c0-33c8-5746-b0ac-ba0577d84a44"


def page(api: httpx.Client, **parameters: Any) -> dict[str, Any]:
    answer = api.get("/v1/decision-feed", params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_day_tells_its_decision_with_the_names_given_and_ended(api: httpx.Client) -> None:
    (decision,) = page(api, since="2010-11-26", as_of="2010-11-26")["items"]
    assert decision["id"] == RENAMING
    names = {(name["effect"], name["name"], name["code"]) for name in decision["names"]}
    assert {("opened", "襄阳市", "420600"), ("closed", "襄樊市", "420600")} <= names
    assert decision["names_in_all"] == len(decision["names"]) == 4


def test_the_days_before_and_after_do_not_tell_it(api: httpx.Client) -> None:
    for day in ("2010-11-25", "2010-11-27"):
        assert RENAMING not in [item["id"] for item in page(api, since=day, as_of=day)["items"]]


def test_pages_follow_one_another_latest_first(api: httpx.Client) -> None:
    whole = page(api, since="2010-01-01", as_of="2012-12-31", limit=200)
    assert whole["next"] is None
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        one = page(api, since="2010-01-01", as_of="2012-12-31", limit=25, **cursor)
        found += one["items"]
        if one["next"] is None:
            break
        cursor = {"cursor": one["next"]}
    assert found == whole["items"]
    days = [item["date"] for item in found]
    assert days == sorted(days, reverse=True)


def test_the_date_that_governs_is_chosen(api: httpx.Client) -> None:
    assert page(api, by="approved", since="2010-11-26", as_of="2010-11-26")["items"][0]["id"] == RENAMING
    assert page(api, by="announced", since="2010-11-26", as_of="2010-11-26")["items"] == []


def test_of_many_names_the_rest_are_counted(api: httpx.Client) -> None:
    first_list = page(api, as_of="1981-12-31", limit=200)["items"]
    assert max(item["names_in_all"] for item in first_list) > 200
    assert max(len(item["names"]) for item in first_list) == 200


def test_readers_get_atom_with_a_link_to_the_next_page(api: httpx.Client) -> None:
    answer = api.get("/v1/decision-feed.atom", params={"since": "2010-11-26", "limit": 1})
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    root = Xml.fromstring(answer.content)
    (entry,) = root.findall(f"{ATOM}entry")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    for name in ("id", "title", "updated"):
        assert root.findtext(f"{ATOM}{name}")
        assert entry.findtext(f"{ATOM}{name}")
    following = Xml.fromstring(api.get(str(links["next"])).content)
    assert following.findtext(f"{ATOM}entry/{ATOM}id") != entry.findtext(f"{ATOM}id")


def test_atom_says_what_was_named(api: httpx.Client) -> None:
    day = {"since": "2010-11-26", "as_of": "2010-11-26"}
    root = Xml.fromstring(api.get("/v1/decision-feed.atom", params=day).content)
    assert root.findtext(f"{ATOM}entry/{ATOM}id") == f"urn:uuid:{RENAMING}"
    assert "启用：襄阳市、襄州区" in str(root.findtext(f"{ATOM}entry/{ATOM}summary"))


@pytest.mark.parametrize("form", ["", ".atom"])
def test_what_one_has_already_is_not_sent_again(api: httpx.Client, form: str) -> None:
    path = f"/v1/decision-feed{form}?since=2010-11-26&as_of=2010-11-26"
    tag = api.get(path).headers["ETag"]
    assert api.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("by=printed", "bad_governing_date"),
        ("since=2011-01-01&as_of=2010-01-01", "period_reversed"),
        ("since=2010", "bad_date"),
        ("limit=1000000000", "limit_out_of_range"),
        ("cursor=abc", "bad_cursor"),
    ],
)
def test_a_question_that_is_none_is_refused(api: httpx.Client, query: str, code: str) -> None:
    answer = api.get(f"/v1/decision-feed?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
