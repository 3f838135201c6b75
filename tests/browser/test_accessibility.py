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
#: What passes is not described, element by element: that is most of the work on a long page.
AXE = "axe.run({resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations))"
WINDOWS = {"desk": DESK, "phone": PHONE}


def serious(page: Page, axe: str) -> list[str]:
    """Violations that axe calls serious or critical, each with where it is."""
    page.evaluate(axe)
    found = json.loads(page.evaluate(AXE))
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("path", [*PATHS, *NAMING])
def test_nothing_serious_and_nothing_too_wide(
    office: str, open_page: Open, axe: str, subtests: pytest.Subtests, path: str
) -> None:
    """One page for both widths: the server does not know how wide a window is, and loading costs more than looking."""
    page = open_page(office, path, viewport=DESK)
    for name, viewport in WINDOWS.items():
        page.set_viewport_size(viewport)
        with subtests.test(name):
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
