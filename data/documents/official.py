"""From elements to a PDF: set by Typst after GB/T 9704-2012, archived as PDF/A-2u, and read back before it is kept.

The layout is `layout/official.typ`. What a document says goes in as JSON and
is text there, never code; the program reads no file but the layout and the
document's pictures, whose folder holds nothing else, and the same input gives
the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, Literal

import pypdfium2
import typst
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from data.documents.elements import Paragraph, all_words, laid_out, pictures_of
from data.documents.fonts import Fonts, shapeless, typography
from data.documents.model import Marking, Picture
from data.errors import BadInput, IntegrityError

LAYOUT = Path(__file__).parent / "layout" / "official.typ"
#: Archival PDF: all fonts embedded, every character with its code, no glyph missing (ISO 19005-2, conformance U).
STANDARD: Literal["a-2u"] = "a-2u"
#: What the reader of PDF gives for a hyphen at the end of a line, which it takes for the division of a word.
LINE_END_HYPHEN = "\x02"
#: What stands on every page of a document without force: across it, and above its text.
MARKS: Mapping[Marking, tuple[str, str]] = {
    Marking.DRAFT: ("草稿", "草稿，不具有效力　DRAFT, WITHOUT FORCE"),
    Marking.DEMONSTRATION: ("演示", "演示文件，不具有效力　DEMONSTRATION, WITHOUT FORCE"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """How a document is to be set: language, marking, whether the office seals it, the moment that the PDF names."""

    language: str
    marking: Marking
    sealed: bool
    at: datetime
    doc_no: str


def to_pdf(paragraphs: Sequence[Paragraph], setting: Setting, fonts: Fonts) -> bytes:
    """The PDF of a document.

    Raises `BadInput` (`characters_without_glyph`) for characters that no installed font has, and
    `IntegrityError` (`document_incomplete`) where the PDF does not say what the document says.
    """
    check_glyphs(paragraphs, fonts)
    pictures = pictures_of(paragraphs)
    document = json.dumps(_document(paragraphs, setting, fonts), ensure_ascii=False)
    pdf = _compiled(document, pictures, setting.at, fonts)
    _check_read_back(pdf, all_words(paragraphs))
    _check_pictures(pdf, len(pictures))
    return pdf


def check_glyphs(paragraphs: Sequence[Paragraph], fonts: Fonts) -> None:
    """Refuse what cannot be printed, naming every character."""
    lacking = missing_glyphs(paragraphs, fonts)
    if lacking:
        named = ", ".join(f"{c} (U+{ord(c):04X})" for c in lacking)
        raise BadInput(
            f"No installed font has {named}. The document was not made: install a font that has "
            f"{'it' if len(lacking) == 1 else 'them'} (docs/guide/documents.md, fonts) and make it again.",
            code="characters_without_glyph",
            characters=[f"U+{ord(c):04X}" for c in lacking],
        )


def missing_glyphs(paragraphs: Sequence[Paragraph], fonts: Fonts) -> list[str]:
    """The characters without a glyph in the face in which they would be set, each once."""
    return list(dict.fromkeys(c for p in paragraphs for c in fonts.faces[p.face].lacks(p.words)))


def layout_digest() -> str:
    """SHA-256 of the layout and its measures, in hexadecimal: a document says by which it was made."""
    return hashlib.sha256(LAYOUT.read_bytes() + json.dumps(_measures(), sort_keys=True).encode()).hexdigest()


def made_with(fonts: Fonts) -> dict[str, Any]:
    """Program, layout and fonts by which documents are made now."""
    return {
        "typst": installed_version("typst"),
        "layout": layout_digest(),
        "standard": STANDARD,
        "faces": {key: face.families[0] for key, face in fonts.faces.items()},
    }


def _document(paragraphs: Sequence[Paragraph], setting: Setting, fonts: Fonts) -> dict[str, Any]:
    title = next((p.text for p in paragraphs if p.role == "title"), setting.doc_no)
    office = next((p.text for p in paragraphs if p.role == "office"), "")
    mark = MARKS.get(setting.marking)
    return {
        "measures": _measures(),
        "faces": {k: {"families": f.families, "weight": f.weight} for k, f in fonts.faces.items()},
        "elements": laid_out(paragraphs, sealed=setting.sealed),
        "language": setting.language,
        "title": title,
        "author": office,
        "keywords": [setting.doc_no, *(mark or ())],
        "mark": None if mark is None else {"short": mark[0], "long": mark[1]},
    }


@cache
def _measures() -> dict[str, Any]:
    return {key: value for key, value in typography().items() if isinstance(value, dict)}


def _compiled(document: str, pictures: Sequence[Picture], at: datetime, fonts: Fonts) -> bytes:
    """The PDF, made in a folder of its own that holds the layout, the pictures and nothing else."""
    with tempfile.TemporaryDirectory(prefix="diming-set-") as name:
        folder = Path(name)
        (folder / "official.typ").write_bytes(LAYOUT.read_bytes())
        for number, picture in enumerate(pictures, 1):
            (folder / f"picture-{number}").write_bytes(picture.content)
        pdf = typst.compile(
            str(folder / "official.typ"),
            root=name,
            font_paths=fonts.loaded,
            ignore_system_fonts=True,
            package_path=str(folder / "none"),
            package_cache_path=str(folder / "none"),
            format="pdf",
            sys_inputs={"document": document},
            pdf_standards=STANDARD,
            timestamp=int(at.timestamp()),
        )
    return bytes(pdf)


def _check_read_back(pdf: bytes, words: str) -> None:
    """Every character of the document must be found in the PDF's text, as often as the document has it."""
    lost = Counter(_shown(words)) - Counter(_shown(text_of(pdf)))
    if lost:
        raise IntegrityError(
            f"The PDF does not say all that the document says ({''.join(lost)[:40]!r} is missing). It was not kept; "
            "this is a fault of the software.",
            code="document_incomplete",
        )


def _check_pictures(pdf: bytes, wanted: int) -> None:
    """As many pictures as the document has."""
    found = picture_count(pdf)
    if found != wanted:
        raise IntegrityError(
            f"The PDF has {found} pictures and the document {wanted}. It was not kept; this is a fault of the "
            "software.",
            code="document_incomplete",
        )


def picture_count(pdf: bytes) -> int:
    """How many pictures stand on the pages of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return sum(1 for page in document for _ in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))
    finally:
        document.close()


def text_of(pdf: bytes) -> str:
    """The text of all pages of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
        return "\n".join(pages).replace(LINE_END_HYPHEN, "-")
    finally:
        document.close()


def _shown(text: str) -> list[str]:
    """The characters that are printed; compatibility forms count as what they stand for."""
    return [c for c in unicodedata.normalize("NFC", text) if not shapeless(c)]
