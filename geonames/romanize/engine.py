"""Romanizing a name: by the spelling that a source gives it, else by the rules of 1984. Pure and deterministic.

《中国地名汉语拼音字母拼写规则(汉语地名部分)》(〔84〕中地字第17号), cited as PY84.
Order of preference: a verified spelling of this name, one where sources
disagree (the readings' own choice, marked ambiguous), an unconfirmed one, the rules.
Nothing fails and no character is lost: what has no reading stands as it is.
"""

from __future__ import annotations

from geonames.romanize import numerals
from geonames.romanize.dividing import divide
from geonames.romanize.dividing.endings import ending
from geonames.romanize.entries import Entry
from geonames.romanize.lexicon import Lexicon, national
from geonames.romanize.model import Alternative, Layer, Part, Role, Romanization, Shape, Syllable, shape_of
from geonames.romanize.provinces import region_of
from geonames.romanize.reading import read
from geonames.romanize.syllables import capital, coloured, join, toneless

_R_COLOURED = "儿"
_RANK = {layer: rank for rank, layer in enumerate(Layer)}


def romanize(
    name: str, class_: str | None = None, within: str | None = None, lexicon: Lexicon | None = None
) -> Romanization:
    """The spelling of `name`, a place of a class of Art. 3 or a type code, in the unit with code `within`.

    Raises `BadRequest` `bad_class` or `bad_type` for a class that does not exist; for no name.
    """
    return romanize_shape(name, shape_of(class_), region_of(within), lexicon or national())


def romanize_shape(name: str, shape: Shape | None, region: str | None, lexicon: Lexicon) -> Romanization:
    """As `romanize`, for a kind of place and a province; without one, that of the only unit that bears the name."""
    region = region or lexicon.province_of(name)
    entry = _entry(name, shape, region, lexicon)
    if entry is not None:
        return _as_given(entry, shape, region, lexicon)
    return by_rule(name, shape, region, lexicon)


def _entry(name: str, shape: Shape | None, region: str | None, lexicon: Lexicon) -> Entry | None:
    for entry in lexicon.entries.get(name, ()):
        elsewhere = region is not None and entry.regions and region not in entry.regions
        if not elsewhere and (entry.shape is None or shape in (None, entry.shape)):
            return entry
    return None


def _as_given(entry: Entry, shape: Shape | None, region: str | None, lexicon: Lexicon) -> Romanization:
    """The spelling of a source, its words matched with the characters."""
    ruled = by_rule(entry.name, shape, region, lexicon)
    layer = Layer.MINORITY if entry.minority else Layer.PLACE if entry.shape else Layer.UNIT
    if entry.reading:
        pairs = zip(entry.name, entry.reading, strict=True)
        syllables = tuple(Syllable(char, toned, layer) for char, toned in pairs)
    else:
        syllables = (Syllable(entry.name, entry.toned, layer),)
    others = [*entry.alternatives]
    if entry.minority:
        plain = by_characters(entry.name, shape, region, lexicon)
        if plain != entry.official:
            others.append(Alternative(plain, "by-characters"))
    return Romanization(
        name=entry.name,
        roman=entry.official,
        roman_toned=entry.toned,
        segments=entry.words or ruled.segments,
        source=layer,
        ambiguous=entry.disputed or (entry.minority and not entry.verified),
        alternatives=tuple(dict.fromkeys(others)),
        syllables=syllables,
    )


def by_rule(name: str, shape: Shape | None, region: str | None, lexicon: Lexicon) -> Romanization:
    """The spelling by the rules alone; specific parts that sources spell in another language keep that spelling."""
    kind, parts = divide(name, shape, lexicon)
    return _assembled(name, kind, parts, region, lexicon, minority=True)


def by_characters(name: str, shape: Shape | None, region: str | None, lexicon: Lexicon) -> str:
    """The spelling by the Chinese characters throughout (Huhehaote Shi)."""
    kind, parts = divide(name, shape, lexicon)
    return _assembled(name, kind, parts, region, lexicon, minority=False).roman


