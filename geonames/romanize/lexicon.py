"""What is known about readings: `data/reference/readings/`, read once into tables. Pure.

The files and their provenance are described in that folder's README; generic terms are those of `generics`. A lexicon
is a value; `load` can leave names out, so that it can be measured how well the
rest spells them.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from geonames.romanize import characters, generics
from geonames.romanize.entries import Entry, entry_of
from geonames.romanize.generics import GenericTerm
from geonames.romanize.model import Layer, Shape, Syllable

READINGS = Path(__file__).parents[2] / "data" / "reference" / "readings"
#: Spellings of whole names, in falling authority: an earlier file wins.
SPELLINGS = ("readings.csv", "additions.csv", "divisions.csv")
PRINTED = "py84.csv"
COUNTS = READINGS / "characters.csv"
#: The kinds of words whose reading, where they give one, holds inside names.
_READ_INSIDE = frozenset({"person", "reading"})


class Known(NamedTuple):
    """A stretch of characters whose reading is known, in `regions` only (province codes; None: everywhere)."""

    text: str
    syllables: tuple[Syllable, ...]
    regions: frozenset[str] | None

    @staticmethod
    def of(text: str, toned: Sequence[str], layer: Layer, regions: frozenset[str] | None) -> Known:
        """A stretch with one toned syllable for each character."""
        pairs = zip(text, toned, strict=True)
        return Known(text, tuple(Syllable(char, syllable, layer) for char, syllable in pairs), regions)


class Term(NamedTuple):
    """A generic term (通名) or a nationality as it is written: `Zizhixian`, `Zìzhìxiàn`."""

    text: str
    roman: str
    toned: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All tables. `known` is keyed by the first two characters, longest text first; `terms` by shape and text.

    `divisions` gives the provinces in which units have borne a name since 1981, `places` those
    in which units have borne a specific part. `endings`: terms by shape and last character, longest first,
    with the least length of a name that ends in them.
    """

    entries: Mapping[str, tuple[Entry, ...]]
    minority: Mapping[str, Entry]
    known: Mapping[str, tuple[Known, ...]]
    terms: Mapping[Shape, Mapping[str, Term]]
    nationalities: Mapping[str, Term]
    words: Mapping[str, frozenset[str]]
    surnames: Mapping[str, str]
    divisions: Mapping[str, frozenset[str]]
    places: Mapping[str, frozenset[str]]
    characters: characters.Table
    endings: Mapping[Shape, Mapping[str, tuple[tuple[str, int], ...]]]
    #: What single characters were found to be, by character and province; it only saves asking again.
    memo: dict[tuple[str, str | None], Syllable] = field(default_factory=dict, compare=False, repr=False)
    #: Words already made (`wording`), for the same reason.
    words_seen: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def province_of(self, name: str) -> str | None:
        """The one province in which units have borne `name`, or a name of that specific part; None for several."""
        found = self.divisions.get(name) or self.places.get(name)
        return next(iter(found)) if found and len(found) == 1 else None

    def in_another_language(self, specific: str, region: str | None) -> Entry | None:
        """The official spelling of a specific part after another language than Han Chinese.

        Where units of other provinces bear the same characters (兴安) it holds in its own province only.
        """
        entry = self.minority.get(specific)
        if entry is None or region in entry.regions:
            return entry
        return entry if self.places.get(specific, frozenset()) <= entry.regions else None


def load(without: Collection[str] = frozenset(), *, printed: bool = True, counts: Path = COUNTS) -> Lexicon:
    """The lexicon without the spellings of the names in `without`; `printed`: with the examples that PY84 prints.

    `counts`: the file that says how often characters are read how (`characters.csv`).
    """
    left_out = frozenset(without)
    entries = [e for e in _entries(printed) if e.name not in left_out]
    words = _words()
    terms = _terms()
    return Lexicon(
        entries=_by_name(entries),
        minority=_minority(entries),
        known=_known(entries, words),
        terms=terms,
        nationalities=_nationalities(),
        words={kind: frozenset(w["text"] for w in words if w["kind"] == kind) for kind in {w["kind"] for w in words}},
        surnames=_of_kind(words, "surname"),
        divisions=divisions(),
        places=_places(),
        characters=characters.load(counts, _of_kind(words, "tone"), _of_kind(words, "character")),
        endings={shape: _by_last_character(found.values()) for shape, found in generics.by_shape().items()},
    )


