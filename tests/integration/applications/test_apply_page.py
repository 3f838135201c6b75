"""Applying by the form, without scripts: looked at first, then sent once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import text

from data.db import reading
from tests.integration.applications.test_naming import accepted
from tests.integration.cases.pages import Browser, Page
from tests.samples.applicants import NamingOffice

Visit = Callable[[str | None], Browser]
#: What the developer types.
TYPED = {
    "kind": "naming",
    "class": "STREET",
    "names": "晴砚路\n沿河路",
    "within": "990121100",
    "points": "110.04, 30.04\n110.06， 30.05\n",
    "meaning": "砚州之砚，取晴日临池之意。",
    "reason": "新建道路",
    "applicant_name": "示例开发公司（虚构）",
    "applicant_sort": "company",
}


def fields(page: Page) -> dict[str, str]:
    """What the form of the application holds; the bar at the top has one of its own."""
    return dict(page.all("form[data-apply]")[0].form_values())


def send(browser: Browser, page: Page, do: str = "look", **typed: str) -> Page:
    return send_files(browser, page, do, {"file": ("", b"")}, typed)


def send_files(
    browser: Browser, page: Page, do: str, files: Mapping[str, tuple[str, bytes]], typed: Mapping[str, str]
) -> Page:
    values, headers = {**fields(page), **typed, "do": do}, {"Origin": browser.origin}
    return Page(browser.client.post("/apply", data=values, files=files, headers=headers))


def cases(office: NamingOffice) -> int:
    with reading(office.engine) as connection:
        return connection.scalar(text("SELECT count(*) FROM diming.case_file")) or 0


def test_what_would_come_of_it_is_shown_before_anything_is_stored(office: NamingOffice, visit: Visit) -> None:
    browser = visit("developer")
    looked = send(browser, browser.get("/apply"), **TYPED)
    said = looked.text("[aria-labelledby=looked]")
    assert looked.status == 200
    assert "甘棠县人民政府" in said
    assert "地名管理条例 第十二条（五）" in said
    assert "Qingyan Lu" in said
    assert "R10" in said  # 沿河路 stands in the same built-up area
    assert looked.all("svg")
    assert cases(office) == 0


def test_an_application_is_sent_once_and_leads_to_its_case(office: NamingOffice, visit: Visit) -> None:
    browser = visit("developer")
    looked = send(browser, browser.get("/apply"), **TYPED)
    key = fields(looked)["key"]
    sent = send(browser, looked, "send", key=key)
    assert sent.path.startswith("/cases/DM-2026-")
    assert "晴砚路" in sent.text("main")
    assert send(browser, looked, "send", key=key).path.partition("?")[0] == sent.path.partition("?")[0]
    assert cases(office) == 1


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(office: NamingOffice, visit: Visit) -> None:
    browser = visit("developer")
    wrong = send(browser, browser.get("/apply"), "send", **{**TYPED, "points": "110.04 30.04", "reason": ""})
    assert wrong.status == 422
    assert "no position" in wrong.text("#e-points")
    assert wrong.all("#a-names")[0].text.strip().splitlines()[0] == "晴砚路"
    again = send(browser, wrong, "send", points="110.04, 30.04\n110.06, 30.05", reason="")
    assert again.status == 422
    assert again.all("#e-reason")
    assert cases(office) == 0


def test_a_link_fills_the_form_and_only_those_signed_in_apply(visit: Visit) -> None:
    page = visit("developer").get("/apply", kind="renaming", place_id="x", **{"class": "STREET"})
    assert page.all("#a-place_id")[0].get("value") == "x"
    assert visit(None).get("/apply").status == 401


def test_the_case_page_shows_what_the_route_asks_for(office: NamingOffice, visit: Visit) -> None:
    number = office.apply()["number"]
    page = visit("clerk").get(f"/cases/{number}")
    assert page.status == 200
    assert "甘棠县人民政府（地名管理条例 第十二条（五））" in page.text("main")
    assert "晴砚路 Qingyan Lu" in page.text("main")


def test_documents_go_with_the_application_and_are_kept_through_an_error(office: NamingOffice, visit: Visit) -> None:
    browser = visit("developer")
    paper = {"file": ("申请书.txt", "申请书（虚构）".encode())}
    wrong = send_files(browser, browser.get("/apply"), "send", paper, {**TYPED, "reason": "", "paper": "application"})
    assert wrong.status == 422
    assert "申请书.txt" in wrong.text(".apply-papers")
    sent = send(browser, wrong, "send", reason="新建道路")
    assert sent.path.startswith("/cases/")
    assert "申请书.txt" in sent.text("main")
    with reading(office.engine) as connection:
        facts = connection.scalar(text("SELECT facts FROM diming.case_file"))
    assert list(facts["papers"]) == ["application"]


def test_a_document_can_be_taken_off_again(visit: Visit) -> None:
    browser = visit("developer")
    kept = send_files(browser, browser.get("/apply"), "attach", {"file": ("图.txt", b"map")}, TYPED)
    assert "图.txt" in kept.text(".apply-papers")
    without = send(browser, kept, "", remove=fields(kept)["attachment"])
    assert not without.all(".apply-papers")
    assert fields(without)["reason"] == TYPED["reason"]


def test_a_draft_is_its_writers_alone_and_gone_when_it_is_sent(office: NamingOffice, visit: Visit) -> None:
    browser = visit("developer")
    paper = {"file": ("图.txt", b"map")}
    kept = send_files(browser, browser.get("/apply"), "draft", paper, {**TYPED, "points": "half"})
    assert "草稿已保存" in kept.text("[role=status]")
    again = browser.get("/apply")
    assert "晴砚路" in again.text(".apply-drafts")
    draft = again.all(".apply-drafts a")[0].get("href").partition("draft=")[2]
    opened = browser.get("/apply", draft=draft)
    assert (fields(opened)["points"], "图.txt" in opened.text(".apply-papers")) == ("half", True)
    assert visit("rival").get("/apply", draft=draft).status == 404
    assert send(browser, opened, "send", points=TYPED["points"]).path.startswith("/cases/")
    assert not browser.get("/apply").all(".apply-drafts")
    assert cases(office) == 1


def test_a_name_is_checked_while_the_rest_is_empty(office: NamingOffice, visit: Visit) -> None:
    browser = visit("developer")
    empty = fields(browser.get("/apply"))
    half = {**empty, "class": "STREET", "names": "沿河路", "within": "990121100", "length_m": "1k"}
    half["points"] = TYPED["points"]
    headers = {"Origin": browser.origin}
    found = Page(browser.client.post("/apply/check", data=half, headers=headers))
    assert found.status == 200
    assert "R10" in found.text("li")
    assert "甘棠县人民政府" in found.text("dl")
    wrong = Page(browser.client.post("/apply/check", data={**half, "within": "123"}, headers=headers))
    assert wrong.status == 200
    assert wrong.all(".note")
    alone = Page(browser.client.post("/apply/check", data={**half, "within": ""}, headers=headers))
    assert "Yanhe Lu" in alone.text("h3")
    assert "未能核查" in alone.text("details.apply-unchecked summary")
    assert cases(office) == 0


def test_an_outline_comes_as_a_file(office: NamingOffice, visit: Visit) -> None:
    browser = visit("developer")
    course = b'{"type":"LineString","coordinates":[[110.04,30.04],[110.06,30.05]]}'
    outline = b'{"type":"Feature","properties":{},"geometry":' + course + b"}"
    page = browser.get("/apply")
    sent = send_files(browser, page, "send", {"outline": ("a.geojson", outline)}, {**TYPED, "points": ""})
    assert sent.path.startswith("/cases/")
    two = b'{"type":"FeatureCollection","features":[]}'
    page = browser.get("/apply")
    assert "feature" in send_files(browser, page, "look", {"outline": ("a.json", two)}, TYPED).text("#e-points")
    assert "UTF-8" in send_files(browser, page, "look", {"outline": ("a.json", b"\xff\xfe")}, TYPED).text("#e-points")


def test_the_applicants_page_says_who_has_it_and_what_is_his_to_do(office: NamingOffice, visit: Visit) -> None:
    case = office.apply(names=["沿河路"])
    waiting = visit("developer").get(f"/cases/{case['number']}")
    assert "受理人员" in waiting.text(".yours")
    assert "目前不需要您办理" in waiting.text(".yours")
    assert "撤回" in waiting.text(".yours")
    office.act(case, "clerk", "ask_corrections")
    asked = visit("developer").get(f"/cases/{case['number']}")
    assert "补正后重新提交 △ 还有 1 项补正未答复" in " ".join(asked.text(".yours").split())
    desk = visit("clerk").get(f"/cases/{case['number']}")
    assert not desk.all(".yours")
    assert "现在由申请人办理" in desk.text(".stepbar summary")
    assert "等待：申请人" in visit("clerk").get("/desk").text(".desk .waits")


def test_the_desk_tells_the_way_on_with_what_it_lacks_and_counts_the_rest(office: NamingOffice, visit: Visit) -> None:
    case = accepted(office, office.apply())
    waits = visit("reviewer").get("/desk").text(".desk .waits")
    assert case["state"] == "review"
    assert "报请批准" in waits
    assert "没有记录：综合评估、专家论证、征求社会公众等意见" in waits
    assert "项可以办理" in waits
    assert "抽取专家" not in waits
    for other in ("clerk", "developer"):
        assert "等待：审核人员" in visit(other).get("/desk").text(".desk .waits")
    page = visit("reviewer").get(f"/cases/{case['number']}")
    assert "没有记录：综合评估、专家论证、征求社会公众等意见" in page.text(".stepbar .lacking summary")
    assert "不开展的写明理由" in page.text(".stepbar .lacking li")
    assert "R42：" in page.text("table.proposal .fold li")
    assert "R42" not in page.text("table.proposal .fold summary")
