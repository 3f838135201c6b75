"""What visitors do: look a name up, go back in time, follow a unit to its documents."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Open, map_ready
from tests.browser.waiting import until


def test_a_former_name_leads_to_the_unit_and_its_decision(office: str, open_page: Open) -> None:
    page = open_page(office, "/")
    page.keyboard.press("/")
    page.keyboard.type("襄樊")
    page.keyboard.press("Enter")
    expect(page.locator(".results .matched").first).to_contain_text("2010-11-26")
    page.locator(".results a.title", has_text="襄阳市").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("襄阳市")
    expect(page.locator("#versions tbody tr")).to_have_count(2)
    expect(page.locator("#versions")).to_contain_text("襄樊市")
    page.locator(".facts a", has_text="国函〔2010〕129号").click()
    expect(page.locator(".facts")).to_contain_text("2010年11月26日")
    expect(page.locator("main")).to_contain_text("襄州区")


def test_the_date_of_view_is_kept_and_marked(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/420600?as_of=1990-12-31")
    expect(page.get_by_role("heading", level=1)).to_have_text("襄樊市")
    expect(page.locator("#band")).to_contain_text("1990年12月31日")
    page.get_by_role("link", name="文件", exact=True).click()
    assert "as_of=1990-12-31" in page.url
    expect(page.locator("#band")).to_contain_text("1990年12月31日")
    page.locator("#band a").click()
    expect(page.locator("#band")).to_be_empty()


def test_a_click_on_the_timeline_sets_the_date(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/420600")
    page.locator("#versions a.bar-link").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("襄樊市")
    assert "as_of=1981-12-31" in page.url


def test_an_abolished_unit_says_what_became_of_it(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/341400")
    expect(page.get_by_role("heading", level=1)).to_have_text("巢湖市")
    for heir in ("合肥市", "芜湖市", "马鞍山市"):
        expect(page.locator("#lineage .lineage")).to_contain_text(heir)


def test_a_code_out_of_time_shows_when_it_stood(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/110103?as_of=2015-01-01", fails=True)
    expect(page.locator(".error")).to_contain_text("code_not_standing")
    page.get_by_role("link", name="崇文区").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("崇文区")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/units/999999", "code_never_existed"),
        ("/units/42", "bad_code"),
        ("/?as_of=1990-13-40", "bad_date"),
        ("/?as_of=1970-01-01", "as_of_before_register"),
        ("/?as_of=2090-01-01", "as_of_after_register"),
        ("/nowhere", "path_not_found"),
        ("/decisions/not-an-id", "no_such_decision"),
        ("/decisions?year=twenty", "bad_year"),
        ("/units/420600?generations=999", "bad_parameter"),
    ],
)
def test_what_cannot_be_shown_is_explained_with_its_code(office: str, open_page: Open, path: str, code: str) -> None:
    page = open_page(office, path, fails=True)
    expect(page.locator(".error code").first).to_have_text(code)
    expect(page.get_by_role("link", name="回到首页")).to_be_visible()


def test_the_language_is_switched_and_remembered(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/420600")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#versions h2")).to_have_text("History")
    page.goto(office + "/decisions")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_a_lineage_is_seen_whole_or_says_that_it_is_not(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/420600")
    overflows = (
        "(() => { const box = document.querySelector('.lineage'); return box.scrollWidth > box.clientWidth; })()"
    )
    hint = page.locator("[data-scroll-hint]")
    assert not page.evaluate(overflows)
    expect(hint).to_be_hidden()
    page.locator("#lineage .more a").click()
    expect(page.locator(".lineage .node")).not_to_have_count(9)
    assert page.evaluate(overflows)
    expect(hint).to_be_visible()


def test_a_wanted_source_is_a_badge_beside_what_the_text_says(office: str, open_page: Open) -> None:
    page = open_page(office, "/decisions?year=1985")
    row = page.locator("tbody tr", has_text="设立荆门市东宝区、沙洋区")
    expect(row.locator(".badge")).to_have_text("来源待考")
    expect(page.locator("tbody")).not_to_contain_text("来源请求")
    row.locator("a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("设立荆门市东宝区")
    page.goto(office + "/decisions?year=1985&lang=en")
    expect(page.locator("tbody .badge").first).to_have_text("source wanted")


def test_decisions_are_found_by_year_and_number(office: str, open_page: Open) -> None:
    page = open_page(office, "/decisions")
    page.get_by_label("文号、标题或正文").fill("国函〔2010〕129号")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto(office + "/decisions?year=2010")
    years = page.locator("tbody td:first-child").all_inner_texts()
    assert years
    assert all(text.startswith("2010") for text in years)


def test_long_lists_go_on(office: str, open_page: Open) -> None:
    page = open_page(office, "/decisions")
    first = page.locator("tbody a").first.inner_text()
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("tbody a").first).not_to_have_text(first)


def test_a_settlement_says_that_its_name_is_unverified(office: str, open_page: Open) -> None:
    page = open_page(office, "/search?q=zhoukoudian&class=OTHER")
    if page.locator(".results a.title").count() == 0:
        page.goto(office + "/search?q=zhen&class=OTHER")
    page.locator(".results a.title").first.click()
    expect(page.locator(".badge", has_text="名称未核实")).to_be_visible()
    expect(page.locator("main")).to_contain_text("GeoNames")


def test_everything_essential_works_without_scripts(office: str, open_page: Open) -> None:
    page = open_page(office, "/", java_script_enabled=False)
    expect(page.locator("#panel tbody tr")).to_have_count(34)
    page.get_by_role("link", name="湖北省的下级区划").click()
    expect(page.locator("#panel")).to_contain_text("襄阳市")
    page.locator("#as-of").fill("1990-12-31")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("#panel")).to_contain_text("襄樊市")
    page.locator("#timeslider").get_by_role("link", name="1989").click()
    assert "as_of=1989-12-31" in page.url
    page.locator("#global-search").fill("420600")
    page.get_by_role("search").get_by_role("button").click()
    expect(page.locator(".results")).to_contain_text("420600")


def test_the_keyboard_alone_reaches_the_content(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/420600")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_paper_holds_the_content_and_no_controls(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/420600")
    page.emulate_media(media="print")
    for hidden in (".rail", ".topbar form", ".identity .actions"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert len(page.pdf()) > 20_000


#: What the first paint waits for, by Chromium's own account: address without its version, and bytes.
BLOCKING = """performance.getEntriesByType('resource').filter((one) => one.renderBlockingStatus === 'blocking')
    .map((one) => [new URL(one.name).pathname, one.encodedBodySize])"""


def test_the_first_paint_waits_for_the_page_and_small_style_sheets_alone(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/420600")
    until(page, "performance.getEntriesByName('first-contentful-paint').length > 0")
    waited_for = page.evaluate(BLOCKING)
    assert waited_for, "Chromium names what blocks"
    assert [name for name, _ in waited_for if not name.endswith(".css")] == []
    assert sum(size for _, size in waited_for) < 100_000


def test_a_phone_shows_the_same_things(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/420600", viewport=PHONE)
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    for section in ("#versions", "#lineage", "#decisions", "#below"):
        expect(page.locator(section)).to_be_visible()


def test_the_history_of_a_unit_is_told_and_played_on_its_map(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/420600")
    page.locator(".actions").get_by_role("link", name="区划沿革").click()
    expect(page.locator(".annals li").last).to_contain_text("襄樊市更名为襄阳市")
    map_ready(page)
    page.get_by_role("button", name="上一时段").click()
    until(page, "document.querySelector('[data-map-date]').textContent === '2010-11-26'")
    assert "on=2010-11-26" in page.url
    page.get_by_role("button", name="播放").click()
    until(page, "document.querySelector('[data-map-date]').textContent === '2024-12-31'")
    expect(page.get_by_role("button", name="播放")).to_be_visible()  # it stops at the end by itself


def test_without_an_approval_number_the_public_reads_the_history_and_sees_no_map(public: str, open_page: Open) -> None:
    page = open_page(public, "/units/420600/history", viewport=PHONE)
    expect(page.locator(".annals li").last).to_contain_text("襄樊市更名为襄阳市")
    expect(page.locator(".nomap")).to_be_visible()
    expect(page.locator("[data-map], [data-stages]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
