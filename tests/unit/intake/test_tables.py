"""The table beside the geometries: an office's own profile, and texts in more than one encoding."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from tests.unit.intake.surveys import beside, check, line, said, write

#: What an office may write: its own column names, a code list, a span of numbers.
OFFICE = """
title_en = "office of 云溪市"
title_zh = "云溪市"

[[markers]]
name = "code"
aliases = ["桩号"]
required = true
key = true
pattern = "[0-9]{3}"

[[markers]]
name = "material"
aliases = ["材质", "cz"]
required = true
allowed = ["石", "混凝土"]

[[markers]]
name = "elevation"
aliases = ["高程"]
number = true
low = 0
high = 3000

[[lines]]
name = "line"
aliases = ["界线"]
"""
GOOD = {"桩号": ["001", "002", "003"], "cz": ["石", "混凝土", "石"], "高程": ["12.5", "20", "31"]}


@pytest.fixture
def office(tmp_path: Path) -> str:
    path = tmp_path / "office.toml"
    path.write_text(OFFICE, encoding="utf-8")
    return str(path)


def markers(folder: Path, **changed: list[str | None]) -> Path:
    path = write(folder / "survey.gpkg", [line()], layer="lines")
    points = [shapely.Point(beside(at, 0, 0)) for at in (100, 300, 500)]
    return write(path, points, layer="markers", fields={**GOOD, **changed})


def test_a_file_in_the_columns_of_an_office_passes(tmp_path: Path, office: str) -> None:
    assert said(check(markers(tmp_path), profile=office)) == []
    assert ("schema_missing_field", "plain") in said(check(markers(tmp_path)))


@pytest.mark.parametrize(
    ("changed", "expected", "feature", "field"),
    [
        ({"cz": ["石", "木", "石"]}, ("schema_bad_value", "list"), 2, "cz"),
        ({"cz": ["石", "石", None]}, ("schema_bad_value", "empty"), 3, "cz"),
        ({"高程": ["12.5", "8848", "31"]}, ("schema_bad_value", "number"), 2, "高程"),
        ({"高程": ["12.5", "20", "约30米"]}, ("schema_bad_value", "number"), 3, "高程"),
        ({"桩号": ["001", "2", "003"]}, ("schema_bad_value", "pattern"), 2, "桩号"),
        ({"桩号": ["001", "003", "003"]}, ("duplicate_key", "plain"), 3, "桩号"),
    ],
)
def test_a_value_is_told_by_its_record_and_field(
    tmp_path: Path,
    office: str,
    changed: dict[str, list[str | None]],
    expected: tuple[str, str],
    feature: int,
    field: str,
) -> None:
    report = check(markers(tmp_path, **changed), profile=office)
    assert said(report) == [expected]
    assert [(one.layer, one.feature, one.field) for one in report.findings] == [("markers", feature, field)]


def test_one_record_in_another_encoding_is_told_by_record_and_field(tmp_path: Path) -> None:
    pieces = [line(2_000), line(2_000, seed=9)]
    path = write(tmp_path / "survey.shp", pieces, fields={"line": ["甲乙线", "示例界线二"]})
    table = path.with_suffix(".dbf").read_bytes()
    raw, other = "示例界线二".encode("gb18030"), "乙丙线".encode()
    assert raw in table
    path.with_suffix(".dbf").write_bytes(table.replace(raw, other + b" " * (len(raw) - len(other))))
    told = [one for one in check(path).findings if one.kind.startswith("encoding")]
    assert [(one.kind, one.feature, one.field) for one in told] == [("encoding_damaged", 2, "line")]
