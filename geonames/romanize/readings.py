"""A division's name without its generic term (通名). Pure."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

READINGS = Path(__file__).parents[2] / "data" / "reference" / "readings"


@dataclass(frozen=True, slots=True)
class Segment:
    """A generic term and its spelling."""

    text: str
    roman: str


@cache
def segments() -> tuple[Segment, ...]:
    """The generic terms that names of divisions and of populated places are matched without, longest first."""
    with (READINGS / "segments.csv").open(encoding="utf-8", newline="") as file:
        rows = [Segment(row["text"], row["roman"]) for row in csv.DictReader(file)]
    return tuple(sorted(rows, key=lambda segment: -len(segment.text)))


def split_generic(name: str) -> tuple[str, Segment | None]:
    """`name` without its generic term, and the term; a name that is nothing but the term has none."""
    for segment in segments():
        if name.endswith(segment.text) and len(name) > len(segment.text):
            return name.removesuffix(segment.text), segment
    return name, None
