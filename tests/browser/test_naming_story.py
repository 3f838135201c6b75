"""The first story of naming.feature in a real browser: everybody at his own desk, from the form to the map service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.app import create_app
from api.settings import Settings
from data import audit
from data.accounts.sessions import Visitor, open_session
from data.db import make_engine, reading, unit_of_work
from data.server.cluster import Cluster
from tests import database
from tests.browser.test_accessibility import serious
from tests.filings import CITY_BUREAU, COUNTY_BUREAU, DEPARTMENT, Side
from tests.integration.applications.test_experts import pool
from tests.integration.naming.conftest import load_searchable
from tests.samples.applicants import CITY, COUNTY, NamingOffice
from tests.scale import LONG
from tests.serving import serving

NAME, HOMOPHONE = "晴砚路", "延河路"


@dataclass
class Desks:
    """A server of the county and its city, and a browser for each of the people in front of it."""

    side: Side
    address: str
    chromium: Browser
    axe: str
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    @property
    def office(self) -> NamingOffice:
        return self.side.office

    def at(self, who: str, path: str) -> Page:
        """The page that somebody has open, at an address; `public` is signed in as nobody."""
        if who not in self.contexts:
            self.contexts[who] = self.chromium.new_context()
            self.contexts[who].new_page()
        if who != "public":
            cookie = {"name": "diming_session", "value": self._session(who), "url": self.address}
            self.contexts[who].add_cookies([cookie])  # type: ignore[list-item]
        page = self.contexts[who].pages[0]
        answer = page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 200, (who, path, page.inner_text("main"))
        return page

    def _session(self, who: str) -> str:
        account = self.office.people[who].account_id
        assert account is not None
        with unit_of_work(self.office.engine) as connection:
            return open_session(connection, account, Visitor("127.0.0.1", "test"), self.office.now).secret

    def act(self, who: str, case: str, action: str, **fields: str) -> Page:
        """Take a step on the page of a case, as its form asks for it."""
        page = self.at(who, case)
        chosen = f"form[method=post][action*='/actions/{action}']"
        form = page.locator(chosen).first
        if fields:
            page.locator(f"details.does:has({chosen}) summary").first.click()
        for name, value in fields.items():
            entry = form.locator(f"[name='f.{name}']")
            entry.select_option(value) if entry.evaluate("e => e.tagName") == "SELECT" else entry.fill(value)
        form.locator("button[value=stay]").click()
        expect(page.locator(".note.info[role=status]").first).to_be_visible()
        return page


@pytest.fixture
def desks(cluster: Cluster, chromium: Browser, axe: str, tmp_path: Path) -> Iterator[Desks]:
    with database.clone(cluster, database.template(cluster, "invented_searchable", load_searchable)) as url:
        engine = make_engine(url, pooled=False)
        side = Side(NamingOffice(engine), tmp_path)
        for bureau, unit in ((COUNTY_BUREAU, COUNTY), (CITY_BUREAU, CITY)):
            side.enter(bureau, DEPARTMENT, unit)
            side.make_key(bureau)
        app = create_app(Settings(database_url=url))
        app.state.casework, app.state.clock = side.office.casework, lambda: side.office.now
        app.state.blobs, app.state.signing_keys = side.blobs, side.keys
        with serving(app) as address:
            one = Desks(side, address, chromium, axe)
            yield one
            for context in one.contexts.values():
                context.close()
        engine.dispose()


def applies(desks: Desks, paper: Path) -> str:
    """The developer fills the form; a homophone is found while the name is typed. The address of the case."""
    page = desks.at("developer", "/apply")
    page.wait_for_selector("[data-draw][data-state=ready]", timeout=90_000)
    page.select_option("#a-class", "STREET")
    page.fill("#a-within", "990121100")
    page.fill("#a-points", "110.04, 30.04\n110.06, 30.05")
    draws(page)
    page.fill("#a-names", f"{HOMOPHONE}\n听砚路")
    expect(page.locator("#apply-found")).to_contain_text("沿河路")
    expect(page.locator("#apply-found")).to_contain_text("甘棠县人民政府")
    page.fill("#a-meaning", "砚州之砚，取晴日临池之意。")
    page.fill("#a-reason", "新建道路（虚构）")
    page.fill("#a-applicant_name", "示例开发公司（虚构）")
    page.select_option("#a-applicant_sort", "company")
    page.set_input_files("#a-file", paper)
    page.select_option("#a-paper", "application")
    page.click("button[value=send]")
    page.wait_for_url("**/cases/DM-*")
    return page.url.removeprefix(desks.address).partition("?")[0]


def draws(page: Page) -> None:
    """The map shows what was typed, takes a point from the keyboard, and gives one back."""
    said = page.locator("[data-drawn]")
    expect(said).to_have_text("已画 2 点")
    page.locator("[data-add]").press("Enter")
    expect(said).to_have_text("已画 3 点")
    page.click("[data-undo]")
    expect(page.locator("#a-points")).to_have_value("110.040000, 30.040000\n110.060000, 30.050000")


def answers(desks: Desks, case: str) -> None:
    """The clerk asks for everything at once; the developer applies for another name and answers what was asked."""
    desks.act("clerk", case, "ask_corrections")
    desks.act("developer", case, "change_names", names=f"{NAME}\n听砚路")
    page = desks.at("developer", f"{case}?tab=findings")
    while page.locator("form[action*='/actions/answer_finding']").count():
        item = page.locator("details.cure:has(form[action*='/actions/answer_finding'])").first
        item.locator("summary").click()
        item.locator("textarea").fill("已改报其他地名（虚构）")
        before = page.locator("form[action*='/actions/answer_finding']").count()
        item.locator("button").click()
        expect(page.locator("form[action*='/actions/answer_finding']")).to_have_count(before - 1)
    desks.act("developer", case, "resubmit")


def settles(desks: Desks, case: str) -> None:
    """The clerk settles what stands open, with a reason."""
    page = desks.at("clerk", f"{case}?tab=findings")
    while (count := page.locator("form[action*='/actions/settle_finding']").count()) > 0:
        item = page.locator("details.cure:has(form[action*='/actions/settle_finding'])").first
        item.locator("summary").click()
        item.locator("input[name='f.reason']").fill("已经改报（虚构）")
        item.locator("button").click()
        expect(page.locator("form[action*='/actions/settle_finding']")).to_have_count(count - 1)


def hears(desks: Desks, case: str) -> None:
    """An evaluation, three experts from the pool, and the public for thirty days."""
    texts = dict.fromkeys(("legality", "feasibility", "control", "impact", "risks", "measures"), "无（虚构）")
    desks.act("reviewer", case, "evaluate", **texts)
    page = desks.act("reviewer", case, "draw_experts", number="3")
    page.locator("table.proposal a[href*='/experts/draws/']").click()
    chosen = [name for name in ("e1", "e2", "e3", "e4") if votes(desks, name, case)]
    assert len(chosen) == 3
    desks.act("reviewer", case, "report_experts", minutes="逐一讨论（虚构）", conclusion="同意首选名")
    page = desks.act("reviewer", case, "open_consultation", asked_by=COUNTY_BUREAU, closes_on="2026-04-01")
    path = page.locator("table.proposal a[href*='/consultations/']").get_attribute("href")
    assert path is not None
    speaks(desks, path)
    desks.office.forward(days=31)
    desks.act("reviewer", case, "report_consultation", handled="赞成一件，没有反对（虚构）")


def votes(desks: Desks, who: str, case: str) -> bool:
    """Whether this expert was called; he votes for it then."""
    page = desks.contexts["reviewer"].pages[0]
    # by the whole cell: a hash beside it may have e1 in it too
    row = page.locator("tr", has=page.get_by_role("cell", name=who, exact=True))
    if not row.locator(".badge.done").count():
        return False
    mine = desks.at(who, f"{case}?tab=opinions")
    mine.locator("details.add:has(form[action*='/actions/vote']) summary").click()
    form = mine.locator("form[action*='/actions/vote']")
    form.locator("select").select_option("for")
    form.locator("button").click()
    expect(mine.locator(".note.info[role=status]").first).to_be_visible()
    return True


def speaks(desks: Desks, path: str) -> None:
    """Somebody of the public is for it."""
    page = desks.at("public", path)
    assert serious(page, desks.axe) == []
    page.check("input[value=support]")
    page.click("button:has-text('提交')")
    expect(page.locator(".note.done[role=status]")).to_be_visible()


@pytest.mark.skipif(not LONG, reason="half a minute; the story runs over HTTP every time")
def test_a_street_from_the_form_to_the_map_service(desks: Desks, tmp_path: Path) -> None:
    pool(desks.office)
    paper = tmp_path / "申请书.txt"
    paper.write_text("申请书（虚构）", encoding="utf-8")
    case = applies(desks, paper)
    expect(desks.at("reviewer", case).locator(".around table")).to_contain_text("沿河路")
    answers(desks, case)
    settles(desks, case)
    desks.act("clerk", case, "accept")
    hears(desks, case)
    desks.act("reviewer", case, "propose")
    desks.act("mayor", case, "approve", type_code="23514", doc_no="演示〔2026〕7号")
    public = desks.at("public", f"/search?q={NAME}")
    expect(public.locator("main")).not_to_contain_text("Qingyan Lu")
    files(desks, case)
    desks.act("publisher", case, "announce", authority=COUNTY_BUREAU, position="东起甲路，西至乙路（虚构）")
    seen(desks)
    counted(desks)


def counted(desks: Desks) -> None:
    """The statistics know it, and fit a phone: their charts are moved aside instead of the page."""
    page = desks.at("reviewer", "/statistics/applications?since=2000-01-01&until=2099-12-31&within=990121")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("svg.bars").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def files(desks: Desks, case: str) -> None:
    """The county's department sends, the city's acknowledges in its own list."""
    desks.act("filing", case, "send_filing")
    desks.side.deliver()
    page = desks.at("filing", "/filings")
    page.locator("main a[href*='/filings/in/']").first.click()
    page.locator("form[action*='acknowledge'] button").first.click()
    expect(page.locator("main")).to_contain_text("已备案")
    desks.side.deliver()


def seen(desks: Desks) -> None:
    """Notice, search and feed know it, and the audit chain is whole."""
    public = desks.at("public", "/notices")
    expect(public.locator("main")).to_contain_text(NAME)
    public = desks.at("public", f"/search?q={NAME}")
    expect(public.locator("main")).to_contain_text("Qingyan Lu")
    changes = public.request.get(f"{desks.address}/v1/changes?since=0").json()["items"]
    assert [(c["collection"], c["kind"]) for c in changes] == [("decisions", "insert"), ("places", "insert")]
    with reading(desks.office.engine) as connection:
        assert audit.verify(connection)[1] is None
