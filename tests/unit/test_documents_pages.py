"""How the pages of a document end: the signature with the last words of the text, the annex on pages of its own."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pypdfium2
import pytest
from docx import Document

from data.documents.elements import Paragraph, laid_out
from data.documents.fonts import Fonts, installed
from data.documents.kinds import load_kinds
from data.documents.model import DocumentKind, Marking, Number, Numbering
from data.documents.official import Setting, to_pdf
from data.documents.values import Known, printed_values
from data.ids import new_id
from tests.unit import documents as made

FILING: DocumentKind = next(kind for kind in load_kinds() if kind.key == "naming_filing")
END = (Paragraph("office", "甘棠县民政局（虚构）"), Paragraph("date", "2026年3月2日"))
NOTE = Paragraph("note", "（办件编号：DM-2026-7K3M9QXW4T）")
TITLE = Paragraph("title", "受理通知书")


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return installed()


def elements(*paragraphs: Paragraph) -> dict[str, dict[str, Any]]:
    return {element["role"]: element for element in laid_out(paragraphs, sealed=False)}


def test_the_note_goes_with_the_signature_and_the_signature_with_the_text() -> None:
    found = elements(TITLE, Paragraph("body", "一"), Paragraph("body", "二"), *END, NOTE)
    assert found["signature"]["keep"]
    assert found["body"]["keep"]
    assert not elements(TITLE, Paragraph("body", "一"), *END)["signature"]["keep"]


def test_the_only_paragraph_stays_under_the_title_where_the_annexes_are_listed() -> None:
    found = elements(TITLE, Paragraph("body", "一"), Paragraph("annexes", "登记表"), *END)
    assert found["annexes"]["keep"]
    assert "keep" not in found["body"]


@pytest.mark.parametrize("addressed", [True, False])
def test_a_line_is_left_under_the_title_whoever_is_addressed(addressed: bool) -> None:
    to = [Paragraph("addressee", "示例公司：")] if addressed else []
    assert elements(TITLE, *to, Paragraph("body", "一"), *END)["title"]["spaced"] is not addressed


def test_an_annex_begins_a_page() -> None:
    table = Paragraph("table", rows=(("项目", "内容"),))
    assert elements(TITLE, Paragraph("body", "一"), *END, NOTE, table)["table"]["page"]
    assert "page" not in elements(TITLE, Paragraph("body", "一"), table, *END)["table"]


@pytest.mark.parametrize("lines", range(12, 22))
def test_no_page_bears_the_signature_alone(fonts: Fonts, lines: int) -> None:
    body = [Paragraph("body", f"第{n}行。") for n in range(lines)]
    pdf = to_pdf([TITLE, *body, *END, NOTE], Setting("zh", Marking.NONE, True, made.AT, "示〔2026〕1号"), fonts)
    with pypdfium2.PdfDocument(pdf) as document:
        last = document[len(document) - 1].get_textpage().get_text_bounded()
    assert f"第{lines - 1}行" in last
    assert "DM-2026" in last


def test_word_keeps_the_same_together() -> None:
    word = Document(io.BytesIO(made.shipped(FILING)))
    by_words = {paragraph.text: paragraph.paragraph_format for paragraph in word.paragraphs}
    assert by_words["附件　地名备案登记表"].page_break_before
    assert by_words["地名备案登记表"].keep_with_next
    assert by_words["{{ office }}"].keep_with_next


def test_days_are_printed_in_full() -> None:
    known = Known(
        case={"number": "DM-1"}, step={"article": "第十三条"},
        facts={
            **{f.source.removeprefix("fact."): f.example for f in FILING.fields if f.source.startswith("fact.")},
            "approved_on": "2026-09-03", "effective_on": "2026-10-01",
        },
    )  # fmt: skip
    office = Numbering(new_id(), FILING.key, None, "甘棠县民政局（虚构）", None, "演示", False, "refuse")
    number = Number(2026, 1, "演示〔2026〕1号")
    values = printed_values(FILING, known, office, number, date(2026, 9, 5), "zh")
    assert (values["approved"], values["effective"], values["date"]) == (
        "2026年9月3日",
        "2026年10月1日",
        "2026年9月5日",
    )
