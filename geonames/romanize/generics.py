"""Generic terms (通名): the one table from which names are divided, spelled, parsed and checked. Pure.

`data/reference/generics/terms.csv`; its README says what the columns mean.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from geonames.romanize.model import Shape
from geonames.romanize.syllables import capital, toneless

TERMS = Path(__file__).parents[2] / "data" / "reference" / "generics" / "terms.csv"


class GenericTerm(NamedTuple):
    """A generic term for names of one shape.

    `roman`, `toned`: how it is written (`Zizhixian`, `Zìzhìxiàn`). `classes` of Art. 3 in whose names
    it is a generic term; `types` of GB/T 18521 that it tells; `regions`: provinces in which it is
    usual, empty for the whole country. `least`: characters of specific part that it wants before it,
    because its own first may belong there (清新区). `short_form`: divisions are called without it. `listed`: a
    new name may take it. `mark`: V seen, M from general knowledge.
    """

    text: str
    shape: Shape
    roman: str
    toned: str
    classes: frozenset[str]
    types: tuple[str, ...]
    regions: frozenset[str]
    least: int
    short_form: bool
    listed: bool
    mark: str
    source: str


@cache
def generic_terms() -> tuple[GenericTerm, ...]:
    """All terms, in the order of the file."""
    with TERMS.open(encoding="utf-8", newline="") as file:
        return tuple(_term_of(row) for row in csv.DictReader(file))


@cache
def by_shape() -> Mapping[Shape, Mapping[str, GenericTerm]]:
    """The terms of each shape by text."""
    return {shape: {t.text: t for t in generic_terms() if t.shape is shape} for shape in Shape}


@cache
def generics_of(art3: str, region: str | None = None) -> tuple[GenericTerm, ...]:
    """The terms of a class of Art. 3, longest first; with a province code only those that are usual there."""
    found = (t for t in generic_terms() if art3 in t.classes)
    usual = (t for t in found if region is None or not t.regions or region in t.regions)
    return tuple(sorted(usual, key=lambda t: -len(t.text)))


def _term_of(row: Mapping[str, str]) -> GenericTerm:
    toned = " ".join(map(capital, row["toned"].split()))
    return GenericTerm(
        text=row["text"],
        shape=Shape(row["kind"]),
        roman=toneless(toned),
        toned=toned,
        classes=frozenset(row["classes"].split()),
        types=tuple(row["types"].split()),
        regions=frozenset(row["regions"].split()),
        least=int(row["least"] or 1),
        short_form=row["short_form"] == "yes",
        listed=row["listed"] == "yes",
        mark=row["mark"],
        source=row["source"],
    )
