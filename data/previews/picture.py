"""Draws a scanned picture for a map: a program of its own, run by `data.previews.pictures` and by nobody else.

    picture.py WIDTH <document >answer

The answer is a line with the width and height in pixels, and the picture (the first page) as a PNG at most WIDTH
pixels wide and high; WIDTH 0 asks for the size alone. Exit status 3: it is no PNG, JPEG or TIFF that can be drawn. It
imports nothing of Diming, so that it starts at once.
"""

from __future__ import annotations

import io
import resource
import sys

from PIL import Image, UnidentifiedImageError

#: Bytes of address space, seconds of processor time, pixels: an A0 sheet at 300 dots an inch has 140 million.
MEMORY, SECONDS, MOST_PIXELS = 2 << 30, 10, 150_000_000
NOT_DRAWN = 3
#: What Pillow raises for a picture that is damaged within.
DAMAGED = (OSError, ValueError, SyntaxError, KeyError, TypeError)


def main(width: int) -> int:
    """Draw, within the limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses what has twice as many
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=["PNG", "JPEG", "TIFF"]) as document:
            size = document.size
            document.load()  # all of it, so that what is damaged within is found
            picture = _drawn(document, width) if width else b""
    except (UnidentifiedImageError, Image.DecompressionBombError, EOFError, MemoryError, *DAMAGED):
        return NOT_DRAWN
    sys.stdout.buffer.write(b"%d %d\n" % size + picture)
    return 0


def _drawn(document: Image.Image, width: int) -> bytes:
    picture = document.convert("RGB")
    picture.thumbnail((width, width))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
