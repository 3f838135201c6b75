"""The patrol page in a real browser: without a network, killed, full, out of date; everything arrives, and once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, text

from api.app import create_app
from api.settings import Settings
from api.web.rendering import make_environment
from data.blobs import FolderBlobs
from data.clock import system_clock
from data.db import make_engine
from data.secrets import Keyring
from data.server.cluster import Cluster
from tests import database
from tests.accounts import add_person
from tests.browser import patrolling
from tests.browser.conftest import PHONE
from tests.browser.patrolling import Office, Phone, arrived, begun, observe, ready, sign_in
from tests.browser.test_accessibility import serious
from tests.browser.waiting import until
from tests.samples.patrol import add_markers, fill, line_and_markers
from tests.serving import serving

#: A day's work.
OBSERVATIONS = 20
#: Markers beside those of the sample, so that there are twenty.
MORE = tuple(range(12, 192, 12))


def _twenty(url: str) -> None:
    fill(url)
    engine = make_engine(url, pooled=False)
    try:
        add_markers(engine, MORE, first=6)
    finally:
        engine.dispose()


@dataclass
class Patrol:
    """A phone and a keeper of twenty markers, with an office to send to."""

    engine: Engine
    phone: Phone
    keeper: str
    codes: list[str]
    app: FastAPI | None = None
    office: Office | None = None

    def begin(self) -> Page:
        """Open the page, sign in, wait until it can do without a network."""
        page = self.phone.open("/account/sign-in?next=/patrol")
        sign_in(page, self.keeper)
        ready(page)
        expect(page.locator("#markers li")).to_have_count(len(self.codes))
        return page

    def network(self, there: bool) -> None:
        """Whether the phone has a network from now on."""
        assert self.phone.context is not None
        self.phone.context.set_offline(not there)

    def arrived(self) -> dict[str, int]:
        """How much of this keeper's is in the office's database."""
        return arrived(self.engine, self.keeper)


@pytest.fixture(scope="session")
def twenty_template(cluster: Cluster) -> str:
    return database.template(cluster, "patrol-twenty", _twenty)


@pytest.fixture(scope="module")
def twenty(cluster: Cluster, twenty_template: str) -> Iterator[Engine]:
    """The office's database, in which every test has a keeper of its own."""
    with database.clone(cluster, twenty_template) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def steady(twenty: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, FastAPI]]:
    """A server that nothing happens to."""
    home = tmp_path_factory.mktemp("home")
    app = create_app(Settings(database_url=twenty.url.render_as_string(hide_password=False)))
    app.state.keys, app.state.blobs = Keyring(home / "keys"), FolderBlobs(home / "blobs")
    with serving(app) as address:
        yield address, app


def _patrol(engine: Engine, phone: Phone, app: FastAPI | None = None, office: Office | None = None) -> Patrol:
    line, markers = line_and_markers(engine)
    keeper = add_person(engine, now=system_clock(), display_name="王五")
    patrolling.assign_line(engine, keeper, line)
    return Patrol(engine, phone, keeper, sorted(markers), app, office)


@pytest.fixture
def patrol(twenty: Engine, steady: tuple[str, FastAPI], chromium: Browser) -> Iterator[Patrol]:
    """A keeper whose phone forgets everything at the end."""
    address, app = steady
    phone = Phone(chromium, address)
    yield _patrol(twenty, phone, app)
    phone.close()


@pytest.fixture
def hardy(twenty: Engine, steady: tuple[str, FastAPI], chromium: Browser, tmp_path: Path) -> Iterator[Patrol]:
    """A keeper whose phone can be killed."""
    phone = Phone(chromium, steady[0], tmp_path / "phone")
    yield _patrol(twenty, phone)
    phone.close()


