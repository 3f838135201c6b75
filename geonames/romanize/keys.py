"""The forms under which a name is stored for searching, and the forms of a query. Pure.

Three keys: `folded` (the characters, without spaces, punctuation and case),
`pinyin` (syllables joined, lower-case ASCII, no tones, ü written v), `initials`.
No character is lost: what no table knows stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from geonames.romanize.han import to_simplified
from geonames.romanize.spelling import HAN, default_syllables, possible_syllables, spell

#: The ideographs that every form leaves as they are (Unified Ideographs and Extension A): most names are of them alone.
_PLAIN_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
#: What is no letter or digit in ASCII.
_NO_LETTERS = {code: None for code in range(128) if not chr(code).isalnum()}


@dataclass(frozen=True, slots=True)
class Sound:
    """One way to say a name: `pinyin` and `initials`; both empty where it has no sound in Latin letters."""

    pinyin: str
    initials: str


def fold(text: str) -> str:
    """`text` in NFKC without case, spaces, punctuation and variation selectors.

    A text of nothing but those is kept, so that no name folds to nothing.
    """
    if _PLAIN_HAN.fullmatch(text):
        return text
    folded = _fold_once(text)
    # what falls away can bring together what then composes (a, space, accent)
    while (again := _fold_once(folded)) != folded:
        folded = again
    return folded


def _fold_once(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in normal if not _is_noise(c)) or normal.strip()


def _is_noise(char: str) -> bool:
    category = unicodedata.category(char)
    # FE00-FE0F and E0100-E01EF choose a glyph, not a character (Unicode 23.4)
    selector = 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF
    return category[0] in "ZP" or category == "Cf" or selector


def simplified(text: str) -> str:
    """`text` in simplified characters, one for each."""
    return to_simplified(text)


@lru_cache(maxsize=1 << 16)
def sounds(name: str) -> tuple[Sound, ...]:
    """All ways in which `name` is looked for by sound: as spelled officially, as alternatives, by default.

    The first is the official one. ü is found under v and under u (Urumqi).
    """
    spelling = spell(name)
    folded = fold(name)
    found = []
    for roman in (spelling.roman, *spelling.alternatives):
        initials = _initials_by_character(folded, plain(roman)) or _initials_of_words(roman)
        found += [Sound(plain(roman), initials), Sound(plain(_without_umlaut(roman)), initials)]
    if HAN.search(name):
        syllables = [plain(s) for s in default_syllables(folded)]
        found.append(Sound("".join(syllables), "".join(s[:1] for s in syllables)))
    return tuple(dict.fromkeys(sound for sound in found if sound.pinyin))


def _initials_by_character(folded: str, sound: str) -> str | None:
    """The first letters of the syllables of `sound`, one for each character; None where they do not fit."""
    options = [_plain_syllables(char) for char in folded] if HAN.search(folded) else []

    def fit(index: int, rest: str) -> str | None:
        if index == len(options):
            return "" if not rest else None
        for syllable in options[index]:
            if syllable and rest.startswith(syllable):
                tail = fit(index + 1, rest[len(syllable) :])
                if tail is not None:
                    return syllable[0] + tail
        return None

    return fit(0, sound) or None


@lru_cache(maxsize=1 << 15)
def _plain_syllables(char: str) -> tuple[str, ...]:
    """The readings of one character as keys have them."""
    return tuple(plain(syllable) for choices in possible_syllables(char) for syllable in choices)


def _initials_of_words(roman: str) -> str:
    """First letters of the words of a Latin name; where syllables cannot be told, words must do."""
    return "".join(plain(word)[:1] for word in roman.split())


def _without_umlaut(roman: str) -> str:
    return roman.replace("ü", "u").replace("Ü", "U")


def plain(latin: str) -> str:
    """Latin letters and digits of `latin`: lower case, no tones or marks, ü as v."""
    if latin.isascii():
        return latin.lower().translate(_NO_LETTERS)
    text = unicodedata.normalize("NFD", latin.casefold().replace("ß", "ss"))
    text = text.replace("u\u0308", "v").replace("'", "")
    return "".join(c for c in text if c.isascii() and c.isalnum())


def query_sounds(query: str) -> list[str]:
    """The pinyin keys that `query` may mean; empty where it is not Latin text.

    Tones as marks (xiāngyáng), digits (xiang1yang2) and spaces fall away; ü may be
    written ü, v, yu after l and n (passports), or u as on old signs.
    """
    if HAN.search(query):
        return []
    base = plain("".join(c for c in query if not c.isdigit() or query.isdigit()))
    forms = [base, base.replace("lyu", "lv").replace("nyu", "nv")]
    return [form for form in dict.fromkeys(forms) if form and not form.isdigit()]


def query_texts(query: str) -> list[str]:
    """The folded forms of `query`: as typed first, then in simplified characters where that differs."""
    return list(dict.fromkeys([fold(query), fold(simplified(query))]))
