"""Which codes units may bear and when they keep them: data/rules/divisions/coding.toml as objects."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from boundaries.changes.model import Named
from boundaries.units.coding import MUNICIPALITIES, Level, level_of, type_of

CODING_FILE = Path(__file__).parents[2] / "data" / "rules" / "divisions" / "coding.toml"
#: Digits 3-4 of the codes of county units directly under a province (省直辖县级), GB/T 2260.
DIRECT = "90"
#: Digits 3-4 up to this, and from 51 on, are cities; 21-50 are 地区, 自治州 and 盟 (GB/T 2260).
NO_CITIES = range(21, 51)


@dataclass(frozen=True, slots=True)
class Range:
    """The values that the two digits of a type may have; `under`: below a `city`, or below any `other` superior."""

    level: Level
    types: frozenset[str]
    values: frozenset[int]
    under: str | None


@dataclass(frozen=True, slots=True)
class CodingRules:
    """The ranges, the kinds of change that keep a code or need a new one, and since when none is reused."""

    source: str
    range_article: str
    ranges: tuple[Range, ...]
    same: frozenset[str]
    new: frozenset[str]
    kept_article: str
    reuse_from: date
    reuse_article: str

    def allowed(self, unit: Named) -> frozenset[int] | None:
        """The values that the unit's two digits may have; None where no rule speaks of its type."""
        level = level_of(unit.code)
        kind = type_of(unit.name, level)
        found = [
            r.values
            for r in self.ranges
            if r.level == level and kind in r.types and r.under in (None, superior_kind(unit.code))
        ]
        return frozenset().union(*found) if found else None


def superior_kind(code: str) -> str:
    """`city` where the unit lies below a city or a municipality, `other` below 地区/州/盟 or directly a province."""
    if code[:2] in MUNICIPALITIES:
        return "city"
    digits = code[2:4]
    return "other" if digits == DIRECT or int(digits) in NO_CITIES else "city"


def type_digits(code: str) -> int:
    """The digits that say the type: 3-4 of a prefecture, 5-6 of a county, 7-9 of a township."""
    level = level_of(code)
    return int(code[6:9] if level == "township" else code[2:4] if level == "prefecture" else code[4:6])


@cache
def coding_rules() -> CodingRules:
    """The rules of the file, read once."""
    data = tomllib.loads(CODING_FILE.read_text("utf-8"))
    kept, reuse = data["kept"], data["reuse"]
    return CodingRules(
        data["source"],
        data["range_article"],
        tuple(_range(row) for row in data["range"]),
        frozenset(kept["same"]),
        frozenset(kept["new"]),
        kept["article"],
        reuse["from"],
        reuse["article"],
    )


def _range(row: dict[str, Any]) -> Range:
    values = frozenset(n for first, last in row["ranges"] for n in range(first, last + 1))
    return Range(row["level"], frozenset(row["types"]), values, row.get("under"))
