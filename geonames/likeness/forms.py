"""The forms under which two names are compared: characters, specific part, sound with and without tones. Pure.

Characters are compared in NFKC, simplified, without spaces and punctuation. Sounds are
compared as written in Latin letters without capitals and spaces; the apostrophe stays,
because it tells Xi'an from Xian.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from geonames.places.pieces import reading_of
from geonames.romanize.characters import readings
from geonames.romanize.engine import romanize, words_of
from geonames.romanize.keys import fold, simplified
from geonames.romanize.lexicon import national
from geonames.romanize.model import Romanization, Syllable, shape_of
from geonames.romanize.syllables import join, toneless

_ZU = "族"


class Sound(NamedTuple):
    """A reading for comparing: `toned` (ping'ān) and `toneless` (ping'an); both empty where there is none.

    `toned` is empty where a source gives the spelling without tones.
    """

    toned: str = ""
    toneless: str = ""


class Stored(NamedTuple):
    """An approved spelling as it is stored: without tones, and with them where they are known."""

    roman: str
    toned: str | None = None


class Forms(NamedTuple):
    """A name as it is compared. `specific` is empty where the name is nothing but a generic term.

    `specific` (专名) is folded as `whole` is; `generic` (通名, with its modifiers) is as written.
    `doubtful`: a reading was a guess.
    """

    whole: str
    specific: str
    generic: str
    sound: Sound
    specific_sound: Sound
    doubtful: bool


def compared(text: str) -> str:
    """`text` as names are compared: simplified characters, NFKC, no spaces, punctuation or case."""
    return fold(simplified(text))


def forms(name: str, class_: str | None, within: str | None, stored: Stored | None = None) -> Forms:
    """The forms of `name`, a place of a class or type code in the unit with code `within`.

    `stored`: its approved spelling, which decides where it differs from ours.
    """
    return forms_of(romanize(name, class_, within), class_, stored)


def forms_of(spelled: Romanization, class_: str | None, stored: Stored | None = None) -> Forms:
    """As `forms`, for a name that is spelled already."""
    head, tail = split(spelled.name, class_)
    whole, specific = sound_of(spelled.syllables), _sound_of_first(spelled, len(head))
    if stored is not None and stored != (spelled.roman, spelled.roman_toned):
        whole, specific = _stored_sounds(stored, spelled, tail, (whole, specific))
    return Forms(compared(spelled.name), compared(head) if head else "", tail, whole, specific, spelled.ambiguous)


def split(name: str, class_: str | None) -> tuple[str, str]:
    """`name` as specific part and all that follows it (专名; 民族, 修饰成分, 通名); joined they are the name."""
    found = reading_of(*words_of(name, shape_of(class_), None, national()), national())
    specific = found.specific
    if len(specific) == 1 and found.nationalities and not found.nationalities[0].endswith(_ZU):
        # 内 is no place, 内蒙古 is
        specific += found.nationalities[0]
    return specific, name[len(specific) :]


def _sound_of_first(spelled: Romanization, characters: int) -> Sound:
    """The sound of the first `characters`: by syllables, or by words where a source spells several as one."""
    at = _reaching([syllable.text for syllable in spelled.syllables], characters)
    if at is not None:
        return sound_of(spelled.syllables[:at])
    words, at = spelled.roman_toned.split(), _reaching(spelled.segments, characters)
    if at is None or len(words) != len(spelled.segments):
        return Sound()
    toned = join(_plain(word) for word in words[:at])
    return Sound(toned, toneless(toned))


def _reaching(texts: Sequence[str], characters: int) -> int | None:
    """How many of `texts` make up exactly `characters`; None where none do."""
    at = length = 0
    while at < len(texts) and length < characters:
        length += len(texts[at])
        at += 1
    return at if length == characters else None


def sound_of(syllables: Sequence[Syllable]) -> Sound:
    """The sound of syllables said one after another; Chinese numerals as they are said, whatever is written."""
    toned = join([_said(syllable) for syllable in syllables])
    return Sound(toned, toneless(toned))


def _said(syllable: Syllable) -> str:
    if any(char.isdigit() for char in syllable.toned) and not syllable.text.isascii():
        return join([next(iter(readings(char)), char) for char in syllable.text])
    return _plain(syllable.toned)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().replace(" ", "")


def _latin(roman: str) -> str:
    """A spelling of several words as one sound: `Xi'an Shi` and `Bei'an` keep what divides their syllables."""
    return join(_plain(word) for word in roman.split())


def _stored_sounds(stored: Stored, spelled: Romanization, tail: str, ours: tuple[Sound, Sound]) -> tuple[Sound, Sound]:
    """The sounds of a stored spelling; ours where it says the same without tones and gives none."""
    if stored.toned is None and _latin(stored.roman) == _latin(spelled.roman):
        return ours
    toned = stored.toned or ""
    specific = _without_generic(toned or stored.roman, spelled, tail)
    whole = Sound(_latin(toned), toneless(_latin(toned or stored.roman)))
    return whole, Sound(_latin(specific) if toned else "", toneless(_latin(specific)))


def _without_generic(stored: str, spelled: Romanization, tail: str) -> str:
    """What stands before the generic term as we spell it; nothing where the spelling does not end so."""
    count = _reaching(spelled.segments[::-1], len(tail)) or 0
    given, own = stored.split(), spelled.roman.split()
    if not count:
        return "" if tail else stored
    same = [toneless(word) for word in given[-count:]] == own[-count:]
    return " ".join(given[:-count]) if same and len(given) > count else ""


__all__ = ["Forms", "Sound", "Stored", "compared", "forms", "forms_of", "sound_of", "split"]
