"""The pages of comparisons by links and forms alone: ready, compared, looked at, taken over."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from api.app import create_app
from api.settings import Settings
from boundaries.comparisons.service import ask
from boundaries.comparisons.working import compare_batch
from data.blobs import FolderBlobs
from tests.integration.counter.conftest import Window
from tests.samples.compared import both_sides
from tests.samples.counter import Desk
from tests.serving import serving


@pytest.fixture
def browser(desk: Desk) -> Iterator[Window]:
    """The pages of the counter's office, asked with a token."""
    url = desk.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, pages=True, pool_wait_s=30))
    app.state.clock, app.state.blobs = desk.clock, FolderBlobs(desk.folder / "attachments")
    with serving(app) as address:
        one = Window(desk, address)
        yield one
        one.client.close()
    app.state.databases.close()


def compared(desk: Desk) -> str:
    asked = ask(desk.engine, desk["keeper"], [both_sides(desk)])
    compare_batch(desk.engine, desk.counter.blobs, asked["batch"], lambda *_: None)
    return f"/comparisons/{asked['comparisons'][0]}"


def test_a_comparison_is_understood_from_its_page_and_taken_over(desk: Desk, browser: Window) -> None:
    address = compared(desk)
    page = browser.get("keeper", address)
    assert page.status_code == 200
    text = page.text
    assert "不一致的土地" in text
    assert re.search(r"双方均(未)?主张的区域", text)
    assert {"甲县", "乙县"} <= set(re.findall(r"[甲乙]县", text))
    assert "乙县在此偏离法定界线" in text
    assert 'name="all"' in text
    layer = browser.get("keeper", f"{address}/layer.json").json()
    draws = {feature["properties"]["draw"] for feature in layer["features"]}
    assert {"legal", "side_a", "side_b"} <= draws
    assert draws & {"disputed", "unclaimed"}
    for drawing in ("map.svg", "map.svg?close=1"):
        svg = browser.get("keeper", f"{address}/{drawing}")
        assert svg.headers["content-type"].startswith("image/svg+xml")
        assert svg.text.startswith("<svg")
    assert browser.get("keeper", f"{address}/map.svg?close=99").status_code == 404
    assert "<!doctype html>" in browser.get("keeper", f"{address}/sheet.html").text
    headers = {**browser.headers("keeper"), "Origin": browser.address}
    taken = browser.client.post(f"{address}/take-over", data={"all": "1"}, headers=headers)
    assert (taken.status_code, address in taken.headers["location"]) == (303, True)
    after = browser.get("keeper", address).text
    assert "已列为联检问题" in after
    assert 'name="all"' not in after
    english = browser.get("keeper", f"{address}?lang=en").text
    assert "Land in disagreement" in english


def test_the_list_says_what_came_of_each_and_strangers_see_none(desk: Desk, browser: Window) -> None:
    address = compared(desk)
    listed = browser.get("surveyor", "/comparisons").text
    assert address in listed
    assert "不一致的土地" in listed
    assert address not in browser.get("stranger", "/comparisons").text
    assert browser.get("stranger", address).status_code == 403
    assert browser.get(None, "/comparisons").status_code == 401
    waiting = ask(desk.engine, desk["keeper"], [both_sides(desk)])
    moving = browser.get("keeper", f"/comparisons/{waiting['comparisons'][0]}").text
    assert 'http-equiv="refresh"' in moving
    assert "0 / 1" in browser.get("keeper", f"/comparisons?batch={waiting['batch']}").text


def test_what_is_ready_is_compared_by_a_form(desk: Desk, browser: Window) -> None:
    both_sides(desk, checked=True)
    page = browser.get("keeper", "/comparisons").text
    assert f'value="{desk.line}"' in page
    headers = {**browser.headers("keeper"), "Origin": browser.address}
    asked = browser.client.post("/comparisons", data={"lines": str(desk.line)}, headers=headers)
    assert asked.status_code == 303
    assert "/comparisons/" in asked.headers["location"]
    again = browser.client.post("/comparisons", data={"lines": str(desk.line)}, headers=headers)
    assert (again.status_code, "bad_comparison_pair" in again.text) == (400, True)
