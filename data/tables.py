"""Tables in text as strangers send them (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import io

#: Characters of a field at most; Python keeps one such limit for the process, so it is said before each reading.
FIELD = 131_072


def rows_of(text: str) -> list[list[str]]:
    """The rows of a table in text, whatever ends its lines.

    Raises `ValueError`, with the line, for what cannot be read as a table: a field longer than `FIELD`.
    """
    csv.field_size_limit(FIELD)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return list(reader)
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error
