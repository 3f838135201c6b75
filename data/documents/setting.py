"""Makes the two files of a document, Word and PDF, from a template and the values: everything but the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jinja2 import TemplateError

from data.documents.elements import Paragraph, order_problems
from data.documents.fonts import Fonts
from data.documents.model import Made, Marking, PrintedValues
from data.documents.official import MARKS, Setting, made_with, missing_glyphs, to_pdf
from data.documents.word import Properties, paragraphs_of, render
from data.errors import BadInput


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made: the template's bytes, the values, and how."""

    template: bytes
    values: PrintedValues
    doc_no: str
    office: str
    title: str
    language: str
    marking: Marking
    sealed: bool
    #: `refuse` or `describe` what no installed font has
    rare: str
    at: datetime


def make_files(order: Order, fonts: Fonts) -> Made:
    """Word and PDF of a document; the same order on the same fonts gives the same bytes.

    Raises `BadInput`: `template_refused` where what comes out is no official document,
    `characters_without_glyph`; `IntegrityError` (`document_incomplete`).
    """
    mark = MARKS.get(order.marking)
    properties = Properties(order.title, order.office, order.doc_no, order.at, mark[1] if mark else None)
    word = _rendered(order, properties)
    paragraphs = paragraphs_of(word)
    problems = order_problems(paragraphs)
    if problems:
        raise _no_document(problems)
    notes = [f"{f.label['zh']}: {f.families[0]} 代替 (stands in)" for f in fonts.stand_ins()]
    if order.rare == "describe":
        paragraphs, told = described(paragraphs, fonts)
        notes += told
    setting = Setting(order.language, order.marking, order.sealed, order.at, order.doc_no)
    pdf = to_pdf(paragraphs, setting, fonts)
    return Made(word, pdf, {**made_with(fonts), "notes": notes}, tuple(notes))


def _rendered(order: Order, properties: Properties) -> bytes:
    try:
        return render(order.template, order.values, properties)
    except TemplateError as error:  # a field that the kind no longer has
        raise _no_document([str(error.message)]) from error


def _no_document(problems: list[str]) -> BadInput:
    return BadInput(
        f"What the template makes is no official document: {'; '.join(problems)}. Nothing was made.",
        code="template_refused",
        findings=problems,
    )


def described(paragraphs: Sequence[Paragraph], fonts: Fonts) -> tuple[Sequence[Paragraph], list[str]]:
    """The paragraphs with each character that no font has replaced by its code, and a note that says so."""
    lacking = missing_glyphs(paragraphs, fonts)
    if not lacking:
        return paragraphs, []
    codes = {ord(c): f"〔U+{ord(c):04X}〕" for c in lacking}
    shown = [
        replace(p, text=p.text.translate(codes), rows=tuple(tuple(c.translate(codes) for c in r) for r in p.rows))
        for p in paragraphs
    ]
    listed = "、".join(codes.values())
    note = Paragraph("note", f"（注：{listed}为打印字库所无的汉字的统一码，原字以电子文本为准。）")
    at = next(i for i, p in enumerate(shown) if p.role == "date") + 1
    return [*shown[:at], note, *shown[at:]], [f"字库缺字 (no glyph): {listed}"]
