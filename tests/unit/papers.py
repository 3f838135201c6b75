"""Documents made for tests, good and bad."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

CONTENT_TYPES = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"


def office(main: str = "word/document.xml", extra: Mapping[str, str | bytes] | None = None, types: str = "") -> bytes:
    """An office file with the member by which its kind is known."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES + types)
        archive.writestr(main, "<x/>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def pdf(body: bytes = b"1 0 obj <</Type /Catalog>> endobj") -> bytes:
    """A PDF that begins and ends as one does."""
    return b"%PDF-1.7\n" + body + b"\nstartxref\n9\n%%EOF\n"


def hidden(inside: bytes) -> bytes:
    """A PDF object stream that holds `inside` compressed."""
    packed = zlib.compress(inside)
    head = b"2 0 obj <</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d>>\n" % len(packed)
    return head + b"stream\n" + packed + b"\nendstream endobj"


def png() -> bytes:
    """One black pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (1).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
