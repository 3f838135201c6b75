"""Campaigns for village names: planned by an office, counted from the register as of any day."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.cli.app import main
from api.cli.environment import environment
from api.settings import settings_from_environment
from data.clock import civil_date, system_clock
from data.db import reading
from data.decisions import DecisionDraft
from data.errors import BadInput, NotPermitted
from data.ids import new_id
from geonames.campaigns.plan import planned, read_parts
from geonames.campaigns.recording import Planning, record_campaign
from geonames.campaigns.service import find_campaign, share
from geonames.signs.importing import Table, import_signs
from tests.integration.cases.pages import Browser, Page
from tests.integration.heritage.office import HeritageOffice

Visits = Callable[[str | None], Browser]
#: 砚池路 of 990121 has its name since 2005-01-01; the other streets have theirs since nobody knows when.
PLAN: dict[str, Any] = {
    "code": "XC-1", "title": "乡村著名行动（虚构）", "starts_on": "2004-01-01", "ends_on": "2010-12-31",
    "classes": ["STREET"],
    "parts": [{"unit": "990121", "names": 2, "signs": 4}, {"unit": "990122", "names": 1}],
}  # fmt: skip
SIGNS = (
    "编号,地名,类型,走向,经度,纬度,版面汉字,版面拼音,设置日期,状态\n"
    "C-1,沿河路,street,,110.05,30.05,沿河路,,2009-05,standing\n"
    "C-2,沿河路,street,,110.05,30.05,沿河路,,1999,standing\n"
    "C-3,沿河路,street,,110.05,30.05,沿河路,,,standing\n"
)


def document() -> DecisionDraft:
    return DecisionDraft(
        id=new_id(), kind="document", doc_no=None, title="行动方案（虚构）", authority="甘棠县民政局（虚构）",
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source="为测试虚构", licence=None, retrieved_on=None,
    )  # fmt: skip


def recorded(office: HeritageOffice, who: str = "filing", within: str = "990100", **said: Any) -> dict[str, Any]:
    planning = Planning(planned({**PLAN, **said}), within, civil_date(office.now))
    return record_campaign(office.engine, office.people[who], planning, document())


@pytest.fixture(scope="module")
def campaign(office: HeritageOffice) -> str:
    """The id of a campaign of the city in two counties, after three signs were recorded on the first day of 2010."""
    taken = import_signs(
        office.engine, office.people["clerk"], Table(SIGNS.encode(), "990121", date(2010, 1, 1)), document()
    )
    assert taken["written"] == 3, taken
    report = recorded(office)
    assert report["outcome"] == "new"
    return str(report["id"])


@pytest.mark.parametrize(
    ("day", "names", "signs", "reached"),
    [
        ("2003-12-31", 0, 0, 0.0),
        ("2004-12-31", 0, 0, 0.0),
        ("2005-01-01", 1, 0, 0.25),
        ("2009-12-31", 1, 0, 0.25),
        ("2010-01-01", 1, 2, 0.5),
        ("2026-03-01", 1, 2, 0.5),
    ],
)
def test_what_was_done_is_counted_from_the_register_on_any_day(
    campaign: str, address: str, day: str, names: int, signs: int, reached: float
) -> None:
    found = httpx.get(f"{address}/v1/campaigns/{campaign}", params={"as_of": day}).json()
    first, second = found["parts"]
    assert (first["unit"]["code"], first["done"]["names"], first["done"]["signs"]) == ("990121", names, signs)
    assert (first["share"], second["done"]["names"], second["share"]) == (reached, 0, 0.0)
    assert found["counted_until"] == min(day, "2010-12-31")
    assert found["total"]["target"] == {"names": 3, "signs": 4, "uploads": 0}
    assert found["total"]["done"]["names"] == names


def test_what_map_services_were_first_told_in_the_period_counts_for_it(office: HeritageOffice, campaign: str) -> None:
    today = civil_date(system_clock())
    parts = [{"unit": "990121", "uploads": 10}]
    told = {}
    for start in (today - timedelta(days=2), today + timedelta(days=2)):
        plan: dict[str, Any] = {
            "code": f"UP-{start}",
            "starts_on": str(start),
            "ends_on": str(today + timedelta(days=9)),
            "parts": parts,
        }
        identity = recorded(office, **plan)["id"]
        with reading(office.engine) as connection:
            found = find_campaign(connection, identity, today + timedelta(days=3))
        told[start] = found["total"]["done"]["uploads"]
    assert list(told.values()) == [3, 0]


def test_more_names_do_not_stand_for_signs_that_are_lacking() -> None:
    assert share({"names": 10, "signs": 10, "uploads": 0}, {"names": 30, "signs": 0, "uploads": 9}) == 0.5
    assert share({"names": 0, "signs": 0, "uploads": 0}, {"names": 1, "signs": 1, "uploads": 1}) is None


def test_the_list_knows_what_is_planned_running_and_ended(campaign: str, address: str) -> None:
    def listed(**asked: str) -> list[str]:
        items = httpx.get(f"{address}/v1/campaigns", params=asked).json()["items"]
        return [one["state"] for one in items if one["id"] == campaign]

    assert [listed(as_of=day) for day in ("2003-12-31", "2010-12-31", "2011-01-01")] == [
        ["planned"], ["running"], ["ended"],
    ]  # fmt: skip
    assert listed(state="running") == []
    assert listed(state="ended", within="990000") == ["ended"]
    assert listed(within="980000") == []
    answer = httpx.get(f"{address}/v1/campaigns/{new_id()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_campaign")


def test_a_campaign_that_is_planned_anew_is_told_in_the_feed(office: HeritageOffice, address: str) -> None:
    first = recorded(office, code="XC-2")
    assert recorded(office, code="XC-2") == {"id": first["id"], "outcome": "unchanged"}
    parts = [{"unit": "990122", "names": 9}]
    assert recorded(office, code="XC-2", parts=parts) == {"id": first["id"], "outcome": "changed"}
    items = httpx.get(f"{address}/v1/changes?collection=campaigns&limit=1000").json()["items"]
    told = [(one["kind"], len(one["after"]["parts"])) for one in items if one["id"] == str(first["id"])]
    assert told == [("insert", 2), ("update", 1)]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"ends_on": "2003-01-01"}, "before starts_on"),
        ({"ends_on": "2024-01-01"}, "at most 10 years"),
        ({"parts": []}, "parts"),
        ({"parts": [{"unit": "990121"}]}, "nothing|anything"),
        ({"parts": [{"unit": "990121", "names": -1}]}, "greater than"),
        ({"parts": [{"unit": "990121", "names": 1}, {"unit": "990121", "names": 1}]}, "stand twice"),
        ({"parts": [{"unit": "980121", "names": 1}]}, "outside the division that leads"),
        ({"parts": [{"unit": "990121100", "names": 1}, {"unit": "990121", "names": 1}]}, "count twice"),
        ({"parts": [{"unit": "990199", "names": 1}]}, "990199"),
        ({"classes": ["ADMIN_DIVISION"]}, "is none of"),
        ({"title": ""}, "title"),
    ],
)
def test_a_plan_that_cannot_be_counted_is_refused(office: HeritageOffice, said: dict[str, Any], why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        recorded(office, code="BAD", **said)
    assert refused.value.code == "bad_campaign"


def test_a_table_of_divisions_needs_its_header() -> None:
    assert read_parts("\ufeff代码,命名,上图\n990121,3,\n\n") == [{"unit": "990121", "names": "3", "uploads": ""}]
    for table in ("", "代码\n990121\n", "990121,3\n"):
        with pytest.raises(BadInput, match="header"):
            read_parts(table)


def test_nobody_records_outside_his_jurisdiction(office: HeritageOffice) -> None:
    for who, within in (("reviewer", "990100"), ("developer", "990121"), ("keeper", "990121")):
        with pytest.raises(NotPermitted):
            recorded(office, who, within, parts=[{"unit": "990121", "names": 1}])


def test_its_progress_is_a_table_for_spreadsheets(campaign: str, address: str) -> None:
    answer = httpx.get(f"{address}/v1/campaigns/{campaign}/progress.csv?as_of=2010-06-01")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["unit_name"], row["names_target"], row["names_done"], row["signs_done"]) for row in rows] == [
        ("甘棠县", "2", "1", "2"), ("竹溪湾县", "1", "0", "0"),
    ]  # fmt: skip


def test_the_interface_records(office: HeritageOffice, visit: Visits) -> None:
    browser = visit("filing")
    body = {**PLAN, "code": "API-1", "within": "990100", "authority": "机构（虚构）", "source": "方案（虚构）"}
    answer = browser.client.post("/v1/campaigns", json=body, headers={"Origin": browser.origin})
    assert (answer.status_code, answer.json()["outcome"]) == (201, "new")
    wrong = {**body, "parts": [{"unit": "990121"}]}
    answer = browser.client.post("/v1/campaigns", json=wrong, headers={"Origin": browser.origin})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_campaign")


@pytest.mark.parametrize(("lang", "word"), [("zh", "已结束"), ("en", "ended")])
def test_a_campaign_is_a_page_in_both_languages(campaign: str, visit: Visits, lang: str, word: str) -> None:
    listed = visit(None).get(f"/campaigns?state=ended&lang={lang}")
    assert (listed.status, word in listed.text("table")) == (200, True)
    page = visit(None).get(f"/campaigns/{campaign}?day=2010-06-01&lang={lang}")
    words = " ".join(page.text("table").split())
    assert (page.status, "甘棠县" in words, "1 / 2" in words) == (200, True, True)
    assert visit(None).get(f"/campaigns?state=lost&lang={lang}").status == 400


def test_an_office_records_one_by_its_form_and_is_told_what_is_wrong(visit: Visits) -> None:
    browser = visit("filing")
    assert browser.get("/campaigns/new").status == 200
    typed = {
        "within": "990100", "code": "F-1", "title": "示范行动（虚构）", "starts_on": "2026-01-01",
        "ends_on": "2026-12-31", "class.STREET": "yes", "parts": "区划代码,命名,设标,上图\n990121,3,,\n",
        "authority": "云溪市民政局（虚构）",
        "source": "方案（虚构）",
    }  # fmt: skip
    origin = {"Origin": browser.origin}
    wrong = browser.client.post("/campaigns/new", data={**typed, "parts": "990121,3"}, headers=origin)
    assert (wrong.status_code, "header" in wrong.text) == (422, True)
    page = Page(browser.client.post("/campaigns/new", data=typed, headers=origin, follow_redirects=True))
    assert "示范行动" in page.text("h1")


def test_the_command_records_lists_and_shows(
    office: HeritageOffice,
    campaign: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DIMING_DATABASE_URL", office.engine.url.render_as_string(hide_password=False))
    environment.cache_clear()
    settings_from_environment.cache_clear()
    assert main(["campaign", "list", "--within", "990100", "--state", "ended"]) == 0
    assert campaign in capsys.readouterr().out
    assert main(["campaign", "show", campaign]) == 0
    assert "names 1/2" in capsys.readouterr().out
    table = tmp_path / "parts.csv"
    table.write_text("区划代码,命名\n990121,5\n", "utf-8")
    asked = ["--within", "990100", "--code", "CLI-1", "--title", "行动（虚构）", "--starts-on", "2026-01-01",
             "--ends-on", "2026-06-30", "--authority", "机构（虚构）", "--source", "方案（虚构）"]  # fmt: skip
    assert main(["campaign", "record", str(table), *asked]) == 0
    assert capsys.readouterr().out.strip().endswith("new")
