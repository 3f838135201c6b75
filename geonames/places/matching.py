"""What a row of GeoNames is: a unit that the register has, or a settlement. Pure; in doubt a settlement.

A row matches a unit in whose polygon it lies and whose name it carries: the
whole name, or the name without generic term where no alternate says that the
row is a township of that name (总寨|总寨镇). Where it matches several units alike
it matches none, and is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from geonames.places.source import GeoNamesRow

#: Generic terms of townships (乡级); a row that carries one is the township's place, not the county's.
TOWNSHIP_TERMS = ("街道", "镇", "乡", "苏木")

NameKind = Literal["unverified", "alias", "traditional"]


@dataclass(frozen=True, slots=True)
class UnitHere:
    """A unit in whose polygon a row lies; `short` is its name without generic term (None: too short)."""

    id: UUID
    code: str
    name: str
    short: str | None
    level: str


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """The unit that a row is, and by what."""

    unit: UnitHere
    matched_by: Literal["name_and_position", "short_name_and_position"]


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One name of a place as the source has it."""

    text: str
    kind: NameKind
    language: str
    script: str
    romanization: str | None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A row that matches several units alike."""

    units: tuple[UnitHere, ...]


def match_unit(row: GeoNamesRow, here: Sequence[UnitHere]) -> UnitMatch | Ambiguous | None:
    """The unit of `here` that `row` is, None where it is none of them."""
    names = set(row.han)
    whole = [unit for unit in here if unit.name in names]
    if whole:
        return UnitMatch(whole[0], "name_and_position") if len(whole) == 1 else Ambiguous(tuple(whole))
    if _is_township(row):
        return None
    short = [unit for unit in here if unit.short is not None and unit.short in names]
    if not short:
        return None
    return UnitMatch(short[0], "short_name_and_position") if len(short) == 1 else Ambiguous(tuple(short))


def _is_township(row: GeoNamesRow) -> bool:
    return any(name.endswith(TOWNSHIP_TERMS) and len(name) > 2 for name in row.han)


def names_of_place(
    row: GeoNamesRow, simplify: Callable[[str], str], sound: Callable[[str], Sequence[str]]
) -> list[PlaceName]:
    """The names of a settlement, its main one first.

    The main one is the alternate that sounds like the Latin name, the shortest of
    them (the settlement and not the township); else the first given. `simplify`
    gives simplified characters, `sound` the pinyin keys of a name.
    """
    if not row.han:
        return [PlaceName(row.latin, "unverified", "und", "Latn", row.latin)]
    traditional = {name for name in row.han if simplify(name) != name and simplify(name) in row.han}
    simple = [name for name in row.han if name not in traditional]
    key = sound(row.latin)
    alike = sorted((name for name in simple if set(sound(name)) & set(key)), key=len)
    main = alike[0] if alike else simple[0]
    rest = [name for name in row.han if name != main]
    return [
        PlaceName(main, "unverified", "zh", "Hans", row.latin),
        *(_other(name, "traditional" if name in traditional else "alias") for name in rest),
    ]


def _other(text: str, kind: NameKind) -> PlaceName:
    return PlaceName(text, kind, "zh", "Hant" if kind == "traditional" else "Hans", None)


def names_for_unit(
    row: GeoNamesRow,
    unit: UnitHere,
    simplify: Callable[[str], str],
    sound: Callable[[str], Sequence[str]],
) -> tuple[list[PlaceName], list[str]]:
    """What a concordance adds to a unit: traditional forms of its names, and the Latin name where it
    sounds otherwise than our reading (Chaoyang for 朝阳); and the alternates not taken.

    An alternate that is neither may be the name of the unit's seat (宗嘎 for 吉隆县), so
    it is not made a name of the unit.
    """
    own = {unit.name, unit.short}
    rest = [name for name in row.han if name not in own]
    taken = [_other(name, "traditional") for name in rest if simplify(name) in own]
    ours = {key for name in (unit.name, unit.short) if name is not None for key in sound(name)}
    if not set(sound(row.latin)) & ours:
        taken.append(PlaceName(row.latin, "alias", "zh", "Latn", row.latin))
    return taken, [name for name in rest if simplify(name) not in own]
