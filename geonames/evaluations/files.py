"""An evaluation as a self-evaluation report (自评报告) in Word and PDF, and its values as a table (CSV)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from itertools import groupby
from typing import Any

from data.cells import harmless
from data.documents.blank import blank
from data.documents.elements import TABLE
from data.documents.fonts import Fonts
from data.documents.model import Marking
from data.documents.official import Setting, to_pdf
from data.documents.values import written_date
from data.documents.word import paragraphs_of

COLUMNS = ("区划代码", "名称", "指标", "计量单位", "时段", "截至", "数值", "来源")
VERDICTS_ZH = {"better": "改善", "worse": "变差", "same": "不变", "neutral": "无优劣之分", "incomplete": "数据不全"}


def word_of(found: Mapping[str, Any]) -> bytes:
    """The report as a Word file; the same evaluation gives the same bytes."""
    return blank(_lines(found))


def pdf_of(found: Mapping[str, Any], fonts: Fonts) -> bytes:
    """The same as PDF/A-2u. BadInput `characters_without_glyph`; IntegrityError `document_incomplete`."""
    marking = Marking.DEMONSTRATION if found["demonstration"] else Marking.NONE
    at = datetime.combine(found["changed_on"], time(), UTC)
    setting = Setting("zh", marking, sealed=False, at=at, doc_no=found["code"])
    return to_pdf(paragraphs_of(word_of(found)), setting, fonts)


def as_csv(found: Mapping[str, Any]) -> str:
    """The values as CSV for a spreadsheet program."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in found["rows"]:
        for period, value in zip(found["times"], row["values"], strict=True):
            if value is not None:
                unit = row["unit"]
                cells = [unit["code"], unit["name"], row["label"]["zh"], row["measure"], period["label"],
                         str(period["until"]), f"{value['value']}", value["source"]]  # fmt: skip
                writer.writerow(harmless(cells))
    return "\ufeff" + out.getvalue()


def _lines(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    change, day = found["change"], written_date(found["changed_on"], "zh")
    yield "title", found["title"]
    yield "rank1", "一、评估对象"
    yield "body", f"{change['title']}（{change['doc_no'] or '无文号'}），{day}起施行。评估编号{found['code']}。"
    if found["method"]:
        yield "body", f"评估手段：{found['method']}"
    yield "rank1", "二、评估时段"
    for period in found["times"]:
        side = "变更后" if period["after"] else "变更前"
        due = f"，应于{written_date(period['due'], 'zh')}前完成" if period["due"] else ""
        yield "body", f"{period['label']}（{side}，截至{written_date(period['until'], 'zh')}{due}）。"
    yield "rank1", "三、指标变化"
    if not found["rows"]:
        yield "body", "尚无指标数值。"
    for _, rows in groupby(found["rows"], key=lambda row: row["unit"]["code"]):
        those = list(rows)
        yield "rank2", f"{those[0]['unit']['name']}（{those[0]['unit']['code']}）"
        yield TABLE, _table(found["times"], those)
        yield "note", "来源：" + "；".join(_sources(those)) + "。"
    yield "rank1", "四、自评结论"
    yield "body", found["conclusion"] or "尚未作出。"


def _table(times: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> str:
    heads = ["指标", *(f"{p['label']}（{'后' if p['after'] else '前'}）" for p in times), "变化", "评价"]
    return "\n".join("\t".join(cells) for cells in [heads, *(_cells(row) for row in rows)])


def _cells(row: Mapping[str, Any]) -> list[str]:
    measure = f"（{row['measure']}）" if row["measure"] else ""
    values = ["—" if v is None else f"{v['value']:,}" for v in row["values"]]
    share = "" if row["share"] is None else f"（{row['share']:+.1%}）"
    change = "—" if row["difference"] is None else f"{row['difference']:+,g}{share}"
    return [row["label"]["zh"] + measure, *values, change, VERDICTS_ZH[row["verdict"]]]


def _sources(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The sources of the values, each once, with the indicators that it is the source of."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for source in dict.fromkeys(v["source"] for v in row["values"] if v is not None):
            found.setdefault(source, []).append(row["label"]["zh"])
    return [f"{source}（{'、'.join(names)}）" for source, names in found.items()]
