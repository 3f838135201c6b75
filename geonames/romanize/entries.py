"""One name's spelling as a source gives it: aligned with its characters, with its alternatives. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Protocol

from geonames.romanize import characters
from geonames.romanize.model import Alternative, Shape
from geonames.romanize.provinces import regions_of
from geonames.romanize.syllables import APOSTROPHE, capital, join, toneless

#: A part in brackets is the local-language form of the specific part; it is never official.
_BRACKETS = re.compile(r"\s*\((?P<local>[^)]*)\)")
#: What other sources give, as the readings quote them: `GB2260-SQL copy: Leting Xian; CC-CEDICT: dà chéng xiàn`.
_QUOTED = re.compile(r"(?:^|;)\s*(?P<source>[^:;]+):\s*(?P<given>[^;]+)")


class _Term(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def roman(self) -> str: ...
    @property
    def toned(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A spelling of `name` by a source.

    `words` are the characters of each written word, `reading` one toned syllable a
    character; both empty where the spelling does not follow the characters.
    `minority`: spelled after another language than Han Chinese. `disputed`: a source
    disagrees. `verified`: some source was seen to agree. `shape`: only for that kind of place.
    `source`: who has the spelling, as the readings say it.
    """

    name: str
    regions: frozenset[str]
    official: str
    toned: str
    words: tuple[str, ...]
    reading: tuple[str, ...]
    specific: str
    minority: bool
    verified: bool
    disputed: bool
    alternatives: tuple[Alternative, ...]
    shape: Shape | None = None
    source: str = ""

    @staticmethod
    def printed(name: str, shape: Shape, toned: str) -> Entry:
        """An example that the rules themselves print."""
        words, reading = _aligned(name, toned)
        return Entry(
            name, frozenset(), toneless(toned), toned, words, reading, words[0] if words else name,
            minority=False, verified=True, disputed=False, alternatives=(), shape=shape, source="PY84",
        )  # fmt: skip

    def inside(self) -> tuple[str, tuple[str, ...]]:
        """What keeps its reading inside longer names: the specific part, or the name where that is one character."""
        text = self.specific if len(self.specific) > 1 else self.name
        return text, self.reading[: len(text)]

    @property
    def local_forms(self) -> tuple[Alternative, ...]:
        """The local-language forms of the specific part alone."""
        generic = " " + self.official.split()[-1] if self.specific != self.name else ""
        local = (other for other in self.alternatives if other.kind == "local-language")
        return tuple(other._replace(roman=other.roman.removesuffix(generic)) for other in local)

    @property
    def specific_roman(self) -> str:
        """The official spelling of the specific part."""
        generic = self.name.removeprefix(self.specific)
        return " ".join(self.official.split()[:-1]) if generic else self.official


def entry_of(row: dict[str, str], generic: _Term | None) -> Entry:
    """The entry of a row of `readings.csv` or a file in its columns; `generic`: the term at the end of its name."""
    name, minority = row["name"], row["class"] != "han"
    official = _BRACKETS.sub("", row["official_spelling"]).strip()
    toned = row["toned_reading"] or ("" if minority else _toned(name, official))
    words, reading = ((), ()) if minority else _aligned(name, toned)
    return Entry(
        name=name,
        regions=regions_of(row["admin_hint"]),
        official=official,
        toned=toned or _with_toned_generic(official, generic),
        words=words,
        reading=reading,
        specific=name.removesuffix(generic.text) if generic else name,
        minority=minority,
        verified=row["status"].startswith("verified"),
        disputed=row["status"].endswith("conflict"),
        alternatives=tuple(_alternatives(row, generic, official)),
        source=_who(row),
    )


def _who(row: dict[str, str]) -> str:
    """Who has the spelling of a row."""
    return row["sources_agree"] or "readings of this project; no source was seen"


def _latin(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower().replace(" ", "").replace(APOSTROPHE, "")


def _toned(name: str, official: str) -> str:
    """A toned reading from a toneless one: each character's most common tone for that syllable."""
    bases = characters.align(name, _latin(official))
    if bases is None:
        return ""
    syllables = [characters.with_base(char, base) or base for char, base in zip(name, bases, strict=True)]
    return _in_words(syllables, official)


def _in_words(syllables: list[str], official: str) -> str:
    """Syllables divided into the words of `official`."""
    words, left = [], list(syllables)
    for word in official.split():
        taken: list[str] = []
        while left and len("".join(taken)) < len(_latin(word)):
            taken.append(left.pop(0))
        words.append(capital(join(taken)))
    return " ".join(words)


def _aligned(name: str, toned: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The characters of each word, and each character's toned syllable; nothing where they do not fit."""
    marked = _latin(toned)
    bases = characters.align(name, toneless(marked), strange=True) if toned else None
    if bases is None:
        return (), ()
    reading, at = [], 0
    for base in bases:
        reading.append(marked[at : at + len(base)])
        at += len(base)
    words, first = [], 0
    for word in toned.split():
        last, length = first, 0
        while last < len(name) and length < len(_latin(word)):
            length += len(reading[last])
            last += 1
        words.append(name[first:last])
        first = last
    return tuple(words), tuple(reading)


def _with_toned_generic(official: str, generic: _Term | None) -> str:
    return official.removesuffix(generic.roman) + generic.toned if generic else official


def _alternatives(row: dict[str, str], generic: _Term | None, official: str) -> list[Alternative]:
    found = []
    specific_length = len(row["name"]) - (len(generic.text) if generic else 0)
    local = _BRACKETS.search(row["official_spelling"])
    if local:
        ending = f" {generic.roman}" if generic else ""
        found.append(Alternative(local["local"] + ending, "local-language", _who(row)))
    for quoted in _QUOTED.finditer(row["sources_disagree"]):
        if not quoted["source"].strip().startswith("tone differs"):
            given = _normal(quoted["given"].strip(), generic, specific_length)
            if given and given != official:
                found.append(Alternative(given, "other-source", quoted["source"].strip()))
    return _merged(found)


def _merged(found: list[Alternative]) -> list[Alternative]:
    """Each spelling once, with all who have it."""
    sources: dict[tuple[str, str], list[str]] = {}
    for other in found:
        sources.setdefault((other.roman, other.kind), []).append(other.source)
    return [Alternative(roman, kind, "; ".join(filter(None, who))) for (roman, kind), who in sources.items()]


def _normal(given: str, generic: _Term | None, specific_length: int) -> str | None:
    """A quoted spelling in our form; None for what is no spelling of a whole name or specific part."""
    if given[:1].isupper():
        return given
    syllables = toneless(given).split()
    if generic is None:
        return capital(join(syllables)) if len(syllables) > 1 else None
    specific = syllables[: -len(generic.text)]
    if "".join(syllables[-len(generic.text) :]) == _latin(generic.roman) and specific:
        return f"{capital(join(specific))} {generic.roman}"
    # what is quoted is the specific part alone: nán yuè of 南乐县
    return f"{capital(join(syllables))} {generic.roman}" if len(syllables) == specific_length else None