def _assembled(
    name: str, kind: Shape, parts: tuple[Part, ...], region: str | None, lexicon: Lexicon, *, minority: bool
) -> Romanization:
    words: list[str] = []
    syllables: list[Syllable] = []
    alternatives: tuple[Alternative, ...] = ()
    source, ambiguous, specific_seen = Layer.UNIT, False, False
    for part in parts:
        foreign = minority and part.role is Role.SPECIFIC
        entry = lexicon.in_another_language(part.text, region) if foreign else None
        word, found = _foreign(entry) if entry else _word(part, kind, region, lexicon)
        words.append(word)
        syllables += found
        if part.role is Role.SPECIFIC:
            specific_seen = True
            for syllable in found:
                if _RANK[syllable.layer] > _RANK[source]:
                    source = syllable.layer
                ambiguous = ambiguous or syllable.doubtful
        if entry:
            alternatives += _of_specific(entry, parts)
            ambiguous = ambiguous or entry.disputed or not entry.verified
    toned = " ".join(words)
    return Romanization(
        name, toneless(toned), toned, tuple(part.text for part in parts),
        source if specific_seen else Layer.GENERIC, ambiguous, alternatives, tuple(syllables),
    )  # fmt: skip


def _foreign(entry: Entry) -> tuple[str, list[Syllable]]:
    return entry.specific_roman, [Syllable(entry.specific, entry.specific_roman, Layer.MINORITY)]


def _of_specific(entry: Entry, parts: tuple[Part, ...]) -> tuple[Alternative, ...]:
    """Local-language forms hold for the specific part alone, and are given for names of one such part and a term."""
    simple = len(parts) <= 2 and entry.name.startswith(parts[0].text)
    return tuple(a for a in entry.alternatives if a.kind == "local-language") if simple and len(parts) == 1 else ()


def _word(part: Part, kind: Shape, region: str | None, lexicon: Lexicon) -> tuple[str, list[Syllable]]:
    """One written word with its tone marks."""
    if part.role is Role.NUMBER:
        return _number(part.text), [Syllable(part.text, _number(part.text), Layer.GENERIC)]
    if part.role is Role.NATIONALITY:
        toned = lexicon.nationalities[part.text].toned
        return toned, [Syllable(part.text, toned, Layer.GENERIC)]
    if part.role is Role.GENERIC:
        return _generic(part.text, kind, region, lexicon)
    syllables = read(part.text, lexicon, region)
    if kind is Shape.STREET and len(part.text) > 1 and part.text.endswith(_R_COLOURED):
        # PY84 rule 12: 儿 after another syllable colours it
        spoken = [s.toned for s in syllables[:-2]] + [coloured(syllables[-2].toned)]
    else:
        spoken = [s.toned for s in syllables]
    return capital(join(spoken)), syllables


def _number(text: str) -> str:
    """A number in digits; with 第 as `Di-9` (PY84 rule 7)."""
    digits = numerals.arabic(text)
    if digits is not None:
        return digits
    if text.startswith(numerals.ORDINAL_PREFIX):
        return f"Dì-{numerals.value(text[1:])}"
    return numerals.value(text) or text


def _generic(text: str, kind: Shape, region: str | None, lexicon: Lexicon) -> tuple[str, list[Syllable]]:
    """A generic term, with the modifiers written together with it."""
    for shape in (kind, Shape.DIVISION, Shape.STREET, Shape.STRUCTURE):
        term = lexicon.terms[shape].get(text)
        if term is not None:
            return term.toned, [Syllable(text, term.toned, Layer.GENERIC)]
    tail = lexicon.terms[kind][ending(text, kind, lexicon)]
    modifiers = read(text.removesuffix(tail.text), lexicon, region)
    word = capital(join([*(s.toned for s in modifiers), tail.toned[:1].lower() + tail.toned[1:]]))
    generic = [Syllable(s.text, s.toned, Layer.GENERIC) for s in modifiers]
    return word, [*generic, Syllable(tail.text, tail.toned, Layer.GENERIC)]
