"""Draws one page of a scanned picture: a program of its own, run by `data.previews.pages` and by nobody else.

    scan.py PAGE WIDTH <document >answer

Speaks as `draw.py` does, of a TIFF (6.0, with its pages). It imports nothing of Diming, so that it starts at once.
"""

from __future__ import annotations

import io
import resource
import sys

from PIL import Image, UnidentifiedImageError

#: Bytes of address space, seconds of processor time, pixels of a page: an A0 sheet at 300 dots an inch has 140 million.
MEMORY, SECONDS, MOST_PIXELS = 2 << 30, 10, 150_000_000
#: A page longer than this many widths (a strip of a map) is drawn narrower.
LONGEST = 4.0
NOT_DRAWN = 3


def main(page: int, width: int) -> int:
    """Draw, within the limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses what has twice as many
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=["TIFF"]) as document:
            count = int(getattr(document, "n_frames", 1))
            picture = _drawn(document, page, width) if page else b""
    except (UnidentifiedImageError, Image.DecompressionBombError, EOFError, MemoryError, *DAMAGED):
        return NOT_DRAWN
    sys.stdout.buffer.write(b"%d\n" % count + picture)
    return 0


#: What Pillow raises for a picture that is damaged within.
DAMAGED = (OSError, ValueError, SyntaxError, KeyError, TypeError)


def _drawn(document: Image.Image, page: int, width: int) -> bytes:
    document.seek(page - 1)
    picture = document.convert("RGB")
    picture.thumbnail((width, int(width * LONGEST)))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
