"""The keys by which units and places are found: what a name's row holds, from what the registers hold. Pure.

A unit is found by every name and code that any of its versions had, by the
names without their generic terms, and by the further names that the gazetteer
keeps for it. Each key has the time for which it held, so that the answer can
say that a name is a former one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from geonames.places.store import UNIT_TYPE_OF_LEVEL
from geonames.romanize.keys import Sound, fold, plain, sounds
from geonames.romanize.readings import split_generic
from geonames.search.importance import Facts, importance
from geonames.search.query import CLASSES

#: Where a place lies in no unit.
NOWHERE = UUID(int=0)
#: Spaces of tiers: what holds, names that ended, what the register has corrected since.
ENDED, CORRECTED = 10, 20
ALWAYS = "[,)"


@dataclass(frozen=True, slots=True)
class Thing:
    """A unit or place as its keys see it. `stood` a multirange of days; `geom` EWKB in hex."""

    id: UUID
    collection: str
    class_: str
    type_code: str
    level: str | None
    powers: int
    links: int
    province: str | None
    area: UUID
    geom: str | None
    stood: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Key:
    """One name of a thing, and when it held (`end` exclusive; None: open); `known` as PostgreSQL writes a range."""

    name: str
    kind: str
    begin: date | None
    end: date | None
    classification: str
    #: As the source spells it: found by sound also where our reading differs.
    romanization: str | None = None
    known: str = ALWAYS
    corrected: bool = False


def unit_thing(unit: UUID, versions: Sequence[Any], links: int, geom: str | None) -> Thing:
    """A unit with all its versions in order."""
    last = versions[-1]
    stood = ",".join(f"[{v.begin},{v.end or ''})" for v in versions)
    return Thing(
        unit, "units", "ADMIN_DIVISION", UNIT_TYPE_OF_LEVEL[last.level], last.level, 0, links,
        last.code[:2], unit, geom, "{" + stood + "}", last.end is None,
    )  # fmt: skip


def unit_keys(versions: Sequence[Any]) -> Iterator[Key]:
    """Names, short names and codes of all versions of a unit."""
    for kind, value_of in (("standard", _name), ("short", _short_name), ("code", _code)):
        yield from _spans(versions, kind, value_of)


def _name(row: Any) -> str:
    return str(row.name)


def _code(row: Any) -> str:
    return str(row.code)


def _short_name(row: Any) -> str | None:
    specific, generic = split_generic(row.name)
    return specific if generic is not None and len(specific) >= 2 else None


def _spans(rows: Iterable[Any], kind: str, value_of: Any) -> Iterator[Key]:
    """The values of consecutive versions, each once for the time for which it stayed the same."""
    current: Key | None = None
    for row in rows:
        value = value_of(row)
        same = current and (current.name, current.end, current.classification) == (value, row.begin, row.classification)
        if current and same:
            current = replace(current, end=row.end)
            continue
        if current:
            yield current
        current = None if value is None else Key(value, kind, row.begin, row.end, row.classification)
    if current:
        yield current


def rows(thing: Thing, key: Key) -> Iterator[tuple[Any, ...]]:
    """The rows of a key, one for each of its sounds, as `COPY` takes them; of the tier only the space."""
    facts = Facts(
        thing.level, thing.class_, thing.powers, thing.links, key.kind, key.end is None, thing.stands
    )  # fmt: skip
    weight = importance(facts)
    space = CORRECTED if key.corrected else 0 if key.end is None and thing.stands else ENDED
    head = (thing.id, thing.collection, key.name, key.kind, f"[{key.begin or ''},{key.end or ''})", fold(key.name))
    tail = (
        CLASSES.index(thing.class_) + 1, thing.type_code, weight, thing.province, thing.area, thing.geom,
        thing.stood, key.known, space, key.classification,
    )  # fmt: skip
    for number, sound in enumerate(_sounds(key)):
        yield (*head, sound.pinyin, sound.initials, number == 0, *tail)


def _sounds(key: Key) -> tuple[Sound, ...]:
    """The sounds of a key; one empty one where it is a code or has none."""
    if key.kind == "code":
        return (Sound("", ""),)
    found = sounds(key.name)
    as_given = plain(key.romanization or "")
    if as_given and as_given not in {sound.pinyin for sound in found}:
        found = (*found, Sound(as_given, found[0].initials if found else ""))
    return found or (Sound("", ""),)
