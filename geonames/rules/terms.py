"""What bodies, papers and permits are called, `data/rules/naming/terms.csv`: one key for each. Pure."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from geonames.rules.model import Text

TERMS = Path(__file__).parents[2] / "data" / "rules" / "naming" / "terms.csv"


@cache
def terms() -> Mapping[str, Text]:
    """All keys with their names."""
    with TERMS.open(encoding="utf-8", newline="") as file:
        return {row["key"]: Text(row["zh"], row["en"]) for row in csv.DictReader(file)}


def term(key: str) -> Text:
    """What a key means; a key that is not in the table as it is."""
    return terms().get(key, Text(key, key))
