"""Applying by the form, without scripts: looked at first, then sent once."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from data.db import reading
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
    return dict(page.all("form[method=post] #a-names")[0].getparent().getparent().form_values())


def send(browser: Browser, page: Page, do: str = "look", **typed: str) -> Page:
    values = {**fields(page), **typed, "do": do}
    return Page(browser.client.post("/apply", data=values, headers={"Origin": browser.origin}))


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
