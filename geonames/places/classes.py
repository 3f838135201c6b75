"""What kinds of places there are: the eight classes of Art. 3 and the types of GB/T 18521 below them. Pure.

A class (类别) is one of the eight of 地名管理条例 Art. 3, a type (类别代码) a five-digit
code of GB/T 18521. `data/reference/classes/` holds both with their sources; an
office may have added or closed types, and then its own tree comes from `type_service`.
The table of the standard was not seen whole: a code whose group is known is taken and
said not to be listed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from data.errors import BadRequest

CLASSES = Path(__file__).parents[2] / "data" / "reference" / "classes"
#: Digits of a group (中类) of GB/T 18521: a code is believed where its group is known.
_GROUP = 3
_DIGITS = 5
_SHOWN = 40


class PlaceClass(NamedTuple):
    """A class of Art. 3: its key in contracts, its item there, its names and source."""

    key: str
    item: int
    name_zh: str
    name_en: str
    source: str


@dataclass(frozen=True, slots=True)
class PlaceType:
    """A type of GB/T 18521.

    `code`: five digits, the number of the class filled up with zeros. `art3`: its class of Art. 3,
    None where the type alone does not say; `also`: further classes whose places stand under it.
    `conflicts_with`: another code in use for the same. `mark`: V seen, M from memory, I inferred.
    `valid_to`: the first day on which it is not used any more.
    """

    code: str
    parent: str | None
    name_zh: str
    name_en: str
    art3: str | None
    also: tuple[str, ...]
    conflicts_with: str | None
    valid_from: date
    valid_to: date | None
    mark: str
    source: str
    note: str = ""

    def stands(self, day: date) -> bool:
        """Whether the type is in use on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def digits(self) -> str:
        """The number of the class in the standard: the code without the zeros that fill it up."""
        return self.code.rstrip("0")


class ClassTree:
    """Types by code, each below its parent. A value: changes make another tree."""

    def __init__(self, types: Iterable[PlaceType]) -> None:
        self._types: Mapping[str, PlaceType] = {t.code: t for t in sorted(types, key=lambda t: t.code)}

    def __iter__(self) -> Iterator[PlaceType]:
        """All types in the order of their codes, each parent before what is below it."""
        return iter(self._types.values())

    def __len__(self) -> int:
        return len(self._types)

    def find(self, code: str) -> PlaceType | None:
        """The type with exactly this code."""
        return self._types.get(code)

    def nearest(self, code: str) -> PlaceType | None:
        """The type with this code, or the closest listed one above it."""
        levels = (code[:length].ljust(_DIGITS, "0") for length in range(len(code), 0, -1))
        return next((self._types[level] for level in levels if level in self._types), None)

    def chain(self, code: str) -> tuple[PlaceType, ...]:
        """The listed types from the top down to this code."""
        found = self.nearest(code)
        above = self.chain(found.parent) if found and found.parent else ()
        return (*above, found) if found else ()

    def children(self, code: str | None) -> tuple[PlaceType, ...]:
        """The types directly below a code; of None the topmost."""
        return tuple(t for t in self if t.parent == code)

    def art3_of(self, code: str) -> str | None:
        """The class of Art. 3 of a type, its own or that of the nearest above; None where nothing says it."""
        return next((t.art3 for t in reversed(self.chain(code)) if t.art3), None)

    def classes_of(self, code: str) -> tuple[str, ...]:
        """All classes of Art. 3 whose places may bear this type, the usual one first."""
        chain = self.chain(code)
        own = self.art3_of(code)
        return tuple(dict.fromkeys((own, *chain[-1].also))) if own and chain else ()

    def at(self, day: date) -> ClassTree:
        """The types in use on a day."""
        return ClassTree(t for t in self if t.stands(day))


class Kind(NamedTuple):
    """What a place is said to be: its class of Art. 3, its type where that is known.

    `listed`: whether the tree has the type (True without one).
    """

    art3: str
    type_code: str | None = None
    listed: bool = True


@cache
def place_classes() -> Mapping[str, PlaceClass]:
    """The eight classes of Art. 3 by key, in the order of the article."""
    return {
        row["key"]: PlaceClass(row["key"], int(row["item"]), row["name_zh"], row["name_en"], row["source"])
        for row in _rows("classes.csv")
    }


@cache
def class_tree() -> ClassTree:
    """The tree as delivered with the program."""
    return ClassTree(_type_of(row) for row in _rows("types.csv"))


def parse_class(text: str, tree: ClassTree | None = None) -> Kind:
    """`STREET` or `23511` as a kind; for a type the class of Art. 3 that is usual for it.

    Raises `BadRequest` `bad_class` for what is neither, `bad_type` for five digits that no group has.
    """
    if text in place_classes():
        return Kind(text)
    if not (text.isascii() and text.isdigit()):
        known = ", ".join(place_classes())
        raise BadRequest(f"{text[:_SHOWN]!r} is no class. Use one of {known}, or a type code.", code="bad_class")
    return _kind_of_type(text, class_tree() if tree is None else tree)


def _kind_of_type(code: str, tree: ClassTree) -> Kind:
    found = tree.nearest(code) if len(code) == _DIGITS else None
    art3 = tree.art3_of(code) if found else None
    if found is None or art3 is None or (found.code != code and len(found.digits) < _GROUP):
        raise BadRequest(
            f"{code[:_SHOWN]!r} is no type code of GB/T 18521 (five digits; see `./diming classes`).", code="bad_type"
        )
    return Kind(art3, code, found.code == code)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (CLASSES / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _type_of(row: Mapping[str, str]) -> PlaceType:
    return PlaceType(
        code=row["code"],
        parent=row["parent"] or None,
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        art3=row["class"] or None,
        also=tuple(row["also"].split()),
        conflicts_with=row["conflicts_with"] or None,
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        mark=row["mark"],
        source=row["source"],
        note=row["note"],
    )
