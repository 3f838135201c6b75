"""From a template and values to a Word file, and from a Word file to the paragraphs that it prints (docxtpl)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph as WordParagraph
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from data.documents.elements import CAPTION, FIGURE, STYLES, TABLE, Paragraph
from data.documents.model import Picture, PrintedValue, PrintedValues

#: The time in the members of a Word file: the earliest that the format can say, so that the same is the same.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Properties:
    """What the file says about itself."""

    title: str
    office: str
    doc_no: str
    at: datetime
    #: the line that stands above the text of a document without force
    mark: str | None = None


def make_environment() -> ImmutableSandboxedEnvironment:
    """Jinja without anything: no function, no filter, no test; values are escaped, unknown names an error."""
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_as_text)
    environment.globals.clear()
    environment.filters.clear()
    environment.tests.clear()
    return environment


def _as_text(value: object) -> Markup:
    """A value as text of XML. Braces are spelt out, because docxtpl gives some pairs of them a meaning."""
    if isinstance(value, InlineImage):
        return Markup(str(value))  # noqa: S704 -- made of bytes and measures alone
    spelt = str(escape(str(value))).replace("{", "&#123;").replace("}", "&#125;")
    return Markup(spelt)  # noqa: S704 -- escaped on the line above


def render(template: bytes, values: PrintedValues, properties: Properties) -> bytes:
    """The Word file; the same input gives the same bytes."""
    word = DocxTemplate(io.BytesIO(template))
    placed = {name: _placed(word, value) for name, value in values.items()}
    word.render(placed, make_environment(), autoescape=True)
    document = word.docx
    _describe(document, properties)
    if properties.mark is not None:
        _mark(document, properties.mark)
    out = io.BytesIO()
    document.save(out)
    return settled(out.getvalue())


def _placed(word: DocxTemplate, value: PrintedValue) -> Any:
    """A value with its pictures as the template engine takes them."""
    if isinstance(value, Picture):
        return InlineImage(word, io.BytesIO(value.content), Mm(value.width_mm), Mm(value.height_mm))
    if isinstance(value, str):
        return value
    return [{key: _placed(word, cell) for key, cell in row.items()} for row in value]


def _describe(document: Any, properties: Properties) -> None:
    core = document.core_properties
    at = properties.at.replace(tzinfo=None)
    core.title, core.author, core.identifier = properties.title[:255], properties.office[:255], properties.doc_no[:255]
    core.created = core.modified = at
    core.last_modified_by, core.comments, core.revision = properties.office[:255], "", 1
    core.keywords = properties.mark or ""


def _mark(document: Any, words: str) -> None:
    """Write `words` into the header of every page."""
    for section in document.sections:
        header = section.header
        header.is_linked_to_previous = False
        run = header.paragraphs[0].add_run(words)
        run.font.size, run.font.color.rgb = Pt(10.5), RGBColor(0xA0, 0x18, 0x18)


def settled(content: bytes) -> bytes:
    """The same archive without the time of its making."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            info = zipfile.ZipInfo(member, ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(member))
    return out.getvalue()


def paragraphs_of(word: bytes) -> Sequence[Paragraph]:
    """What a finished Word file prints, in order; empty paragraphs are left out."""
    return tuple(_paragraphs(Document(io.BytesIO(word))))


def _paragraphs(document: Any) -> Iterator[Paragraph]:
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            rows = tuple(tuple(cell.text for cell in row.cells) for row in block.rows)
            yield Paragraph(TABLE, rows=rows, headings=_headings(block))
        elif isinstance(block, WordParagraph):
            yield from _paragraph(block)


def _headings(table: Table) -> int:
    """How many of its first rows a table repeats on each page (重复标题行)."""
    rows = table._tbl.tr_lst  # noqa: SLF001 -- python-docx tells which rows are headings by their XML alone
    repeated = [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows]
    return next((n for n, one in enumerate(repeated) if not one), len(repeated))


def _paragraph(block: WordParagraph) -> Iterator[Paragraph]:
    style = block.style.name if block.style is not None else None
    role = STYLES[style or "Normal"]
    yield from (Paragraph(FIGURE, picture=picture) for picture in _pictures(block))
    role = CAPTION if role == FIGURE else role
    texts = [block.text] if role == "title" else block.text.split("\n")
    yield from (Paragraph(role, text.strip(" ")) for text in texts if text.strip())


def _pictures(block: WordParagraph) -> Iterator[Picture]:
    """The pictures of a paragraph with the size at which the Word file prints them."""
    paragraph = block._p  # noqa: SLF001 -- python-docx tells the size of a picture by its XML alone
    for inline in paragraph.iter(qn("wp:inline")):
        extent = inline.find(qn("wp:extent"))
        part = block.part.related_parts[next(inline.iter(qn("a:blip"))).get(qn("r:embed"))]
        width, height = (Emu(int(extent.get(side))).mm for side in ("cx", "cy"))
        yield Picture(part.blob, round(width, 2), round(height, 2))
