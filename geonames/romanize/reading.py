"""How a stretch of characters is read: the layers asked one after the other. Pure.

Order: what is known of the place or a longer word (`Lexicon.known`), surnames
before 家 and terms of settlements, what names of places decide for a character,
general phrases, what names attest without deciding, the first general reading.
"""

from __future__ import annotations

import unicodedata

from geonames.romanize import characters
from geonames.romanize.lexicon import Known, Lexicon
from geonames.romanize.model import Layer, Shape, Syllable

_BEFORE_SURNAME = frozenset("东西南北中前后上下大小新老")
_FAMILY = "家"


def read(text: str, lexicon: Lexicon, region: str | None = None) -> list[Syllable]:
    """One syllable for each character, in order. What has no reading stands for itself and is doubtful."""
    found: list[Syllable] = []
    at, length, unsure_until = 0, len(text), 0
    known, memo = lexicon.known, lexicon.memo
    while at < length:
        group = known.get(text[at : at + 2])
        item = _known(group, text, at, region) if group else None
        if item is not None:
            found += item.syllables
            at += len(item.text)
            continue
        if group and region is None and any(text.startswith(other.text, at) for other in group):
            # sources disagree about this stretch, and nobody said where the place is
            unsure_until = max(unsure_until, at + 2)
        syllable = memo.get((text[at], region)) or _one(text, at, lexicon, region)
        found.append(syllable._replace(doubtful=True) if at < unsure_until else syllable)
        at += 1
    return found


def _known(group: tuple[Known, ...], text: str, at: int, region: str | None) -> Known | None:
    for item in group:
        if text.startswith(item.text, at) and (item.regions is None or region in item.regions):
            return item
    return None


def _one(text: str, at: int, lexicon: Lexicon, region: str | None) -> Syllable:
    char = text[at]
    choice = lexicon.characters.read(char, region)
    if choice is None:
        return Syllable(char, char, Layer.DEFAULT, doubtful=_is_letter(char))
    if char in lexicon.surnames and _is_surname(text, at, lexicon):
        return Syllable(char, lexicon.surnames[char], Layer.PHRASE)
    if choice.doubtful:
        phrase = _in_phrase(text, at)
        if phrase:
            return Syllable(char, phrase, Layer.PHRASE)
    found = Syllable(char, choice.toned, Layer.PLACE if choice.attested else Layer.DEFAULT, choice.doubtful)
    if not choice.doubtful and char not in lexicon.surnames:
        lexicon.memo[char, region] = found
    return found


def _is_letter(char: str) -> bool:
    """Whether a character without a reading should have one: a letter of another script, or one in private use."""
    return not char.isascii() and unicodedata.category(char)[0] in "LC"


def _is_surname(text: str, at: int, lexicon: Lexicon) -> bool:
    """Whether the character is a family's name: first or after a modifier, before 家 or a village's term."""
    if at > 1 or (at == 1 and text[0] not in _BEFORE_SURNAME):
        return False
    rest = text[at + 1 :]
    return rest[:1] == _FAMILY or rest in lexicon.terms[Shape.SETTLEMENT]


def _in_phrase(text: str, at: int) -> str | None:
    """The reading of a character in the longest general phrase around it that the text holds."""
    phrases = characters.phrases()
    for length in (4, 3, 2):
        for start in range(max(0, at - length + 1), min(at, len(text) - length) + 1):
            syllables = phrases.get(text[start : start + length])
            if syllables:
                return syllables[at - start]
    return None
