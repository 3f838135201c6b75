"""axe finds nothing serious on any page, at the desk and on the phone, in both languages."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Open

PATHS = [
    "/",
    "/?as_of=1990-12-31&parent=420000",
    "/search",
    "/search?q=襄樊",
    "/search?q=没有这样的地名",
    "/units/420600",
    "/units/110103",
    "/units/420600/history?lang=en",
    "/decisions?year=2010",
    "/rules",
    "/rules/R05",
    "/classes",
    "/classes?class=STREET&lang=en",
    "/romanizations/review",
    "/romanizations/review?collection=places&lang=en",
    "/styleguide",
    "/exports",
    "/publications",
    "/developers",
    "/status",
    "/geocode",
]
#: The pages around applications for names, as somebody of an office opens them.
NAMING = [
    "/experts?within=420600",
    "/meetings/new?within=420600",
    "/plans",
    "/batches/new",
    "/statistics/applications",
    "/supervision/new",
    "/supervision/report",
    "/supervision/reports",
    "/filings",
    "/consultations",
    "/notices",
    "/case-status",
]


def serious(page: Page, axe: str) -> list[str]:
    """Violations that axe calls serious or critical, each with where it is."""
    page.evaluate(axe)
    found = json.loads(page.evaluate("axe.run().then((r) => JSON.stringify(r.violations))"))
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_serious_and_nothing_too_wide(
    office: str, open_page: Open, axe: str, path: str, viewport: dict[str, int]
) -> None:
    page = open_page(office, path, viewport=viewport)
    assert serious(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("path", NAMING)
def test_the_pages_around_applications_are_plain_to_all(office: str, open_page: Open, axe: str, path: str) -> None:
    page = open_page(office, path, viewport=DESK)
    for viewport in (DESK, PHONE):
        page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
        assert serious(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_nothing_serious_on_a_decision_in_english(office: str, open_page: Open, axe: str, decision_path: str) -> None:
    assert serious(open_page(office, f"{decision_path}?lang=en"), axe) == []


def test_nothing_serious_on_an_error(office: str, open_page: Open, axe: str) -> None:
    assert serious(open_page(office, "/units/999999", fails=True), axe) == []


def test_pages_work_at_200_percent(office: str, open_page: Open) -> None:
    # 200 % zoom of a 1440 pixel window leaves 720 CSS pixels
    page = open_page(office, "/units/420600", viewport={"width": 720, "height": 450})
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    assert page.get_by_role("heading", name="襄阳市").is_visible()
