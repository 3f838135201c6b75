"""Pages and the API say of every made-up thing what it is."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from tests.serving import serving

MARK = "演示数据·非公文"


@pytest.fixture(scope="module")
def client(reading_room: Engine) -> Iterator[httpx.Client]:
    settings = Settings(database_url=reading_room.url.render_as_string(hide_password=False))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_the_page_of_a_made_up_unit_bears_the_mark_and_that_of_a_real_one_does_not(client: httpx.Client) -> None:
    made_up, real = client.get("/units/990121"), client.get("/units/330522")
    assert made_up.status_code == real.status_code == 200
    assert MARK in made_up.text
    assert MARK not in real.text


def test_so_does_the_page_of_its_document(client: httpx.Client) -> None:
    (decision,) = [
        item
        for item in client.get("/v1/decisions", params={"demonstration": "true"}).json()["items"]
        if item["doc_no"] == "演示〔2026〕2号"
    ]
    assert MARK in client.get(f"/decisions/{decision['id']}").text


def test_the_api_lists_one_kind_or_the_other(client: httpx.Client) -> None:
    made_up = client.get("/v1/units", params={"demonstration": "true", "level": "county"}).json()["items"]
    assert [unit["name"] for unit in made_up] == ["甲县", "乙县", "丙县"]
    assert all(unit["demonstration"] for unit in made_up)
    real = client.get("/v1/units", params={"level": "province"}).json()["items"]
    assert not any(unit["demonstration"] for unit in real)
    assert "示例省" not in {unit["name"] for unit in real}


def test_what_is_neither_is_refused(client: httpx.Client) -> None:
    refused = client.get("/v1/units", params={"demonstration": "perhaps"})
    assert refused.status_code == 400
    assert refused.headers["content-type"].startswith("application/problem+json")


def test_a_search_marks_what_it_finds(client: httpx.Client) -> None:
    assert MARK in client.get("/search", params={"q": "云溪市"}).text
