"""Which entries a filter takes: where the thing lies that an entry tells of, and of which class it is.

All of it is read from the feed itself, as it stood at the entry: a name leads to its place, a marker to its line, a
line to its units. What names no division (a decision, a type) lies in none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.db import fetch_all
from data.webhooks import store
from data.webhooks.model import Traits, Wanted, takes

Entry = Mapping[str, Any]
#: A marker leads to its line, and the line to its units.
STEPS = 2
#: A unit is shown as a place of this class (Art. 3 of 地名管理条例).
UNIT_CLASS = "ADMIN_DIVISION"


def chosen(connection: Connection, wanted: Wanted, entries: Sequence[Entry]) -> list[Entry]:
    """Those of `entries` that the filter takes, in their order."""
    if not wanted.looks_inside:
        return [entry for entry in entries if takes(wanted, entry, Traits())]
    return [entry for entry in entries if takes(wanted, entry, traits_of(connection, entry))]


def traits_of(connection: Connection, entry: Entry) -> Traits:
    """What is known of the thing that `entry` tells of: before it and after it, so that a leaver is told of too."""
    found, waiting = Traits(), [(entry["collection"], said) for said in (entry["before"], entry["after"]) if said]
    if entry["collection"] == "lines":
        waiting += [(row["collection"], row["said"]) for row in _said(connection, [str(entry["id"])], entry["seq"])]
    for _ in range(STEPS + 1):
        for collection, said in waiting:
            found = _joined(found, own_traits(collection, said))
        leads = sorted({lead for _, said in waiting for lead in leads_of(said)})
        waiting = [(row["collection"], row["said"]) for row in _said(connection, leads, entry["seq"])] if leads else []
    return found


def own_traits(collection: str, said: Entry) -> Traits:
    """What an object says by itself."""
    unit, chain = said.get("unit") or {}, said.get("chain") or []
    codes = {unit["code"]} if unit.get("code") else set()
    if collection in ("units", "built_up_areas") and said.get("code"):
        codes.add(said["code"])
    chained = {link["code"] for link in chain if isinstance(link, Mapping)}
    if collection == "units" and chained:
        chained |= codes
    place_class = UNIT_CLASS if collection == "units" else said.get("class")
    return Traits(frozenset(codes), frozenset(chained), place_class)


def leads_of(said: Entry) -> list[str]:
    """The ids of the things that say more: the subject of a name, the line of a marker, the units of a line."""
    single = [said.get(key) for key in ("subject", "line")]
    return [str(lead) for lead in [*single, *(said.get("units") or [])] if lead and _is_id(lead)]


def _is_id(value: Any) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


def _said(connection: Connection, ids: Sequence[str], seq: int) -> list[Mapping[str, Any]]:
    return fetch_all(connection, store.SAID, {"ids": [UUID(lead) for lead in ids], "seq": seq})


def _joined(one: Traits, other: Traits) -> Traits:
    return Traits(one.codes | other.codes, one.chained | other.chained, one.place_class or other.place_class)
