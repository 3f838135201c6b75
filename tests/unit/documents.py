"""Templates made for tests, good and bad, from the sample's own."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from docx import Document

from data.documents.blank import blank
from data.documents.kinds import load_kinds
from data.documents.model import DocumentKind, Marking
from data.documents.setting import Order
from data.documents.values import examples
from tests.samples import SAMPLE_DOCUMENTS

KINDS = {kind.key: kind for kind in load_kinds(SAMPLE_DOCUMENTS)}
APPROVAL: DocumentKind = KINDS["approval"]
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)


def shipped(kind: DocumentKind = APPROVAL) -> bytes:
    """The template that comes with the kind."""
    return blank(kind.shipped["zh"])


def with_line(text: str, role: str = "body", kind: DocumentKind = APPROVAL) -> bytes:
    """The shipped template with one more paragraph."""
    lines = list(kind.shipped["zh"])
    at = next(i for i, (r, _) in enumerate(lines) if r == "office")
    return blank([*lines[:at], (role, text), *lines[at:]])


def with_part(name: str, content: str, template: bytes | None = None) -> bytes:
    """The template with a part more, or another content of it."""
    return rezipped(template or shipped(), lambda members: {**members, name: content.encode()})


def with_body(change: Callable[[str], str]) -> bytes:
    """The template with its text changed in XML."""
    return rezipped(shipped(), lambda m: {**m, "word/document.xml": change(m["word/document.xml"].decode()).encode()})


def before_end(xml: str) -> Callable[[str], str]:
    """A change that adds `xml` at the end of the text."""
    return lambda body: re.sub(r"(<w:sectPr)", lambda m: xml + m[1], body, count=1)


def rezipped(content: bytes, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = change({name: archive.read(name) for name in archive.namelist()})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in members.items():
            target.writestr(name, part)
    return out.getvalue()


def with_style(name: str) -> bytes:
    """The template with a paragraph in a style of another name."""
    document = Document(io.BytesIO(shipped()))
    document.styles.add_style(name, 1)
    document.add_paragraph("x", style=name)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def order(kind: DocumentKind = APPROVAL, marking: Marking = Marking.NONE, **values: str) -> Order:
    """An order of a document of `kind` with its examples, some of them replaced."""
    return Order(
        template=shipped(kind),
        values={**examples(kind), **values},
        doc_no="示城灯〔2026〕1号",
        office="示例县城市管理局（虚构）",
        title="批复",
        language="zh",
        marking=marking,
        sealed=True,
        rare="refuse",
        at=AT,
    )


def words(paragraphs: Iterable[str]) -> str:
    """Text without blanks and line ends, as the PDF's is compared."""
    return re.sub(r"\s", "", "".join(paragraphs))
