"""The pages of signs in a real browser: the plate of a street on its page, the inventory with its map."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import httpx
import pytest
from playwright.sync_api import ViewportSize, expect

from api.app import create_app
from api.settings import Settings
from data.db import make_engine
from data.server.cluster import Cluster
from geonames.signs.importing import Table, import_signs
from tests import database
from tests.browser.conftest import DESK, PHONE, Open, map_ready
from tests.browser.test_accessibility import serious
from tests.integration.signs.test_inventory import FIRST, KEEPER, STREET, add_streets, document
from tests.samples import named_places as counties
from tests.serving import serving

ENGLISH = "lang=en"


@pytest.fixture(scope="module")
def signed(cluster: Cluster) -> Iterator[str]:
    """Address of a server of the invented county, whose visitors are staff: a renamed street and its six signs."""
    with database.clone(cluster, database.migrated_template(cluster)) as url:
        engine = make_engine(url, pooled=False)
        counties.invent(engine)
        add_streets(engine)
        table = Table(FIRST.encode(), "990121", date(2010, 1, 1))
        assert import_signs(engine, KEEPER, table, document())["written"] == 6
        engine.dispose()
        with serving(create_app(Settings(database_url=url, demonstration=True))) as address:
            yield address


@pytest.mark.parametrize(
    "path",
    [f"/places/{STREET}", f"/places/{STREET}?{ENGLISH}", "/signs", f"/signs?{ENGLISH}", "/signs/LP-1", "/signs/orders"],
)
def test_a_phone_shows_streets_and_signs_without_moving_sideways(
    signed: str, open_page: Open, axe: str, path: str
) -> None:
    if path.endswith("LP-1"):
        found = httpx.get(f"{signed}/v1/signs", params={"place": str(STREET)}).json()
        path = f"/signs/{found['items'][0]['id']}"
    page = open_page(signed, path, viewport=PHONE)
    expect(page.locator("main")).to_contain_text("沿河路")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert serious(page, axe) == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_numbers_of_signs_fit_and_lead_to_the_signs(
    signed: str, open_page: Open, axe: str, viewport: ViewportSize, language: str
) -> None:
    page = open_page(signed, f"/signs/counts?within=990121&day=2012-01-01&lang={language}", viewport=viewport)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert serious(page, axe) == []
    page.locator("main a[href*='state=damaged']").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    expect(page.locator("main tbody tr")).to_contain_text("LP-4")


def test_the_map_of_the_inventory_and_its_table_choose_the_same_sign(signed: str, open_page: Open) -> None:
    page = open_page(signed, "/signs", viewport=DESK)
    map_ready(page)
    row = page.locator("tbody tr", has_text="LP-2")
    row.locator("td").last.click()
    expect(row).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-caption] code")).to_have_text("LP-2")
    expect(page.locator("[data-caption] [data-open]")).to_have_attribute(
        "href", row.locator("a").first.evaluate("a => a.href")
    )
    assert "unit=" not in page.url


def test_a_street_lists_its_signs_beside_its_name(signed: str, open_page: Open) -> None:
    page = open_page(signed, f"/places/{STREET}", viewport=DESK)
    rows = page.locator("#signs tbody tr")
    assert rows.count() == 5
    expect(rows.first).to_contain_text("LP-1")
    expect(rows.first).to_contain_text("仍为旧名")
    page.locator("#signs header a").click()
    assert f"place={STREET}" in page.url
