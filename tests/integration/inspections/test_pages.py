"""The pages of rounds, inspections and disputes without scripts: what is on them, and their forms sent as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from boundaries.disputes.model import DisputeOpening, Party
from boundaries.disputes.service import open_dispute
from data.cases.reading import find_number
from tests.integration.cases.pages import Browser, Page, signed_in
from tests.integration.inspections.answers import answer_all
from tests.integration.inspections.conftest import Act
from tests.samples import boundary_office as sample
from tests.samples import serving as samples
from tests.samples.office import Office

Visit = Callable[[str | None], Browser]
ROUND: dict[str, Any] = {
    "f_within": "990100", "f_level": "county", "f_number": "5", "f_title": "第五轮联检（虚构）",
    "f_basis": "示云民〔2026〕3号", "f_lead_rule": "alternate", "f_begins_on": "2026-03-02", "f_plan": "2026-04-01",
    "f_office": "2026-05-01", "f_field": "2026-09-01", "f_report": "2026-12-01",
}  # fmt: skip


@pytest.fixture
def visit(office: Office, tmp_path: Path) -> Iterator[Visit]:
    browsers: list[Browser] = []
    with samples.office_server(office, tmp_path / "papers") as address:

        def open_browser(who: str | None) -> Browser:
            browsers.append(signed_in(office, address, who))
            return browsers[-1]

        yield open_browser
        for browser in browsers:
            browser.close()


def begin(city: Browser, page: Page) -> Page:
    return city.send(
        page,
        "/begin",
        f_left_office=sample.OFFICES["left"],
        f_left_members="sample.yi",
        f_right_office=sample.OFFICES["right"],
        f_right_members="sample.jia",
    )


def test_from_the_plan_of_a_round_to_the_answers(office: Office, line: UUID, visit: Visit, act: Act) -> None:
    city = visit("city")
    due = city.get("/rounds/due")
    assert (due.status, len(due.all("table.inspectionlist tbody tr"))) == (200, 3)
    assert due.text("table.inspectionlist").count("待安排") == 3
    assert due.all("input[name=within]")[0].get("value") == "990100"
    refused = city.send(city.get("/rounds"), "/rounds", **{**ROUND, "f_basis": "依据", "f_report": "2026-04-15"})
    assert refused.status == 422
    assert "in the order" in refused.text(".note")
    board = city.send(refused, "/rounds", **ROUND)
    assert (board.status, len(board.all("table.inspectionlist tbody tr"))) == (200, 3)
    assert "3 待实施" in " ".join(board.text(".boardstates").split())
    assert len(board.all("svg a path")) == 3
    planned = city.get("/rounds/due")
    assert planned.text("table.inspectionlist").count("正在联检") == 3
    assert (len(due.all("p a.button")), len(planned.all("p a.button"))) == (1, 0)
    (ours,) = [a for a in board.all(".inspectionlist a") if a.text == "乙县—甲县"]
    page = begin(city, city.get(ours.get("href")))
    assert page.status == 200
    case = page.all(".facts code")[0].text
    (theirs,) = [a for a in board.all(".inspectionlist a") if a.text == "甲县—丙县"]
    other = city.get(theirs.get("href"))
    # as 甲县 was named just now, on the other side of its other line
    assert other.all("#b-left-office")[0].get("value") == sample.OFFICES["right"]
    assert other.all("#b-left-members")[0].get("value") == "sample.jia"
    assert other.all("#b-right-office")[0].get("value") == ""
    act("city", case_id(office, case), "begin_office", plan="双方各派两人")
    jia = visit("jia")
    page = jia.get(ours.get("href"))
    assert "还有 4 项未答" in page.text("#tasks")
    given: dict[str, Any] = {"f_result.agreement_kept": "in_order", "f_result.sheets_current": "problem"}
    saved = jia.send(page, "/entries", 0, **given, **{"f_remark.sheets_current": "附图已旧"})
    assert "已保存" in saved.text(".note")
    assert "还有 2 项未答" in saved.text("#tasks")
    refused = jia.send(saved, "/entries", 1, **{"f_result.form_complete": "changed"})
    assert refused.status == 422
    assert "say in the remark" in refused.text(".note")


def test_what_is_due_is_asked_of_a_unit_that_one_plans_for(visit: Visit) -> None:
    jia = visit("jia")
    own = jia.get("/rounds/due")
    assert own.all("input[name=within]")[0].get("value") == "990121"
    assert "没有到期的界线" in own.text(".empty")
    refused = jia.get("/rounds/due", within="990100", level="county")
    assert (refused.status, refused.all("table.inspectionlist")) == (403, [])
    nowhere = jia.get("/rounds/due", within="990199")
    assert nowhere.status == 404
    assert nowhere.all("input[name=within]")[0].get("value") == "990199"


def case_id(office: Office, number: str) -> str:
    return str(find_number(office.casework, office["city"], number)["id"])


def test_the_record_and_who_has_signed_it(
    office: Office, planned: UUID, begun: dict[str, str], visit: Visit, act: Act
) -> None:
    act("city", begun["id"], "begin_office", plan="双方各派两人")
    answer_all(office, "jia", planned, "office")
    act("jia", begun["id"], "finish_office")
    answer_all(office, "yi", planned, "field", witnesses_stand=("changed", "独立大树已被砍伐"))
    act("jia", begun["id"], "draw_up", conclusion="界线走向清楚。")
    act("jia", begun["id"], "sign")
    page = visit("yi").get(f"/inspections/{planned}")
    assert "已签署 甲县民政局（虚构）" in " ".join(page.text(".record").replace("✓", "").split())
    assert "未签署 乙县" in " ".join(page.text(".record").replace("△", "").split())
    assert len(page.all(".findinglines li")) == 2
    city = visit("city")
    page = city.get(f"/inspections/{planned}")
    ending = page.all(".findinglines form")[0].get("action")
    refused = visit("yi").send(page, ending, how="settle", f_reason="方位物已更新")
    assert refused.status == 403  # where it touches both sides whoever stands above them ends it
    page = city.send(page, ending, how="settle", f_reason="方位物已更新")
    assert "方位物已更新" in page.text(".findinglines")
    assert len(page.all(".findinglines form")) == 1
    assert visit(None).get(f"/inspections/{planned}").status == 404
    assert visit("nobody").get(f"/inspections/{planned}").status in (403, 404)


def test_a_dispute_shows_its_route_and_the_way_on(office: Office, line: UUID, visit: Visit) -> None:
    left, right = Party(sample.OFFICES["left"], ["sample.yi"]), Party(sample.OFFICES["right"], ["sample.jia"])
    case = open_dispute(office.casework, office["city"], DisputeOpening("unclear", line, "说法不一", left, right))
    jia = visit("jia")
    listed = jia.get("/disputes")
    assert len(listed.all(".routes li")) == 3
    assert case["number"] in listed.text("table")
    page = jia.get(f"/disputes/{case['number']}")
    assert [li.text for li in page.all("ol.way li[aria-current=step]")] == ["待受理"]
    own = jia.send(page, "/side-file")
    assert own.path.startswith("/cases/SF-2026-")
    assert visit("yi").get(own.path).status == 404
    assert visit("nobody").get(f"/disputes/{case['number']}").status == 404


def test_nothing_of_it_is_for_the_public(visit: Visit) -> None:
    browser = visit(None)
    paths = ("/rounds", "/rounds/due", "/inspections", "/disputes")
    assert {path: browser.get(path).status for path in paths} == dict.fromkeys(paths, 401)
