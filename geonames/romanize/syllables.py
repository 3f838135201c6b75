"""Syllables and how words are made of them: apostrophes, capitals, r-colouring, line ends, keys. Pure.

A syllable is written with its tone mark (`lù`); the toneless official form
follows from it. Sources: 《汉语拼音方案》; 《中国地名汉语拼音字母拼写规则(汉语地名部分)》
(1984), cited as PY84 with the number of the rule.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

#: The four tone marks (macron, acute, caron, grave); the diaeresis of ü and the circumflex of ê are letters.
_TONES = "\u0304\u0301\u030c\u0300"
_MARKED = {
    unicodedata.normalize("NFC", letter + tone): letter
    for letter in "aeiouüêmnAEIOUÜÊMN"
    for tone in _TONES
    if len(unicodedata.normalize("NFC", letter + tone)) == 1
}
_TONELESS = str.maketrans({**_MARKED, **dict.fromkeys(_TONES, "")})
#: PY84 rule 11: before a syllable that begins with one of these an apostrophe stands. Capitals are Latin text.
_OPEN = frozenset("aoeāáǎàōóǒòēéěèê")
APOSTROPHE = "'"


def toneless(text: str) -> str:
    """`text` (NFC) without tone marks: `Lǜchūn` is `Lüchun`; ü and ê stay."""
    return text if text.isascii() else text.translate(_TONELESS)


def join(syllables: Iterable[str]) -> str:
    """The syllables of one word together, with apostrophes where PY84 rule 11 wants them: `xī`, `ān`: `xī'ān`."""
    word = ""
    for syllable in syllables:
        if word and syllable[:1] in _OPEN and word[-1].isalpha():
            word += APOSTROPHE
        word += syllable
    return word


def capital(word: str) -> str:
    """The word with a capital first letter (PY84 rule 10)."""
    return word[:1].upper() + word[1:]


def all_capitals(roman: str) -> str:
    """A spelling in capitals throughout, as signs may show it (PY84 rule 10): `LÜLIANG SHI`."""
    return roman.upper()


def coloured(syllable: str) -> str:
    """A syllable with r-colouring (PY84 rule 12): `pén` is `pénr`."""
    return syllable + "r"


def ascii_keys(roman: str) -> tuple[str, ...]:
    """The lower-case ASCII forms under which a spelling may be typed, letters and digits only.

    ü as v (first), as u, and as yu after l and n (passports): `Lüliang Shi` gives
    `lvliangshi`, `luliangshi`, `lyuliangshi`.
    """
    text = unicodedata.normalize("NFC", toneless(roman)).casefold()
    return tuple(dict.fromkeys(_ascii(text.replace("ü", written)) for written in ("v", "u", "yu")))


def _ascii(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if c.isascii() and c.isalnum())


def line_breaks(syllables: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The ways to break a word at a line's end: by syllable, the first part with a hyphen (PY84 rule 13).

    `("hǎi", "nán")` gives `(("Hǎi-", "nán"),)`. An apostrophe falls away at the break.
    """
    return tuple((capital(join(syllables[:at])) + "-", join(syllables[at:])) for at in range(1, len(syllables)))
