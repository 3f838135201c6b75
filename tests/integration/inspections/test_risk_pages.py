"""The pages of risks and of the inventory: recorded, found by filters, overdue on the desk, taken out with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from boundaries.risks.listing import WantedAssets, WantedRisks, list_assets, list_risks, overdue_reviews
from boundaries.risks.service import Assessment, NewAsset, NewRisk, add_asset, record_risk
from data.db import reading
from data.errors import BadRequest, NotPermitted
from tests.integration.cases.pages import Browser, signed_in
from tests.samples import serving as samples
from tests.samples.office import Office

Visit = Callable[[str | None], Browser]
TODAY = date(2026, 3, 2)


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


def test_a_risk_from_its_form_to_its_end(office: Office, line: UUID, visit: Visit) -> None:
    jia = visit("jia")
    page = jia.get("/risks", line=str(line))
    assert "没有符合条件的隐患" in page.text("main")
    given = {"f_title": "河道改道隐患", "f_level": "high", "f_measures": "每月巡查", "f_review_on": "2026-02-01"}
    refused = jia.send(page, "/risks", -1, **{**given, "f_title": "长" * 201})
    assert refused.status == 422
    shown = jia.send(refused, "/risks", -1, **given)
    assert (shown.status, shown.path[:7]) == (200, "/risks/")
    assert "逾期 29 天" in shown.text(".facts")
    assert "1 项" in jia.get("/desk").text(".lead")
    assert len(jia.get("/risks", overdue="1").all("table.risklist tbody tr")) == 1
    assert len(jia.get("/risks", level="low").all("table.risklist tbody tr")) == 0
    closed = jia.send(shown, shown.path.partition("?")[0], -1, f_level="low", f_measures="护岸建成", f_review_on="")
    assert "已销号" in closed.text("h1")
    assert len(closed.all("table tbody tr")) == 2
    assert "项" not in jia.get("/desk").text(".lead .overdue")
    assert visit("nobody").get("/risks").status == 403
    assert visit(None).get("/risks").status == 401


def test_what_an_inspection_showed_is_recorded_from_there_and_leads_back(
    planned: UUID, line: UUID, visit: Visit
) -> None:
    jia = visit("jia")
    seen = {"line": str(line), "title": "滩地耕种", "source": "inspection", "source_id": str(planned)}
    page = jia.get("/risks", **seen)
    assert page.all("#r-title")[0].get("value") == "滩地耕种"
    given = {"f_level": "high", "f_measures": "每月巡查", "f_review_on": "2026-06-01"}
    shown = jia.send(page, "/risks", -1, **given)
    assert (shown.status, shown.path[:7]) == (200, "/risks/")
    (back,) = [a for a in shown.all(".facts a") if a.get("href") == f"/inspections/{planned}"]
    assert back.text == "联合检查"


def test_what_it_was_seen_at_is_of_the_line(line: UUID, visit: Visit) -> None:
    jia = visit("jia")
    for source, seen_at in (("inspection", "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6092"), ("patrol", "no-id")):
        page = jia.get("/risks", line=str(line), title="滩地", source=source, source_id=seen_at)
        refused = jia.send(page, "/risks", -1, f_level="high", f_measures="巡查", f_review_on="2026-06-01")
        assert (refused.status, refused.text(".note code")) == (422, "risk_malformed")
        assert refused.all("#r-title")[0].get("value") == "滩地"


def test_the_inventory_by_kind_and_term(line: UUID, visit: Visit) -> None:
    yi = visit("yi")
    page = yi.get("/line-assets", line=str(line))
    given = {"f_kind": "cooperation_agreement", "f_title": "联合防火协议", "f_ends_on": "2025-12-31", "f_dated": "2020"}
    shown = yi.send(page, "/line-assets", -1, **given)
    assert "已到期" in shown.text("table.assetlist")
    assert len(yi.get("/line-assets", kind="monument").all("table.assetlist tbody tr")) == 0
    gone = yi.send(yi.get("/line-assets", ended="1"), "/remove", f_why="已续签")
    assert len(gone.all("table.assetlist tbody tr")) == 0
    assert "已移出：已续签" in yi.get("/line-assets", removed="1").text("table.assetlist")


def test_lists_are_paged_by_the_day_of_review_and_asked_within_one_s_reach(office: Office, line: UUID) -> None:
    engine = office.casework.engine
    for title, day in (("乙", date(2026, 5, 1)), ("甲", date(2026, 2, 1)), ("丙", date(2026, 6, 1))):
        first = Assessment("medium", "每月巡查", day)
        record_risk(engine, office["jia"], NewRisk(line, title, first))
    add_asset(engine, office["jia"], NewAsset(line, "monument", "界碑亭"))
    with reading(engine) as connection:
        seen, cursor = [], None
        while True:
            found = list_risks(connection, office["city"], WantedRisks(), TODAY, limit=1, cursor=cursor)
            seen += [item["title"] for item in found["items"]]
            cursor = found["next"]
            if cursor is None:
                break
        assert seen == ["甲", "乙", "丙"]
        assert overdue_reviews(connection, office["yi"], TODAY) == 1
        assert overdue_reviews(connection, office["nobody"], TODAY) == 0
        assert [a["line"]["name"] for a in list_assets(connection, office["yi"], WantedAssets(), TODAY)["items"]] == [
            "乙县—甲县"
        ]
        with pytest.raises(NotPermitted):
            list_risks(connection, office["nobody"], WantedRisks(), TODAY)
        with pytest.raises(BadRequest):
            list_risks(connection, office["city"], WantedRisks(level="terrible"), TODAY)
