"""A publication as an Excel workbook, as a Word file, and as a PDF to be kept. Each bears number and checksums."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from itertools import groupby
from typing import Any

import xlsxwriter

from boundaries.codebooks.kinds import publication_kinds
from boundaries.codebooks.service import Tables
from boundaries.units.coding import LEVEL_ZH
from data.documents.blank import blank
from data.documents.fonts import Fonts
from data.documents.model import Marking
from data.documents.official import Setting, to_pdf
from data.documents.values import written_date
from data.documents.word import paragraphs_of

#: What a change is called in files, which are in Chinese as the publication is.
WHAT_ZH = {
    "established": "设立", "moved_in": "列入", "abolished": "撤销", "moved_out": "不再列入", "renamed": "更名",
    "recoded": "代码变更", "retyped": "建制变更", "moved": "隶属变更",
}  # fmt: skip
CODE_HEADS = ("代码", "名称", "级别", "建制类型", "上级代码", "存疑")
CHANGE_HEADS = (
    "日期", "补列", "变更", "原代码", "原名称", "原上级代码", "新代码", "新名称", "新上级代码", "区域归属", "文号",
    "文件",
)  # fmt: skip
WIDTH = 16


def workbook_of(tables: Tables) -> bytes:
    """The workbook: the codes, the changes, and what the publication is."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    # the same publication gives the same bytes
    book.set_properties({"created": datetime.combine(tables.publication["codes_on"], time())})
    bold = book.add_format({"bold": True})
    sheets = (("代码", CODE_HEADS, [code_cells(row) for row in tables.codes]),
              ("变更", CHANGE_HEADS, [change_cells(row) for row in tables.changes]),
              ("说明", ("项目", "内容"), list(_facts(tables.publication))))  # fmt: skip
    for title, heads, rows in sheets:
        sheet = book.add_worksheet(title)
        sheet.write_row(0, 0, heads, bold)
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell)  # a code is no number: nothing is lost of it
        sheet.set_column(0, len(heads), WIDTH)
        sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def code_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A code as cells."""
    level = LEVEL_ZH[row["level"]]
    return row["code"], row["name"], level, row["type"], row["parent_code"] or "", "是" if row["uncertain"] else ""


def change_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A change as cells."""
    sides = [row[f"{name}_{side}"] or "" for side in ("before", "after") for name in ("code", "name", "parent")]
    what = "、".join(WHAT_ZH[one] for one in row["what"])
    return (str(row["happened_on"]), "是" if row["late"] else "", what, *sides, "；".join(row["into_units"]),
            row["doc_no"] or "", row["decision_title"] or "")  # fmt: skip


def _facts(publication: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind = publication_kinds().get(publication["kind"])
    yield "公布编号", publication["number"]
    yield "标题", publication["title"]
    yield "种类", kind.label.zh if kind else publication["kind"]
    yield "范围", _scope(publication)
    yield "代码截至", str(publication["codes_on"])
    if publication["previous"]:
        yield "上次公布", f"{publication['previous']['number']}（{publication['since']}）"
    if publication["corrects"]:
        yield "更正", publication["corrects"]["number"]
    if publication["note"]:
        yield "说明", publication["note"]
    yield "代码表 SHA-256", publication["codes_sha256"]
    yield "变更表 SHA-256", publication["changes_sha256"]


def _scope(publication: Mapping[str, Any]) -> str:
    unit = publication["unit"]
    return f"{unit['name']}（{unit['code']}）" if unit else "全国"


def word_of(tables: Tables) -> bytes:
    """The publication as a Word file; the same publication gives the same bytes."""
    return blank(_lines(tables))


def pdf_of(tables: Tables, fonts: Fonts) -> bytes:
    """The same as PDF/A-2u. BadInput `characters_without_glyph`; IntegrityError `document_incomplete`."""
    found = tables.publication
    marking = Marking.DEMONSTRATION if found["demonstration"] else Marking.NONE
    at = datetime.combine(found["codes_on"], time(), UTC)
    setting = Setting("zh", marking, sealed=False, at=at, doc_no=found["number"])
    return to_pdf(paragraphs_of(word_of(tables)), setting, fonts)


def _lines(tables: Tables) -> Iterator[tuple[str, str]]:
    found = tables.publication
    day = written_date(found["codes_on"], "zh")
    yield "title", found["title"]
    yield "body", f"截至{day}，{_scope(found)}行政区划代码{len(tables.codes)}个，公布编号{found['number']}。"
    if found["corrects"]:
        yield "body", f"本次公布更正{found['corrects']['number']}，以本次公布为准。"
    if found["note"]:
        yield "body", found["note"]
    yield "rank1", "一、变更"
    yield from _changes(tables)
    yield "rank1", "二、代码"
    for _, rows in groupby(tables.codes, key=lambda row: row["parent_code"]):
        yield "body", "；".join(f"{row['code']} {row['name']}" for row in rows) + "。"
    yield "rank1", "三、校验"
    yield "body", f"代码表（CSV）SHA-256：{found['codes_sha256']}"
    yield "body", f"变更表（CSV）SHA-256：{found['changes_sha256']}"


def _changes(tables: Tables) -> Iterator[tuple[str, str]]:
    previous = tables.publication["previous"]
    if previous is None:
        yield "body", "本次为首次公布，没有可以比较的上一次公布。"
        return
    since = written_date(tables.publication["since"], "zh")
    yield "body", f"与{previous['number']}（截至{since}）相比，变更{len(tables.changes)}项。"
    for row in tables.changes:
        yield "body", _said(row)


def _said(row: Mapping[str, Any]) -> str:
    sides = [f"{row[f'code_{side}']} {row[f'name_{side}']}" for side in ("before", "after") if row[f"code_{side}"]]
    into = f"，区域归{'、'.join(row['into_units'])}" if row["into_units"] else ""
    late = "，上次公布后补记" if row["late"] else ""
    document = f"（{row['doc_no'] or row['decision_title']}）" if row["decision_title"] or row["doc_no"] else ""
    what = "、".join(WHAT_ZH[one] for one in row["what"])
    told = "→".join(dict.fromkeys(sides))
    return f"{written_date(row['happened_on'], 'zh')}，{told}，{what}{into}{late}{document}。"
