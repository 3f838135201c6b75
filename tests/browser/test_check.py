"""Checking a name as one types, by keyboard, by link, without scripts, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.test_accessibility import serious

TAKEN = "/check?name=平山县&class=ADMIN_DIVISION"


def test_spelling_parts_and_findings_change_as_one_types(office: str, open_page: Open) -> None:
    page = open_page(office, "/check")
    expect(page.locator(".empty")).to_be_visible()
    page.get_by_label("名称", exact=True).fill("平山县")
    expect(page.locator("#check-verdict")).to_contain_text("不符合规定")
    expect(page.locator(".facts .roman").first).to_have_text("Pingshan Xian")
    expect(page.locator(".findings a", has_text="屏山县").first).to_be_visible()
    page.get_by_label("名称", exact=True).fill("解放路南小街")
    page.get_by_label("类别").select_option("STREET")
    expect(page.locator(".facts .roman").first).to_have_text("Jiefanglu Nanxiaojie")
    expect(page.locator("dd .piece").first).to_contain_text("解放路")
    assert "class=STREET" in page.url


def test_a_question_overtaken_by_the_next_is_given_up(office: str, open_page: Open) -> None:
    page = open_page(office, "/check")
    page.get_by_label("名称", exact=True).press_sequentially("平山县甲乙丙", delay=130)
    expect(page.locator(".syllables .han").last).to_have_text("丙")


def test_the_address_shares_what_is_seen_and_a_collision_is_linked(office: str, open_page: Open) -> None:
    page = open_page(office, TAKEN)
    page.locator(".findings a", has_text="屏山县").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("屏山县")


def test_findings_are_walked_with_j_and_k_and_mark_their_part(office: str, open_page: Open) -> None:
    page = open_page(office, "/check?name=欧洲花园&class=RESIDENTIAL_BUILDING")
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(page.locator(".findings > li[aria-current]")).to_have_count(1)
    assert page.locator(".syllables > li.chosen").count() >= 1
    page.keyboard.press("k")
    expect(page.locator(".findings > li[aria-current]")).to_have_count(1)


def test_what_was_not_checked_is_listed_with_the_reason(office: str, open_page: Open) -> None:
    page = open_page(office, "/check?name=沿河路&class=STREET")
    expect(page.locator(".open-rules")).to_contain_text("建成区范围未入库")


def test_it_works_without_scripts(office: str, open_page: Open) -> None:
    page = open_page(office, "/check", java_script_enabled=False)
    page.get_by_label("名称", exact=True).fill("毫州市")
    page.get_by_role("button", name="检查").click()
    expect(page.locator(".findings")).to_contain_text("亳州市")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("name=平山县&class=ADMIN_DIVISION&within=12", "6、9 或 12 位"),
        ("name=平山县&class=ADMIN_DIVISION&within=999999", "从未有过"),
        ("name=平山县&class=RIVER", "没有这个类别"),
        ("name=平山县&class=STREET&lon=abc&lat=1", "十进制度数"),
    ],
)
def test_what_cannot_be_asked_is_said_where_it_was_typed(office: str, open_page: Open, query: str, words: str) -> None:
    page = open_page(office, f"/check?{query}")
    expect(page.locator("#check-result [role=status]")).to_contain_text(words)


def test_it_speaks_english(office: str, open_page: Open) -> None:
    page = open_page(office, TAKEN + "&lang=en")
    expect(page.locator("#check-verdict")).to_contain_text("against the rules")
    assert re.search(r"[\u4e00-\u9fff]", page.locator("#check-findings").inner_text()) is None


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", [TAKEN, "/check"])
def test_nothing_serious_and_nothing_too_wide(
    office: str, open_page: Open, axe: str, path: str, viewport: dict[str, int]
) -> None:
    page = open_page(office, path, viewport=viewport)
    assert serious(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
