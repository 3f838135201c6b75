"""How single characters and general phrases are read: pypinyin's tables, and what places attest. Pure.

pypinyin orders the readings of a character by how common they are in running
text; in place names another is often the usual one (长: cháng in 147 of 147
attested names). `characters.csv` holds those counts (see `attested`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

from geonames.romanize.syllables import toneless

#: A reading with this share of at least this many attested names decides; below, a person is asked.
DECISIVE_SHARE = 0.9
DECISIVE_COUNT = 5
_LONGEST_SYLLABLE = 6  # zhuang


class Choice(NamedTuple):
    """The reading chosen for a character; `attested` by names of places, `doubtful` where that does not decide."""

    toned: str
    attested: bool
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Attested choices by character: for the whole country, and by province code and character."""

    anywhere: Mapping[str, Choice]
    regional: Mapping[tuple[str, str], Choice]
    tones: Mapping[str, str]

    def read(self, char: str, region: str | None) -> Choice | None:
        """The choice for `char` in a province; None where nothing is known of the character at all."""
        if region is not None:
            found = self.regional.get((region, char))
            if found is not None:
                return found
        found = self.anywhere.get(char) or general(char)
        toned = self.tones.get(char) if found else None
        if found and toned and toneless(toned) == toneless(found.toned):
            return found._replace(toned=toned)
        return found


def load(path: Path, tones: Mapping[str, str], usual: Mapping[str, str]) -> Table:
    """The table of a file with `char`, `region` (province code, or empty), `toned`, `count`, `of`, `source`.

    `tones`: the tone that a character has in place names, where running text prefers another; `usual`: its
    usual reading in them by a dictionary, where too few names attest it to decide.
    """
    anywhere: dict[str, Choice] = {}
    regional: dict[tuple[str, str], Choice] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            choice = Choice(row["toned"], True, not decisive(int(row["count"]), int(row["of"])))
            if row["region"]:
                regional[row["region"], row["char"]] = choice
            else:
                anywhere[row["char"]] = choice
    anywhere |= {char: Choice(toned, True, True) for char, toned in usual.items()}
    return Table(anywhere, regional, tones)


def decisive(count: int, of: int) -> bool:
    """Whether so many of so many attested names settle a reading."""
    return count >= DECISIVE_COUNT and count >= DECISIVE_SHARE * of


@lru_cache(maxsize=1 << 16)
def readings(char: str) -> tuple[str, ...]:
    """All readings of a character with tone marks, the most common in running text first; none: ()."""
    found = pinyin_dict.get(ord(char)) if len(char) == 1 else None
    return tuple(dict.fromkeys(found.split(","))) if found else ()


@lru_cache(maxsize=1 << 16)
def general(char: str) -> Choice | None:
    """The first reading in running text; `doubtful` where toneless readings differ."""
    found = readings(char)
    return Choice(found[0], False, len(set(map(toneless, found))) > 1) if found else None


@lru_cache(maxsize=1 << 16)
def with_base(char: str, base: str) -> str | None:
    """The most common reading of `char` that is `base` without its tone; None where it has none such."""
    return next((toned for toned in readings(char) if toneless(toned) == base), None)


@cache
def phrases() -> Mapping[str, tuple[str, ...]]:
    """Words of two to four characters with one reading for each, as far as a character in them has several."""
    return {
        text: tuple(options[0] for options in syllables)
        for text, syllables in phrases_dict.items()
        if 2 <= len(text) <= 4 and len(text) == len(syllables)
    }


@cache
def syllables() -> frozenset[str]:
    """All toneless syllables that some character has."""
    return frozenset(toneless(reading) for found in pinyin_dict.values() for reading in found.split(","))


def align(text: str, latin: str, *, strange: bool = False) -> tuple[str, ...] | None:
    """One toneless reading for each character of `text` such that together they are `latin`; None where none fit.

    `latin` in lower case with ü, without spaces and apostrophes. With `strange` a
    character may have a syllable that is no reading of it elsewhere (乐 lào in 乐亭).
    """
    if not text:
        return () if not latin else None
    bases = sorted(dict.fromkeys(map(toneless, readings(text[0]))), key=len, reverse=True)
    for base in bases:
        for written in dict.fromkeys((base, base.replace("ü", "u"))):
            if written and latin.startswith(written):
                rest = align(text[1:], latin[len(written) :], strange=strange)
                if rest is not None:
                    return (base, *rest)
    return _strangely(text, latin) if strange else None


def _strangely(text: str, latin: str) -> tuple[str, ...] | None:
    """The rest aligned as usual after a syllable that the first character does not have."""
    for length in range(min(_LONGEST_SYLLABLE, len(latin)), 0, -1):
        if latin[:length] in syllables():
            rest = align(text[1:], latin[length:])
            if rest is not None:
                return (latin[:length], *rest)
    return None
