"""Romanizing a name: by the spelling that a source gives it, else by the rules of 1984. Pure and deterministic.

《中国地名汉语拼音字母拼写规则(汉语地名部分)》(〔84〕中地字第17号), cited as PY84.
Order of preference: a verified spelling of this name, one where sources
disagree (the readings' own choice, marked ambiguous), an unconfirmed one, the rules.
Nothing fails and no character is lost: what has no reading stands as it is.
"""

from __future__ import annotations

from geonames.romanize.dividing import divide
from geonames.romanize.entries import Entry
from geonames.romanize.lexicon import Lexicon, national
from geonames.romanize.model import Alternative, Layer, Part, Role, Romanization, Shape, Syllable, shape_of
from geonames.romanize.provinces import region_of
from geonames.romanize.wording import weakest, word_of


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
    entry = entry_for(name, shape, region, lexicon)
    if entry is not None:
        return _as_given(entry, shape, region, lexicon)
    return by_rule(name, shape, region, lexicon)


def entry_for(name: str, shape: Shape | None, region: str | None, lexicon: Lexicon) -> Entry | None:
    """The spelling that a source gives this very name, as this kind of place and in this province."""
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
    kind, parts = words_of(name, shape, region, lexicon)
    return _assembled(name, kind, parts, region, lexicon, minority=True)


def words_of(name: str, shape: Shape | None, region: str | None, lexicon: Lexicon) -> tuple[Shape, tuple[Part, ...]]:
    """The words in which a name is written by the rules, and the kind of place that was taken."""
    kind, parts = divide(name, shape, lexicon)
    if len(parts) > 1 and lexicon.in_another_language(name, region):
        # the whole is the specific part of a known name: 大兴安岭
        parts = (Part(name, Role.SPECIFIC),)
    return kind, parts


def by_characters(name: str, shape: Shape | None, region: str | None, lexicon: Lexicon) -> str:
    """The spelling by the Chinese characters throughout (Huhehaote Shi)."""
    kind, parts = divide(name, shape, lexicon)
    return _assembled(name, kind, parts, region, lexicon, minority=False).roman


def _assembled(
    name: str, kind: Shape, parts: tuple[Part, ...], region: str | None, lexicon: Lexicon, *, minority: bool
) -> Romanization:
    romans, toneds, segments, layers, doubtful = [], [], [], [], False
    syllables: tuple[Syllable, ...] = ()
    alone = None
    for part in parts:
        word = word_of(part, kind, region, lexicon, foreign=minority)
        romans.append(word.roman)
        toneds.append(word.toned)
        segments.append(part.text)
        syllables += word.syllables
        doubtful = doubtful or word.doubtful
        if part.role is Role.SPECIFIC:
            layers.append(word.layer)
        if word.entry is not None and len(parts) == 1:
            # the local-language form is of the specific part alone
            alone = word.entry
    alternatives = alone.local_forms if alone else ()
    return Romanization(
        name, " ".join(romans), " ".join(toneds), tuple(segments), weakest(layers), doubtful, alternatives, syllables
    )
