"""Counting how characters are read in place names that GeoNames spells: makes `characters.csv`.

A name counts when its Latin form is, syllable for syllable, a possible reading of
its Chinese form. Names of units at and above the county are left out: their
readings stand in the lexicon by themselves, and what is measured on them must not
come from them. `python -m geonames.romanize.attested` writes the file anew.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TextIO

from geonames.romanize import characters
from geonames.romanize.provinces import BY_GEONAMES
from geonames.romanize.syllables import APOSTROPHE, toneless

GEONAMES = Path(__file__).parents[2] / "data" / "reference" / "geonames" / "cn_populated_places.csv"
SOURCE = "GeoNames"
COLUMNS = ("char", "region", "toned", "count", "of", "source")
#: A province speaks for itself where it has this many names, and reads the character otherwise than the country.
REGIONAL_COUNT = 3
_HAN = re.compile(r"[\u3007\u3400-\u9fff]{2,}")


class Attested(NamedTuple):
    """A name as GeoNames spells it: its characters, one toneless syllable each, its province."""

    id: str
    name: str
    bases: tuple[str, ...]
    region: str


def attested(rows: Iterable[Mapping[str, str]], without: Collection[str]) -> Iterator[Attested]:
    """The names of GeoNames rows whose Latin form fits a Chinese form; the shortest such form of each row."""
    for row in rows:
        latin = row["name"].lower().replace(" ", "").replace(APOSTROPHE, "").replace("’", "")
        forms = [form for form in row["hanzi_alternates"].split("|") if _HAN.fullmatch(form) and form not in without]
        fitting = ((form, characters.align(form, latin)) for form in sorted(forms, key=lambda f: (len(f), f)))
        found = next(((form, bases) for form, bases in fitting if bases), None)
        if found:
            yield Attested(row["geonameid"], *found, BY_GEONAMES.get(row["admin1"], ""))


def count(names: Iterable[Attested]) -> Iterator[tuple[str, str, str, int, int, str]]:
    """Rows of `characters.csv`: each character with several readings, for the country and where a province differs."""
    by_place: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for name in names:
        for char, base in zip(name.name, name.bases, strict=True):
            by_place[char, ""][base] += 1
            by_place[char, name.region][base] += 1
    for (char, region), counts in sorted(by_place.items()):
        if len({toneless(r) for r in characters.readings(char)}) > 1:
            base, times = _leading(counts)
            everywhere, _ = _leading(by_place[char, ""])
            if not region or (times >= REGIONAL_COUNT and base != everywhere):
                yield char, region, characters.with_base(char, base) or base, times, counts.total(), SOURCE


def _leading(counts: Counter[str]) -> tuple[str, int]:
    return min(counts.items(), key=lambda item: (-item[1], item[0]))


def write(rows: Iterable[tuple[str, str, str, int, int, str]], file: TextIO) -> None:
    """Write rows in the file's form."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)


def geonames_names() -> list[Attested]:
    """The attested names of the populated places that are not units."""
    from geonames.romanize.lexicon import divisions

    with GEONAMES.open(encoding="utf-8-sig", newline="") as file:
        return list(attested(csv.DictReader(file), divisions()))


if __name__ == "__main__":
    write(count(geonames_names()), sys.stdout)
