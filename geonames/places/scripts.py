"""Scripts, languages and systems of romanization that names may be entered in. Pure.

`data/reference/scripts/` holds them with their sources.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from data.errors import BadRequest

SCRIPTS = Path(__file__).parents[2] / "data" / "reference" / "scripts"
#: Belongs to every script: what stands between words and syllables.
_COMMON = frozenset(" -'\u2019\u00b7\u2022,.()/\u200c\u200d\u0f0b")
_COMMON_CATEGORIES = ("Mn", "Mc", "Nd")


class Writing(NamedTuple):
    """How names of a language are written: `direction` is `ltr`, `rtl` or `vertical-lr` (columns from the left)."""

    script: str
    language: str
    name_zh: str
    name_en: str
    direction: str
    ranges: str


@cache
def writings() -> Mapping[tuple[str, str], Writing]:
    """The known writings by language and script."""
    return {
        (row["language"], row["script"]): Writing(*(row[field] for field in Writing._fields))
        for row in _rows("scripts.csv")
    }


@cache
def systems() -> Mapping[str, tuple[str, str]]:
    """Systems of romanization by key: Chinese and English name."""
    return {row["key"]: (row["name_zh"], row["name_en"]) for row in _rows("systems.csv")}


def direction_of(script: str) -> str:
    """In which direction a script is written; from left to right where nothing is known of it."""
    return next((found.direction for found in writings().values() if found.script == script), "ltr")


def check_writing(text: str, language: str, script: str) -> Writing:
    """How the language is written in the script, if `text` is so written.

    Raises `BadRequest` `script_unknown` for a pair that is not listed, `script_mismatch` with the first
    character that is of another script.
    """
    found = writings().get((language, script))
    if found is None:
        known = ", ".join(sorted(f"{lang}-{written}" for lang, written in writings()))
        raise BadRequest(f"{language[:10]}-{script[:10]} is no known writing; known: {known}.", code="script_unknown")
    strange = next((char for char in text if not _is_of(char, found.ranges)), None)
    if strange is not None:
        raise BadRequest(
            f"The character {strange!r} (U+{ord(strange):04X}) is not of the script {script}.", code="script_mismatch"
        )
    return found


@cache
def _ranges() -> Mapping[str, tuple[tuple[int, int], ...]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for row in _rows("characters.csv"):
        found.setdefault(row["script"], []).append((int(row["from"], 16), int(row["to"], 16)))
    return {script: tuple(ranges) for script, ranges in found.items()}


def _is_of(char: str, ranges: str) -> bool:
    if char in _COMMON or unicodedata.category(char) in _COMMON_CATEGORIES:
        return True
    return any(first <= ord(char) <= last for first, last in _ranges()[ranges])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (SCRIPTS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
