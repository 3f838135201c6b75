"""How names sound, tones aside: one syllable for each character. Pure."""

from __future__ import annotations

from functools import cache

from geonames.romanize.engine import romanize
from geonames.romanize.model import Romanization
from geonames.romanize.syllables import toneless


def sounds(spelled: Romanization) -> tuple[str, ...]:
    """The toneless syllable of each character of a name; a character spelled with others counts with the first."""
    found: list[str] = []
    for syllable in spelled.syllables:
        parts = toneless(syllable.toned).lower().split() or [""]
        one_each = parts if len(parts) == len(syllable.text) else ["".join(parts), *[""] * (len(syllable.text) - 1)]
        found += one_each
    return tuple(found)


@cache
def toneless_word(text: str) -> tuple[str, ...]:
    """The toneless syllables of a word."""
    return sounds(romanize(text, None, None))
