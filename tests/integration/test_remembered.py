"""A question that is asked again is answered from memory, and never with what has been decided otherwise since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from api.app import create_app
from api.loads import decision
from api.settings import Settings
from data.db import unit_of_work
from geonames.search.index import refresh_search_keys
from tests.serving import serving

#: Invented: no such decision exists.
RENAMING = """## 国务院关于同意浙江省长兴县更名的批复（测试用，虚构）
# 文号：测函〔2026〕1号
# 日期：2026年3月1日
# 生效：2026年3月1日
#
# 长兴县更名为虚兴县。
-330522 长兴县>虚兴县
+330522 虚兴县<长兴县
"""
ASKED = ("/v1/suggest?q=长兴", "/v1/places?q=长兴县&limit=3")


@pytest.fixture
def register(fresh_divisions: Engine) -> Engine:
    refresh_search_keys(fresh_divisions, "test")
    return fresh_divisions


@pytest.fixture
def served(register: Engine) -> Iterator[tuple[httpx.Client, Any]]:
    app = create_app(Settings(database_url=register.url.render_as_string(hide_password=False), pages=False))
    with serving(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client, app


def forbid(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on nothing is asked of the register but its state."""

    def refused(*_args: Any) -> None:
        raise AssertionError("the register was asked")

    monkeypatch.setattr(app.state.databases, "engine_for", refused)


def test_a_second_asking_is_answered_from_memory(
    served: tuple[httpx.Client, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, app = served
    before = [client.get(path) for path in ASKED]
    forbid(app, monkeypatch)
    for path, first in zip(ASKED, before, strict=True):
        again = client.get(path)
        assert (again.status_code, again.content) == (200, first.content)
        assert {k: v for k, v in again.headers.items() if k not in ("date", "x-request-id")} == {
            k: v for k, v in first.headers.items() if k not in ("date", "x-request-id")
        }
        known = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")
    assert client.get("/v1/suggest?q=长兴县").status_code == 500
    assert "diming_requests_total" in client.get("/metrics").text
    assert 'route="/v1/suggest"' in client.get("/metrics").text


def questions_of(app: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Grows with each question to the register from here on."""
    asked: list[Any] = []
    engine_for = app.state.databases.engine_for

    def noted(audience: Any) -> Any:
        asked.append(audience)
        return engine_for(audience)

    monkeypatch.setattr(app.state.databases, "engine_for", noted)
    return asked


TILE = "/ogc/collections/names/tiles/WebMercatorQuad/4/6/13"
GEOJSON = "application/geo+json"
ITEMS = "/ogc/collections/names/items?limit=2"


def test_tiles_and_pages_of_names_are_remembered_by_host_and_form(
    served: tuple[httpx.Client, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, app = served
    tile, items = client.get(TILE), client.get(ITEMS, headers={"Accept": GEOJSON})
    assert (tile.status_code, items.status_code) == (200, 200)
    asked = questions_of(app, monkeypatch)
    assert client.get(TILE).content == tile.content
    assert client.get(TILE, headers={"If-None-Match": tile.headers["etag"]}).status_code == 304
    assert client.get(ITEMS, headers={"Accept": GEOJSON}).content == items.content
    assert asked == []
    for other in ({"Accept": "text/html"}, {"Accept": GEOJSON, "Host": "names.example"}):
        assert client.get(ITEMS, headers=other).content != items.content
        assert asked, other
        asked.clear()
    for _ in range(2):
        client.get(TILE.replace("names", "units"))
        assert asked
        asked.clear()


def test_a_renaming_is_found_by_the_next_question(
    served: tuple[httpx.Client, Any], register: Engine, tmp_path: Path
) -> None:
    client, _ = served
    for path in ASKED:
        assert client.get(path).json()["items"][0]["name"] == "长兴县"
    file = tmp_path / "decision.txt"
    file.write_text(RENAMING, "utf-8")
    decision(register, file, "office", preview=False)
    for path in ASKED:
        first = client.get(path).json()["items"][0]
        assert (first["name"], first["matched"]["kind"]) == ("虚兴县", "former")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE diming.setting SET value = value WHERE key = 'search_keys'",
        "UPDATE diming.setting SET changed_at = clock_timestamp() WHERE key = 'search_keys'",
        "UPDATE diming.feed_head SET seq = seq + 1",
    ],
)
def test_only_what_says_that_answers_differ_has_them_made_again(
    served: tuple[httpx.Client, Any], register: Engine, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    client, app = served
    assert client.get(ASKED[0]).status_code == 200
    with unit_of_work(register) as connection:
        connection.execute(text(change))
    forbid(app, monkeypatch)
    expected = 200 if "value = value" in change else 500
    assert client.get(ASKED[0]).status_code == expected


def test_who_shows_credentials_is_not_answered_from_memory(
    served: tuple[httpx.Client, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, app = served
    assert client.get(ASKED[0]).status_code == 200
    forbid(app, monkeypatch)
    assert client.get(ASKED[0], headers={"Authorization": "Bearer dm_none"}).status_code != 200


def test_refusals_are_not_remembered(served: tuple[httpx.Client, Any]) -> None:
    client, app = served
    for _ in range(2):
        assert client.get("/v1/suggest?q=").json()["code"] == "query_empty"
    assert app.state.answers.held_bytes == 0
    assert client.get("/v1/suggest?q=%E9%95%BF%E5%85%B4&unknown=1").json()["code"] == "unknown_parameter"
    assert app.state.answers.held_bytes == 0


def test_where_replicas_answer_nothing_is_remembered(register: Engine) -> None:
    url = register.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, database_read_urls=[url], pages=False))
    assert app.state.answers is None
