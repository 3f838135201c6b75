"""The Latin spelling of a name as searches and loads need it, and the readings that its characters may have.

The spelling itself is the engine's (`engine`); here it is remembered, because
loads ask for the same names again and again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, pinyin
from pypinyin.seg.simpleseg import seg

from geonames.romanize.engine import romanize

HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Spelling:
    """`roman` without tones (`Lu'an Shi`); `source` as contracts name it; `ambiguous`: another reading is possible."""

    roman: str
    source: str
    ambiguous: bool
    alternatives: tuple[str, ...]


@lru_cache(maxsize=1 << 16)
def spell(name: str, class_: str | None = None, within: str | None = None) -> Spelling:
    """The spelling of `name`. A character without any reading stays as it is and makes it ambiguous."""
    found = romanize(name, class_, within)
    return Spelling(
        found.roman, found.source.value, found.ambiguous, tuple(other.roman for other in found.alternatives)
    )


def default_syllables(text: str) -> list[str]:
    """One toneless syllable for every Han character (first reading, ü kept); other text as it is.

    By the phrases that a text holds: what was read as one phrase or stretch before is remembered.
    """
    return [syllable for piece in seg(text) for syllable in _first_readings(piece)]


def possible_syllables(text: str) -> list[tuple[str, ...]]:
    """All toneless readings of every Han character, each once; other characters as they are."""
    return [choices for char in text for choices in _all_readings(char)]


@lru_cache(maxsize=1 << 16)
def _first_readings(piece: str) -> tuple[str, ...]:
    return tuple(choices[0] for choices in _readings(piece, every=False))


@lru_cache(maxsize=1 << 15)
def _all_readings(char: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(dict.fromkeys(choices)) for choices in _readings(char, every=True))


def _readings(text: str, *, every: bool) -> list[list[str]]:
    """pypinyin's readings; what has none comes back character by character, unchanged."""
    # its annotation of `errors` leaves out the lists that it documents for a callable
    # and a list of characters keeps phrases from hiding their other readings
    subject = list(text) if every else text
    found: list[list[str]] = pinyin(subject, style=Style.NORMAL, v_to_u=True, heteronym=every, errors=list)  # type: ignore[arg-type]
    return found
