"""Programs that open a document from outside: processes of their own, with little memory, time and knowledge."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from data.errors import NotFound, Unavailable

#: Longest time of one look, the start of the process included, and of waiting for a turn.
SECONDS, PATIENCE = 15, 5
#: As many documents are looked at at once in one process of the server.
_turn = threading.BoundedSemaphore(2)


def look(program: Path, document: BinaryIO, *arguments: str) -> bytes:
    """What `program`, a file beside this one, says of the document on its standard input.

    NotFound `no_preview` where it cannot be read within the limits; Unavailable `overloaded`.
    """
    if not _turn.acquire(timeout=PATIENCE):
        raise Unavailable("Too many documents are being looked at; ask again in a few seconds.", code="overloaded")
    try:
        command = [sys.executable, "-E", "-s", str(program), *arguments]
        done = subprocess.run(
            command, stdin=document, capture_output=True, timeout=SECONDS, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired as error:
        raise no_preview() from error
    finally:
        _turn.release()
    if done.returncode != 0:
        raise no_preview()
    return done.stdout


def _environment() -> dict[str, str]:
    """Nothing of the server's own settings: the database's address is no business of the drawing."""
    return {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}


def no_preview() -> NotFound:
    """The document cannot be shown."""
    return NotFound("This document cannot be shown here; download it to read it.", code="no_preview")
