"""A book as PDF/A-2u, set by Typst, read back before it is handed on.

The body is set twice: once to learn on which page every entry stands, once with the indices and running heads that
follow. That both agree is not believed but looked up in the finished file: every name must stand on its page.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from pathlib import Path
from typing import Any, Literal

import pypdfium2
import typst

from data.documents.fonts import Fonts, shapeless
from data.errors import BadInput, IntegrityError
from geonames.publications.model import Book, Entry, measures

LAYOUT = Path(__file__).parent / "layout" / "book.typ"
STANDARD: Literal["a-2u"] = "a-2u"
FOOT = "由地名数据库编排"
#: Characters that are refused are named, but not more than these.
_NAMED = 40


@dataclass(frozen=True, slots=True)
class Printed:
    """A book that was set: the file, how many pages it has, and on which numbered page each entry stands."""

    content: bytes
    pages: int
    folios: Mapping[int, int]


def to_pdf(book: Book, paper: str, fonts: Fonts, at: datetime) -> Printed:
    """The book on `paper` (a key of `measures()["papers"]`); the same book and moment give the same bytes.

    Raises `BadInput` `characters_without_glyph`, `IntegrityError` `document_incomplete`.
    """
    check_glyphs(book, fonts)
    with tempfile.TemporaryDirectory(prefix="diming-book-") as name:
        folder = Path(name)
        (folder / "book.typ").write_bytes(LAYOUT.read_bytes())
        told = _told(book, paper, fonts)
        folios = _folios(folder, told, fonts)
        _write(folder, {**told, "heads": _heads(book, folios), "indices": _indices(book, folios)})
        content = bytes(
            typst.compile(
                str(folder / "book.typ"), format="pdf", pdf_standards=STANDARD, timestamp=int(at.timestamp()),
                **_confined(folder, fonts),
            )
        )  # fmt: skip
    return Printed(content, _read_back(content, book, folios), folios)


def check_glyphs(book: Book, fonts: Fonts) -> None:
    """Refuse what no installed font can print, naming every character."""
    hei, song = fonts.faces["hei"], fonts.faces["song"]
    names = "".join(entry.name for entry in book.entries())
    rest = "".join(f"{entry.roman or ''}{entry.detail}{entry.where}" for entry in book.entries())
    below = "".join(label + words for entry in book.entries() for label, words in entry.texts)
    told = "".join(book.told) + book.region
    lacking = list(dict.fromkeys([*hei.lacks(names), *song.lacks(names + rest + below + told)]))
    if lacking:
        raise BadInput(
            f"No installed font has {', '.join(f'{c} (U+{ord(c):04X})' for c in lacking[:_NAMED])}. The book was not "
            "made: install a font that has them (docs/guide/documents.md, fonts) and order it again.",
            code="characters_without_glyph",
            characters=[f"U+{ord(c):04X}" for c in lacking],
        )


def _told(book: Book, paper: str, fonts: Fonts) -> dict[str, Any]:
    day = f"{book.day.year}年{book.day.month}月{book.day.day}日"
    return {
        "paper": measures()["papers"][paper],
        "measures": {key: measures()[key] for key in ("page", "size")},
        "faces": {key: {"families": face.families, "weight": face.weight} for key, face in fonts.faces.items()},
        "title": f"{book.region}{book.title}（{day}）",
        "keywords": [book.title, book.region, str(book.day)],
        "running": f"{book.region}{book.title}",
        "region": book.region,
        "name": book.title,
        "day": f"截至 {day}",
        "foot": FOOT,
        "told": list(book.told),
        "chapters": [
            {
                "title": chapter.title,
                "sections": [
                    {
                        "title": s.title,
                        "entries": [(e.number, e.name, e.roman or "", e.detail, e.texts) for e in s.entries],
                    }
                    for s in chapter.sections
                ],
            }
            for chapter in book.chapters
        ],
        "heads": None,
        "indices": [],
    }


def _folios(folder: Path, told: Mapping[str, Any], fonts: Fonts) -> dict[int, int]:
    """The page of every entry, from the body set alone."""
    _write(folder, told)
    found = typst.query(str(folder / "book.typ"), "<folios>", field="value", one=True, **_confined(folder, fonts))
    return dict(json.loads(found))


def _write(folder: Path, told: Mapping[str, Any]) -> None:
    (folder / "book.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")


def _confined(folder: Path, fonts: Fonts) -> dict[str, Any]:
    """The program reads this folder, these fonts, and no package."""
    return {
        "root": str(folder),
        "font_paths": fonts.loaded,
        "ignore_system_fonts": True,
        "package_path": str(folder / "none"),
        "package_cache_path": str(folder / "none"),
    }


def _heads(book: Book, folios: Mapping[int, int]) -> dict[str, tuple[str, str]]:
    """First and last name of each page."""
    heads: dict[str, tuple[str, str]] = {}
    for entry in book.entries():
        folio = str(folios[entry.number])
        heads[folio] = (heads[folio][0] if folio in heads else entry.name, entry.name)
    return heads


def _indices(book: Book, folios: Mapping[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "title": index.title,
            "columns": index.columns,
            "note": index.note,
            "groups": [
                {"head": g.head, "rows": [(words, folios[number]) for words, number in g.rows]} for g in index.groups
            ],
        }
        for index in book.indices
        if index.groups
    ]


def _read_back(content: bytes, book: Book, folios: Mapping[int, int]) -> int:
    """How many pages the file has. Every entry must stand on the page that the indices give for it."""
    standing: dict[int, list[Entry]] = {}
    for entry in book.entries():
        standing.setdefault(folios[entry.number], []).append(entry)
    document = pypdfium2.PdfDocument(content)
    try:
        before = _front(document, standing[1])
        lost = [
            entry.name
            for folio, entries in standing.items()
            for entry, text in zip(entries, repeat(_text_of(document, before + folio - 1)), strict=False)
            if _plain(entry.name) not in text
        ]
        pages = len(document)
    finally:
        document.close()
    if lost:
        raise IntegrityError(
            f"{len(lost)} names do not stand on the page that the indices give ({lost[0][:40]!r} …). The book was not "
            "kept; this is a fault of the software.",
            code="document_incomplete",
        )
    return pages


def _front(document: pypdfium2.PdfDocument, first: Sequence[Entry]) -> int:
    """How many pages stand before the body: it begins where the entries of its page 1 stand."""
    wanted = [_plain(f"{entry.number}{entry.detail}") for entry in first]
    for number in range(len(document)):
        text = _text_of(document, number)
        if all(one in text for one in wanted):
            return number
    return len(document)


def _text_of(document: pypdfium2.PdfDocument, number: int) -> str:
    return _plain(document[number].get_textpage().get_text_range()) if number < len(document) else ""


def _plain(text: str) -> str:
    """The characters that are printed, without spaces and line ends; compatibility forms count as what they are."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if not shapeless(c))
