"""Which characters a font file has a glyph for: its `cmap` table (ISO/IEC 14496-22, 5.3.1).

Formats 4 and 12 are read, which every font of Chinese characters has; other
subtables (variation sequences, old Macintosh encodings) name no character
that these two do not.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

#: Platform and encoding of Unicode subtables, the fullest first.
UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))


def characters(path: Path, index: int = 0) -> frozenset[int]:
    """The code points with a glyph in font `index` of the file; empty where it has no Unicode table."""
    with path.open("rb") as file:
        data = file.read()
    table = _cmap(data, index)
    return frozenset() if table is None else frozenset(_points(data, table))


def _cmap(data: bytes, index: int) -> int | None:
    """Where the font's `cmap` begins."""
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    count = struct.unpack_from(">H", data, start + 4)[0]
    for n in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * n)
        if tag == b"cmap":
            return int(offset)
    return None


def _points(data: bytes, table: int) -> Iterator[int]:
    count = struct.unpack_from(">H", data, table + 2)[0]
    found = {}
    for n in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, table + 4 + 8 * n)
        found[platform, encoding] = table + offset
    for key in UNICODE:
        if key in found:
            yield from _subtable(data, found[key])
            return


def _subtable(data: bytes, at: int) -> Iterator[int]:
    kind = struct.unpack_from(">H", data, at)[0]
    if kind == 12:
        yield from _format_12(data, at)
    elif kind == 4:
        yield from _format_4(data, at)


def _format_12(data: bytes, at: int) -> Iterator[int]:
    groups = struct.unpack_from(">I", data, at + 12)[0]
    for first, last, glyph in struct.iter_unpack(">III", data[at + 16 : at + 16 + 12 * groups]):
        yield from range(first + (glyph == 0), last + 1)


def _format_4(data: bytes, at: int) -> Iterator[int]:
    doubled = struct.unpack_from(">H", data, at + 6)[0]
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 2 * doubled)
    offsets_at = at + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{count}H", data, offsets_at)
    for n, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for point in range(first, min(last, 0xFFFE) + 1):
            if _glyph(data, point, first, deltas[n], offsets[n], offsets_at + 2 * n):
                yield point


def _glyph(data: bytes, point: int, first: int, delta: int, offset: int, at: int) -> int:
    """The glyph of `point` in a segment of format 4; 0: none."""
    if offset == 0:
        return (point + delta) & 0xFFFF
    found: int = struct.unpack_from(">H", data, at + offset + 2 * (point - first))[0]
    return (found + delta) & 0xFFFF if found else 0
