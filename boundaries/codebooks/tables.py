"""The two tables of a publication as CSV: the bytes whose SHA-256 the publication bears. Pure."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from data.cells import harmless

CODE_COLUMNS = ("code", "name", "level", "type", "parent_code", "uncertain")
CHANGE_COLUMNS = (
    "happened_on", "late", "what", "code_before", "name_before", "parent_before", "code_after", "name_after",
    "parent_after", "into_units", "doc_no", "decision_title",
)  # fmt: skip


def codes_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The codes, a line each, in order of code; UTF-8 with a byte order mark, as spreadsheet programs want it."""
    return _csv(CODE_COLUMNS, rows)


def changes_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The changes, a line each; several values in a cell are parted by semicolons."""
    return _csv(CHANGE_COLUMNS, rows)


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(harmless([cell(row[name]) for name in columns]) for row in rows)
    return ("\ufeff" + out.getvalue()).encode()


def cell(value: Any) -> str:
    """A value as it stands in a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value)
    return str(value)


def digest(content: bytes) -> bytes:
    """SHA-256 of a table."""
    return hashlib.sha256(content).digest()
