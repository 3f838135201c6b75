"""Pages of a PDF as pictures, drawn by a process that may fail."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from data.errors import BadRequest, NotFound, Unavailable

PROGRAM = Path(__file__).with_name("draw.py")
#: Pixels: an A4 page of text can be read on a screen.
WIDTH = 1000
#: Pages that are drawn; the rest is read in the document itself.
MOST_PAGES = 50
#: Longest time of one drawing, the start of the process included, and of waiting for a turn.
SECONDS, PATIENCE = 15, 5
#: As many pages are drawn at once in one process of the server.
_turn = threading.BoundedSemaphore(2)


def page_count(document: BinaryIO) -> int:
    """How many pages the PDF in an open file has; NotFound `no_preview` where it cannot be read."""
    return _run(document, 0)[0]


def draw_page(document: BinaryIO, page: int) -> bytes:
    """The page (from 1) of the PDF in an open file, as PNG of `WIDTH` pixels.

    BadRequest `bad_parameter`; NotFound `no_preview` where it cannot be drawn within the limits or has no such
    page; Unavailable `overloaded`.
    """
    if not 1 <= page <= MOST_PAGES:
        raise BadRequest(f"Pages are shown from 1 to {MOST_PAGES}.", code="bad_parameter")
    return _run(document, page)[1]


def _run(document: BinaryIO, page: int) -> tuple[int, bytes]:
    if not _turn.acquire(timeout=PATIENCE):
        raise Unavailable("Too many pages are being drawn; ask again in a few seconds.", code="overloaded")
    try:
        command = [sys.executable, "-E", "-s", str(PROGRAM), str(page), str(WIDTH)]
        done = subprocess.run(
            command, stdin=document, capture_output=True, timeout=SECONDS, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired as error:
        raise no_preview() from error
    finally:
        _turn.release()
    if done.returncode != 0:
        raise no_preview()
    count, _, picture = done.stdout.partition(b"\n")
    return int(count), picture


def _environment() -> dict[str, str]:
    """Nothing of the server's own settings: the database's address is no business of the drawing."""
    return {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}


def no_preview() -> NotFound:
    """The document has no picture."""
    return NotFound("This document cannot be shown here; download it to read it.", code="no_preview")
