"""Reads the permissions, `data/rules/permissions.toml`, and refuses a table that says something unknown."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from data.access.model import VIA, Role

PERMISSIONS = Path(__file__).parents[1] / "rules" / "permissions.toml"

Within = Literal["jurisdiction", "country", "anywhere"]
WITHIN: tuple[Within, ...] = ("jurisdiction", "country", "anywhere")
#: Levels of 行政区划, as `diming.unit_level` names them.
LEVELS = ("province", "prefecture", "county", "township")
#: Relations to a matter that a row may ask for; the case engine keeps the last five in `case_participant`.
RELATIONS = ("self", "opener", "assignee", "applicant", "consulted", "expert", "participant")


@dataclass(frozen=True, slots=True)
class Permission:
    """One row: who may do `action`.

    `within`: `jurisdiction`, the matter lies in the grant's unit; `country`, the grant is for the whole
    country; `anywhere`, the role is enough. Empty `levels`, `states`, `relations` and `via` ask nothing.
    `apart_from`: deeds in the same case that whoever does this must not have done (separation of duties).
    `personal`: not by a deputy.
    """

    action: str
    roles: frozenset[Role]
    within: Within
    levels: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    relations: frozenset[str] = frozenset()
    apart_from: frozenset[str] = frozenset()
    via: frozenset[str] = frozenset()
    personal: bool = False


Table = Mapping[str, tuple[Permission, ...]]


class TableError(ValueError):
    """The table of permissions says something that has no meaning; the program does not start with it."""


def read_table(rows: Iterable[Mapping[str, Any]]) -> Table:
    """The rows by action. Raises `TableError` for an unknown key or value."""
    table: dict[str, tuple[Permission, ...]] = {}
    for row in rows:
        permission = _permission(row)
        table[permission.action] = (*table.get(permission.action, ()), permission)
    return table


@cache
def permissions() -> Table:
    """The permissions of this version."""
    return read_table(tomllib.loads(PERMISSIONS.read_text("utf-8"))["permission"])


#: The columns of a row that are lists, with what may stand in them; None: anything.
_LISTS: dict[str, tuple[str, ...] | None] = {
    "levels": LEVELS,
    "states": None,
    "relations": RELATIONS,
    "apart_from": None,
    "via": VIA,
}
_COLUMNS = {"action", "roles", "within", "personal", "why", *_LISTS}


def _permission(row: Mapping[str, Any]) -> Permission:
    unknown = set(row) - _COLUMNS
    if unknown:
        raise TableError(f"{row.get('action')}: unknown columns {sorted(unknown)}")
    if row["within"] not in WITHIN:
        raise TableError(f"{row['action']}: within is one of {WITHIN}")
    lists = {name: _known(row, name, known) for name, known in _LISTS.items()}
    roles = frozenset(Role(role) for role in _known(row, "roles", tuple(Role)))
    if not roles:
        raise TableError(f"{row['action']}: a row without roles permits nothing")
    return Permission(row["action"], roles, row["within"], **lists, personal=row.get("personal", False))


def _known(row: Mapping[str, Any], name: str, known: tuple[str, ...] | None) -> frozenset[str]:
    values = frozenset(row.get(name, ()))
    if known is not None and not values <= set(known):
        raise TableError(f"{row['action']}: {name} has {sorted(values - set(known))}; known: {known}")
    return values