@pytest.fixture
def shaky(twenty: Engine, chromium: Browser, tmp_path: Path) -> Iterator[Patrol]:
    """A keeper whose office's server dies as soon as the third observation is in the database."""
    url = twenty.url.render_as_string(hide_password=False)
    with patrolling.office(url, tmp_path / "home", DIE_AFTER="3") as office:
        phone = Phone(chromium, office.address)
        yield _patrol(twenty, phone, office=office)
        phone.close()


def save(page: Page) -> None:
    page.get_by_role("button", name="保存", exact=True).click()


def count(page: Page, which: str, number: int) -> None:
    expect(page.locator(f"#{which}")).to_have_text(str(number), timeout=60_000)


def test_observations_made_without_a_network_and_killed_arrive_once(hardy: Patrol) -> None:
    codes = hardy.codes[:OBSERVATIONS]
    first = len(codes) * 3 // 5
    files = first + 2 * (len(codes) - first)
    page = hardy.begin()
    hardy.network(False)
    page.reload()
    begun(page)
    expect(page.locator("#net")).to_have_text("离线")
    row = page.locator("#markers").get_by_role("link", name=codes[-1]).element_handle()
    for code in codes[:first]:
        observe(page, code)
    count(page, "waiting", first)
    assert row.evaluate("row => row.isConnected"), "a tap on it while the list is drawn anew would be lost"
    hardy.phone.kill()
    page = hardy.phone.open(offline=True)
    begun(page)
    count(page, "waiting", first)
    for code in codes[first:]:
        observe(page, code, state="损坏" if code == codes[-1] else "完好", photos=2)
    count(page, "waiting", len(codes))
    assert hardy.arrived()["patrol_observation"] == 0
    hardy.network(True)
    # the browser that was killed has forgotten who was signed in; nothing else is forgotten
    expect(page.locator("#stopped")).to_contain_text("需要登录")
    count(page, "waiting", len(codes))
    page.locator("#sign-in").click()
    sign_in(page, hardy.keeper)
    count(page, "sent", len(codes))
    count(page, "waiting", 0)
    page.reload()
    begun(page)
    page.get_by_role("button", name="更新资料").click()
    count(page, "sent", len(codes))
    assert hardy.arrived() == {
        "patrol_observation": len(codes),
        "patrol_file": files,
        "patrol_observation_file": files,
        "inspection_finding": 1,
        "patrol_walk": 0,
    }


def test_a_server_that_dies_in_the_middle_of_a_batch_loses_and_doubles_nothing(shaky: Patrol) -> None:
    page = shaky.begin()
    shaky.network(False)
    for code in shaky.codes[:6]:
        observe(page, code)
    shaky.network(True)
    assert shaky.office is not None
    assert shaky.office.process is not None
    assert shaky.office.process.wait(timeout=120) == 1
    expect(page.locator("#stopped")).to_contain_text("没有网络")
    count(page, "waiting", 6)
    assert shaky.arrived()["patrol_observation"] == 3
    shaky.office.start()
    page.get_by_role("button", name="立即发送").click()
    count(page, "sent", 6)
    found = shaky.arrived()
    assert (found["patrol_observation"], found["patrol_file"], found["patrol_observation_file"]) == (6, 6, 6)


def installable(hardy: Patrol, page: Page) -> list[Any]:
    """What the browser has against installing the page as an application."""
    assert hardy.phone.context is not None
    session = hardy.phone.context.new_cdp_session(page)
    found: list[Any] = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    return found


