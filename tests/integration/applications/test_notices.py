"""Announcements over HTTP: the list, one of them, the feed; nothing before it is announced."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import httpx
import pytest

from tests.integration.applications.test_naming import before_the_decision
from tests.samples.applicants import NamingOffice

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


def test_an_announcement_is_public_in_every_form(office: NamingOffice, client: httpx.Client) -> None:
    case = office.act(before_the_decision(office), "mayor", "approve", type_code="23514")
    assert client.get("/v1/notices").json()["items"] == []
    assert "还没有公告" in client.get("/notices").text
    office.act(case, "publisher", "announce", authority="甘棠县民政局（虚构）", position="东起甲路，西至乙路")
    (notice,) = client.get("/v1/notices?within=990121").json()["items"]
    assert (notice["name"], notice["roman"], notice["position"]) == ("晴砚路", "Qingyan Lu", "东起甲路，西至乙路")
    assert (notice["authority"], notice["announced_by"]) == ("甘棠县人民政府", "甘棠县民政局（虚构）")
    assert client.get(f"/v1/notices/{notice['id']}").json() == notice
    assert client.get("/v1/notices?within=990122").json()["items"] == []
    assert client.get("/v1/notices?since=2026-03-03").json()["items"] == []
    page = client.get(f"/notices/{notice['id']}")
    assert page.status_code == 200
    assert "Qingyan Lu" in page.text
    assert "晴砚路" in client.get("/notices", params={"within": "990121"}).text
    feed = ElementTree.fromstring(client.get("/notices.atom").content)
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["晴砚路 Qingyan Lu"]
    assert client.get(f"/v1/places/{notice['place']}").json()["name"] == "晴砚路"
    assert client.get("/v1/places", params={"q": "晴砚路"}).json()["items"][0]["id"] == notice["place"]


def test_what_is_no_announcement_is_told(client: httpx.Client) -> None:
    unknown = client.get("/v1/notices/019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6091")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_such_notice_of_names")
    assert client.get("/notices/x", headers={"Accept": "text/html"}).status_code == 404
    assert client.get("/v1/notices?within=33").json()["code"] == "bad_code"
