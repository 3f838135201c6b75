"""A conflict side by side: each row of what came beside the same row of what stands here. Pure.

Nothing is left out: rows that say the same on both sides are counted, all others are told with every value in which
they differ. Positions are longitude and latitude in degrees (EPSG:4490), as the register keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import shapely

from geonames.installations.judging import OF_ITS_OWN
from geonames.installations.rows import COLUMNS, KEYS, Rows

Where = Literal["both", "came", "here"]
#: Six decimals of a degree are a tenth of a metre: finer than any place of the register is surveyed.
DECIMALS = 6
#: Days as the database writes them: the second is the first that is not among them.
_SPAN = re.compile(r"[\[(](\d{4}-\d\d-\d\d)?,(\d{4}-\d\d-\d\d)?\)")


@dataclass(frozen=True, slots=True)
class Value:
    """A column of a row as it came and as it stands here; None: not said."""

    name: str
    came: str | None
    here: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of a table on both sides, or on one alone; `values`: those that differ, or all of the one side."""

    table: str
    key: str
    where: Where
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """The rows that differ in the order in which the register writes them, and how many say the same."""

    pairs: tuple[Pair, ...]
    same: int


def side_by_side(came: Rows, here: Rows) -> Sides:
    """Hold what came beside what stands here."""
    pairs, same = [], 0
    for table in COLUMNS:
        left = {_key(table, row): row for row in came.get(table, [])}
        right = {_key(table, row): row for row in here.get(table, [])}
        for key in (*left, *(key for key in right if key not in left)):
            pair = _pair(table, key, left.get(key), right.get(key))
            same += not pair.values
            pairs += [pair] if pair.values else []
    return Sides(tuple(pairs), same)


def _pair(table: str, key: str, came: Mapping[str, Any] | None, here: Mapping[str, Any] | None) -> Pair:
    where: Where = "came" if here is None else "here" if came is None else "both"
    told = (Value(column, _said(column, came), _said(column, here)) for column in _columns(table, where))
    return Pair(table, key, where, tuple(value for value in told if value.came != value.here))


def _columns(table: str, where: Where) -> tuple[str, ...]:
    """What each installation says of its own is no difference between two rows."""
    own = OF_ITS_OWN.get(table, set()) if where == "both" else set()
    return tuple(column for column in COLUMNS[table] if column not in own)


def _key(table: str, row: Mapping[str, Any]) -> str:
    return " ".join(str(row[column]) for column in KEYS[table])


def _said(column: str, row: Mapping[str, Any] | None) -> str | None:
    value = row.get(column) if row else None
    if value is None:
        return None
    if column == "geom":
        return _position(str(value))
    return _period(str(value)) if column == "valid" else str(value)


def _period(span: str) -> str:
    """Days as people read them, first and last (ISO 8601-2: `2020-01-01/2024-12-31`, `..` where one is not said)."""
    found = _SPAN.fullmatch(span)
    if found is None:
        return span
    first, after = found.groups()
    last = str(date.fromisoformat(after) - timedelta(days=1)) if after else ".."
    return f"{first or '..'}/{last}"


def _position(ewkb: str) -> str:
    """A shape as people read it: `110.123456, 30.000000` for a point, else as text (WKT)."""
    shape = shapely.from_wkb(ewkb)
    if isinstance(shape, shapely.Point):
        return f"{shape.x:.{DECIMALS}f}, {shape.y:.{DECIMALS}f}"
    return str(shapely.to_wkt(shape, rounding_precision=DECIMALS))
