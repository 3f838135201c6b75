"""Draws a photograph for print: a program of its own, run by `data.previews.pictures` and by nobody else.

    photograph.py WIDTH HEIGHT <document >answer

The answer is a JPEG at most WIDTH by HEIGHT pixels, upright as the camera was held, without anything that the file says
beside the picture. Exit status 3: it is no PNG, JPEG or TIFF that can be drawn. It imports nothing of Diming, so that
it starts at once.
"""

from __future__ import annotations

import io
import resource
import sys

from PIL import Image, ImageOps, UnidentifiedImageError

#: Bytes of address space, seconds of processor time, pixels: an A0 sheet at 300 dots an inch has 140 million.
MEMORY, SECONDS, MOST_PIXELS = 2 << 30, 10, 150_000_000
#: Quality of JPEG (0 to 95) at which print shows no blocks.
QUALITY = 88
NOT_DRAWN = 3
#: What Pillow raises for a picture that is damaged within.
DAMAGED = (OSError, ValueError, SyntaxError, KeyError, TypeError)


def main(width: int, height: int) -> int:
    """Draw, within the limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses what has twice as many
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=["PNG", "JPEG", "TIFF"]) as document:
            answer = _drawn(document, width, height)
    except (UnidentifiedImageError, Image.DecompressionBombError, EOFError, MemoryError, *DAMAGED):
        return NOT_DRAWN
    sys.stdout.buffer.write(answer)
    return 0


def _drawn(document: Image.Image, width: int, height: int) -> bytes:
    document.load()  # all of it, so that what is damaged within is found
    upright = ImageOps.exif_transpose(document)
    upright.thumbnail((width, height))
    picture = Image.new("RGB", upright.size, "white")
    see = upright.convert("RGBA")
    picture.paste(see, mask=see.getchannel("A"))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
