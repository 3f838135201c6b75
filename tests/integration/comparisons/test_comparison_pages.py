"""The pages of comparisons by links and forms alone: ready, compared, looked at, taken over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from api.app import create_app
from api.comparison_reports import FORMS
from api.jobs.comparison_orders import tell_and_work
from api.settings import Settings
from boundaries.comparisons.service import ask
from boundaries.comparisons.working import compare_batch
from data.blobs import FolderBlobs
from tests.integration.comparisons.test_orders import layers, office, surveys, uploads
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
    for drawing in ("map.svg", "map.svg?close=1", "map.svg?close=1&size=narrow"):
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


def test_a_change_without_a_document_is_compared_again_with_one(desk: Desk, browser: Window) -> None:
    asked = ask(desk.engine, desk["keeper"], [both_sides(desk, 0.4)])
    compare_batch(desk.engine, desk.counter.blobs, asked["batch"], lambda *_: None)
    address = f"/comparisons/{asked['comparisons'][0]}"
    page = browser.get("keeper", address).text
    (field,) = re.findall(r'name="(document_[ab])"', page)
    assert "未注明依据文件" in page
    headers = {**browser.headers("keeper"), "Origin": browser.address}
    none = browser.client.post(f"{address}/documents", data={}, headers=headers)
    assert (none.status_code, "Name the document" in none.text or "依据" in none.text) == (400, True)
    again = browser.client.post(f"{address}/documents", data={field: "演示〔2026〕3号"}, headers=headers)
    assert again.status_code == 303, again.text
    (batch,) = {row["batch"] for row in browser.get("keeper", "/v1/comparisons?state=waiting").json()["items"]}
    compare_batch(desk.engine, desk.counter.blobs, UUID(batch), lambda *_: None)
    after = browser.get("keeper", again.headers["location"]).text
    assert "依据演示〔2026〕3号改动" in after
    assert 'name="document_' not in after


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


def test_files_are_ordered_by_a_form_and_the_result_is_their_owner_s_alone(desk: Desk, browser: Window) -> None:
    files = uploads(surveys(desk))
    headers = {**browser.headers("keeper"), "Origin": browser.address}
    assert "multipart/form-data" in browser.get("keeper", "/comparisons/files").text
    post = browser.client.post
    ordered = post("/comparisons/files", files=files, data={"accuracy_a": "0.5", "accuracy_b": ""}, headers=headers)
    assert ordered.status_code == 303, ordered.text
    address = ordered.headers["location"].split("?")[0]
    moving = browser.get("keeper", address).text
    assert f'hx-get="{address}' in moving
    assert 'http-equiv="refresh"' in moving
    assert tell_and_work(office(desk), UUID(address.rsplit("/", 1)[1]), None) == "done"
    page = browser.get("keeper", address).text
    assert "不一致的土地" in page
    assert page.count("<svg") > 2
    assert "--accuracy-a 0.5" in page
    assert "hx-get" not in page
    assert "Land in disagreement" in browser.get("keeper", f"{address}?lang=en").text
    written = {form: browser.get("keeper", f"{address}/report/{form}").content for form in FORMS}
    assert {finding["kind"] for finding in json.loads(written["json"])["findings"]} >= {"disputed_area"}
    assert written["gpkg"].startswith(b"SQLite format 3")
    assert written["html_zh"].startswith(b"<!doctype html>")
    assert address in browser.get("keeper", "/comparisons/files").text
    assert address not in browser.get("surveyor", "/comparisons/files").text
    assert browser.get("surveyor", address).status_code == 404
    lacking = post("/comparisons/files", files={"legal": files["legal"]}, headers=headers)
    assert (lacking.status_code, "bad_upload" in lacking.text) == (422, True)
    bad = post("/comparisons/files", files=files, data={"accuracy_b": "-1"}, headers=headers)
    assert (bad.status_code, "bad_accuracy" in bad.text) == (400, True)
    assert browser.get("applicant", "/comparisons/files").status_code in (401, 403)


def test_layers_of_units_are_ordered_by_a_form(desk: Desk, browser: Window) -> None:
    headers = {**browser.headers("keeper"), "Origin": browser.address}
    assert 'name="condominiums"' in browser.get("keeper", "/comparisons/units").text
    files = uploads(layers(desk.folder / "layers", "dm"))
    fields = {"a_code_field": "dm", "b_code_field": "dm", "accuracy_a": "", "accuracy_b": ""}
    ordered = browser.client.post("/comparisons/units", files=files, data=fields, headers=headers)
    assert ordered.status_code == 303, ordered.text
    address = ordered.headers["location"].split("?")[0]
    assert tell_and_work(office(desk), UUID(address.rsplit("/", 1)[1]), None) == "done"
    page = browser.get("keeper", address).text
    assert "两图层归属不同的土地" in page
    assert "甲县 990121" in page
    assert "--a-code-field dm" in page
    wrong = browser.client.post("/comparisons/units", files=files, data={"a_code_field": "gone"}, headers=headers)
    failed = wrong.headers["location"].split("?")[0]
    assert tell_and_work(office(desk), UUID(failed.rsplit("/", 1)[1]), None) == "failed"
    told = browser.get("keeper", failed).text
    assert "code_field_missing" in told
    assert "/comparisons/units" in told
