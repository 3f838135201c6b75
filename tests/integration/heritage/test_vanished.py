"""The register of vanished names: what offices record, and what the register itself ended appears by itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from api.cli.app import main
from data import audit
from data.clock import civil_date
from data.db import unit_of_work
from data.decisions import DecisionDraft, record_decisions
from data.errors import NotPermitted
from data.ids import new_id
from geonames.places.naming import abolish_name, release
from geonames.vanished.recording import Recording, record_vanished
from geonames.vanished.told import read_table
from tests.integration.cases.pages import Browser, Page
from tests.integration.heritage.office import HeritageOffice
from tests.samples.invented import place_id

Visits = Callable[[str | None], Browser]
GONE, ENDED = place_id("s1"), date(2020, 6, 1)
HEADER = "编号,消失地名,类别,消失原因,消失时间,今名,资料来源,经度,纬度,最后位置\n"
TABLE = HEADER + (
    "XS-1,旧渡村,,水库淹没,1994~,砚池水库,甘棠县志（虚构）,110.06,30.06,\n"
    'XS-2,砚坊巷,街路巷,拆除、拆迁,2003-05,,甘棠县志（虚构）,,,"LINESTRING (110.05 30.05, 110.06 30.05)"\n'
    "XS-3,无年村,,原因不详,,,老人口述（虚构）,,,\n"
)


def document(title: str = "甘棠县消失地名录（虚构）", kind: str = "document") -> DecisionDraft:
    return DecisionDraft(
        id=new_id(), kind=kind, doc_no=None, title=title, authority="甘棠县民政局（虚构）", approved_on=None,
        announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="", source="为测试虚构",
        licence=None, retrieved_on=None,
    )  # fmt: skip


def told(office: HeritageOffice, table: str, who: str = "keeper", within: str = "990121") -> dict[str, Any]:
    recording = Recording(read_table(table.encode("gb18030")), within, civil_date(office.now))
    return record_vanished(office.engine, office.people[who], recording, document())


def abolished(office: HeritageOffice) -> None:
    """The decision that ends the name of a street, announced."""
    with unit_of_work(office.engine) as connection:
        decision = document("关于撤销沿河路的批复（虚构）", "approval")
        record_decisions(connection, [decision], "test")
        abolish_name(connection, GONE, ENDED, decision.id)
        audit.append(connection, actor="test", action="abolish", decision_id=decision.id, details={})
        waits = connection.execute(text("SELECT count(*) FROM published.vanished_name")).scalar_one()
        release(connection, decision.id, "test")
        assert connection.execute(text("SELECT count(*) FROM published.vanished_name")).scalar_one() == waits + 1


@pytest.fixture(scope="module")
def names(office: HeritageOffice, address: str) -> Callable[..., list[str]]:
    """`names(reason="reservoir")`: the names that the interface lists, after three were recorded and one abolished."""
    report = told(office, TABLE)
    assert (report["counts"], report["written"]) == ({"new": 3}, 3), report
    abolished(office)

    def ask(**asked: str) -> list[str]:
        answer = httpx.get(f"{address}/v1/vanished-names", params=asked)
        assert answer.status_code == 200, answer.text
        return [item["name"] for item in answer.json()["items"]]

    return ask


def test_what_was_recorded_and_what_the_register_ended_stand_together(names: Callable[..., list[str]]) -> None:
    assert [name for name in names(within="990121") if name in ("沿河路", "砚坊巷", "旧渡村", "无年村")] == [
        "沿河路", "砚坊巷", "旧渡村", "无年村",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"reason": "reservoir"}, ["旧渡村"]),
        ({"origin": "place"}, ["沿河路"]),
        ({"origin": "place", "as_of": "2020-05-31"}, []),
        ({"origin": "place", "as_of": "2020-06-01"}, ["沿河路"]),
        ({"origin": "recorded", "as_of": "1994-12-31"}, ["无年村"]),
        ({"origin": "recorded", "since": "1994", "until": "1994"}, ["旧渡村"]),
        ({"class": "STREET"}, ["沿河路", "砚坊巷"]),
        ({"q": "渡"}, ["旧渡村"]),
        ({"origin": "recorded", "within": "990122"}, []),
    ],
)
def test_vanished_names_are_found_by_what_is_asked(
    names: Callable[..., list[str]], asked: dict[str, str], found: list[str]
) -> None:
    assert names(**asked) == found


def test_pages_say_each_name_once_and_the_table_has_all(names: Callable[..., list[str]], address: str) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        asked = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        found = httpx.get(f"{address}/v1/vanished-names", params=asked).json()
        seen += [item["id"] for item in found["items"]]
        cursor = found["next"]
    assert len(seen) == len(set(seen)) >= 4
    rows = list(csv.DictReader(io.StringIO(httpx.get(f"{address}/v1/vanished-names.csv").text.removeprefix("\ufeff"))))
    assert [row["id"] for row in rows] == seen
    assert {row["name"]: row["last_day"] for row in rows}["旧渡村"] == "1994~"


def test_one_tells_its_last_geometry_and_by_what_it_is_known(names: Callable[..., list[str]], address: str) -> None:
    (lane,) = httpx.get(f"{address}/v1/vanished-names?q=砚坊巷").json()["items"]
    found = httpx.get(f"{address}/v1/vanished-names/{lane['id']}").json()
    assert found["geometry"]["type"] == "LineString"
    assert (found["last_day"]["en"], found["by"]["title"]) == ("2003-05", "甘棠县消失地名录（虚构）")
    ended = httpx.get(f"{address}/v1/vanished-names/{GONE}").json()
    assert (ended["reason"], ended["last_day"]["edtf"], ended["origin"]) == ("abolished", "2020-05-31", "place")
    assert ended["point"] == [110.05, 30.05]
    missing = httpx.get(f"{address}/v1/vanished-names/{place_id('s4')}")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_vanished_name")


def test_a_record_tells_why_of_a_name_that_the_register_ended(
    office: HeritageOffice, names: Callable[..., list[str]], address: str
) -> None:
    table = f"code,name,reason,source,place,last_day\nXS-9,沿河路,demolition,县志（虚构）,{GONE},2020-05-31\n"
    assert told(office, table)["written"] == 1
    (found,) = httpx.get(f"{address}/v1/vanished-names?q=沿河路").json()["items"]
    assert (found["reason"], found["origin"]) == ("demolition", "recorded")
    assert httpx.get(f"{address}/v1/vanished-names/{GONE}").json()["id"] == found["id"]
    again = told(office, table.replace("demolition", "construction"))
    assert again["counts"] == {"changed": 1}
    assert told(office, table.replace("demolition", "construction"))["counts"] == {"unchanged": 1}
    items = httpx.get(f"{address}/v1/changes?collection=vanished_names").json()["items"]
    assert [(one["kind"], one["after"]["reason"]) for one in items][-2:] == [
        ("insert", "demolition"), ("update", "construction"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (f"A,石桥,merger,志（虚构）,{place_id('s4')},,", "still bears a name"),
        ("A,石桥,melted,志（虚构）,,,", "is none of reservoir"),
        ("A,石桥,abolished,志（虚构）,,,", "is none of reservoir"),
        ("A,石桥,merger,志（虚构）,,long ago,", "is no date"),
        ("A,石桥,merger,志（虚构）,,1990/1994,", "is a span"),
        ("A,石桥,merger,志（虚构）,,2999,", "in the future"),
        ("A,石桥,merger,,,,", "source"),
        ("A,石桥,merger,志（虚构）,,,POINT (30 200)", "no position"),
        ("A,石桥,merger,志（虚构）,,,POINT (30", "no WKT"),
    ],
)
def test_a_faulty_row_keeps_the_whole_table_out(office: HeritageOffice, row: str, why: str) -> None:
    report = told(office, f"code,name,reason,source,place,last_day,geometry\nB,好村,merger,志（虚构）,,,\n{row}\n")
    assert report["written"] == 0
    assert [why in fault for one in report["rows"] for fault in one["faults"]] == [True]


def test_the_boundary_of_a_division_is_not_taken(office: HeritageOffice) -> None:
    area = '"POLYGON ((110 30, 110.1 30, 110.1 30.1, 110 30))"'
    report = told(office, f"code,name,reason,source,class,geometry\nC,旧县,merger,志（虚构）,ADMIN_DIVISION,{area}\n")
    assert "map-approval number" in report["rows"][0]["faults"][0]


def test_nobody_records_outside_his_jurisdiction(office: HeritageOffice) -> None:
    for who, within in (("keeper", "990122"), ("developer", "990121")):
        with pytest.raises(NotPermitted):
            told(office, TABLE, who, within)


@pytest.mark.parametrize(("lang", "word"), [("zh", "水库淹没"), ("en", "below a reservoir")])
def test_the_register_is_a_page_in_both_languages(
    names: Callable[..., list[str]], visit: Visits, lang: str, word: str
) -> None:
    page = visit(None).get(f"/vanished-names?reason=reservoir&lang={lang}")
    assert page.status == 200
    assert "旧渡村" in page.text("table")
    assert word in page.text("table")
    link = page.all("table a")[0].get("href")
    assert "旧渡村" in visit(None).get(link).text("h1")
    assert visit(None).get(f"/vanished-names?q=没有这样&lang={lang}").status == 200


def test_an_office_records_one_by_its_form_and_is_told_what_is_wrong(visit: Visits) -> None:
    browser = visit("keeper")
    assert browser.get("/vanished-names/new").status == 200
    typed = {
        "within": "990121", "code": "F-1", "name": "砚底村", "reason": "relocation", "source": "县志（虚构）",
        "title": "补登（虚构）", "authority": "甘棠县民政局（虚构）",
    }  # fmt: skip
    origin = {"Origin": browser.origin}
    wrong = browser.client.post("/vanished-names/new", data={**typed, "last_day": "long ago"}, headers=origin)
    assert (wrong.status_code, "long ago" in wrong.text) == (422, True)
    page = Page(browser.client.post("/vanished-names/new", data=typed, headers=origin, follow_redirects=True))
    assert "砚底村" in page.text("h1")


def test_the_command_lists_and_writes_them(
    office: HeritageOffice,
    names: Callable[..., list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DIMING_DATABASE_URL", office.engine.url.render_as_string(hide_password=False))
    assert main(["heritage", "vanished", "--reason", "reservoir"]) == 0
    assert "旧渡村" in capsys.readouterr().out
    file = tmp_path / "vanished.csv"
    assert main(["heritage", "vanished", "--origin", "recorded", "--csv", str(file)]) == 0
    assert "旧渡村" in file.read_text("utf-8-sig")
    table = tmp_path / "table.csv"
    table.write_text(TABLE.replace("XS-", "CLI-"), "utf-8")
    assert main(["heritage", "vanished-import", str(table), "--within", "990121", "--dry-run"]) == 0
    assert "3 new; 0 written" in capsys.readouterr().out
