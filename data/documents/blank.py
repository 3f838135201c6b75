"""Makes the Word file of a shipped template from its text, with the styles and measures of GB/T 9704-2012.

An office takes it as the beginning of its own: the styles carry the names
under which the elements are known (`data.documents.elements`).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from data.documents.elements import ANNEXED, FACE_OF, STYLE_OF, TABLE
from data.documents.fonts import typography
from data.documents.word import settled

CENTRED = frozenset({"heading", "number", "title", "figure", "caption"})
RIGHT = frozenset({"office", "date"})
INDENTED = frozenset({"body", "rank1", "rank2", "annexes", "note"})
SMALL = frozenset({"copies", "issued", "caption"})


def blank(lines: Iterable[tuple[str, str]]) -> bytes:
    """The Word file with these paragraphs, each (element, text); tables as `kinds` gives them."""
    document = Document()
    _page(document.sections[0])
    _styles(document)
    roles: list[str] = []
    for role, words in lines:
        if role == TABLE:
            _table(document, [row.split("\t") for row in words.split("\n")])
        else:
            _paragraph(document, role, words, roles)
        roles.append(role)
    core = document.core_properties
    core.author = core.title = core.comments = core.last_modified_by = ""
    out = io.BytesIO()
    document.save(out)
    return settled(out.getvalue())


def _paragraph(document: Any, role: str, words: str, above: Sequence[str]) -> None:
    """A paragraph in its style; the text goes with the signature, and an annex begins a page."""
    last = document.paragraphs[-1] if above and above[-1] != TABLE else None
    paragraph = document.add_paragraph(words, style=STYLE_OF[role])
    if role in ("office", "date") and last is not None:
        last.paragraph_format.keep_with_next = True
    if role in ANNEXED and "date" in above:
        paragraph.paragraph_format.page_break_before = True


def _table(document: Any, rows: Sequence[Sequence[str]]) -> None:
    """A table with rules around its cells; a row of one cell may hold the words that repeat the rows under it.

    What stands above such a row stands again at the head of each page; no row is parted between two.
    """
    table = document.add_table(len(rows), max(len(row) for row in rows))
    table.style = "Table Grid"
    repeated = next((n for n, row in enumerate(rows) if row[0].startswith("{%tr")), 0)
    for n, row in enumerate(table._tbl.tr_lst):  # noqa: SLF001 -- python-docx marks rows by their XML alone
        for mark in ("w:cantSplit", "w:tblHeader") if n < repeated else ("w:cantSplit",):
            row.get_or_add_trPr().append(OxmlElement(mark))
    for cells, row in zip(table.rows, rows, strict=True):
        for cell, words in zip(cells.cells, row, strict=False):
            paragraph = cell.paragraphs[0]
            paragraph.style = document.styles[STYLE_OF["body"]]
            paragraph.paragraph_format.first_line_indent = Pt(0)
            paragraph.add_run(words).font.size = Pt(typography()["size"]["colophon_pt"])


def _page(section: Any) -> None:
    page = typography()["page"]
    section.page_width, section.page_height = Mm(page["width_mm"]), Mm(page["height_mm"])
    section.top_margin, section.left_margin = Mm(page["head_mm"]), Mm(page["binding_mm"])
    section.bottom_margin = Mm(page["height_mm"] - page["head_mm"] - page["area_height_mm"])
    section.right_margin = Mm(page["width_mm"] - page["binding_mm"] - page["area_width_mm"])


def _styles(document: Any) -> None:
    faces = {row["key"]: row["proper"][0] for row in typography()["face"]}
    for role, name in STYLE_OF.items():
        known = [style.name for style in document.styles]
        style = document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _dress(style, role, faces[FACE_OF.get(role, "fangsong")])


def _dress(style: Any, role: str, family: str) -> None:
    page, size = typography()["page"], typography()["size"]
    style.font.name = "Times New Roman"
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), family)
    points = {"heading": size["heading_pt"], "title": size["title_pt"]}.get(role, size["body_pt"])
    style.font.size = Pt(size["colophon_pt"] if role in SMALL else points)
    if role == "heading":
        style.font.color.rgb = RGBColor(*typography()["head"]["red_rgb"])
    shape = style.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    if role not in ("heading", "figure"):  # an exact line height would cut a picture
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        shape.line_spacing = Mm(page["area_height_mm"] / page["lines"])
    if role in INDENTED:
        shape.first_line_indent = Pt(typography()["body"]["indent_characters"] * size["body_pt"])
    shape.alignment = _alignment(role)
    if role in RIGHT:
        shape.right_indent = Pt(typography()["signature"]["sealed_right_characters"] * size["body_pt"])


def _alignment(role: str) -> WD_ALIGN_PARAGRAPH:
    if role in CENTRED:
        return WD_ALIGN_PARAGRAPH.CENTER
    return WD_ALIGN_PARAGRAPH.RIGHT if role in RIGHT else WD_ALIGN_PARAGRAPH.JUSTIFY
