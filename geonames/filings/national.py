"""The file that the national database takes (国家地名信息库): one row for each name whose filing was acknowledged.

The columns of the national form itself were not seen (data/rules/filing/form.toml says so); the sheet's first rows
say from where its columns are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import xlsxwriter

from data.clock import civil_date
from data.db import Row
from geonames.filings.form import form

SHEET = "地名备案登记表"
NUMBER, ACKNOWLEDGED_ON = "备案编号", "备案日期"
WIDTH = 18


def register_sheet(rows: Sequence[Row]) -> bytes:
    """The workbook."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(SHEET)
    bold = book.add_format({"bold": True, "text_wrap": True})
    columns = form().columns
    for place, title in enumerate((NUMBER, ACKNOWLEDGED_ON, *(column.label.zh for column in columns))):
        sheet.write_string(0, place, title, bold)
    for line, values in enumerate(_lines(rows), 1):
        for place, value in enumerate(values):
            sheet.write_string(line, place, value)
    sheet.set_column(0, len(columns) + 1, WIDTH)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def _lines(rows: Sequence[Row]) -> Iterator[list[str]]:
    """The cells of each line: a batch has one for each of its names."""
    for row in rows:
        filed = [row["filing_no"] or "", civil_date(row["answered_at"]).isoformat()]
        for name in row["names"] or [{}]:
            said = {**row["form"], **name}
            yield [*filed, *(str(said.get(column.key, "")) for column in form().columns)]