def test_what_was_begun_is_there_after_a_kill_spoken_words_too(hardy: Patrol) -> None:
    page = hardy.begin()
    assert installable(hardy, page) == []
    hardy.network(False)
    code = hardy.codes[0]
    page.locator("#markers").get_by_role("link", name=code).click()
    page.get_by_role("radio", name="倾斜").check(force=True)
    page.locator("#photo").set_input_files([patrolling.PHOTO])
    expect(page.locator(".photos img")).to_have_count(1)
    page.get_by_role("button", name="录音", exact=True).click()
    page.get_by_role("button", name="停止录音").click()
    expect(page.locator("#voice audio")).to_be_visible()
    page.get_by_label("独立石").fill("15,5")
    page.get_by_label("备注").fill("向东倾斜")
    until(page, DRAFTED)
    hardy.phone.kill()
    page = hardy.phone.open(offline=True)
    begun(page)
    page.locator("#markers").get_by_role("link", name=code).click()
    expect(page.get_by_role("radio", name="倾斜")).to_be_checked()
    expect(page.get_by_label("备注")).to_have_value("向东倾斜")
    expect(page.locator(".photos img")).to_have_count(1)
    expect(page.locator("#voice audio")).to_be_visible()
    save(page)
    count(page, "waiting", 1)
    hardy.network(True)
    page.locator("#sign-in").click()
    sign_in(page, hardy.keeper)
    count(page, "sent", 1)
    found = hardy.arrived()
    assert (found["patrol_observation"], found["patrol_observation_file"]) == (1, 2)
    assert found["inspection_finding"] == 2  # it leans, and the distance to the stone is another


#: The last thing that was typed has reached the phone's disk.
DRAFTED = """() => new Promise((resolve) => {
    const open = indexedDB.open("diming-patrol");
    open.onsuccess = () => {
        const all = open.result.transaction("kept").objectStore("kept").getAll();
        all.onsuccess = () => resolve(all.result.some((one) => one.value.note === "向东倾斜"));
    };
})"""


#: What a browser does whose disk is full; it cannot be filled in a test.
FULL = """() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
    self.cleared = () => { IDBObjectStore.prototype.put = put; };
}"""


def test_a_full_phone_says_so_and_keeps_what_it_has(patrol: Patrol) -> None:
    page = patrol.begin()
    patrol.network(False)
    observe(page, patrol.codes[0])
    page.locator("#markers").get_by_role("link", name=patrol.codes[1]).click()
    page.get_by_role("radio", name="完好").check(force=True)
    page.evaluate(FULL)
    page.locator("#photo").set_input_files([patrolling.PHOTO])
    expect(page.locator("#form-error")).to_contain_text("存储空间已满")
    save(page)
    expect(page.locator("#form-error")).to_contain_text("存储空间已满")
    expect(page.locator("#waiting")).to_have_text("1")
    page.evaluate("self.cleared()")
    save(page)
    count(page, "waiting", 2)


def test_a_new_version_leaves_what_waits(patrol: Patrol, monkeypatch: pytest.MonkeyPatch) -> None:
    page = patrol.begin()
    patrol.network(False)
    observe(page, patrol.codes[0])
    assert patrol.app is not None
    pages = patrol.app.state.pages
    newer = replace(pages.assets, digest="000000000001")
    monkeypatch.setattr(pages, "assets", newer)
    monkeypatch.setattr(pages, "environment", make_environment(newer))
    patrol.network(True)
    count(page, "sent", 1)
    patrol.network(False)
    observe(page, patrol.codes[1])
    patrol.network(True)
    page.evaluate("navigator.serviceWorker.getRegistration('/patrol').then((found) => found.update())")
    page.get_by_role("button", name="现在更新").click()
    expect(page.locator("script[type=module][src*='000000000001']")).to_be_attached()
    begun(page)
    count(page, "sent", 2)
    assert patrol.arrived()["patrol_observation"] == 2


def test_another_keeper_on_the_same_phone_sends_nothing_of_the_first(patrol: Patrol) -> None:
    page = patrol.begin()
    patrol.network(False)
    observe(page, patrol.codes[0])
    other = add_person(patrol.engine, now=system_clock(), display_name="李四")
    assert patrol.phone.context is not None
    patrol.phone.context.clear_cookies()
    patrol.network(True)
    expect(page.locator("#sign-in")).to_be_visible()
    page.locator("#sign-in").click()
    sign_in(page, other)
    expect(page.locator("#outbox")).to_contain_text("另一个账户")
    assert patrol.arrived()["patrol_observation"] == 0
    patrol.phone.context.clear_cookies()
    page.reload()
    page.locator("#sign-in").click()
    sign_in(page, patrol.keeper)
    count(page, "sent", 1)
    assert patrol.arrived()["patrol_observation"] == 1


