"""Draws one page of a PDF: a program of its own, run by `data.previews.pages` and by nobody else.

    draw.py PAGE WIDTH <document >answer

The answer is a line with the number of pages, and the page (from 1) as a PNG of
WIDTH pixels; PAGE 0 asks for the number alone. Exit status 3: it is no PDF that can be
drawn, or has no such page. It imports nothing of Diming, so that it starts at once.
"""

from __future__ import annotations

import resource
import sys
import zlib

import pypdfium2

#: Bytes of address space, seconds of processor time: ten times what a scanned A3 page takes.
MEMORY, SECONDS = 1 << 30, 10
#: A page longer than this many widths (a strip of a map) is drawn narrower.
LONGEST = 4.0
NOT_DRAWN = 3


def main(page: int, width: int) -> int:
    """Draw, within the limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        count = len(document)
        picture = _drawn(document[page - 1], width) if page else b""
    except (pypdfium2.PdfiumError, IndexError, MemoryError):
        return NOT_DRAWN
    sys.stdout.buffer.write(b"%d\n" % count + picture)
    return 0


def _drawn(page: pypdfium2.PdfPage, width: int) -> bytes:
    across, down = page.get_size()
    scale = width / max(across, down / LONGEST)
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False, draw_annots=True)
    pixels = memoryview(bitmap.buffer).cast("B")
    rows = (bytes(pixels[y * bitmap.stride : y * bitmap.stride + bitmap.width * 3]) for y in range(bitmap.height))
    return _png(bitmap.width, bitmap.height, b"".join(b"\0" + row for row in rows))


def _png(width: int, height: int, scanlines: bytes) -> bytes:
    """A PNG of three bytes a pixel (ISO/IEC 15948, 11.2)."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(scanlines, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big") for kind, data in parts
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
