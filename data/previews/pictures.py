"""Pictures under a map and photographs for print, drawn by a process that may fail."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from data.errors import BadInput, NotFound
from data.previews.process import look

PROGRAM = Path(__file__).with_name("picture.py")
PHOTOGRAPH = Path(__file__).with_name("photograph.py")
#: Pixels: what graphics cards take as one texture.
WIDTH = 4096


def picture_size(document: BinaryIO) -> tuple[int, int]:
    """Width and height in pixels; `BadInput` `scan_not_a_picture` where it cannot be drawn within the limits."""
    try:
        return _size(look(PROGRAM, document, "0"))
    except NotFound as error:
        raise BadInput(
            "The picture cannot be drawn: it is damaged, or has more than 150 million pixels. Nothing was stored: scan "
            "it again, or save it smaller.",
            code="scan_not_a_picture",
        ) from error


def draw_picture(document: BinaryIO) -> bytes:
    """The picture as PNG, at most `WIDTH` pixels wide and high; `NotFound` `no_preview`, `Unavailable` `overloaded`."""
    return look(PROGRAM, document, str(WIDTH)).partition(b"\n")[2]


def draw_photograph(document: BinaryIO, width: int, height: int) -> bytes:
    """A photograph upright as JPEG, at most `width` by `height` pixels, without what its file says beside it.

    `NotFound` `no_preview`, `Unavailable` `overloaded`.
    """
    return look(PHOTOGRAPH, document, str(width), str(height))


def _size(answer: bytes) -> tuple[int, int]:
    width, height = answer.split(b"\n")[0].split()
    return int(width), int(height)
