"""A book as a Word file, to be worked on further before it goes to print.

Where Word breaks its pages nobody knows before it does, so the indices lead to the numbers of entries, which hold
however the file is changed; the running heads are fields (STYLEREF) that Word fills with the page's first and last
name. The text is written as XML at once: tens of thousands of paragraphs by way of a library take minutes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from data.documents.fonts import typography
from data.documents.word import settled
from geonames.publications.model import Book, Chapter, Index, measures

_TEXT = "word/document.xml"
#: The styles of the file beside Word's own headings: name, face, size in points.
_STYLES = (
    ("书名", "xiaobiaosong", 30.0),
    ("说明", "song", 10.0),
    ("条目", "song", 9.0),
    ("条目注", "song", 7.0),
    ("条目文", "song", 8.0),
    ("索引头", "hei", 10.0),
    ("索引", "song", 7.5),
)
_NAME = "条目名"
_IDS = {
    "书名": "DimingTitle",
    "说明": "Told",
    "条目": "Entry",
    "条目注": "EntryNote",
    "条目文": "EntryText",
    "索引头": "IndexHead",
    "索引": "IndexRow",
}
#: Columns of the last section, that of the indices: rows of the index by code are long.
_LAST = 2
_TWIPS_A_MM = 1440 / 25.4
#: What XML 1.0 cannot hold at all.
_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))


def to_word(book: Book, paper: str, at: datetime) -> bytes:
    """The book as a Word file on `paper`; the same book and moment give the same bytes."""
    frame = _frame(book, paper, at)
    body = "".join(_body(book, paper))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(frame)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, _with_body(content.decode(), body) if name == _TEXT else content)
    return settled(out.getvalue())


def _frame(book: Book, paper: str, at: datetime) -> bytes:
    """An empty file with the styles, the page and the running head."""
    document = Document()
    faces = {row["key"]: row["proper"][0] for row in typography()["face"]}
    for name, face, points in _STYLES:
        _style(document, name, _IDS[name], faces[face], points, WD_STYLE_TYPE.PARAGRAPH)
    _style(document, _NAME, "EntryName", faces["hei"], 9.0, WD_STYLE_TYPE.CHARACTER)
    document.styles["书名"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.styles["说明"].paragraph_format.space_after = Pt(6)
    for heading, points in (("Heading 1", 18), ("Heading 2", 9.5)):
        _dress(document.styles[heading], faces["hei"], points)
    section = document.sections[0]
    size, page = measures()["papers"][paper], measures()["page"]
    section.page_width, section.page_height = Mm(size["width_mm"]), Mm(size["height_mm"])
    section.left_margin, section.right_margin = Mm(page["inner_mm"]), Mm(page["outer_mm"])
    section.top_margin, section.bottom_margin = Mm(page["top_mm"]), Mm(page["bottom_mm"])
    _running(section, f"{book.region}{book.title}")
    core = document.core_properties
    core.title, core.author, core.comments = f"{book.region}{book.title}", "", ""
    core.created = core.modified = at.replace(tzinfo=None)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _style(document: Any, name: str, identity: str, family: str, points: float, kind: WD_STYLE_TYPE) -> None:
    style = document.styles.add_style(name, kind)
    style.element.set(qn("w:styleId"), identity)
    _dress(style, family, points)


def _dress(style: Any, family: str, points: float) -> None:
    style.font.name, style.font.size = "Times New Roman", Pt(points)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), family)
    if style.type == WD_STYLE_TYPE.PARAGRAPH:
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)


def _running(section: Any, title: str) -> None:
    """First name of the page, the title, last name of the page; and the page's number below."""
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    _field(head, f'STYLEREF "{_NAME}"')
    head.add_run(f"\t{title}\t")
    _field(head, f'STYLEREF "{_NAME}" \\l')
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(foot, "PAGE")


def _field(paragraph: Any, code: str) -> None:
    """A simple field (w:fldSimple): Word fills it."""
    field = paragraph._p.makeelement(qn("w:fldSimple"), {qn("w:instr"): code})  # noqa: SLF001 -- no call of the library
    paragraph._p.append(field)  # noqa: SLF001 -- adds a field


def _with_body(document: str, body: str) -> str:
    """The file's XML with the text put before what describes its last section, which has the indices' columns."""
    start, end = document.index("<w:body>") + len("<w:body>"), document.rindex("<w:sectPr")
    return document[:start] + body + document[end:].replace("<w:cols ", f'<w:cols w:num="{_LAST}" ', 1)


def _body(book: Book, paper: str) -> Iterator[str]:
    yield _paragraph("书名", book.region) + _paragraph("书名", book.title)
    yield _paragraph("说明", f"截至 {book.day.year}年{book.day.month}月{book.day.day}日")
    yield from (_paragraph("说明", words) for words in book.told)
    yield _paragraph("说明", "索引中的数字是条目编号。") + _end(paper, 1)
    for chapter in book.chapters:
        yield from _chapter(chapter)
    yield _end(paper, 2)
    for index in book.indices:
        if index.groups:
            yield from _index(index)


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield _paragraph("Heading1", chapter.title)
    for section in chapter.sections:
        if section.title:
            yield _paragraph("Heading2", section.title)
        for entry in section.entries:
            name = f'<w:r><w:rPr><w:rStyle w:val="EntryName"/></w:rPr>{_text(entry.name)}</w:r>'
            yield _lines("条目", name + _run(f"  {entry.roman or ''}"), keep=True)
            yield _lines("条目注", _run(f"{entry.number}　{entry.detail}"))
            yield from (_lines("条目文", _run(f"{label}　{words}")) for label, words in entry.texts)


def _index(index: Index) -> Iterator[str]:
    yield _paragraph("Heading1", index.title) + _paragraph("条目注", index.note)
    for group in index.groups:
        yield _paragraph("索引头", group.head)
        yield from (_paragraph("索引", f"{words}  {number}") for words, number in group.rows)


def _paragraph(style: str, words: str) -> str:
    return _lines(style, _run(words))


def _lines(style: str, runs: str, *, keep: bool = False) -> str:
    kept = "<w:keepNext/>" if keep else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{_IDS.get(style, style)}"/>{kept}</w:pPr>{runs}</w:p>'


def _run(words: str) -> str:
    return f"<w:r>{_text(words)}</w:r>"


def _text(words: str) -> str:
    return f'<w:t xml:space="preserve">{escape(words.translate(_FORBIDDEN))}</w:t>'


def _end(paper: str, columns: int) -> str:
    """The end of a section of so many columns; the next begins a page."""
    size, page = measures()["papers"][paper], measures()["page"]
    shape = _attributes({"w": size["width_mm"], "h": size["height_mm"]})
    edges = {"top": page["top_mm"], "right": page["outer_mm"], "bottom": page["bottom_mm"], "left": page["inner_mm"]}
    return (
        f'<w:p><w:pPr><w:sectPr><w:pgSz {shape}/><w:pgMar {_attributes(edges)} w:header="720" w:footer="720" '
        f'w:gutter="0"/><w:cols w:num="{columns}" w:space="340"/></w:sectPr></w:pPr></w:p>'
    )


def _attributes(measures_mm: dict[str, float]) -> str:
    return " ".join(f'w:{key}="{round(value * _TWIPS_A_MM)}"' for key, value in measures_mm.items())
