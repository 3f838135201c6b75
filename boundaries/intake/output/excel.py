"""The report as a workbook: a summary, every finding as a row, what was not checked, the tolerances.

Texts that came with the file are written as texts: none of them is ever a
formula, whatever it begins with.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import shapely
import xlsxwriter

from boundaries.intake.model import Finding, Report
from boundaries.intake.output.words import kind_words, message, rule_words, severity_words, verdict_words, word
from boundaries.intake.report import Language, counts
from data.errors import BadRequest

#: Rows of a sheet of the format, one of them the headings (ECMA-376, as Excel limits it).
MOST_ROWS = 1_048_575
#: Characters of a cell, as Excel limits it.
MOST_CHARACTERS = 32_767
WIDTHS = {"message": 60, "rule": 50, "kind": 22, "layer": 18, "longitude": 16, "latitude": 16}
FILLS = {"error": "#FBECEB", "warning": "#FDF5E1", "info": "#E9F0F8"}


def to_excel(report: Report, language: Language = "zh") -> bytes:
    """The workbook (.xlsx). BadRequest `report_too_large` for more than a sheet can hold."""
    if len(report.findings) > MOST_ROWS:
        raise BadRequest(
            f"A sheet holds {MOST_ROWS:,} findings and the report has more: take the GeoPackage.",
            code="report_too_large",
        )
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": f"{word('title', language)} {report.file}", "comments": report.sha256})
        _Writer(book, report, language).write()
    return out.getvalue()


class _Writer:
    """One workbook being written."""

    def __init__(self, book: Any, report: Report, language: Language) -> None:
        self.book, self.report, self.language = book, report, language
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.degrees = book.add_format({"num_format": "0.000000000", "valign": "top"})
        self.metres = book.add_format({"num_format": "#,##0.000", "valign": "top"})
        self.fills = {key: book.add_format({"bg_color": value, "valign": "top"}) for key, value in FILLS.items()}

    def write(self) -> None:
        self._summary()
        self._findings()
        self._table("not_checked", ("check", "why"), [(one.check, self._why(one)) for one in self.report.not_checked])
        self._table("tolerances", ("check", "value"), list(self.report.tolerances.items()))

    def _why(self, one: Any) -> str:
        return str(one.why_zh if self.language == "zh" else one.why)

    def _summary(self) -> None:
        report, language = self.report, self.language
        sheet = self.book.add_worksheet(word("summary", language))
        facts: list[tuple[str, Any]] = [
            ("file", report.file),
            ("verdict", verdict_words(report.verdict, language)),
            ("sha256", report.sha256),
            ("scale", f"1:{report.scale:,}"),
            ("against", report.against or "—"),
        ]
        for at, (name, value) in enumerate(facts):
            sheet.write_string(at, 0, word(name, language), self.head)
            sheet.write_string(at, 1, _cell(value), self.wrap)
        row = len(facts) + 1
        row = self._layers(sheet, row) + 1
        sheet.write_string(row, 0, word("counts", language), self.head)
        for kind, number in counts(report).items():
            row += 1
            sheet.write_string(row, 0, kind_words(kind, language))
            sheet.write_number(row, 1, number)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 66)
        sheet.set_column(2, 6, 18)

    def _layers(self, sheet: Any, row: int) -> int:
        heads = ("layer", "why", "geometry", "features", "vertices", "believed", "encoding")
        for column, name in enumerate(heads):
            sheet.write_string(row, column, word(name, self.language), self.head)
        for layer in self.report.layers:
            row += 1
            why = layer.crs.why_zh if self.language == "zh" else layer.crs.why
            texts = {0: layer.name, 1: why, 2: layer.geometry, 5: layer.crs.believed, 6: layer.encoding.believed}
            for column, text in texts.items():
                sheet.write_string(row, column, _cell(text or "?"), self.wrap)
            sheet.write_number(row, 3, layer.features)
            sheet.write_number(row, 4, layer.vertices)
        return row + 1

    def _findings(self) -> None:
        language = self.language
        sheet = self.book.add_worksheet(word("findings", language))
        measures = _measures(self.report.findings)
        names = ("number", "severity", "kind", "message", "layer", "feature", "field", "longitude", "latitude",
                 "file_x", "file_y", *measures, "rule")  # fmt: skip
        for column, name in enumerate(names):
            sheet.write_string(0, column, name if name in measures else word(name, language), self.head)
            sheet.set_column(column, column, WIDTHS.get(name, 12))
        for row, finding in enumerate(self.report.findings, 1):
            self._finding(sheet, row, finding, measures)
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, max(len(self.report.findings), 1), len(names) - 1)

    def _finding(self, sheet: Any, row: int, finding: Finding, measures: Sequence[str]) -> None:
        language = self.language
        sheet.write_number(row, 0, row)
        sheet.write_string(row, 1, severity_words(finding.severity, language), self.fills[finding.severity])
        sheet.write_string(row, 2, kind_words(finding.kind, language), self.wrap)
        sheet.write_string(row, 3, _cell(message(finding, language)), self.wrap)
        sheet.write_string(row, 4, _cell(finding.layer or ""), self.wrap)
        if finding.feature is not None:
            sheet.write_number(row, 5, finding.feature)
        sheet.write_string(row, 6, _cell(finding.field or ""), self.wrap)
        if finding.geometry is not None:
            point = shapely.point_on_surface(finding.geometry)
            sheet.write_number(row, 7, point.x, self.degrees)
            sheet.write_number(row, 8, point.y, self.degrees)
        for column, number in enumerate(finding.at or (), 9):
            sheet.write_number(row, column, number, self.metres)
        for column, name in enumerate(measures, 11):
            if name in finding.measures:
                sheet.write_number(row, column, finding.measures[name], self.metres)
        sheet.write_string(row, 11 + len(measures), _cell(rule_words(finding, language)), self.wrap)

    def _table(self, title: str, heads: Sequence[str], rows: Sequence[tuple[Any, Any]]) -> None:
        sheet = self.book.add_worksheet(word(title, self.language))
        for column, name in enumerate(heads):
            sheet.write_string(0, column, word(name, self.language), self.head)
        for at, (name, value) in enumerate(rows, 1):
            sheet.write_string(at, 0, _cell(name), self.wrap)
            if isinstance(value, int | float):
                sheet.write_number(at, 1, value, self.metres)
            else:
                sheet.write_string(at, 1, _cell(value), self.wrap)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 80)


def _measures(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The measures that any finding has, in the order of the alphabet."""
    return tuple(sorted({name for finding in findings for name in finding.measures}))


def _cell(value: Any) -> str:
    """`value` as the text of a cell: what no cell can hold is shown as its code, never left out in silence."""
    text = "".join(c if c in "\t\n" or ord(c) >= 32 else f"\\x{ord(c):02x}" for c in str(value))
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
