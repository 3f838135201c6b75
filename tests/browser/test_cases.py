"""The desk, a case, its procedure and the audit in a browser: with and without scripts, on a phone, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.accounts.sessions import Visitor, open_session
from data.db import unit_of_work
from data.ids import new_id
from data.server.cluster import Cluster
from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.test_accessibility import serious
from tests.samples import serving as samples
from tests.samples.caseload import Caseload, stored
from tests.samples.office import ADD_GRANT, Office

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])

#: Opens a path as somebody of the office.
Come = Callable[..., Page]


@pytest.fixture(scope="module")
def case_office(cluster: Cluster) -> Iterator[Office]:
    with samples.filled_engine(cluster) as engine:
        found = samples.filled_office(engine)
        with unit_of_work(engine) as connection:
            auditor = found["everything"].account_id
            connection.execute(ADD_GRANT, {"id": new_id(), "account": auditor, "role": "auditor", "unit": None})
        yield found


@pytest.fixture(scope="module")
def load(case_office: Office) -> Caseload:
    return stored(case_office.casework.engine)


@pytest.fixture(scope="module")
def server(case_office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    papers: Path = samples.copied_papers(tmp_path_factory.mktemp("papers"))
    with samples.office_server(case_office, papers) as address:
        yield address


@pytest.fixture
def come(case_office: Office, server: str, open_page: Open) -> Come:
    def open_as(who: str, path: str, **options: object) -> Page:
        page = open_page(server, "/favicon.ico", **options)
        account = case_office[who].account_id
        assert account is not None
        with unit_of_work(case_office.casework.engine) as connection:
            secret = open_session(connection, account, Visitor(), case_office.clock()).secret
        page.context.add_cookies([{"name": "diming_session", "value": secret, "url": server}])
        page.goto(server + path)
        return page

    return open_as


@pytest.mark.parametrize(("viewport", "language"), [(DESK, "zh"), (PHONE, "en")], ids=["desk, zh", "phone, en"])
def test_nothing_serious_and_nothing_too_wide(
    come: Come, load: Caseload, axe: str, viewport: dict[str, int], language: str
) -> None:
    page = come("everything", "/desk", viewport=viewport)
    cases = [f"/cases/{load.number('findings')}?tab={tab}" for tab in ("findings", "documents", "history")]
    cases += [f"/cases/{load.number('review')}?tab=opinions&queue=1"]
    chosen = f"/desk/many?action=accept&case={load.id('new13')}&case={load.id('without_paper')}"
    for path in ("/desk", chosen, *cases, "/procedures", "/procedures/sample.lamp_post", "/audit", "/audit/5"):
        page.goto(f"{server_of(page)}{path}{'&' if '?' in path else '?'}lang={language}")
        assert serious(page, axe) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path


def server_of(page: Page) -> str:
    return page.url.partition("/desk")[0].partition("/cases")[0].partition("/procedures")[0].partition("/audit")[0]


@pytest.mark.parametrize(
    ("scripts", "viewport"), [(True, DESK), (False, PHONE)], ids=["scripts at the desk", "no scripts on the phone"]
)
def test_a_case_is_worked_on_from_the_desk_and_the_next_one_comes(
    come: Come, load: Caseload, scripts: bool, viewport: dict[str, int]
) -> None:
    page = come("clerk", "/desk?state=submitted&whose=unassigned", viewport=viewport, java_script_enabled=scripts)
    page.locator("a[data-open]").nth(2).click()
    title = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="受理，转下一件").click()
    expect(page.get_by_role("status")).to_contain_text("已办理")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(title)
    assert "state=submitted" in page.url
    assert "whose=unassigned" in page.url
    page.locator(".onward").get_by_role("link", name="回到我的办件").click()
    expect(page.locator("main")).not_to_contain_text(title)


@BOTH
def test_a_finding_is_recorded_and_the_tab_keeps_its_place(come: Come, load: Caseload, scripts: bool) -> None:
    page = come("clerk", f"/cases/{load.number('without_paper')}?tab=findings", java_script_enabled=scripts)
    page.get_by_text("记录问题").first.click()
    message = f"没有申请书（{'有' if scripts else '无'}脚本）"
    page.locator("#find-message").fill(message)
    page.locator("#find-rule").fill("示例规则")
    page.get_by_role("button", name="记录问题").click()
    expect(page.locator(".findings")).to_contain_text(message)
    assert "tab=findings" in page.url
    page.locator(".tabs").get_by_role("link", name="经过").click()
    expect(page.locator(".steps")).to_contain_text("记录问题")


@BOTH
def test_a_document_is_handed_in_and_looked_at(come: Come, load: Caseload, tmp_path: Path, scripts: bool) -> None:
    paper = tmp_path / f"补充说明{'一' if scripts else '二'}.txt"
    paper.write_text("此处另有一座旧灯杆。", "utf-8")
    path = f"/cases/{load.number('without_paper')}?tab=documents"
    page = come("applicant", path, java_script_enabled=scripts)
    page.locator("#file").set_input_files(paper)
    page.get_by_role("button", name="提交附件").click()
    expect(page.get_by_role("status")).to_contain_text("提交附件")
    page.get_by_role("link", name=paper.name).click()
    expect(page.locator(".preview pre")).to_contain_text("旧灯杆")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == paper.name
    assert Path(download.value.path()).read_text("utf-8") == "此处另有一座旧灯杆。"


def test_a_page_of_a_pdf_is_shown(come: Come, load: Caseload) -> None:
    page = come("clerk", f"/cases/{load.number('new13')}?tab=documents")
    page.locator(".papers a").first.click()
    picture = page.locator(".preview img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1000


def test_two_browsers_decide_and_the_second_is_told_and_loses_no_word(come: Come, load: Caseload) -> None:
    path = f"/cases/{load.number('findings')}?tab=findings"
    first, second = come("clerk", path), come("everything", path, fails=True)
    second.get_by_text("记录问题").first.click()
    second.locator("#find-message").fill("还缺一份证明，说明见后。")
    second.locator("#find-rule").fill("示例规则")
    first.locator(".stepbar").get_by_role("button", name="一次性告知补正").click()
    expect(first.get_by_role("status")).to_contain_text("一次性告知补正")
    second.get_by_role("button", name="记录问题").click()
    told = second.get_by_role("alert")
    expect(told).to_contain_text("case_changed")
    expect(told).to_contain_text("一次性告知补正")
    expect(told).to_contain_text("受理员丙")
    expect(told).to_contain_text("还缺一份证明，说明见后。")


def test_a_double_click_and_going_back_have_one_effect(come: Come, case_office: Office, load: Caseload) -> None:
    page = come("clerk", f"/cases/{load.number('new12')}")
    page.locator(".stepbar").get_by_role("button", name="受理", exact=True).dblclick()
    expect(page.get_by_role("status")).to_contain_text("受理")
    page.go_back()
    page.reload()
    expect(page.locator(".badges")).to_contain_text("审查中")
    page.goto(f"{server_of(page)}/cases/{load.number('new12')}?tab=history")
    expect(page.locator(".steps > li")).to_have_count(2)


def test_the_desk_by_keyboard(come: Come, load: Caseload) -> None:
    page = come("clerk", "/desk")
    first, second = page.locator("a[data-open]").nth(0), page.locator("a[data-open]").nth(1)
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("tr[data-row]").first.locator("input[type=checkbox]")).to_be_checked()
    page.locator("#dq").focus()
    page.keyboard.type("jk")
    expect(page.locator("#dq")).to_have_value("jk")
    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("灯杆")


@BOTH
def test_several_cases_at_once(come: Come, load: Caseload, scripts: bool) -> None:
    wanted = ("new11", "without_paper") if scripts else ("new13", "without_paper")
    page = come("clerk", "/desk", java_script_enabled=scripts)
    for what in wanted:
        page.get_by_label(f"选择 {load.number(what)}").check()
    page.get_by_role("button", name="办理所选").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 件")
    page.get_by_role("button", name="受理 2 件").click()
    expect(page.get_by_role("status")).to_have_text("已办 1 件，未办 1 件。")


def test_what_is_drawn_leads_to_its_rows(come: Come, load: Caseload) -> None:
    page = come("clerk", f"/cases/{load.number('review')}")
    page.get_by_role("link", name="灯杆编号（虚构）").click()
    expect(page.locator("svg.procedure")).to_contain_text("一次性告知补正")
    page.locator("svg.procedure").get_by_text("审查中").click()
    assert page.url.endswith("#state-review")


def test_everything_is_there_at_200_percent(come: Come, load: Caseload) -> None:
    page = come("clerk", f"/cases/{load.number('findings')}", viewport={"width": 720, "height": 450})
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    expect(page.locator(".stepbar")).to_be_visible()
