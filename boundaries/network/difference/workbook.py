"""A difference as a workbook: a summary, the segments, the land, the balance of each unit. Chinese first.

What came from a file is written as text: nothing in it is ever a formula.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from boundaries.network.difference.model import Difference

KINDS = {
    "added": "新增 added",
    "removed": "删除 removed",
    "moved": "移位 moved",
    "changed": "属性变更 changed",
}
SEGMENT_HEADS = (
    "界线段 segment", "变更 change", "左侧 left", "右侧 right", "原长 (m) length before", "现长 (m) length after",
    "中位位移 (m) p50", "95%位移 (m) p95", "最大位移 (m) max", "原依据 document before", "现依据 document after",
    "无文件 without document",
)  # fmt: skip
LAND_HEADS = ("划出 from", "划入 to", "面积 (m²) area", "宽度 (m) width", "经度 longitude", "纬度 latitude")
BALANCE_HEADS = ("代码 code", "单位 unit", "划出 (m²) ceded", "划入 (m²) gained", "净变化 (m²) net")


def to_workbook(difference: Difference) -> bytes:
    """The workbook (.xlsx)."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        _summary(book, head, difference)
        _sheet(book, head, "界线段 segments", SEGMENT_HEADS, [_segment(row) for row in difference.segments()])
        _sheet(book, head, "土地 land", LAND_HEADS, [_land(difference, piece) for piece in difference.land.pieces])
        _sheet(book, head, "增减 balance", BALANCE_HEADS, [_balance(row) for row in difference.balance()])
    return out.getvalue()


def _summary(book: Any, head: Any, difference: Difference) -> None:
    told = difference.as_json()
    rows: list[tuple[str, Any]] = [
        ("原 from", told["from"]),
        ("现 to", told["to"]),
        ("未变 unchanged", told["unchanged"]),
        *((KINDS[kind], count) for kind, count in told["counts"].items()),
        ("碎片阈值 (m) sliver up to", told["slivers"]["tolerance_m"]),
        ("碎片数 slivers", told["slivers"]["count"]),
        ("碎片面积 (m²) area of slivers", told["slivers"]["area_m2"]),
    ]
    sheet = book.add_worksheet("小结 summary")
    for at, (name, value) in enumerate(rows):
        sheet.write_string(at, 0, name, head)
        _cell(sheet, at, 1, value)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 40)


def _segment(row: Mapping[str, Any]) -> tuple[Any, ...]:
    far = row["displacement"] or {}
    return (
        str(row["segment"]), KINDS[row["kind"]], _unit(row["left"]), _unit(row["right"]), row["length_before_m"],
        row["length_after_m"], far.get("p50_m"), far.get("p95_m"), far.get("max_m"), _text(row["before"]),
        _text(row["after"]), "是 yes" if row["without_document"] else "",
    )  # fmt: skip


def _land(difference: Difference, piece: Any) -> tuple[Any, ...]:
    inside = piece.geometry.representative_point()
    return (
        _unit(difference.name(piece.giver)), _unit(difference.name(piece.taker)), round(piece.area_m2, 4),
        round(piece.width_m, 3), round(inside.x, 8), round(inside.y, 8),
    )  # fmt: skip


def _balance(row: Mapping[str, Any]) -> tuple[Any, ...]:
    unit = row["unit"] or {"code": "", "name": "登记外 nobody of the register"}
    return (_text(unit["code"]), _text(unit["name"]), row["ceded_m2"], row["gained_m2"], row["net_m2"])


def _sheet(book: Any, head: Any, title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(title)
    for column, name in enumerate(heads):
        sheet.write_string(0, column, name, head)
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            _cell(sheet, at, column, value)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)
    sheet.set_column(0, len(heads) - 1, 18)


def _cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value))


def _unit(unit: Mapping[str, Any] | None) -> str:
    return "" if unit is None else " ".join(part for part in (unit["code"], unit["name"]) if part)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
