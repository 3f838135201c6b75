"""A list of names is read whole or refused with the reason."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from data.errors import BadInput
from geonames.likeness.forms import forms
from geonames.screening.groups import Group, group_of, groups
from geonames.screening.reading import read_list
from geonames.screening.repeats import Listed, repeats, said

TEXT = "名称,类别,备注\n王府花园,RESIDENTIAL_BUILDING,甲\n,STREET,\n沿河路,STREET,乙\n"


def written(folder: Path, content: bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def sheet(folder: Path, *rows: tuple[object, ...]) -> Path:
    path = folder / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    return path


@pytest.mark.parametrize(("encoding", "named"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")])
def test_every_encoding_gives_the_same_rows(tmp_path: Path, encoding: str, named: str) -> None:
    found = read_list(written(tmp_path, TEXT.encode(encoding)))
    assert found.encoding == named
    assert found.rows == (("王府花园", "RESIDENTIAL_BUILDING", "甲"), ("", "STREET", ""), ("沿河路", "STREET", "乙"))
    assert found.cell(found.rows[0], "name") == "王府花园"
    assert found.cell(found.rows[0], "within") == ""


def test_characters_outside_the_first_plane_come_through(tmp_path: Path) -> None:
    found = read_list(written(tmp_path, "name\n𬒈村\n㙍\n".encode("gb18030")))
    assert [row[0] for row in found.rows] == ["𬒈村", "㙍"]


def test_a_workbook_is_read_with_its_numbers_as_codes(tmp_path: Path) -> None:
    found = read_list(sheet(tmp_path, ("地名", "类别", "政区代码"), ("沿河路", 23514, 511529), ("", "", "")))
    assert found.encoding == "xlsx"
    assert found.rows[0] == ("沿河路", "23514", "511529")
    assert found.cell(found.rows[0], "within") == "511529"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "list_empty"),
        (b"name\n", "list_empty"),
        (b"title,class\nA,B\n", "column_missing"),
        ("name,名称\nA,B\n".encode(), "column_taken"),
        (b"name\nA,B\n", "row_malformed"),
        (b'name\n"A\n', "row_malformed"),
        (b"name\n\xff\xff\xff\n", "encoding_unknown"),
        (b"PK\x03\x04 no archive", "workbook_unreadable"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_list(written(tmp_path, content))
    assert caught.value.code == code
    assert caught.value.detail


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        read_list(tmp_path / "nothing.csv")
    assert caught.value.code == "file_missing"


def test_an_archive_that_is_a_bomb_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(BadInput) as caught:
        read_list(path)
    assert caught.value.code == "archive_unsafe"


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(BadInput) as caught:
        read_list(path)
    assert caught.value.code == "workbook_unreadable"


def listed(row: int, name: str, class_: str = "STREET", county: str = "990121") -> Listed:
    return Listed(row, class_, county, forms(name, class_, county))


def test_repeats_are_found_within_class_and_county_by_name_and_by_sound() -> None:
    found = repeats(
        [
            listed(2, "沿河路"),
            listed(3, "沿河路"),
            listed(4, "延河路"),
            listed(5, "沿河路", county="990122"),
            listed(6, "沿河路", class_="OTHER"),
            listed(7, "青禾路"),
        ]
    )
    assert {row: (repeat.same, repeat.sound) for row, repeat in found.items()} == {
        2: ((3,), (4,)),
        3: ((2,), (4,)),
        4: ((), (2, 3)),
    }


def test_the_order_of_a_list_changes_nothing() -> None:
    names = [listed(n, name) for n, name in enumerate(("沿河路", "延河路", "沿河路", "甲路", "贾路"), 2)]
    assert repeats(names) == repeats(reversed(names))


def test_many_rows_are_counted_in_words() -> None:
    assert said((3, 17)) == "第3、17行"
    assert said(tuple(range(2, 22))).endswith("等20行")


@pytest.mark.parametrize(
    ("rule", "group"),
    [("R27", Group.BIG), ("R25", Group.FOREIGN), ("R18", Group.ODD), ("R06", Group.SAME), ("R01", Group.OTHER)],
)
def test_findings_belong_to_the_groups_of_the_campaign(rule: str, group: Group) -> None:
    assert group_of(rule) is group


def test_every_group_says_where_it_comes_from() -> None:
    assert all(row.source and row.mark in "VMI" for row in groups().values())
