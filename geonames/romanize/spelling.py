"""The Latin spelling of a name: by a verified source where there is one, else by the plain rule.

The plain rule (1984 rules, articles 1 and 3, as far as they can be applied
without knowing the place): specific part with a capital and its syllables
together, generic term apart, an apostrophe before a syllable that begins with
a, o or e. Readings are pypinyin's first; such a spelling is marked `default`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, pinyin

from geonames.romanize.readings import Reading, Segment, readings, readings_by_specific, segments, split_generic

HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_VOWELS = ("a", "o", "e")


@dataclass(frozen=True, slots=True)
class Spelling:
    """`roman` without tones (`Lu'an Shi`); `source` as contracts name it; `ambiguous`: another reading is possible."""

    roman: str
    source: str
    ambiguous: bool
    alternatives: tuple[str, ...]


@lru_cache(maxsize=1 << 16)
def spell(name: str) -> Spelling:
    """The spelling of `name`. A character without any reading stays as it is and makes it ambiguous."""
    reading = readings().get(name)
    if reading is not None and reading.verified:
        return Spelling(
            reading.roman,
            "official-minority" if reading.minority else "unit",
            reading.disputed,
            reading.alternatives,
        )
    return _by_rule(name, reading)


def _by_rule(name: str, unverified: Reading | None) -> Spelling:
    if not HAN.search(name):
        return Spelling(name, "default", False, ())
    specific, generic = split_generic(name)
    specific, people = _split_nationalities(specific)
    known = readings_by_specific().get(specific)
    if known is not None:
        first, ambiguous, others = known.roman, known.disputed, known.alternatives
    else:
        first, ambiguous = _join(specific), _has_several_readings(specific)
        others = ()
    words = [first, *(segment.roman for segment in people), *([generic.roman] if generic else [])]
    if unverified is not None:
        others = (*others, unverified.roman)
    return Spelling(" ".join(words), "place-name" if known else "default", ambiguous, others)


def _split_nationalities(specific: str) -> tuple[str, list[Segment]]:
    """The nationalities at the end of an autonomous unit's name (酉阳|土家族|苗族), in order."""
    people: list[Segment] = []
    while True:
        found = next((s for s in segments("nationality") if specific.endswith(s.text)), None)
        if found is None or found.text == specific:
            return specific, people
        specific = specific.removesuffix(found.text)
        people.insert(0, found)


def default_syllables(text: str) -> list[str]:
    """One toneless syllable for every Han character (first reading, ü kept); other text as it is."""
    return [choices[0] for choices in _readings(text, every=False)]


def possible_syllables(text: str) -> list[tuple[str, ...]]:
    """All toneless readings of every Han character, each once; other characters as they are."""
    return [tuple(dict.fromkeys(choices)) for choices in _readings(text, every=True)]


def _readings(text: str, *, every: bool) -> list[list[str]]:
    """pypinyin's readings; what has none comes back character by character, unchanged."""
    # its annotation of `errors` leaves out the lists that it documents for a callable
    # and a list of characters keeps phrases from hiding their other readings
    subject = list(text) if every else text
    found: list[list[str]] = pinyin(subject, style=Style.NORMAL, v_to_u=True, heteronym=every, errors=list)  # type: ignore[arg-type]
    return found


def _join(text: str) -> str:
    """Syllables together, with apostrophes, and a capital."""
    word = ""
    for syllable in default_syllables(text):
        word += "'" if word and word[-1].isalpha() and syllable.startswith(_VOWELS) else ""
        word += syllable
    return word[:1].upper() + word[1:]


def _has_several_readings(text: str) -> bool:
    """Whether a character has more than one toneless reading, or none that is known."""
    choices = possible_syllables(text)
    return any(len(options) > 1 or HAN.match(options[0]) for options in choices)
