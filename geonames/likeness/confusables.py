"""Characters that are taken for each other (亳/毫), and the names that differ in nothing else. Pure.

Being alike is not handed on (a may look like b and b like c without a looking like c), so a
name is not brought into one common form: the names it could be taken for are written out.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, product
from pathlib import Path

TABLES = Path(__file__).parents[2] / "data" / "reference" / "confusables"
#: Two characters at once are looked for in names up to this length; their number grows with its square.
LONGEST_TWICE = 8


@cache
def table() -> Mapping[str, frozenset[str]]:
    """For each character those it is taken for, from all files of the folder."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(TABLES.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["a"]].add(row["b"])
                found[row["b"]].add(row["a"])
    return {character: frozenset(others) for character, others in found.items()}


def mistakes(name: str) -> dict[str, str]:
    """Every name that `name` may be taken for, with the characters that differ: `{"毫州": "亳/毫"}`.

    One character is mistaken, or in names of up to `LONGEST_TWICE` characters two.
    """
    known = [at for at, char in enumerate(name) if char in table()]
    places: list[tuple[int, ...]] = [(at,) for at in known]
    if len(name) <= LONGEST_TWICE:
        places += combinations(known, 2)
    return dict(one for at in places for one in _mistaken(name, at))


def _mistaken(name: str, places: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    for others in product(*(sorted(table()[name[at]]) for at in places)):
        changed = dict(zip(places, others, strict=True))
        said = ", ".join(f"{name[at]}/{other}" for at, other in changed.items())
        yield "".join(changed.get(at, char) for at, char in enumerate(name)), said
