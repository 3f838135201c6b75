"""The second route in a real browser, from the plan of the round to its filing: everybody at his own desk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine, text

from boundaries.comparisons.working import compare_batch
from boundaries.network.service import run_of
from boundaries.submissions.checking import check_submission
from boundaries.submissions.service import Counter
from data.accounts.sessions import Visitor, open_session
from data.db import Audience, make_engine, reading, unit_of_work
from data.server.cluster import Cluster
from tests import database
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import serious
from tests.samples import boundary_office as sample
from tests.samples.compared import bulged
from tests.samples.counter import WAITING, write
from tests.samples.office import Office
from tests.samples.serving import office_app
from tests.scale import LONG
from tests.serving import serving

ASKED = text("SELECT DISTINCT batch_id FROM diming.comparison WHERE state = 'waiting'")
ROUND = {
    "within": "990100", "number": "5", "title": "第五轮县级界线联检（虚构）", "basis": "示云民〔2026〕3号",
    "begins_on": "2026-03-02",
    "plan": "2026-04-01", "office": "2026-05-01", "field": "2026-09-01", "report": "2026-12-01",
}  # fmt: skip
BEFORE = date(2026, 3, 1)
#: The library that draws maps.
MAPS = "**/lib/maplibre-gl*.mjs"


@dataclass
class Offices:
    """A server of the invented counties, and a browser for each of the people in front of it."""

    office: Office
    engine: Engine
    folder: Path
    address: str
    chromium: Browser
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def page(self, who: str) -> Page:
        """The page that somebody has open; `public` is signed in as nobody."""
        if who not in self.contexts:
            self.contexts[who] = self.chromium.new_context()
            if not LONG:  # drawing a map without a graphics card takes longer than all else; the lists are beside it
                self.contexts[who].route(MAPS, lambda route: route.abort())
            self.contexts[who].new_page()
            if who != "public":
                cookie = {"name": "diming_session", "value": self._session(who), "url": self.address}
                self.contexts[who].add_cookies([cookie])  # type: ignore[list-item]
        return self.contexts[who].pages[0]

    def _session(self, who: str) -> str:
        account = self.office[who].account_id
        assert account is not None
        with unit_of_work(self.engine) as connection:
            return open_session(connection, account, Visitor("127.0.0.1", "test"), self.office.clock()).secret

    def at(self, who: str, path: str) -> Page:
        page = self.page(who)
        answer = page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 200, (who, path, page.inner_text("main"))
        return page

    def act(self, who: str, case: str, action: str, **fields: str) -> None:
        """Take a step on the page of a case, as its form asks for it."""
        page = self.at(who, case)
        form = page.locator(f"form[method=post][action*='/actions/{action}']").first
        if fields:
            page.locator(f"details.does:has(form[method=post][action*='/actions/{action}']) summary").first.click()
        for name, value in fields.items():
            entry = form.locator(f"[name='f.{name}']")
            entry.select_option(value) if entry.evaluate("e => e.tagName") == "SELECT" else entry.fill(value)
        form.locator("button[value=stay]").click()
        expect(page.locator(".note.info[role=status]").first).to_be_visible()

    def course(self, day: date | None = None) -> object:
        with reading(self.engine) as connection:
            (segment,) = run_of(connection, sample.line_between(self.engine), day, Audience.STAFF).state().values()
        return segment.geometry


@pytest.fixture
def offices(cluster: Cluster, chromium: Browser, tmp_path: Path) -> Iterator[Offices]:
    with database.clone(cluster, database.template(cluster, "boundary_office", sample.fill)) as url:
        engine = make_engine(url, pooled=False)
        office = sample.open_office(engine, tmp_path)
        app = office_app(office, tmp_path / "papers")
        end = threading.Event()
        thread = threading.Thread(target=worker, args=(engine, office, tmp_path, end), daemon=True)
        thread.start()
        with serving(app) as address:
            one = Offices(office, engine, tmp_path, address, chromium)
            yield one
            for context in one.contexts.values():
                context.close()
        end.set()
        thread.join(60)
        app.state.databases.close()
        engine.dispose()


def worker(engine: Engine, office: Office, folder: Path, end: threading.Event) -> None:
    """Check and compare what waits, until told to end: what the queue's worker does, without the queue."""
    blobs = sample.papers_below(folder)
    while not end.wait(0.2):
        with reading(engine) as connection:
            submissions = connection.execute(WAITING).scalars().all()
            batches = connection.execute(ASKED).scalars().all()
        for submission in submissions:
            check_submission(Counter(engine, blobs, office.clock), submission)
        for batch in batches:
            compare_batch(engine, blobs, batch, lambda *_: None)


def plan_and_begin(offices: Offices) -> tuple[str, str]:
    """The round with its lines, the inspection of 甲乙线 begun; addresses of the inspection and of its case."""
    page = offices.at("city", "/rounds")
    page.locator("details:has(form[method=post][action$='/rounds']) summary").click()
    for name, value in ROUND.items():
        page.fill(f"[name='f.{name}']", value)
    page.click("form[method=post][action$='/rounds'] button[type=submit]")
    expect(page.locator("table.inspectionlist")).to_be_visible()
    line = sample.line_between(offices.engine)
    with reading(offices.engine) as connection:
        inspection = connection.execute(
            text("SELECT id FROM diming.inspection WHERE line_id = :line"), {"line": line}
        ).scalar_one()
    page.locator(f"table a[href*='/inspections/{inspection}']").click()
    for side, who in (("left", "sample.yi"), ("right", "sample.jia")):
        page.fill(f"[name='f.{side}_office']", sample.OFFICES[side])
        page.fill(f"[name='f.{side}_members']", who)
    page.click("form[method=post][action$='/begin'] button[type=submit]")
    case = page.locator(".identity a[href*='/cases/']").get_attribute("href")
    assert case is not None
    return f"/inspections/{inspection}", case


