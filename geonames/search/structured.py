"""Reads a question that says where: `湖州市长兴县 龙山` and `hz西湖` are names within units.

A question is read so when its beginning is the name of a unit, or of several of that name, and something is
left; after a unit may come one that lies in it. `hz西湖`: letters are the pinyin or initials of units.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.graphs import current_graph
from boundaries.units.lineage import Graph
from data.db import address_of
from data.snapshot import state_of
from geonames.romanize.keys import fold, plain, simplified
from geonames.romanize.spelling import HAN
from geonames.search import store

#: No unit's name is longer (the longest in the register has 15 characters).
LONGEST_UNIT = 20
#: Letters before characters may be the initials of this many units.
MOST_UNITS = 40
_LETTERS_FIRST = re.compile(r"^([A-Za-z' ]+)(?=[^A-Za-z' ])")


@dataclass(frozen=True, slots=True)
class Understood:
    """`rest` is looked for within `units`, which all bear the name asked for; `names` of the last one."""

    units: tuple[UUID, ...]
    rest: str
    names: tuple[str, ...]


def understood(connection: Connection, q: str, day: date) -> Understood | None:
    """How a question that says where is understood; None where its beginning is no unit's name."""
    text = fold(simplified(q))
    if not HAN.search(text) or len(text) < 3:
        return None
    if letters := _LETTERS_FIRST.match(q.strip()):
        return _by_sound(connection, plain(letters[0]), fold(simplified(q.strip()[letters.end() :])), day)
    words = unit_words(connection)
    if not any(text[:end] in words for end in range(2, min(len(text), LONGEST_UNIT + 1))):
        return None
    stretches = {
        text[begin:end]
        for begin in range(len(text) - 1)
        for end in range(begin + 2, min(len(text), begin + LONGEST_UNIT) + 1)
    }
    named: dict[str, list[UUID]] = defaultdict(list)
    for row in connection.execute(store.UNITS_NAMED, {"names": sorted(stretches), "sounds": [], "day": day}):
        named[row.text].append(row.unit_id)
    return _read(current_graph(connection), text, named, None, ())


def unit_words(connection: Connection) -> frozenset[str]:
    """Every name by which a unit may be named, whole or without its generic term; kept until the feed moves."""
    last, url = state_of(connection).last_change, address_of(connection)
    kept = _words.get(url)
    if kept is not None and kept[0] == last:
        return kept[1]
    found = frozenset(connection.scalars(store.UNIT_WORDS))
    _words[url] = (last, found)
    return found


#: Database URL to (number of the last change, names): one entry for each database this process asks.
_words: dict[str, tuple[int, frozenset[str]]] = {}


def _by_sound(connection: Connection, letters: str, rest: str, day: date) -> Understood | None:
    if len(letters) < 2 or not rest:
        return None
    asked = {"names": [], "sounds": [letters], "day": day}
    units = tuple(dict.fromkeys(row.unit_id for row in connection.execute(store.UNITS_NAMED, asked)))[:MOST_UNITS]
    return Understood(units, rest, (letters,)) if units else None


def _read(
    graph: Graph, text: str, named: Mapping[str, Sequence[UUID]], inside: Iterable[UUID] | None, names: tuple[str, ...]
) -> Understood | None:
    """The longest name of a unit first; then what is left of the text, in the same way; a unit at the end is sought."""
    if inside is not None and lying_in(graph, named.get(text, ()), inside):
        return None
    for end in range(len(text) - 1, 1, -1):
        units = lying_in(graph, named.get(text[:end], ()), inside)
        if units:
            rest, so_far = text[end:], (*names, text[:end])
            return _read(graph, rest, named, units, so_far) or Understood(tuple(units), rest, so_far)
    return None


def lying_in(graph: Graph, units: Sequence[UUID], inside: Iterable[UUID] | None) -> list[UUID]:
    """Those of some units that lay at any time in one of others; all without others."""
    found = list(dict.fromkeys(units))
    if inside is None:
        return found
    above = set(inside)
    return [unit for unit in found if above & _ever_above(graph, unit)]


def _ever_above(graph: Graph, unit: UUID) -> set[UUID]:
    """The units in which a unit lay at any time."""
    parents = {version.parent_id for version in graph.by_unit.get(unit, ()) if version.parent_id is not None}
    found = set(parents)
    for parent in parents:
        found |= _ever_above(graph, parent)
    return found
