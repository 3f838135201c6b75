"""A real browser on a real server with the demonstration's register: once as staff, once as the public.

Every page opened by a test is watched: a console message, a script error or a
request to any other host fails the test that opened it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from api.web.settings import WebSettings
from data.server.cluster import Cluster
from tests import database
from tests.accounts import keys, register
from tests.registers import demonstration_template
from tests.serving import serving

#: Fixtures of accounts, for the tests of their pages.
__all__ = ["keys", "register"]

#: WebGL in software, so that the map is drawn on a machine without a graphics card.
CHROMIUM = [
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-sandbox",
    # pages are painted by the processor in any case: without the detour over the software card in a tenth less time
    "--disable-gpu-rasterization",
]
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

Open = Callable[..., Page]

# A machine that runs several suites at once is slow; a page that is wrong stays wrong.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def register_url(cluster: Cluster) -> Iterator[str]:
    """The demonstration's register, a copy for this worker."""
    with database.clone(cluster, demonstration_template(cluster)) as url:
        yield url


@pytest.fixture(scope="session")
def office(register_url: str) -> Iterator[str]:
    """Address of a server whose visitors on this machine are staff."""
    with serving(create_app(Settings(database_url=register_url, demonstration=True))) as address:
        yield address


@pytest.fixture(scope="session")
def public(register_url: str) -> Iterator[str]:
    """Address of a server whose visitors are the public."""
    with serving(create_app(Settings(database_url=register_url))) as address:
        yield address


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from the locked browser libraries."""
    return (WebSettings().libraries() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    executable = shutil.which("chromium")
    assert executable, "Chromium is not installed; ./diming test installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM)
        yield browser
        browser.close()


class Watch:
    """What a page did that no page of ours may do."""

    def __init__(self, page: Page, address: str) -> None:
        self.seen: list[str] = []
        self.address = address
        self.expected_failure = False
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"script error: {error}"))
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        # Chromium itself reports a page that answers with an error status.
        if not (self.expected_failure and "Failed to load resource" in message.text):
            self.seen.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.seen.append(f"outside request: {request.url}")


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    """Opens a path of a server in a context of its own and watches it until the test ends."""
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def open_path(address: str, path: str, *, fails: bool = False, **options: Any) -> Page:
        context = chromium.new_context(viewport=options.pop("viewport", DESK), **options)
        contexts.append(context)
        page = context.new_page()
        watch = Watch(page, address)
        watch.expected_failure = fails
        watches.append(watch)
        page.goto(address + path)
        return page

    yield open_path
    seen = [line for watch in watches for line in watch.seen]
    for context in contexts:
        context.close()
    assert seen == []


def map_ready(page: Page) -> None:
    """Wait until the map has drawn what it was asked for."""
    page.wait_for_selector("[data-map][data-state=ready]", timeout=90_000)


@pytest.fixture(scope="session")
def decision_path(register_url: str) -> str:
    """Address of the page of 国函〔2010〕129号."""
    from data.db import make_engine, reading
    from data.decisions import list_decisions

    engine: Engine = make_engine(register_url)
    with reading(engine) as connection:
        found = list_decisions(connection, q="国函〔2010〕129号")["items"]
    engine.dispose()
    return f"/decisions/{found[0]['id']}"


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for pictures that a person may want to look at."""
    return tmp_path_factory.mktemp("shots")
