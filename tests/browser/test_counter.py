"""The counter in a browser: a file is dropped, arrives though the connection breaks; map and list choose the same."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from api.app import create_app
from api.settings import Settings
from data.blobs import FolderBlobs
from data.db import make_engine
from data.server.cluster import Cluster
from tests import database
from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.test_accessibility import serious
from tests.samples.counter import Desk, faulty_file, fill, good_file, worker
from tests.serving import serving

#: A file dragged from the desktop onto the place for it.
DRAGGED = """([name, content]) => {
    const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
    const dragged = new DataTransfer();
    dragged.items.add(new File([bytes], name));
    return dragged;
}"""
REPORT = re.compile(r"/counter/[0-9a-f-]{36}")


@pytest.fixture(scope="module")
def desk(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with database.clone(cluster, database.template(cluster, "counter", fill)) as url:
        engine = make_engine(url, pooled=False)
        one, end = Desk(engine, tmp_path_factory.mktemp("counter")), threading.Event()
        thread = threading.Thread(target=worker, args=(one, end), daemon=True)
        thread.start()
        yield one
        end.set()
        thread.join(60)
        engine.dispose()


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    url = desk.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, demonstration=True))
    app.state.blobs = FolderBlobs(desk.folder / "attachments")
    with serving(app) as where:
        yield where
    app.state.databases.close()


def drop(page: Page, path: Path) -> None:
    content = base64.b64encode(path.read_bytes()).decode()
    dragged = page.evaluate_handle(DRAGGED, [path.name, content])
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": dragged})


def hand_in(page: Page, desk: Desk, path: Path) -> None:
    drop(page, path)
    page.fill("#line", str(desk.line))
    page.click(".counterform button[type=submit]")
    page.wait_for_url(REPORT, timeout=60_000)


def test_a_file_is_dropped_and_map_and_list_select_each_other(
    desk: Desk, address: str, open_page: Open, axe: str
) -> None:
    page = open_page(address, "/counter")
    assert serious(page, axe) == []
    hand_in(page, desk, faulty_file(desk, desk.folder / "甲乙线.gpkg", (40, 90, 140)))
    page.wait_for_selector("[data-findings-map][data-state=ready]", timeout=90_000)
    expect(page.locator("h1")).to_have_text("甲乙线.gpkg")
    expect(page.locator(".verdictwords")).to_contain_text("可以进入联检比对")
    rows = page.locator("[data-finding]")
    expect(rows).to_have_count(3)
    rows.nth(1).locator("[data-pick]").click()
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    expect(page.locator(".findingsmap [data-caption] strong")).to_contain_text("2 ·")
    assert "finding=2" in page.url
    page.keyboard.press("j")
    expect(rows.nth(2)).to_have_attribute("aria-current", "true")
    canvas = page.locator(".findingsmap .maplibregl-canvas")
    size = canvas.bounding_box()
    assert size
    canvas.click(position={"x": size["width"] - 40, "y": 40})
    expect(page.locator("[data-finding][aria-current]")).to_have_count(0)
    canvas.click(position={"x": size["width"] / 2, "y": size["height"] / 2})  # where the map went to the finding
    expect(rows.nth(2)).to_have_attribute("aria-current", "true")
    assert serious(page, axe) == []
    phone = open_page(address, REPORT.search(page.url)[0], viewport=PHONE)  # type: ignore[index]
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert serious(phone, axe) == []


def test_an_upload_goes_on_after_the_connection_broke(desk: Desk, address: str, open_page: Open) -> None:
    large = desk.folder / "large.zip"
    large.write_bytes(bytes(9 << 20))
    page = open_page(address, "/counter", fails=True)
    broken: list[str] = []

    def breaks_once(route: Route) -> None:
        later = route.request.method == "PATCH" and route.request.headers.get("upload-offset") != "0"
        if later and not broken:
            broken.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/v1/uploads/*", breaks_once)
    drop(page, large)
    page.fill("#line", str(desk.line))
    page.click(".counterform button[type=submit]")
    expect(page.locator("[data-status]")).to_contain_text("连接中断")
    page.wait_for_url(REPORT, timeout=60_000)
    assert len(broken) == 1
    expect(page.locator("h1")).to_have_text("large.zip")


def test_without_scripts_the_form_and_the_report_say_the_same(desk: Desk, address: str, open_page: Open) -> None:
    page = open_page(address, "/counter", java_script_enabled=False, fails=True)
    page.set_input_files("#file", good_file(desk, desk.folder / "good.gpkg"))
    page.fill("#line", "没有的线")
    page.click(".counterform button[type=submit]")
    expect(page.locator("[role=alert]")).to_contain_text("no_such_line")
    assert page.input_value("#line") == "没有的线"
    page.set_input_files("#file", desk.folder / "good.gpkg")
    page.fill("#line", str(desk.line))
    page.click(".counterform button[type=submit]")
    page.wait_for_url(REPORT)
    for _ in range(200):
        if page.locator(".verdictwords").count():
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(page.locator(".verdictwords")).to_contain_text("可以进入联检比对")
    image = page.locator(".findingsmap img")
    expect(image).to_be_visible()
    assert DESK["width"] > image.evaluate("(i) => i.naturalWidth") > 0
