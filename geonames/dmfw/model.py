"""What a client of the national interface asks, and the fields it is answered in. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from boundaries.units.lineage import VersionFact
from boundaries.units.service import RegisterSpan
from data.errors import BadRequest

#: What the interface says of itself: a hundred records a page at most.
LARGEST_PAGE = 100
DEFAULT_PAGE = 10
#: Records that are counted for `total`; what is beyond them is not paged to.
MOST_COUNTED = 10_000
#: Below what is asked for: clients of the interface ask for up to four levels from the whole country.
DEEPEST = 4
EXACT, FUZZY = "精确", "模糊"
#: The whole country: `code` left out, empty, `0` or `00` (what the root of the tree bears).
WHOLE_COUNTRY = ("", "0", "00")
LEVEL_NUMBER = {"province": 1, "prefecture": 2, "county": 3, "township": 4}
#: Digits of codes by level, as statistics by division go down: from the country to provinces, and so on.
DIGITS = (2, 4, 6, 9)
_CODE = re.compile(r"([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})")


@dataclass(frozen=True, slots=True)
class Listed:
    """A question of `listPub`. `code`: as in the register (6, 9 or 12 digits); `year`: the edition."""

    name: str
    exact: bool = False
    type_code: str | None = None
    code: str | None = None
    year: int | None = None
    number: int = 1
    size: int = DEFAULT_PAGE


def register_code(text: str) -> str | None:
    """A code as clients give it (2, 4, 6, 9 or 12 digits, zeros behind or not) as the register has it.

    None: the whole country. Raises `BadRequest` `bad_code`.
    """
    if text in WHOLE_COUNTRY:
        return None
    if not _CODE.fullmatch(text):
        raise BadRequest(f"{text[:20]!r} is no division code: 2, 4, 6, 9 or 12 digits.", code="bad_code")
    if len(text) > 9:
        text = text[:9] if text.endswith("000") else text
    if len(text) == 9:
        text = text[:6] if text.endswith("000") else text
    return text.ljust(6, "0")


def stem(code: str | None) -> str:
    """How the codes within a division begin; empty for the whole country."""
    if code is None:
        return ""
    digits = code[:6].removesuffix("0000") if code.endswith("0000") else code
    return digits.removesuffix("00") if len(digits) == 6 else digits


def next_digits(code: str | None) -> int:
    """How many digits the codes of the divisions one level below have."""
    own = len(stem(code))
    return next((digits for digits in DIGITS if digits > own), DIGITS[-1])


def edition(year: int | None, span: RegisterSpan) -> date:
    """The day for which a year's edition speaks: its last, or the last that the register knows of it.

    Raises `BadRequest` `as_of_before_register`, `as_of_after_register`.
    """
    if year is None:
        return span.register_through
    if year == span.register_through.year:
        return span.register_through
    return span.day(date(year, 12, 31))


def tree(rows: Sequence[Mapping[str, Any]], root: Mapping[str, Any] | None) -> dict[str, Any]:
    """Rows of units (`unit_id`, `parent_id`, …) as the tree of `getList`; `root` None: the whole country."""
    nodes = {row["unit_id"]: _node(row) for row in rows}
    top: dict[str, Any] = {"code": "00", "name": None, "level": 0, "type": None, "children": []}
    for row in rows:
        above = nodes.get(row["parent_id"])
        if root is not None and row["unit_id"] == root["unit_id"]:
            top = nodes[row["unit_id"]]
        else:
            (top if above is None else above)["children"].append(nodes[row["unit_id"]])
    return top


def _node(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": row["code"].ljust(12, "0"),
        "name": row["name"],
        "level": LEVEL_NUMBER[row["level"]],
        "type": row["type"],
        "children": [],
    }


def divisions(chain: Sequence[VersionFact]) -> dict[str, str]:
    """The names and codes of the province, prefecture and county in a chain; empty where there is none."""
    by_level = {version.level: version for version in chain}
    found: dict[str, str] = {}
    for field, level in (("province", "province"), ("city", "prefecture"), ("area", "county")):
        version = by_level.get(level)  # type: ignore[call-overload]
        found[f"{field}_name"] = version.name if version else ""
        found[field] = version.code if version else ""
    return found


def multipoint(longitude: float | None, latitude: float | None) -> dict[str, Any] | None:
    """A position as the interface gives it: a multipoint in CGCS2000, longitude first."""
    if longitude is None or latitude is None:
        return None
    return {"type": "MultiPoint", "coordinates": [[round(longitude, 6), round(latitude, 6)]]}
