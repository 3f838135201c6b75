"""The counts of names that are alike, as pages show them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.test_accessibility import serious


def test_county_names_that_are_the_same_come_first_and_lead_to_their_units(office: str, open_page: Open) -> None:
    page = open_page(office, "/statistics/names")
    row = page.locator("tbody tr", has_text="鼓楼区").first
    expect(row.locator("a")).to_have_count(4)
    row.locator("a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("鼓楼区")


def test_a_region_and_a_reading_are_chosen_without_scripts(office: str, open_page: Open) -> None:
    page = open_page(office, "/statistics/names", java_script_enabled=False)
    page.get_by_label("相同的是").select_option("toned")
    page.locator("main form button").click()
    expect(page.locator("tbody").first).to_contain_text("屏山县")
    page.get_by_role("link", name="四川省", exact=True).click()
    assert "within=510000" in page.url
    assert "by=toned" in page.url


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_serious_and_nothing_too_wide(office: str, open_page: Open, axe: str, viewport: dict[str, int]) -> None:
    page = open_page(office, "/statistics/names", viewport=viewport)
    assert serious(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
