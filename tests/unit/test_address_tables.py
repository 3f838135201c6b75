"""Tables of addresses: how they are read, and in which forms they go back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from data.errors import BadInput
from geonames.geocode.tables.model import ADDED, BEGINS, read_addresses, told
from geonames.geocode.tables.writing import FORMS, write

TABLE = "编号,地址,备注\n1,湖北省襄阳市樊城区,=1+1\n2,,-3.5\n"
RESULTS = [
    {"name": "湖北省襄阳市", "code": "420600", "lon": 112.1, "lat": 32.0, "precision": "prefecture", "confidence": 0.9,
     "not_understood": "", "other_readings": 0},
    {"confidence": 0.0, "other_readings": 0, "problem": "query_empty"},
]  # fmt: skip


def table(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "shops.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_whatever_wrote_it_the_same_is_read(tmp_path: Path, encoding: str) -> None:
    found = read_addresses(table(tmp_path, TABLE.encode(encoding)), None)
    assert (found.headings, found.column, len(found.rows)) == (("编号", "地址", "备注"), 1, 2)
    assert found.address(0) == "湖北省襄阳市樊城区"


@pytest.mark.parametrize(
    ("content", "column", "code"),
    [
        ("", None, "list_empty"),
        ("地址\n", None, "list_empty"),
        ("名称\n襄阳\n", None, "column_missing"),
        ("地址\n襄阳\n", "门牌", "column_missing"),
        ("地址,地址\n襄阳,x\n", None, "column_taken"),
        ("地址\n襄阳,多\n", None, "row_malformed"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(tmp_path: Path, content: str, column: str | None, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_addresses(table(tmp_path, content.encode()), column)
    assert refused.value.code == code


def test_csv_keeps_all_columns_and_holds_no_formula(tmp_path: Path) -> None:
    found = read_addresses(table(tmp_path, TABLE.encode()), None)
    text = b"".join(write("csv", found, RESULTS)).decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["编号"], first["备注"], first[f"{BEGINS}code"]) == ("1", "'=1+1", "420600")
    assert (second["备注"], second[f"{BEGINS}problem"], second[f"{BEGINS}lon"]) == ("-3.5", "query_empty", "")


def test_excel_and_geojson_hold_the_same(tmp_path: Path) -> None:
    found = read_addresses(table(tmp_path, TABLE.encode()), None)
    document = json.loads(b"".join(write("geojson", found, RESULTS)))
    assert [feature["geometry"] for feature in document["features"]] == [
        {"type": "Point", "coordinates": [112.1, 32.0]},
        None,
    ]
    assert document["features"][0]["properties"]["备注"] == "=1+1"
    workbook = b"".join(write("xlsx", found, RESULTS))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["编号", "地址", "备注", *(BEGINS + name for name in ADDED)]
    assert rows[1][:3] == ["1", "湖北省襄阳市樊城区", "=1+1"]
    assert set(FORMS) == {"csv", "xlsx", "geojson"}


def test_of_several_readings_the_surest_is_told_and_the_rest_counted() -> None:
    def reading(name: str, confidence: float) -> dict[str, object]:
        part = {"name": name, "code": "990121", "id": "x", "former": False}
        return {"parts": [part], "not_understood": ["3号"], "point": [1.0, 2.0], "precision": "county",
                "confidence": confidence}  # fmt: skip

    found = told([reading("甲县", 0.4), reading("乙县", 0.2)])
    assert (found["name"], found["other_readings"], found["not_understood"]) == ("甲县", 1, "3号")
    assert told([]) == {"confidence": 0.0, "other_readings": 0}
