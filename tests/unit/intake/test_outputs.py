"""The report as workbook, layers, paper and drawing: nothing of a file becomes a formula or code, nothing is lost."""

from __future__ import annotations

import io
import re
import sqlite3
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pyogrio
import pypdfium2
import pytest
from python_calamine import CalamineWorkbook
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon

from boundaries.geometry.picture import Pictured, draw, fitting_height
from boundaries.intake.catalogue import catalogue
from boundaries.intake.model import CrsBelief, Drawn, EncodingBelief, Finding, LayerSummary, NotChecked, Report
from boundaries.intake.output.excel import to_excel
from boundaries.intake.output.geopackage import to_geopackage
from boundaries.intake.output.paper import MOST_PRINTED, to_paper
from data.documents.fonts import installed

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
#: What spreadsheets take for the beginning of a formula (OWASP, CSV injection).
FORMULA = '=HYPERLINK("http://x","y")'
SQUARE = Polygon([(99, 40), (99.01, 40), (99.01, 40.01), (99, 40.01)])
LINE = LineString([(99, 40), (99.02, 40.02)])


def finding(kind: str = "spike", geometry: object = None, **more: object) -> Finding:
    given: dict[str, object] = {
        "kind": kind, "reason": "plain", "severity": "warning", "message": "m", "message_zh": "说明", "rule": "r",
        "layer": "l", "feature": 1, "field": None, "geometry": geometry, "at": (1.0, 2.0),
        "measures": {"length_m": 2.5},
    }  # fmt: skip
    return Finding(**{**given, **more})  # type: ignore[arg-type]


def report(*findings: Finding, name: str = "a.zip", drawn: tuple[Drawn, ...] = ()) -> Report:
    belief = CrsBelief("EPSG:4528", "EPSG:4528", "certain", "as declared", "按声明")
    layer = LayerSummary("层", "LineString", 1, 2, belief, EncodingBelief(None, "GB18030", ""))
    left_out = [NotChecked("ends", "why", "原因")]
    return Report(name, "0" * 64, 10_000, None, None, [layer], findings, left_out, {"node_m": 2.0}, drawn)


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "{="])
def test_no_text_of_a_file_becomes_a_formula(begin: str) -> None:
    text = begin + "1+1"
    made = to_excel(report(finding(message_zh=text, layer=text, field=text), name=text), "zh")
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in sheet or "hyperlink" in sheet.lower() for sheet in sheets)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_name("问题").to_python()
    assert {str(rows[1][column]).strip("\t") for column in (3, 4, 6)} == {text.strip("\t")}


def test_a_workbook_has_a_row_for_each_finding_with_its_measures() -> None:
    made = to_excel(
        report(finding(geometry=Point(99.5, 40.5)), finding("gap", SQUARE, measures={"area_m2": 7.0})), "en"
    )
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_name("Findings").to_python()
    assert rows[0][-3:] == ["area_m2", "length_m", "Rule"]
    assert (rows[1][7], rows[1][8], rows[1][-2]) == (99.5, 40.5, 2.5)
    assert (rows[2][2], rows[2][-3]) == (catalogue()["gap"].title, 7.0)


def test_a_character_that_no_cell_can_hold_is_shown_as_its_code() -> None:
    made = to_excel(report(finding(message="a\x00b\x1fc")), "en")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_name("Findings").to_python()
    assert rows[1][3] == r"a\x00b\x1fc"


def test_each_kind_has_its_layer_and_each_layer_its_style(tmp_path: Path) -> None:
    findings = [
        finding("spike", Point(99, 40)),
        finding("overlap", SQUARE, severity="error"),
        finding("overlap", MultiPolygon([SQUARE])),
        finding("overlap", LINE),
        finding("gap", GeometryCollection([Point(99, 40), LINE])),
        finding("unreadable"),
    ]
    path = tmp_path / "r.gpkg"
    path.write_bytes(to_geopackage(report(*findings, drawn=(Drawn("层", GeometryCollection([LINE]), 0.0),)), "zh"))
    layers = {str(name): kind for name, kind in pyogrio.list_layers(path)}
    assert layers["spike"] == "Point"
    assert layers["overlap_area"] == "MultiPolygon"
    assert {"overlap_line", "gap_point", "gap_line", "handed_in_line", "findings_without_place"} <= set(layers)
    assert [int(n) for n in pyogrio.read_dataframe(path, layer="overlap_area")["number"]] == [2, 3]
    without = pyogrio.read_dataframe(path, layer="findings_without_place")
    assert list(without["kind"]) == ["unreadable"]
    with sqlite3.connect(path) as base:
        styles = dict(base.execute("SELECT f_table_name, styleQML FROM layer_styles"))
        placed = {row[0] for row in base.execute("SELECT table_name FROM gpkg_geometry_columns")}
    base.close()
    assert set(styles) == placed
    for qml in styles.values():
        ElementTree.fromstring(re.sub(r"^<!DOCTYPE[^>]*>", "", qml))


def test_a_report_without_findings_is_written_too(tmp_path: Path) -> None:
    path = tmp_path / "r.gpkg"
    path.write_bytes(to_geopackage(report(), "en"))
    assert next(str(name) for name, _ in pyogrio.list_layers(path)) == "findings_without_place"
    assert to_excel(report(), "zh")[:2] == b"PK"
    with pypdfium2.PdfDocument(to_paper(report(), installed(), AT, "zh")) as paper:
        assert "未发现问题" in paper[0].get_textpage().get_text_bounded()


def test_what_came_with_a_file_is_never_code_on_paper() -> None:
    evil = '#read("/etc/passwd") $x$ *b* \\ <svg> ]'
    made = to_paper(report(finding(message=evil, geometry=Point(99, 40)), name=evil), installed(), AT, "en")
    with pypdfium2.PdfDocument(made) as paper:
        text = paper[0].get_textpage().get_text_bounded()
    assert '#read("/etc/passwd")' in text.replace("“", '"').replace("”", '"')
    assert "root:" not in text


def test_a_long_report_says_what_was_not_printed() -> None:
    findings = [finding(geometry=Point(99 + n / 1e4, 40)) for n in range(MOST_PRINTED + 3)]
    with pypdfium2.PdfDocument(to_paper(report(*findings), installed(), AT, "zh")) as paper:
        text = "".join(page.get_textpage().get_text_bounded() for page in paper)
    assert "另有3条问题未打印" in text.replace(" ", "")


def test_the_same_report_gives_the_same_paper() -> None:
    one = report(finding(geometry=LINE))
    assert to_paper(one, installed(), AT, "zh") == to_paper(one, installed(), AT, "zh")


def test_a_drawing_is_whole_and_its_texts_are_texts() -> None:
    things = [
        Pictured(LINE, "legal"),
        Pictured(SQUARE, "disputed", "error", "<1>", chosen=True),
        Pictured(Point(99.005, 40.005), "finding", "info", "2"),
        Pictured(Point(99.01, 40.01), "marker"),
    ]
    picture = draw(things, 600, fitting_height(things, 600), title='"a" & <b>')
    assert picture is not None
    root = ElementTree.fromstring(picture)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "<1>" in texts
    assert any(text and text.endswith("m") for text in texts)
    numbers = [float(n) for n in re.findall(r'\b[cxy]{1,2}="(-?[0-9.]+)"', picture)]
    assert all(-40 <= n <= 1040 for n in numbers)
    assert draw([], 600, 400) is None
