"""Cells of CSV that people open in a spreadsheet program: what somebody else wrote must not become a formula."""

from __future__ import annotations

from collections.abc import Iterable

#: A cell of CSV that begins with one of these is taken for a formula by spreadsheet programs (OWASP, CSV injection).
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def harmless(row: Iterable[str]) -> list[str]:
    """The cells of a row, with an apostrophe before what would be a formula; numbers stay as they are."""
    return [f"'{cell}" if cell.startswith(FORMULA_BEGINS) and not _is_number(cell) else cell for cell in row]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
