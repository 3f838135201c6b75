"""Numbers of strokes (笔画数) of Chinese characters, by Unicode's kTotalStrokes. Pure.

What is counted is the form of mainland China where forms differ. The order of strokes (笔顺) is not on record, so
characters of one number stand in the order of their codes, which is that of radicals (部首) within a block.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

STROKES = Path(__file__).parents[2] / "data" / "reference" / "characters" / "strokes.csv"
SOURCE = "Unicode 15.0 Unihan kTotalStrokes"
_DIGITS = "〇一二三四五六七八九"


@cache
def _table() -> Mapping[str, int]:
    with STROKES.open(encoding="utf-8", newline="") as file:
        return {c: int(row["strokes"]) for row in csv.DictReader(file) for c in row["characters"]}


def strokes(character: str) -> int | None:
    """How many strokes a character has, None where it is none of Chinese or not on record."""
    return _table().get(character)


def in_strokes(name: str) -> tuple[tuple[int, str], ...]:
    """By what names are ordered: the strokes of each character, then its code; what has no strokes comes last."""
    return tuple((_table().get(c, 999), c) for c in name)


def spoken(number: int) -> str:
    """A number under a hundred in Chinese: 三, 十二, 二十."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones or not tens else "")
