"""What can be shown of which kind of document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from data.papers import DOCX, PDF, TIFF, XLSX

#: Text that is shown; who wants the rest downloads the document.
TEXT_BYTES = 200_000
#: Pixels of a picture that a browser is asked to unpack: 100 million are 400 MB there.
MOST_PIXELS = 100_000_000


class Kind(StrEnum):
    """How a document is shown; `WORDS`: what it says, without its layout."""

    PAGES = "pages"
    PICTURE = "picture"
    TEXT = "text"
    WORDS = "words"
    NONE = "none"


KINDS: Mapping[str, Kind] = {
    PDF: Kind.PAGES,
    TIFF: Kind.PAGES,
    DOCX: Kind.WORDS,
    XLSX: Kind.WORDS,
    "image/png": Kind.PICTURE,
    "image/jpeg": Kind.PICTURE,
    "text/plain": Kind.TEXT,
    "text/csv": Kind.TEXT,
}


def kind_of(media_type: str) -> Kind:
    """How a document of `media_type` is shown; an OFD is not."""
    return KINDS.get(media_type, Kind.NONE)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The beginning of a text; `whole`: there is no more."""

    text: str
    whole: bool


def excerpt(document: BinaryIO) -> Excerpt:
    """The beginning of a text in UTF-8 or GB18030, as `data.papers` accepts it."""
    content = document.read(TEXT_BYTES + 1)
    whole = len(content) <= TEXT_BYTES
    content = content[:TEXT_BYTES]
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return Excerpt(_decoded(content, encoding, whole), whole)
        except UnicodeDecodeError:
            continue
    return Excerpt(content.decode("gb18030", "replace"), whole)


def _decoded(content: bytes, encoding: str, whole: bool) -> str:
    """A text that was cut may end within a character."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if whole or error.start < len(content) - 4:
            raise
        return content[: error.start].decode(encoding)


def too_large_to_show(document: BinaryIO, media_type: str) -> bool:
    """Whether a picture has more pixels than a browser should unpack, or does not say how many."""
    measures = _png_size(document) if media_type == "image/png" else _jpeg_size(document)
    document.seek(0)
    return measures is None or measures[0] * measures[1] > MOST_PIXELS


def _png_size(document: BinaryIO) -> tuple[int, int] | None:
    head = document.read(24)
    return (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")) if len(head) == 24 else None


#: Markers of JPEG that begin a frame (ITU-T T.81, table B.1): SOF0–SOF15 without DHT, JPG, DAC.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _jpeg_size(document: BinaryIO) -> tuple[int, int] | None:
    document.seek(2)
    while (marker := document.read(4)) and len(marker) == 4 and marker[0] == 0xFF:
        length = int.from_bytes(marker[2:4], "big")
        if marker[1] in FRAMES:
            frame = document.read(5)
            return int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")
        document.seek(length - 2, 1)
    return None
