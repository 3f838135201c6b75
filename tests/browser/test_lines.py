"""The workbench of a line in a real browser: slider, click, swipe, keys, without scripts, on a phone, by axe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import httpx
import pytest
from playwright.sync_api import Page, expect
from shapely.geometry import Point

from api.app import create_app
from api.settings import Settings
from boundaries.findings.model import FindingDraft
from boundaries.findings.service import open_findings
from boundaries.network.structure.world import world_around
from data.access import Role
from data.access.model import operator
from data.accounts.tokens import issue_token
from data.db import make_engine, reading, unit_of_work
from data.ids import derived_id, new_id
from data.server.cluster import Cluster
from tests import database
from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.test_accessibility import serious
from tests.browser.waiting import until
from tests.samples.counties import JIA, YI
from tests.samples.office import ADD_ACCOUNT, ADD_GRANT
from tests.samples.two_versions import DOCUMENT, FIRST, SECOND, fill, line_between
from tests.serving import serving


@pytest.fixture(scope="module")
def lines_url(cluster: Cluster) -> Iterator[str]:
    with database.clone(cluster, database.template(cluster, "two_versions", fill)) as url:
        yield url


@pytest.fixture(scope="module")
def bench(lines_url: str) -> Iterator[str]:
    """A server whose visitors on this machine are staff."""
    with serving(create_app(Settings(database_url=lines_url, demonstration=True))) as address:
        yield address


@pytest.fixture(scope="module")
def outside(lines_url: str) -> Iterator[str]:
    """A server whose visitors are the public."""
    with serving(create_app(Settings(database_url=lines_url))) as address:
        yield address


@pytest.fixture(scope="module")
def path(lines_url: str) -> str:
    engine = make_engine(lines_url, pooled=False)
    line = line_between(engine, "990121", "990122")
    engine.dispose()
    return f"/lines/{line}"


#: Where on the screen the middle of the line is.
MIDDLE = """() => {
  const map = document.querySelector("[data-line-map]").map;
  const { type, coordinates } = map.queryRenderedFeatures({ layers: ["legal-hit"] })[0].geometry;
  const part = type === "LineString" ? coordinates : coordinates[0];
  const at = map.project(part[Math.floor(part.length / 2)]);
  const box = map.getCanvas().getBoundingClientRect();
  return [box.x + at.x, box.y + at.y];
}"""


def drawn(page: Page) -> Page:
    page.wait_for_selector("[data-line-map][data-state=ready]", timeout=90_000)
    return page


def test_the_slider_goes_through_the_versions_and_the_page_follows(bench: str, open_page: Open, path: str) -> None:
    page = drawn(open_page(bench, path))
    slider = page.get_by_label("版本：向左较早，向右较近")
    expect(slider).to_have_value("1")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-map-date]")).to_have_text(str(FIRST))
    expect(page.locator("#line-identity")).to_have_attribute("data-day", str(FIRST))
    expect(page.locator(".stops li[aria-current]")).to_contain_text(str(FIRST))
    assert f"as_of={FIRST}" in page.url
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-map-date]")).to_have_text(str(SECOND))
    assert "as_of" not in page.url


def test_a_click_on_the_line_shows_its_documents_and_a_second_one_the_vertex(
    bench: str, open_page: Open, path: str
) -> None:
    page = drawn(open_page(bench, path))
    middle = page.evaluate(MIDDLE)
    page.mouse.click(*middle)
    expect(page.locator("#segment")).to_contain_text(DOCUMENT)
    expect(page.locator("#segment .history li")).to_have_count(2)
    expect(page.locator("#segment .blame tbody tr")).to_have_count(3)
    assert "segment=" in page.url
    page.mouse.click(*middle)
    expect(page.locator("[data-caption]")).to_contain_text("个折点")
    page.get_by_role("link", name="关闭").click()
    expect(page.locator("#segment")).to_have_count(0)


def test_the_keys_choose_a_segment_and_the_table_shows_it(bench: str, open_page: Open, path: str) -> None:
    page = drawn(open_page(bench, path))
    page.keyboard.press("j")
    expect(page.locator("tr[data-segment][aria-current]")).to_have_count(1)
    expect(page.locator("#segment h2")).to_have_text("界线段")


def test_two_versions_are_compared_and_swiped(bench: str, open_page: Open, path: str) -> None:
    page = drawn(open_page(bench, path))
    page.get_by_label("另一期版本").select_option(str(FIRST))
    page.get_by_role("button", name="比较", exact=True).click()
    expect(page.locator("[data-compared]")).to_contain_text("1 段不同")
    expect(page.locator(".strip path.course")).to_be_visible()
    expect(page.locator("table.land tbody")).to_contain_text("乙县")
    button = page.get_by_role("button", name="卷帘对比")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.wait_for_selector("[data-swiped][data-state=ready]", timeout=60_000)
    expect(page.locator("[data-before]")).to_have_text(str(FIRST))
    bar = page.get_by_label("卷帘位置：左为较早版本，右为所看版本")
    bar.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-swiped]")).to_have_css("clip-path", "inset(0px 51% 0px 0px)")
    button.click()
    expect(page.locator("[data-swiped]")).to_be_hidden()


def test_without_scripts_everything_is_links_forms_and_a_drawing(bench: str, open_page: Open, path: str) -> None:
    page = open_page(bench, f"{path}?with={FIRST}", java_script_enabled=False)
    drawing = page.locator("img.sheetimage")
    expect(drawing).to_be_visible()
    assert drawing.evaluate("image => image.naturalWidth") > 0
    expect(page.locator("table.stretches")).to_be_visible()
    page.locator(".stops a").first.click()
    expect(page.locator("#line-identity")).to_have_attribute("data-day", str(FIRST))
    page.locator("tr[data-segment] a").first.click()
    expect(page.locator("#segment")).to_be_visible()


def test_the_public_reads_why_there_is_no_map(outside: str, open_page: Open, path: str) -> None:
    page = open_page(outside, path)
    expect(page.locator(".nomap")).to_contain_text("审图号")
    expect(page.locator("[data-line-map]")).to_have_count(0)
    expect(page.locator("#markers")).to_contain_text("9901001Q")
    expect(page.locator("#markers")).not_to_contain_text("99.505")


@pytest.mark.parametrize("more", ["", "/sheets?scale=50000"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_serious_and_nothing_too_wide(
    bench: str, open_page: Open, axe: str, path: str, more: str, viewport: dict[str, int]
) -> None:
    page = open_page(bench, f"{path}{more or f'?with={FIRST}'}", viewport=viewport)
    if not more:
        drawn(page)
    assert serious(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("address", ["/lines?lang=en", "/lines?q=没有"])
def test_nothing_serious_in_the_list(bench: str, open_page: Open, axe: str, address: str) -> None:
    page = open_page(bench, address, viewport=PHONE)
    assert serious(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture(scope="module")
def signed(lines_url: str) -> dict[str, str]:
    """A surveyor of 甲县 with a token, and two findings of the line."""
    engine, account = make_engine(lines_url, pooled=False), derived_id("sample-counter", "surveyor")
    line = line_between(engine, "990121", "990122")
    with unit_of_work(engine) as connection:
        connection.execute(ADD_ACCOUNT, {"id": account, "name": "surveyor", "called": "测绘员甲"})
        grant = {"id": new_id(), "account": account, "role": Role.SURVEYOR, "unit": JIA}
        connection.execute(ADD_GRANT, grant)
        places = (Point(99.52, 40.15), Point(99.52, 40.05))
        drafts = [
            FindingDraft(line, "record", new_id(), "marker_lost", "warning", date(2026, 3, 2), geometry=place)
            for place in places
        ]
        opened = open_findings(connection, operator("test"), drafts)
        token = issue_token(connection, operator("cli:test"), account, "test", lambda _: (), datetime.now(UTC))
    engine.dispose()
    return {"token": token.secret, "north": str(opened[0].id), "south": str(opened[1].id)}


def test_findings_are_chosen_on_the_map_and_in_the_list(
    outside: str, open_page: Open, path: str, signed: dict[str, str]
) -> None:
    headers = {"Authorization": f"Bearer {signed['token']}"}
    page = open_page(outside, path, extra_http_headers=headers)
    drawn(page)
    row = page.locator(f'tr[data-work="{signed["north"]}"]')
    row.locator("[data-work-pick]").click()
    expect(row).to_have_attribute("aria-current", "true")
    assert f"finding={signed['north']}" in page.url
    # the map went there; a click on the sign of the other one chooses it in the list
    page.evaluate("document.querySelector('[data-line-map]').map.jumpTo({center: [99.52, 40.05], zoom: 12})")
    until(page, "document.querySelector('[data-line-map]').map.areTilesLoaded()")
    box = page.locator("[data-line-map] canvas").first.bounding_box()
    assert box is not None
    page.locator("[data-line-map] canvas").first.scroll_into_view_if_needed()
    box = page.locator("[data-line-map] canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(f'tr[data-work="{signed["south"]}"]')).to_have_attribute("aria-current", "true")
    expect(row).not_to_have_attribute("aria-current", "true")


@pytest.fixture(scope="module")
def proposed(lines_url: str, bench: str) -> str:
    """Address of a proposal: one marker more on the line."""
    engine, day = make_engine(lines_url, pooled=False), SECOND
    with reading(engine) as connection:
        segments = world_around(connection, [JIA], day).segments.values()
    engine.dispose()
    segment = max((s for s in segments if {s.left, s.right} == {JIA, YI}), key=lambda s: len(s.geometry.coords))
    place = list(segment.geometry.coords[len(segment.geometry.coords) // 2])
    edit = {"do": "split", "segment": str(segment.id), "at": place, "marker": True}
    body = {"message": "设桩", "document": "agreement", "edits": [edit], "as_of": day.isoformat()}
    made = httpx.post(f"{bench}/v1/proposals", json=body, timeout=60)
    assert made.status_code == 201, made.text
    return f"/proposals/{made.json()['id']}"


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("listed", [False, True], ids=["one", "all"])
def test_proposals_can_be_read_by_everybody_and_printed(
    bench: str, open_page: Open, axe: str, proposed: str, viewport: dict[str, int], listed: bool
) -> None:
    page = open_page(bench, "/proposals" if listed else proposed, viewport=viewport)
    expect(page.locator("main")).to_contain_text("设桩")
    assert serious(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.emulate_media(media="print")
    expect(page.locator("nav").first).to_be_hidden()
    expect(page.locator("main")).to_contain_text("设桩")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_preview_of_a_division_change_is_plain_to_all(bench: str, open_page: Open, axe: str, language: str) -> None:
    page = open_page(bench, f"/division-changes/new?within=990100&lang={language}", viewport=DESK)
    page.fill("#d-title", "部分行政区划调整方案（演示）")
    page.fill("#d-parts", "合并: 990121 甲县, 990122 乙县 > 990121 甲县\n界线变更[部分]: 990121 甲县 > 990123 丙县")
    page.fill("#d-reason", "演示")
    page.press("#d-title", "Enter")
    expect(page.locator("#dc-lines ~ .scroll a")).not_to_have_count(0)
    for viewport in (DESK, PHONE):
        page.set_viewport_size(viewport)
        assert serious(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
