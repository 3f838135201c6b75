"""Pages of a PDF and of a scanned picture (TIFF), drawn by a process that may fail."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from data.errors import BadRequest
from data.papers import PDF, TIFF
from data.previews.process import look

#: The program for each kind of document that has pages.
PROGRAMS = {
    PDF: Path(__file__).with_name("draw.py"),
    TIFF: Path(__file__).with_name("scan.py"),
}
#: Pixels: an A4 page of text can be read on a screen.
WIDTH = 1000
#: Pages that are drawn; the rest is read in the document itself.
MOST_PAGES = 50


def page_count(document: BinaryIO, media_type: str) -> int:
    """How many pages the document in an open file has; NotFound `no_preview` where it cannot be read."""
    return _drawn(document, media_type, 0)[0]


def draw_page(document: BinaryIO, media_type: str, page: int) -> bytes:
    """The page (from 1) of the document in an open file, as PNG of `WIDTH` pixels.

    BadRequest `bad_parameter`; NotFound `no_preview` where it cannot be drawn within the limits or has no such
    page; Unavailable `overloaded`.
    """
    if not 1 <= page <= MOST_PAGES:
        raise BadRequest(f"Pages are shown from 1 to {MOST_PAGES}.", code="bad_parameter")
    return _drawn(document, media_type, page)[1]


def _drawn(document: BinaryIO, media_type: str, page: int) -> tuple[int, bytes]:
    count, _, picture = look(PROGRAMS[media_type], document, str(page), str(WIDTH)).partition(b"\n")
    return int(count), picture