def answer_everything(offices: Offices, who: str, inspection: str) -> None:
    page = offices.at(who, inspection)
    for number in range(page.locator("form.taskform").count()):
        form = page.locator("form.taskform").nth(number)
        for choice in form.locator("select[name^='f.result.']").all():
            choice.select_option("in_order")
        form.locator("button.quiet").first.click()
        expect(page.locator(".note.done")).to_be_visible()


def hand_in(offices: Offices, who: str, side: str, west_m: float) -> None:
    path = write(bulged([offices.course()], -west_m, (0.3, 0.5)), offices.folder / f"{who}.gpkg")  # type: ignore[list-item]
    page = offices.at(who, "/counter")
    page.set_input_files("#file", path)
    page.fill("#line", str(sample.line_between(offices.engine)))
    page.select_option("#side", side)
    page.click(".counterform button[type=submit]")
    page.wait_for_url("**/counter/*-*-*", timeout=60_000)
    expect(page.locator(".verdictwords")).to_contain_text("可以进入联检比对", timeout=60_000)


def compare_and_open(offices: Offices) -> str:
    """Both surveys beside each other, their findings taken over, a dispute opened of the land that both claim."""
    page = offices.at("city", "/comparisons")
    page.click("form[method=post][action$='/comparisons'] button[type=submit]")
    expect(page.locator("h2#found")).to_be_visible(timeout=120_000)
    expect(page.locator("ol.findings")).to_contain_text("双方均主张")
    page.click("button[name=all]")
    page.locator("li:has-text('双方均主张') a[href*='/disputes/new']").first.click()
    page.check("input[name='f.route'][value=unclear]")
    for box in page.locator("input[type=checkbox][name=finding]").all():
        box.check()
    page.fill("[name='f.summary']", "山脊一段从未明确")
    for side, who in (("left", "sample.yi"), ("right", "sample.jia")):
        page.fill(f"[name='f.{side}_office']", sample.OFFICES[side])
        page.fill(f"[name='f.{side}_members']", who)
    page.click("form[method=post][action$='/disputes'] button[type=submit]")
    page.wait_for_url("**/disputes/UD-*")
    return page.url.removeprefix(offices.address)


def looked_at(page: Page, axe: str, picture: Path) -> None:
    """The long run keeps a picture and asks whether everybody can use it; `test_inspections.py` does every time."""
    if LONG:
        page.screenshot(path=picture, full_page=True)
        assert serious(page, axe) == []


def test_the_second_route_to_its_end(offices: Offices, shots: Path, axe: str) -> None:
    before = offices.course()
    inspection, case = plan_and_begin(offices)
    offices.act("city", case, "begin_office", plan="双方各派两人")
    answer_everything(offices, "jia", inspection)
    offices.act("jia", case, "finish_office")
    answer_everything(offices, "yi", inspection)
    offices.act("jia", case, "draw_up", conclusion="界线总体清楚，山脊一段另行处理。")
    for who in ("jia", "yi"):
        offices.act(who, case, "sign")
    hand_in(offices, "jia", "right", 0.0)
    hand_in(offices, "yi", "left", 40.0)

    dispute = compare_and_open(offices)
    page = offices.at("jia", dispute)
    expect(page.locator("ol.findings li").first).to_contain_text("m²")
    looked_at(page, axe, shots / "dispute.png")
    disputed = page.locator(".identity a[href*='/cases/']").get_attribute("href") or ""
    offices.act("city", disputed, "keep_peace", measures="双方维持现状")
    evidence = {"class": "line_confirmed_before", "title": "1986年盖章的边界线地图"}
    offices.act("jia", disputed, "enter_evidence", **evidence)
    page = offices.at("jia", dispute)
    page.locator("input[name=claim][value$=':left']").first.check()
    page.click("form[method=post][action$='/courses'] button[type=submit]")
    expect(page.locator("#courses ~ ol li")).to_have_count(1)
    terms = {"agreement_no": "甲乙界协〔2026〕1号", "villages": "no", "terms": "以附图所示山脊线为界"}
    offices.act("jia", disputed, "draft_agreement", **terms)
    for who in ("jia", "yi"):
        offices.act(who, disputed, "sign")
    assert offices.course() == before
    offices.act("city", disputed, "enter")
    page = offices.at("yi", dispute)
    expect(page.locator(".identity")).to_contain_text("甲乙界协〔2026〕1号")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    looked_at(page, axe, shots / "dispute-phone.png")

    offices.act("city", case, "report")
    offices.act("filer", case, "file")
    public = offices.at("public", inspection)
    expect(public.locator("main")).to_contain_text("2026-03-02")
    line = f"/lines/{sample.line_between(offices.engine)}"
    expect(offices.at("public", line).locator("main")).to_contain_text("甲乙界协〔2026〕1号")
    yesterday = offices.at("public", f"{line}?as_of={BEFORE}")
    expect(yesterday.locator(".band.past")).to_be_visible()
    expect(yesterday.locator(".identity")).not_to_contain_text("甲乙界协〔2026〕1号")
    assert offices.course() != before
    assert offices.course(BEFORE) == before
    closed = public.goto(offices.address + dispute)
    assert closed is not None
    assert closed.status in (401, 403)