@cache
def national() -> Lexicon:
    """The lexicon with everything in it."""
    return load()


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (READINGS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _entries(printed: bool) -> Iterator[Entry]:
    for name in SPELLINGS:
        for row in _rows(name):
            yield entry_of(row, _generic_of(row["name"], row["official_spelling"].split(" (")[0]))
    for row in _rows(PRINTED) if printed else ():
        yield Entry.printed(row["name"], Shape(row["shape"]), row["toned_reading"])


def _generic_of(name: str, official: str | None = None) -> GenericTerm | None:
    """The longest generic term at the end of a name that is more than it: one of divisions, or as `official` ends."""
    for at in range(1, len(name)):
        for shape in (Shape.DIVISION, Shape.NATURAL):
            term = generics.by_shape()[shape].get(name[at:])
            fits = shape is Shape.DIVISION if official is None else term and official.endswith(" " + term.roman)
            if term and fits and at >= term.least:
                return term
    return None


def _minority(entries: Collection[Entry]) -> Mapping[str, Entry]:
    """Spellings after other languages by specific part, also without the nationality that follows it (阿克塞)."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.minority and entry.specific:
            found.setdefault(entry.specific, entry)
            bare = _without_nationality(entry)
            if bare is not None:
                found.setdefault(bare.specific, bare)
    return found


def _without_nationality(entry: Entry) -> Entry | None:
    """None also where what is left is read by its characters: 延边 needs no other language."""
    for text, term in _nationalities().items():
        official = entry.specific_roman.removesuffix(" " + term.roman)
        specific = entry.specific.removesuffix(text)
        if specific == entry.specific or official == entry.specific_roman:
            continue
        if len(specific) > 1 and characters.align(specific, official.lower().replace(" ", "")) is None:
            return replace(entry, name=specific, specific=specific, official=official, toned=official, alternatives=())
    return None


def _by_name(entries: Collection[Entry]) -> Mapping[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.name, []).append(entry)
    return {name: tuple(group) for name, group in found.items()}


def _known(entries: Collection[Entry], words: list[dict[str, str]]) -> Mapping[str, tuple[Known, ...]]:
    """Readings that hold inside longer names too. Where sources disagree a reading holds in its province only."""
    found: dict[str, dict[tuple[str, frozenset[str] | None], Known]] = {}
    disputed = {entry.inside()[0] for entry in entries if entry.disputed}
    for entry in entries:
        if entry.reading:
            text, toned = entry.inside()
            regions = entry.regions if text in disputed else None
            found.setdefault(text[:2], {}).setdefault((text, regions), Known.of(text, toned, Layer.PLACE, regions))
    for word in words:
        if word["kind"] in _READ_INSIDE and word["toned"]:
            regions = frozenset(word["region"].split()) or None
            item = Known.of(word["text"], word["toned"].split(), Layer.PHRASE, regions)
            found.setdefault(item.text[:2], {}).setdefault((item.text, regions), item)
    return {
        first: tuple(sorted(group.values(), key=lambda k: (-len(k.text), k.regions is None)))
        for first, group in found.items()
    }


@cache
def _terms() -> Mapping[Shape, Mapping[str, Term]]:
    return {
        shape: {t.text: Term(t.text, t.roman, t.toned) for t in terms.values()}
        for shape, terms in generics.by_shape().items()
    }


def _by_last_character(terms: Iterable[GenericTerm]) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Terms by their last character, longest first, each with the least length of a name that ends in it."""
    found: dict[str, list[tuple[str, int]]] = {}
    for term in sorted(terms, key=lambda t: len(t.text), reverse=True):
        found.setdefault(term.text[-1], []).append((term.text, len(term.text) + term.least))
    return {last: tuple(group) for last, group in found.items()}


@cache
def _nationalities() -> Mapping[str, Term]:
    return {r["text"]: Term(r["text"], r["roman"], r["toned"]) for r in _rows("nationalities.csv")}


def _of_kind(words: list[dict[str, str]], kind: str) -> dict[str, str]:
    return {word["text"]: word["toned"] for word in words if word["kind"] == kind}


def _words() -> list[dict[str, str]]:
    return list(_rows("words.csv"))


@cache
def divisions() -> Mapping[str, frozenset[str]]:
    """All names that units at and above the county have had since 1981 (the register's source), and their provinces."""
    path = READINGS.parent / "areacodes" / "result.csv"
    found: dict[str, set[str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["名称"], set()).add(row["代码"][:2])
    return {name: frozenset(regions) for name, regions in found.items()}


@cache
def _places() -> Mapping[str, frozenset[str]]:
    """The specific parts, of two characters or more, of those names, and their provinces."""
    found: dict[str, frozenset[str]] = {}
    for name, regions in divisions().items():
        generic = _generic_of(name)
        specific = name.removesuffix(generic.text) if generic else name
        if len(specific) > 1:
            found[specific] = found.get(specific, frozenset()) | regions
    return found
