"""One written word of a name: its syllables put together, with capitals, r-colouring and digits. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from geonames.romanize import numerals
from geonames.romanize.dividing.endings import ending
from geonames.romanize.entries import Entry
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Layer, Part, Role, Shape, Syllable
from geonames.romanize.reading import read
from geonames.romanize.syllables import capital, coloured, join, toneless

_R_COLOURED = "儿"
_RANK = {layer: rank for rank, layer in enumerate(Layer)}
#: Words remembered; parts of names come again and again (a list of a million townships has some ten thousand).
_REMEMBERED = 1 << 16


class Word(NamedTuple):
    """A word with and without tone marks, its syllables, the weakest layer among them, whether one is doubtful.

    `entry`: the source that spells it after another language.
    """

    toned: str
    roman: str
    syllables: tuple[Syllable, ...]
    layer: Layer
    doubtful: bool
    entry: Entry | None = None


def weakest(layers: Sequence[Layer]) -> Layer:
    """The layer with the least authority; `generic` of none."""
    if len(layers) == 1:
        return layers[0]
    return max(layers, key=_RANK.__getitem__, default=Layer.GENERIC)


def word_of(part: Part, kind: Shape, region: str | None, lexicon: Lexicon, *, foreign: bool) -> Word:
    """The word of a part; `foreign`: specific parts that sources spell in another language keep that spelling."""
    key = (part, kind, region, foreign)
    word = lexicon.words_seen.get(key)
    if word is None:
        word = _made(part, kind, region, lexicon, foreign)
        if len(lexicon.words_seen) < _REMEMBERED:
            lexicon.words_seen[key] = word
    return word


def _made(part: Part, kind: Shape, region: str | None, lexicon: Lexicon, foreign: bool) -> Word:
    if part.role is Role.NUMBER:
        return _whole(part.text, _number(part.text))
    if part.role is Role.NATIONALITY:
        return _whole(part.text, lexicon.nationalities[part.text].toned)
    if part.role is Role.GENERIC:
        return _generic(part.text, kind, region, lexicon)
    entry = lexicon.in_another_language(part.text, region) if foreign else None
    return _foreign(entry) if entry else _specific(part.text, kind, region, lexicon)


def _whole(text: str, toned: str) -> Word:
    """A word that is written as a whole."""
    return Word(toned, toneless(toned), (Syllable(text, toned, Layer.GENERIC),), Layer.GENERIC, False)


def _foreign(entry: Entry) -> Word:
    roman = entry.specific_roman
    syllable = Syllable(entry.specific, roman, Layer.MINORITY)
    return Word(roman, roman, (syllable,), Layer.MINORITY, entry.disputed or not entry.verified, entry)


def _specific(text: str, kind: Shape, region: str | None, lexicon: Lexicon) -> Word:
    syllables = tuple(read(text, lexicon, region))
    spoken = [syllable.toned for syllable in syllables]
    if kind is Shape.STREET and len(text) > 1 and text.endswith(_R_COLOURED):
        # PY84 rule 12: 儿 after another syllable colours it
        spoken[-2:] = [coloured(spoken[-2])]
    toned = capital(join(spoken))
    layer = weakest([syllable.layer for syllable in syllables])
    return Word(toned, toneless(toned), syllables, layer, True in [syllable.doubtful for syllable in syllables])


def _number(text: str) -> str:
    """A number in digits; with 第 as `Di-9` (PY84 rule 7)."""
    digits = numerals.arabic(text)
    if digits is not None:
        return digits
    if text.startswith(numerals.ORDINAL_PREFIX):
        return f"Dì-{numerals.value(text[1:])}"
    return numerals.value(text) or numerals.code(text) or text


def _generic(text: str, kind: Shape, region: str | None, lexicon: Lexicon) -> Word:
    """A generic term, with the modifiers written together with it."""
    for shape in (kind, Shape.DIVISION, Shape.STREET, Shape.STRUCTURE):
        term = lexicon.terms[shape].get(text)
        if term is not None:
            return _whole(text, term.toned)
    tail = lexicon.terms[kind][ending(text, kind, lexicon)]
    modifiers = read(text.removesuffix(tail.text), lexicon, region)
    toned = capital(join([*(s.toned for s in modifiers), tail.toned[:1].lower() + tail.toned[1:]]))
    syllables = (*(s._replace(layer=Layer.GENERIC) for s in modifiers), Syllable(tail.text, tail.toned, Layer.GENERIC))
    return Word(toned, toneless(toned), syllables, Layer.GENERIC, any(s.doubtful for s in modifiers))
