"""What sources say about readings: `data/reference/readings/`, read once."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

READINGS = Path(__file__).parents[2] / "data" / "reference" / "readings"
FILES = ("readings.csv", "geonames_readings.csv")
_ALTERNATIVE = re.compile(r"^(?P<main>[^(]*?)\s*(?:\((?P<other>[^)]*)\))?$")


@dataclass(frozen=True, slots=True)
class Reading:
    """One name's spelling by a source: `roman` toneless official form, `alternatives` of its specific part.

    `verified` by at least one source, `disputed` where another disagrees, `minority`
    where it is spelled after a language other than Han Chinese.
    """

    name: str
    roman: str
    alternatives: tuple[str, ...]
    verified: bool
    disputed: bool
    minority: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A generic term or a nationality's name, and its spelling."""

    text: str
    roman: str


@cache
def readings() -> Mapping[str, Reading]:
    """All readings by name; an earlier file wins."""
    found: dict[str, Reading] = {}
    for name in FILES:
        with (READINGS / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["name"], _reading(row))
    return found


def _reading(row: dict[str, str]) -> Reading:
    match = _ALTERNATIVE.match(row["official_spelling"])
    main, other = (match["main"], match["other"]) if match else (row["official_spelling"], None)
    return Reading(
        name=row["name"],
        roman=main,
        alternatives=(other,) if other else (),
        verified=row["status"].startswith("verified"),
        disputed=row["status"].endswith("conflict"),
        minority=row["class"] != "han",
    )


@cache
def segments(kind: str) -> tuple[Segment, ...]:
    """The segments of a kind (`generic`, `nationality`), longest first."""
    with (READINGS / "segments.csv").open(encoding="utf-8", newline="") as file:
        rows = [Segment(r["text"], r["roman"]) for r in csv.DictReader(file) if r["kind"] == kind]
    return tuple(sorted(rows, key=lambda segment: -len(segment.text)))


@cache
def readings_by_specific() -> Mapping[str, Reading]:
    """Verified readings by the specific part of their name: 六安 of 六安市, as (六安, Lu'an).

    Where units of different kind share a specific part, the first row wins.
    """
    found: dict[str, Reading] = {}
    for reading in readings().values():
        specific, generic = split_generic(reading.name)
        if generic is None or not reading.verified or not reading.roman.endswith(" " + generic.roman):
            continue
        roman = reading.roman.removesuffix(" " + generic.roman)
        if len(specific) > 1:
            found.setdefault(
                specific,
                Reading(specific, roman, reading.alternatives, True, reading.disputed, reading.minority),
            )
    return found


def split_generic(name: str) -> tuple[str, Segment | None]:
    """`name` without its generic term, and the term; a name that is nothing but the term has none."""
    for segment in segments("generic"):
        if name.endswith(segment.text) and len(name) > len(segment.text):
            return name.removesuffix(segment.text), segment
    return name, None
