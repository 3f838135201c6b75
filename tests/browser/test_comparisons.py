"""Comparing files on a page, in a browser: chosen, ordered, worked out, understood on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import geopandas as gpd
import numpy as np
import pytest
from playwright.sync_api import Page, expect
from shapely import Point

from api.app import create_app
from api.jobs.comparison_orders import tell_and_work
from api.settings import Settings
from boundaries.comparisons.orders.service import Office
from data.access.model import operator
from data.accounts.tokens import issue_token
from data.blobs import FolderBlobs
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.server.cluster import Cluster
from tests import database
from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.test_accessibility import serious
from tests.integration.comparisons.test_orders import layers
from tests.samples.compared import bulged
from tests.samples.counter import Desk, account_of, fill, write
from tests.serving import serving


@pytest.fixture(scope="module")
def desk(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with database.clone(cluster, database.template(cluster, "counter", fill)) as url:
        engine = make_engine(url, pooled=False)
        yield Desk(engine, tmp_path_factory.mktemp("comparisons"))
        engine.dispose()


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    app = create_app(Settings(database_url=desk.engine.url.render_as_string(hide_password=False)))
    app.state.blobs = FolderBlobs(desk.folder / "attachments")
    with serving(app) as where:
        yield where
    app.state.databases.close()


@pytest.fixture(scope="module")
def keeper(desk: Desk) -> Mapping[str, Any]:
    """The boundary keeper signs in with a token."""
    with unit_of_work(desk.engine) as connection:
        issued = issue_token(
            connection, operator("cli:test"), account_of("keeper"), "test", lambda _: (), system_clock()
        )
    return {"extra_http_headers": {"Authorization": f"Bearer {issued.secret}"}}


def surveys(desk: Desk) -> dict[str, Path]:
    """The legal line with five markers, 甲县's survey of it, and 乙县's that takes 40 m of land and lacks a marker."""
    course, folder = desk.course(), desk.folder / "files"
    folder.mkdir()
    lines = {"legal": course, "a": course, "b": bulged(course, 40.0, (0.3, 0.5))}
    paths = {name: Path(write(parts, folder / f"{name}.gpkg")) for name, parts in lines.items()}
    whole = np.concatenate([np.asarray(part.coords) for part in course])
    places = [Point(at) for at in whole[np.linspace(5, len(whole) - 6, 5).astype(int)]]
    codes = [f"{number:03d}Q" for number in range(1, 6)]
    for name, least in (("legal", 0), ("b", 1)):
        frame = gpd.GeoDataFrame({"code": codes[least:]}, geometry=places[least:], crs=4490)
        paths[f"markers_{name}"] = folder / f"markers-{name}.gpkg"
        frame.to_file(paths[f"markers_{name}"])
    return paths


def ordered(page: Page, desk: Desk, files: Mapping[str, Path]) -> str:
    """Choose the files, send the form, let a worker do it; the address of the result."""
    for role, path in files.items():
        page.set_input_files(f"input[name={role}]", path)
    page.get_by_role("button", name="比对", exact=True).click()
    expect(page.locator("#order [role=status]")).to_be_visible()
    address = page.url.split("?")[0]
    office = Office(desk.engine, FolderBlobs(desk.folder / "attachments"), desk.clock)
    assert tell_and_work(office, UUID(address.rsplit("/", 1)[1]), None) == "done"
    return address


@pytest.mark.parametrize("kind", ["files", "units"])
def test_the_result_comes_by_itself_and_is_understood_on_a_desk_and_on_a_phone(
    kind: str, desk: Desk, address: str, keeper: Mapping[str, Any], open_page: Open, axe: str, shots: Path
) -> None:
    page = open_page(address, f"/comparisons/{kind}", **keeper)
    assert serious(page, axe) == []
    page.screenshot(path=shots / f"{kind}-form.png", full_page=True)
    result = ordered(page, desk, surveys(desk) if kind == "files" else layers(desk.folder / "layers"))
    # htmx asks again by itself
    expect(page.locator(".verdictwords").first).to_be_visible()
    expect(page.locator("svg.figure").first).to_be_visible()
    assert serious(page, axe) == []
    page.screenshot(path=shots / f"{kind}-result.png", full_page=True)
    narrow = open_page(address, result.removeprefix(address), viewport=PHONE, **keeper)
    assert serious(narrow, axe) == []
    assert narrow.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    narrow.screenshot(path=shots / f"{kind}-phone.png", full_page=True)
    english = open_page(address, result.removeprefix(address) + "?lang=en", viewport=DESK, **keeper)
    said = {"files": "Land in disagreement", "units": "given to different units"}[kind]
    expect(english.locator(".verdictwords").first).to_contain_text(said)
    english.emulate_media(media="print")
    expect(english.locator("svg.figure").first).to_be_visible()
