"""What the lists are made of and what a review asks: categories and criteria as data, with those of an installation.

The program's are `data/rules/heritage/sheet.toml`. `DIMING_HERITAGE_FILE` names a file of the same form with further
ones of a region. It adds and never replaces: what a listed name was judged by keeps its meaning.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import BadInput
from data.workflow.model import Label
from data.workflow.reading import RULES, rule_list

DELIVERED = RULES / "heritage" / "sheet.toml"
OWN = "DIMING_HERITAGE_FILE"
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MARKS = ("[V]", "[M]", "[I]")


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the lists. `years`: how old the name must be at the least; 0: age is no condition."""

    key: str
    label: Label
    years: int
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """A question of a review. `category`: of which alone; empty: of all. `most`: its points; 0: none are given."""

    key: str
    category: str
    label: Label
    required: bool
    most: int
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Categories by key, and the questions in their order."""

    categories: Mapping[str, Category]
    criteria: Sequence[Criterion]

    def asked_of(self, category: str) -> list[Criterion]:
        """The questions of one category, its own first."""
        own = [one for one in self.criteria if one.category == category]
        return own + [one for one in self.criteria if not one.category]


@cache
def sheet() -> Sheet:
    """The sheet in force; `BadInput` `bad_heritage_sheet` where the installation's own file cannot be used."""
    delivered, own = read_sheet(DELIVERED), os.environ.get(OWN, "").strip()
    return _joined(delivered, read_sheet(Path(own), delivered.categories), own) if own else delivered


def read_sheet(path: Path, also: Mapping[str, Category] | None = None) -> Sheet:
    """The sheet of one file; `also`: categories that its questions may be about as well."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        found = {row["key"]: _category(row) for row in table.get("category", [])}
        criteria = [_criterion(row, {**(also or {}), **found}) for row in table.get("criterion", [])]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise _unusable(path, str(error)) from error
    return Sheet(found, criteria)


def _joined(delivered: Sheet, own: Sheet, path: str) -> Sheet:
    questions = {(one.category, one.key) for one in delivered.criteria}
    twice = [key for key in own.categories if key in delivered.categories]
    twice += [one.key for one in own.criteria if (one.category, one.key) in questions]
    if twice:
        raise _unusable(Path(path), f"{twice[0]} is of the program; give yours another key")
    return Sheet({**delivered.categories, **own.categories}, [*delivered.criteria, *own.criteria])


def _category(row: Mapping[str, Any]) -> Category:
    years = row.get("years", 0)
    if type(years) is not int or years < 0:
        raise ValueError(f"{row['key']}: years is a whole number")
    return Category(_key(row), Label(**row["label"]), years, _text(row, "source"), _mark(row))


def _criterion(row: Mapping[str, Any], categories: Mapping[str, Category]) -> Criterion:
    category, most, required = row.get("category", ""), row.get("most", 0), row.get("required", False)
    if category and category not in categories:
        raise ValueError(f"{row['key']}: there is no category {category}")
    if type(most) is not int or most < 0 or type(required) is not bool:
        raise ValueError(f"{row['key']}: most is a whole number, required is true or false")
    return Criterion(_key(row), category, Label(**row["label"]), required, most, _text(row, "source"), _mark(row))


def _key(row: Mapping[str, Any]) -> str:
    if not isinstance(row["key"], str) or KEY.fullmatch(row["key"]) is None:
        raise ValueError(f"{row['key']!r}: a key is of small letters, digits and _")
    return str(row["key"])


def _text(row: Mapping[str, Any], name: str) -> str:
    if not isinstance(row[name], str) or not row[name].strip():
        raise ValueError(f"{row['key']}: {name} is a text")
    return str(row[name])


def _mark(row: Mapping[str, Any]) -> str:
    if row["mark"] not in MARKS:
        raise ValueError(f"{row['key']}: mark is one of {', '.join(MARKS)}")
    return str(row["mark"])


def _unusable(path: Path, why: str) -> BadInput:
    return BadInput(f"The heritage sheet in {path} cannot be used: {why}.", code="bad_heritage_sheet")


@cache
def words(name: str) -> Mapping[str, Label]:
    """The list `name` of `data/rules/heritage`: grades, continuity, answers, levels."""
    return dict(rule_list(f"heritage/{name}"))
