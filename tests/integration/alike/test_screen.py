"""`./diming screen`: every row comes out, in groups, as a workbook that runs nothing."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from api.cli.app import main

LIST = """编号,名称,类别,政区代码,经度,纬度,备注
1,沿河路,STREET,990121,110.05,30.05,与登记册同名
2,威尼斯花园,RESIDENTIAL_BUILDING,990121,,,洋
3,宇宙广场,RESIDENTIAL_BUILDING,990121,,,大
4,EE新城,RESIDENTIAL_BUILDING,990121,,,怪
5,=1+1,STREET,990121,,,=HYPERLINK("x")
6,,STREET,990121,,,没有名称
7,青禾路,RIVER,990121,,,类别错
8,青禾路,STREET,999999,,,代码错
9,青禾路,STREET,990121,abc,1,坐标错
10,百合路,STREET,990121,,,重复
11,百合路,STREET,990121,,,重复
12,安平路,STREET,990121,,,没有问题
"""
ROWS = LIST.count("\n") - 1


@pytest.fixture
def screened(
    invented_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[dict[str, object], Path]:
    monkeypatch.setenv("DIMING_DATABASE_URL", invented_url)
    source = tmp_path / "名单.csv"
    source.write_bytes(LIST.encode("gb18030"))
    assert main(["screen", str(source), "--json"]) == 0
    said: dict[str, object] = json.loads(capsys.readouterr().out)
    return said, tmp_path / "名单-screened.xlsx"


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_as_many_rows_come_out_as_went_in_with_all_their_columns(screened: tuple[dict[str, object], Path]) -> None:
    said, report = screened
    assert said["rows"] == ROWS
    assert said["encoding"] == "GB18030"
    everything = sheets(report)["全部名称"]
    assert everything[0][4:] == ["编号", "名称", "类别", "政区代码", "经度", "纬度", "备注"]
    given = [line.split(",") for line in LIST.replace('"x"', "x").splitlines()[1:]]
    assert [row[5] for row in everything[1:]] == [line[1] for line in given]
    assert [row[10] for row in everything[1:-1]][:4] == ["与登记册同名", "洋", "大", "怪"]


def test_findings_stand_in_the_group_of_the_campaign(screened: tuple[dict[str, object], Path]) -> None:
    _, report = screened
    found = sheets(report)
    by_group = {name: {str(row[1]) for row in found[name][1:]} for name in ("大", "洋", "怪", "重")}
    assert "宇宙广场" in by_group["大"]
    assert "威尼斯花园" in by_group["洋"]
    assert "EE新城" in by_group["怪"]
    assert {"沿河路", "百合路"} <= by_group["重"]
    assert all("安平路" not in names for names in by_group.values())


def test_what_could_not_be_screened_says_why_in_its_row(screened: tuple[dict[str, object], Path]) -> None:
    said, report = screened
    rows = sheets(report)["全部名称"]
    why = {int(float(str(row[4]))): (row[1], row[3]) for row in rows[1:]}
    assert said["not_screened"] == 4
    assert why[6] == ("未能筛查", "没有名称")
    assert "没有这个类别" in str(why[7][1])
    assert "从未有过" in str(why[8][1])
    assert "不是两个数" in str(why[9][1])


def test_no_cell_is_a_formula_or_a_link(screened: tuple[dict[str, object], Path]) -> None:
    _, report = screened
    with zipfile.ZipFile(report) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets")]
    assert not any("<f>" in part or "<hyperlink" in part for part in parts)
    assert any("=1+1" in str(row[5]) for row in sheets(report)["全部名称"])


def test_sheets_are_set_up_for_print(screened: tuple[dict[str, object], Path]) -> None:
    _, report = screened
    with zipfile.ZipFile(report) as archive:
        pages = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert all('paperSize="9"' in page and 'orientation="landscape"' in page for page in pages)


def test_rules_not_checked_are_counted(screened: tuple[dict[str, object], Path]) -> None:
    _, report = screened
    rules = {row[0] for row in sheets(report)["未检查的规则"][1:]}
    assert "R22" in rules  # no list of leaders is shipped


def test_a_bad_list_leaves_no_report(
    invented_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIMING_DATABASE_URL", invented_url)
    source = tmp_path / "bad.csv"
    source.write_text("title\nA\n", "utf-8")
    assert main(["screen", str(source), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["code"] == "column_missing"
    assert list(tmp_path.iterdir()) == [source]


def test_a_row_that_names_itself_does_not_meet_itself(
    invented_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIMING_DATABASE_URL", invented_url)
    source = tmp_path / "units.csv"
    source.write_text("代码,名称,类别\n990122,竹溪湾县,ADMIN_DIVISION\n,竹溪湾县,ADMIN_DIVISION\n", "utf-8")
    assert main(["screen", str(source), "--json"]) == 0
    capsys.readouterr()
    same = [(row[0], row[3]) for row in sheets(tmp_path / "units-screened.xlsx")["重"][1:]]
    assert (3, "R06") in [(int(float(str(n))), rule) for n, rule in same]
    assert (2, "R06") not in [(int(float(str(n))), rule) for n, rule in same]
