"""The words of an office file, read by a process that may fail: what it says, not how it looks."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from data.papers import DOCX, XLSX
from data.previews.kinds import TEXT_BYTES, Excerpt
from data.previews.process import look, no_preview

PROGRAM = Path(__file__).with_name("read_office.py")
READERS = {DOCX: "docx", XLSX: "xlsx"}


def words_of(document: BinaryIO, media_type: str) -> Excerpt:
    """The beginning of what an office file in an open file says; a workbook's cells stand between tabs.

    NotFound `no_preview` where it cannot be read within the limits, or says nothing; Unavailable `overloaded`.
    """
    said = look(PROGRAM, document, READERS[media_type], str(TEXT_BYTES))
    if not said.strip():
        raise no_preview()
    return Excerpt(said[:TEXT_BYTES].decode("utf-8", "ignore"), len(said) <= TEXT_BYTES)
