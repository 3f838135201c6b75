"""Names that repeat within a list: the same, or of the same sound, in one class and county. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from geonames.likeness.forms import Forms

#: Row numbers that a message names; the rest are counted.
SHOWN = 8


class Listed(NamedTuple):
    """A name of the list: row number, class of Art. 3, code of its county (empty: not said), its forms."""

    row: int
    art3_class: str
    county: str
    forms: Forms


class Repeat(NamedTuple):
    """Other rows with the same name (`same`) or only the same toned reading (`sound`)."""

    same: tuple[int, ...]
    sound: tuple[int, ...]


def repeats(names: Iterable[Listed]) -> Mapping[int, Repeat]:
    """For each row that repeats another, the rows it repeats; the order of the names is nothing."""
    names = sorted(names)
    same = _together((n.row, (n.art3_class, n.county, n.forms.whole)) for n in names)
    sound = _together((n.row, (n.art3_class, n.county, n.forms.sound.toned)) for n in names if n.forms.sound.toned)
    found = {}
    for name in names:
        alike = tuple(row for row in same.get(name.row, ()) if row != name.row)
        sounding = tuple(r for r in sound.get(name.row, ()) if r != name.row and r not in alike)
        if alike or sounding:
            found[name.row] = Repeat(alike, sounding)
    return found


def _together(keyed: Iterable[tuple[int, tuple[str, str, str]]]) -> dict[int, list[int]]:
    """For each row all rows of its key."""
    rows: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    keys = {}
    for row, key in keyed:
        rows[key].append(row)
        keys[row] = key
    return {row: rows[key] for row, key in keys.items()}


def said(rows: tuple[int, ...]) -> str:
    """Row numbers in words: 第3、17行."""
    more = f"等{len(rows)}行" if len(rows) > SHOWN else "行"
    return "第" + "、".join(str(row) for row in rows[:SHOWN]) + more
