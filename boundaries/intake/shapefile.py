"""Do the parts of a Shapefile fit together? Asked of the bytes, before any library follows their pointers.

After the ESRI Shapefile Technical Description (1998): lengths in the headers of
.shp and .shx are in words of 16 bits, big-endian; each entry of the .shx has the
offset and length of one record.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from boundaries.intake.dbf import Table, read_header
from boundaries.intake.model import Array, Observation
from data.limits import SHP_MAGIC

HEADER_BYTES, ENTRY_BYTES, WORD = 100, 8, 2
RECORD_HEADER_BYTES = 8
LENGTH_OFFSET = 24


def check_shapefile(path: Path, name: str) -> Observation | None:
    """The first thing for which the Shapefile at `path` (.shp) cannot be read whole; None where nothing is."""
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or not header.startswith(SHP_MAGIC):
        return Observation("unreadable", "shp_header", {"stem": name}, layer=name)
    expected = int.from_bytes(header[LENGTH_OFFSET : LENGTH_OFFSET + 4], "big") * WORD
    index = _index(path.with_suffix(".shx"))
    if index is None:
        return Observation("unreadable", "shx_damaged", {"stem": name, "record": 1}, layer=name)
    needed = max(expected, _end(index))
    if size < needed:
        return Observation("unreadable", "shp_truncated", {"stem": name, "bytes": size, "expected": needed}, layer=name)
    wrong = _first_wrong(path, index)
    if wrong is not None:
        return Observation("unreadable", "shx_damaged", {"stem": name, "record": wrong + 1}, layer=name)
    return _check_table(path.with_suffix(".dbf"), name, len(index))


def _index(path: Path) -> Array | None:
    """Offset and length in bytes of every record, shape (n, 2); None where the .shx is not one or is cut off."""
    raw = path.read_bytes()
    if len(raw) < HEADER_BYTES or not raw.startswith(SHP_MAGIC):
        return None
    declared = int.from_bytes(raw[LENGTH_OFFSET : LENGTH_OFFSET + 4], "big") * WORD
    if declared > len(raw) or (len(raw) - HEADER_BYTES) % ENTRY_BYTES:
        return None
    entries = np.frombuffer(raw, dtype=">i4", offset=HEADER_BYTES).reshape(-1, 2)
    return entries.astype(np.int64) * WORD


def _end(index: Array) -> int:
    return int((index.sum(axis=1) + RECORD_HEADER_BYTES).max(initial=HEADER_BYTES))


def _first_wrong(path: Path, index: Array) -> int | None:
    """The first entry whose record does not begin where it says, or has another length."""
    if len(index) == 0:
        return None
    if bool((index < 0).any()) or bool((index[:, 0] < HEADER_BYTES).any()):
        return int(np.argmax((index[:, 0] < HEADER_BYTES) | (index < 0).any(axis=1)))
    raw = np.memmap(path, dtype=np.uint8, mode="r")
    places = index[:, 0, None] + np.arange(4, RECORD_HEADER_BYTES)
    lengths = np.ascontiguousarray(raw[places]).view(">i4").astype(np.int64)[:, 0] * WORD
    wrong = np.flatnonzero(lengths != index[:, 1])
    return int(wrong[0]) if len(wrong) else None


def _check_table(path: Path, name: str, shapes: int) -> Observation | None:
    table = read_header(path)
    if table is None:
        return Observation(
            "unreadable", "dbf_truncated", {"stem": name, "bytes": path.stat().st_size, "expected": 33}, layer=name
        )
    if table.rows != shapes:
        return Observation("unreadable", "counts", {"stem": name, "shapes": shapes, "rows": table.rows}, layer=name)
    return _check_length(path, name, table)


def _check_length(path: Path, name: str, table: Table) -> Observation | None:
    size, expected = path.stat().st_size, table.first_row + table.rows * table.row_bytes
    if size >= expected:
        return None
    return Observation("unreadable", "dbf_truncated", {"stem": name, "bytes": size, "expected": expected}, layer=name)