def test_the_code_on_a_marker_leads_to_it_with_and_without_a_network(patrol: Patrol) -> None:
    page = patrol.begin()
    code = patrol.codes[4]
    with patrol.engine.connect() as connection:
        marker = connection.scalar(text("SELECT marker_id FROM diming.marker_version WHERE code = :c"), {"c": code})
    for away in (False, True):
        if away:
            patrol.network(False)
        page.goto(f"{patrol.phone.address}/patrol/m/{marker}")
        expect(page.get_by_role("heading", level=2, name=f"界桩 {code}")).to_be_visible()
        expect(page.locator("#position")).to_contain_text("±6 m")
    page.goto(f"{patrol.phone.address}/patrol/m/00000000-0000-0000-0000-000000000000")
    expect(page.locator("#said")).to_contain_text("没有分配给您")


ENDS = text("""
    UPDATE diming.patrol_assignment SET end_on = :on, ended_by = :by, end_reason = :by
    WHERE account_id = (SELECT id FROM diming.account WHERE username = :keeper)
""")


def test_going_out_is_sent_and_what_is_refused_says_why(patrol: Patrol) -> None:
    page = patrol.begin()
    page.get_by_role("button", name="开始巡查").click()
    patrol.network(False)
    observe(page, patrol.codes[0])
    with patrol.engine.begin() as connection:
        connection.execute(ENDS, {"on": "2026-01-02", "by": "test", "keeper": patrol.keeper})
    page.get_by_role("button", name="结束巡查").click()
    patrol.network(True)
    count(page, "sent", 1)
    count(page, "refused", 1)
    expect(page.locator("#outbox li.refused")).to_contain_text("没有分配给您")
    assert (patrol.arrived()["patrol_walk"], patrol.arrived()["patrol_observation"]) == (1, 0)
    with patrol.engine.begin() as connection:
        connection.execute(ENDS, {"on": None, "by": None, "keeper": patrol.keeper})
    page.get_by_role("button", name="再次发送").click()
    count(page, "sent", 2)
    expect(page.locator("#refused-part")).to_be_hidden()


def test_every_part_can_be_used_by_everybody(patrol: Patrol, axe: str) -> None:
    page = patrol.begin()
    observe(page, patrol.codes[0], state="丢失")
    count(page, "sent", 1)
    assert serious(page, axe) == []
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Marker patrol")
    expect(page.locator("#outbox")).to_contain_text("not found")
    page.locator("#chart").get_by_role("button", name=f"Marker {patrol.codes[2]}").press("Enter")
    expect(page.get_by_role("heading", level=2, name=f"Marker {patrol.codes[2]}")).to_be_focused()
    assert serious(page, axe) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Choose the state of the marker first.")
    page.get_by_role("radio", name="intact").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    count(page, "sent", 2)


def test_who_is_not_signed_in_is_told_so(patrol: Patrol) -> None:
    page = patrol.phone.open()
    begun(page)
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("#markers")).to_contain_text("还没有界桩资料")


def test_the_office_s_pages_can_be_used_by_everybody(patrol: Patrol, chromium: Browser, axe: str) -> None:
    office = add_person(patrol.engine, ("boundary_keeper", "990100"), now=system_clock(), display_name="赵六")
    page = patrol.begin()
    observe(page, patrol.codes[0], state="丢失", note="只剩底座")
    count(page, "sent", 1)
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{patrol.phone.address}/account/sign-in?next=/patrol/plans")
    sign_in(page, office)
    for path in ("plans", "keepers", "attendance?lang=en", "observations?findings=true&lang=zh"):
        page.goto(f"{patrol.phone.address}/patrol/{path}")
        assert serious(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("[data-finding]").first.get_by_role("link", name="详情").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("丢失")
    assert serious(page, axe) == []
    context.close()
