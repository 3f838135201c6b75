"""How names sound, tones aside: one syllable for each character. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

from geonames.romanize.characters import phrases
from geonames.romanize.engine import romanize
from geonames.romanize.lexicon import national
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
def _in_phrases() -> Mapping[str, Counter[str]]:
    """How often each character is read in each way, tones aside, in the general phrases."""
    found: dict[str, Counter[str]] = {}
    for text, syllables in phrases().items():
        for char, syllable in zip(text, syllables, strict=True):
            found.setdefault(char, Counter())[toneless(syllable)] += 1
    return found


@cache
def _in_names() -> Mapping[str, frozenset[str]]:
    """The readings, tones aside, that each character has in place names whose spelling is known (单县: shan)."""
    found: dict[str, set[str]] = {}
    for entries in national().entries.values():
        for entry in entries:
            for char, syllable in zip(entry.name, entry.reading, strict=False):
                found.setdefault(char, set()).add(toneless(syllable))
    return {char: frozenset(readings) for char, readings in found.items()}


@cache
def is_clear(char: str, share: float, least: int) -> bool:
    """Whether one reading of a character has `share` of at least `least` phrases, and place names have no other."""
    counts = _in_phrases().get(char, Counter())
    if counts.total() < least:
        return False
    usual, count = counts.most_common(1)[0]
    return count >= share * counts.total() and _in_names().get(char, frozenset()) <= {usual}


def read_all() -> None:
    """Read everything now that the first question about a name would read."""
    _in_phrases(), _in_names(), toneless_word("路")


@cache
def toneless_word(text: str) -> tuple[str, ...]:
    """The toneless syllables of a word."""
    return sounds(romanize(text, None, None))
