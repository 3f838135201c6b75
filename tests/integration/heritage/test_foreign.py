"""The register of foreign names: by original without accents, by translation, as of a day; recorded by documents."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.cli.app import main
from api.cli.environment import environment
from api.settings import settings_from_environment
from data.access import Role
from data.decisions import DecisionDraft
from data.errors import NotPermitted
from data.ids import new_id
from geonames.foreign.recording import preview_foreign, record_foreign
from geonames.foreign.told import read_table
from tests.integration.cases.pages import Browser, Page
from tests.integration.heritage.office import HeritageOffice, added

Visits = Callable[[str | None], Browser]
HEADER = (
    "编号,原文地名,罗马字母转写,语种,国家或地区,所在区域,类别,汉字译名,译写规则,译名状态,"
    "启用日期,停用日期,经度,纬度,资料来源\n"
)
TABLE = HEADER + (
    "W1,São Tomé,,pt,ST,,settlement,圣多美,gbt17693-7,customary,,,6.73,0.34,为测试所录\n"
    "W2,Łódź,,pl,PL,,settlement,罗兹,sound_and_meaning,standard,,,19.46,51.76,为测试所录\n"
    "W3,Улаанбаатар,Ulaanbaatar,mn,MN,,settlement,乌兰巴托,gbt17693-8,standard,2009-04-01,,,,为测试所录\n"
    "W4,Saint-Étienne,,fr,FR,,settlement,圣艾蒂安,gbt17693-2,provisional,2000-01-01,2009-12-31,,,为测试所录\n"
    "W5,Atlantic Ocean,,en,,大西洋,commons,大西洋,customary,customary,,,,,为测试所录\n"
)


def document() -> DecisionDraft:
    return DecisionDraft(
        id=new_id(), kind="document", doc_no=None, title="外语地名汉字译写表（虚构）", authority="示例机构（虚构）",
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source="为测试虚构", licence=None, retrieved_on=None,
    )  # fmt: skip


def told(office: HeritageOffice, table: str, who: str = "translator") -> dict[str, Any]:
    return record_foreign(office.engine, office.people[who], read_table(table.encode()), document())


@pytest.fixture(scope="module")
def names(office: HeritageOffice, address: str) -> Callable[..., list[str]]:
    """`names(q="sao")`: the translations that the interface lists, after five were recorded."""
    office.people["translator"] = added(office, "translator", Role.REVIEWER, None)  # type: ignore[arg-type]
    rows = read_table(TABLE.encode())
    assert preview_foreign(office.engine, office.people["translator"], rows)["counts"] == {"new": 5}
    report = told(office, TABLE)
    assert (report["counts"], report["written"]) == ({"new": 5}, 5), report

    def ask(**asked: str) -> list[str]:
        answer = httpx.get(f"{address}/v1/foreign-names", params=asked)
        assert answer.status_code == 200, answer.text
        return [item["translation"] for item in answer.json()["items"]]

    return ask


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["大西洋", "罗兹", "圣多美", "乌兰巴托"]),
        ({"q": "sao tome"}, ["圣多美"]),
        ({"q": "LODZ"}, ["罗兹"]),
        ({"q": "Łó"}, ["罗兹"]),
        ({"q": "ulaan"}, ["乌兰巴托"]),
        ({"q": "улаан"}, ["乌兰巴托"]),
        ({"q": "圣"}, ["圣多美"]),
        ({"q": "圣", "as_of": "2009-12-31"}, ["圣艾蒂安", "圣多美"]),
        ({"q": "saint etienne", "as_of": "2010-01-01"}, []),
        ({"q": "ulaan", "as_of": "2009-03-31"}, []),
        ({"q": "%"}, []),
        ({"country": "MN"}, ["乌兰巴托"]),
        ({"kind": "commons"}, ["大西洋"]),
        ({"rule": "gbt17693-7"}, ["圣多美"]),
        ({"status": "standard", "language": "pl"}, ["罗兹"]),
    ],
)
def test_names_are_found_by_original_and_translation_as_of_a_day(
    names: Callable[..., list[str]], asked: dict[str, str], found: list[str]
) -> None:
    assert names(**asked) == found


def test_pages_say_each_name_once_and_the_table_has_all(names: Callable[..., list[str]], address: str) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        asked = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        found = httpx.get(f"{address}/v1/foreign-names", params=asked).json()
        seen += [item["translation"] for item in found["items"]]
        cursor = found["next"]
    assert seen == names()
    rows = list(csv.DictReader(io.StringIO(httpx.get(f"{address}/v1/foreign-names.csv").text.removeprefix("\ufeff"))))
    assert [row["translation"] for row in rows] == seen


def test_what_is_told_anew_keeps_what_was_told_before(
    office: HeritageOffice, names: Callable[..., list[str]], address: str
) -> None:
    again = HEADER + "W9,Béjaïa,,fr,DZ,,settlement,贝贾亚,{},{},,,,,为测试所录\n"
    assert told(office, again.format("gbt17693-2", "provisional"))["written"] == 1
    assert told(office, again.format("customary", "standard"))["counts"] == {"changed": 1}
    assert told(office, again.format("customary", "standard"))["counts"] == {"unchanged": 1}
    (item,) = httpx.get(f"{address}/v1/foreign-names?q=bejaia").json()["items"]
    found = httpx.get(f"{address}/v1/foreign-names/{item['id']}").json()
    assert [one["rule"] for one in found["history"]] == ["customary", "gbt17693-2"]
    assert found["history"][1]["told_until"] == found["history"][0]["told_from"]
    assert found["by"]["title"] == "外语地名汉字译写表（虚构）"
    items = httpx.get(f"{address}/v1/changes?collection=foreign_names&limit=1000").json()["items"]
    assert [(one["kind"], one["after"]["rule"]) for one in items if one["id"] == item["id"]] == [
        ("insert", "gbt17693-2"), ("update", "customary"),
    ]  # fmt: skip
    missing = httpx.get(f"{address}/v1/foreign-names/{new_id()}")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_foreign_name")
    told(office, again.format("customary", "discontinued").replace(",,,,,为测试", f",,{date(2020, 1, 1)},,,为测试"))


def test_another_translation_of_one_original_is_said(office: HeritageOffice, names: Callable[..., list[str]]) -> None:
    rows = read_table(
        (HEADER + "X1,Lodz,,pl,PL,,settlement,洛兹,sound_and_meaning,provisional,,,,,为测试所录\n"
                  "X2,Lódka,,pl,PL,,settlement,罗兹,sound_and_meaning,provisional,,,,,为测试所录\n").encode()
    )  # fmt: skip
    report = preview_foreign(office.engine, office.people["translator"], rows)
    first, second = (row["warnings"] for row in report["rows"])
    assert (report["counts"], "罗兹 (W2)" in first[0], "Łódź (W2)" in second[0]) == ({"new": 2}, True, True)


def test_a_faulty_row_keeps_the_whole_table_out(office: HeritageOffice, names: Callable[..., list[str]]) -> None:
    faulty = "B2,Rouen,,fr,FR,,settlement,鲁昂,gbt17693-1,standard,,,,,为测试所录\n"
    good = "B1,Rouen,,fr,FR,,settlement,鲁昂,gbt17693-2,standard,,,,,为测试所录\n"
    report = told(office, HEADER + good + faulty)
    assert (report["written"], report["counts"]) == (0, {"new": 1, "faulty": 1})
    assert names(q="rouen") == []


@pytest.mark.parametrize("who", ["reviewer", "keeper", "developer"])
def test_only_a_reviewer_of_the_whole_country_records(
    office: HeritageOffice, names: Callable[..., list[str]], who: str
) -> None:
    with pytest.raises(NotPermitted):
        told(office, TABLE, who)


def test_the_interface_records_all_or_none(names: Callable[..., list[str]], visit: Visits, address: str) -> None:
    name = {
        "code": "A1", "original": "Nantes", "language": "fr", "country": "FR", "kind": "settlement",
        "translation": "南特", "rule": "gbt17693-2", "status": "standard", "source": "为测试所录",
    }  # fmt: skip
    body = {"title": "表（虚构）", "authority": "示例机构（虚构）", "names": [name]}
    assert httpx.post(f"{address}/v1/foreign-names", json=body).status_code == 401
    client, origin = visit("translator"), {"Origin": visit("translator").origin}
    wrong = client.client.post("/v1/foreign-names", json={**body, "names": [{**name, "country": "HK"}]}, headers=origin)
    assert (wrong.status_code, wrong.json()["code"], "of China" in wrong.text) == (422, "foreign_table", True)
    right = client.client.post("/v1/foreign-names", json=body, headers=origin)
    assert (right.status_code, right.json()["counts"]) == (201, {"new": 1})


@pytest.mark.parametrize(("lang", "word"), [("zh", "葡萄牙语"), ("en", "Portuguese")])
def test_the_register_and_its_rules_are_pages_in_both_languages(
    names: Callable[..., list[str]], visit: Visits, lang: str, word: str
) -> None:
    page = visit(None).get(f"/foreign-names?q=sao&lang={lang}")
    assert (page.status, word in page.text("table")) == (200, True)
    link = page.all("table a")[0].get("href")
    assert "圣多美" in visit(None).get(link).text("h1")
    rules = visit(None).get(f"/foreign-names/rules?lang={lang}")
    assert (rules.status, "17693.7" in rules.text("table")) == (200, True)
    assert visit(None).get(f"/foreign-names?q=没有这样&lang={lang}").status == 200
    assert visit(None).get(f"/foreign-names?kind=moon&lang={lang}").status == 400


def test_an_office_records_one_by_its_form_and_is_told_what_is_wrong(
    names: Callable[..., list[str]], visit: Visits
) -> None:
    browser = visit("translator")
    assert browser.get("/foreign-names/new").status == 200
    typed = {
        "code": "F1", "original": "Brno", "language": "捷克语", "country": "CZ", "kind": "settlement",
        "translation": "布尔诺", "rule": "sound_and_meaning", "status": "standard", "source": "为测试所录",
        "title": "补登（虚构）", "authority": "示例机构（虚构）",
    }  # fmt: skip
    origin = {"Origin": browser.origin}
    wrong = browser.client.post("/foreign-names/new", data={**typed, "rule": "gbt17693-1"}, headers=origin)
    assert (wrong.status_code, "another language" in wrong.text) == (422, True)
    page = Page(browser.client.post("/foreign-names/new", data=typed, headers=origin, follow_redirects=True))
    assert "布尔诺" in page.text("h1")


def test_the_command_lists_shows_and_previews(
    office: HeritageOffice,
    names: Callable[..., list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DIMING_DATABASE_URL", office.engine.url.render_as_string(hide_password=False))
    environment.cache_clear()
    settings_from_environment.cache_clear()
    assert main(["foreign", "list", "--q", "lodz"]) == 0
    listed = capsys.readouterr().out
    assert "罗兹" in listed
    assert main(["foreign", "show", listed.split()[0]]) == 0
    assert "罗兹" in capsys.readouterr().out
    assert main(["foreign", "rules"]) == 0
    assert "gbt17693-8" in capsys.readouterr().out
    file = tmp_path / "foreign.csv"
    assert main(["foreign", "list", "--country", "PL", "--csv", str(file)]) == 0
    assert "Łódź" in file.read_text("utf-8-sig")
    table = tmp_path / "table.csv"
    table.write_text(TABLE.replace("\nW", "\nC"), "utf-8")
    assert main(["foreign", "import", str(table), "--dry-run"]) == 0
    assert "5 new; 0 written" in capsys.readouterr().out
    assert main(["foreign", "import", str(table)]) == 2
