"""The statistics as an Excel workbook: a sheet for each table."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

#: Title of the sheet, which part of the statistics it shows, its columns.
SHEETS: Sequence[tuple[str, str, Mapping[str, str]]] = (
    ("各环节用时", "states", {
        "label": "环节", "times": "次数", "now_in_it": "现有", "median_days": "中位数（日）",
        "p90_days": "九成不超过（日）",
    }),
    ("期限", "terms", {"label": "期限", "article": "依据", "set": "起算", "missed": "超期办结", "overdue": "现已超期"}),
    ("按类别", "classes", {"key": "类别", "opened": "收件", "ended": "办结"}),
    ("按地区", "regions", {"key": "代码", "name": "地区", "opened": "收件", "ended": "办结"}),
)  # fmt: skip
WIDTH = 18


def workbook_of(found: Mapping[str, Any]) -> bytes:
    """The workbook."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    for title, part, columns in SHEETS:
        sheet = book.add_worksheet(title)
        sheet.write_row(0, 0, list(columns.values()), bold)
        for line, row in enumerate(found[part], 1):
            sheet.write_row(line, 0, [_cell(row[key]) for key in columns])
        sheet.set_column(0, len(columns), WIDTH)
        sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value["zh"]
    return "" if value is None else value
