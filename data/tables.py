"""Tables in text as strangers send them (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import io


def rows_of(text: str) -> list[list[str]]:
    """The rows of a table in text, whatever ends its lines.

    Raises `ValueError`, with the line, for what cannot be read as a table: a field longer than 131,072 characters.
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return list(reader)
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error
