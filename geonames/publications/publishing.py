"""Writes the files of a book into a folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from data.documents.fonts import installed
from geonames.publications.model import Book
from geonames.publications.pdf import to_pdf
from geonames.publications.word import to_word

#: The names of the files by what the book is called.
STEMS = {"标准地名录": "standard-names", "标准地名词典": "dictionary"}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def publish(book: Book, paper: str, folder: Path, fonts: Path | None, at: datetime) -> Sequence[tuple[Path, str]]:
    """Write the book as PDF and Word; each file with its media type. `fonts`: a folder of fonts beside the machine's.

    Raises as `to_pdf`, and `Unavailable` `fonts_missing`.
    """
    stem = STEMS[book.title]
    pdf, word = folder / f"{stem}.pdf", folder / f"{stem}.docx"
    pdf.write_bytes(to_pdf(book, paper, installed(fonts), at).content)
    word.write_bytes(to_word(book, paper, at))
    return (pdf, "application/pdf"), (word, WORD)
