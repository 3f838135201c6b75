"""Short geographic names (地名简写) of provinces for maps on which the full ones do not fit.

The table with its source is `data/reference/map/short_names.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parents[2] / "data" / "reference" / "map" / "short_names.csv"


@cache
def short_names() -> Mapping[str, str]:
    """Short name by full name of every province-level unit that the register has had."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["short"] for row in csv.DictReader(file)}


def short_name(name: str) -> str:
    """What a map of the country writes for the unit `name`; its full name where the table has no other."""
    return short_names().get(name, name)
