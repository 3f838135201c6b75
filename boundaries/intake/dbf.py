"""The texts of a dBASE table as bytes, so that their encoding can be judged before anything replaces a character.

After the dBASE table file format: number of rows at 4, bytes before the first
row at 8, bytes of a row at 10, language driver id (LDID) at 29, then 32 bytes
for each field: name (11 bytes), type, width at 16.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from boundaries.intake.model import Array

HEADER_BYTES, FIELD_BYTES, NAME_BYTES = 32, 32, 11
END_OF_FIELDS = 0x0D
TEXT_TYPES = b"C"
#: Language driver ids of Chinese (ESRI: dBASE code pages); others are what tools write without thinking.
LDID_ENCODINGS = {0x4D: "GB18030", 0x7A: "GB18030", 0x4F: "Big5", 0x78: "Big5"}
DELETED = ord("*")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name as bytes, its type letter, where it begins in a row and how many bytes it has."""

    name: bytes
    type: bytes
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class Table:
    """The header of a table; `declared` is the encoding its language driver id names, None for those that do not."""

    rows: int
    first_row: int
    row_bytes: int
    declared: str | None
    fields: tuple[Field, ...]


def read_header(path: Path) -> Table | None:
    """The header of the table at `path`; None where it is none."""
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
        if len(head) < HEADER_BYTES:
            return None
        first_row, row_bytes = (int.from_bytes(head[at : at + 2], "little") for at in (8, 10))
        if first_row <= HEADER_BYTES or row_bytes == 0:
            return None
        body = file.read(first_row - HEADER_BYTES)
    return Table(int.from_bytes(head[4:8], "little"), first_row, row_bytes, LDID_ENCODINGS.get(head[29]), _fields(body))


def _fields(body: bytes) -> tuple[Field, ...]:
    fields, start = [], 1
    for at in range(0, len(body) - FIELD_BYTES + 1, FIELD_BYTES):
        row = body[at : at + FIELD_BYTES]
        if row[0] == END_OF_FIELDS:
            break
        fields.append(Field(row[:NAME_BYTES].split(b"\0")[0], row[11:12], start, row[16]))
        start += row[16]
    return tuple(fields)


def texts_of(path: Path, table: Table) -> dict[bytes, Array]:
    """The stored bytes of every text field by its name, row by row (deleted rows left out), without padding."""
    rows = _rows(path, table)
    kept = rows[rows[:, 0] != DELETED]
    return {
        field.name: _column(kept, field)
        for field in table.fields
        if field.type in TEXT_TYPES and 0 < field.width <= table.row_bytes - field.start
    }


def _column(rows: Array, field: Field) -> Array:
    cut = np.ascontiguousarray(rows[:, field.start : field.start + field.width])
    return np.char.rstrip(cut.view(f"S{field.width}").reshape(len(rows)))


def _rows(path: Path, table: Table) -> Array:
    if table.rows == 0:
        return np.empty((0, table.row_bytes), dtype=np.uint8)
    size = table.rows * table.row_bytes
    raw = np.memmap(path, dtype=np.uint8, mode="r", offset=table.first_row, shape=(size,))
    return raw.reshape(table.rows, table.row_bytes)
