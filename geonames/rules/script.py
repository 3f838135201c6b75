"""Which characters are standard, usual, or forms of others. Pure; the tables are read once.

`data/reference/characters/` says where they come from.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from geonames.romanize.han import to_simplified

CHARACTERS = Path(__file__).parents[2] / "data" / "reference" / "characters"
#: 〇 is no Han ideograph by its category, but a character of the table.
ZERO = "〇"
#: The first bytes of level 1 of GB/T 2312-1980, the 3,755 characters in common use.
LEVEL_1 = range(0xB0, 0xD8)


@cache
def listed_characters() -> frozenset[str]:
    """The 8,105 characters of 通用规范汉字表 (2013)."""
    return frozenset((CHARACTERS / "tghz8105.txt").read_text("utf-8").split())


@cache
def _variants() -> Mapping[str, str]:
    with (CHARACTERS / "variants.csv").open(encoding="utf-8", newline="") as file:
        return {row["variant"]: row["standard"] for row in csv.DictReader(file)}


def is_han(char: str) -> bool:
    """Whether a character is a Chinese ideograph, in whatever plane."""
    name = unicodedata.name(char, "")
    return char == ZERO or name.startswith(("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH"))


def is_latin(char: str) -> bool:
    """Whether a character is a Latin letter, half or full width, with or without marks."""
    return unicodedata.category(char)[0] == "L" and "LATIN" in unicodedata.name(char, "")


def is_listed(char: str) -> bool:
    """Whether a character is in 通用规范汉字表, or is 〇."""
    return char in listed_characters() or char == ZERO


def is_in_gb2312(char: str) -> bool:
    """Whether GB/T 2312-1980 has a character."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def is_usual(char: str) -> bool:
    """Whether a character is in level 1 of GB/T 2312, or is 〇."""
    try:
        return char == ZERO or char.encode("gb2312")[0] in LEVEL_1
    except UnicodeEncodeError:
        return False


@cache
def standard_form(char: str) -> str | None:
    """The listed character of which `char` is a traditional or variant form; None for what is listed or has none."""
    if is_listed(char) or not is_han(char):
        return None
    compatible = unicodedata.normalize("NFKC", char)
    for standard in (_variants().get(char, char), to_simplified(char), compatible):
        if standard != char and is_listed(standard):
            return standard
    return None
