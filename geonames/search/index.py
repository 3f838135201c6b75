"""Writes the keys by which units and places are found: derived from the registers, written again whole.

A unit is found by every name and code that any of its versions had, by the
names without their generic terms, and by the further names that the gazetteer
keeps for it. Each key has the time for which it held, so that the answer can
say that a name is a former one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from data import derived
from data.db import unit_of_work
from geonames.places.store import copy_rows
from geonames.romanize.keys import Sound, fold, plain, sounds
from geonames.romanize.readings import split_generic

#: Raise it when the form of the keys changes: the next start writes them again.
KEYS_VERSION = 4
SETTING = "search_keys"
#: Smaller is more important; settlements stand after counties (see geonames.places.load.rank_of).
RANK_OF_LEVEL = {"province": 0, "prefecture": 10, "county": 20, "township": 30}

VERSIONS = text("""
    SELECT v.unit_id, v.code, v.name, v.level, lower(v.valid) AS begin, upper(v.valid) AS end,
           CASE WHEN u.classification <> 'public' THEN u.classification ELSE v.classification END
               AS classification
    FROM diming.unit_version v JOIN diming.unit u ON u.id = v.unit_id
    WHERE upper_inf(v.known) ORDER BY v.unit_id, lower(v.valid)
""")
PLACE_NAMES = text("""
    SELECT n.subject_id, n.text, n.kind, n.romanization, lower(n.valid) AS begin, upper(n.valid) AS end, p.rank,
           p.id IS NOT NULL AS is_place,
           CASE WHEN p.classification <> 'public' THEN p.classification ELSE n.classification END
               AS classification
    FROM diming.place_name n LEFT JOIN diming.place p ON p.id = n.subject_id AND upper_inf(p.known)
    -- as the public sees them: what a decision changed that is not announced yet is still as it was
    WHERE (upper_inf(n.known) OR n.id IN (SELECT row_id FROM diming.held_open))
      AND NOT EXISTS (SELECT 1 FROM diming.unannounced u WHERE u.decision_id IN (n.opened_by, n.closed_by))
      AND (CAST(:subjects AS uuid[]) IS NULL OR n.subject_id = ANY(:subjects))
    ORDER BY n.subject_id, n.text, n.kind
""")
LOCK = text("LOCK TABLE diming.search_name IN SHARE ROW EXCLUSIVE MODE")
CLEAR = text("DELETE FROM diming.search_name")
CLEAR_SOME = text("DELETE FROM diming.search_name WHERE subject_id = ANY(:subjects) AND collection = 'places'")
COPY = """
    COPY diming.search_name (subject_id, collection, name, kind, valid, folded, pinyin, initials, rank,
                             classification) FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class Key:
    """One name of one thing, and when it held (`end` exclusive; None: open)."""

    subject: UUID
    collection: str
    name: str
    kind: str
    begin: date | None
    end: date | None
    rank: int
    classification: str
    #: As the source spells it: found by sound also where our reading differs.
    romanization: str | None = None


def refresh_search_keys(engine: Engine, actor: str) -> int | None:
    """Write the keys again if anything published has changed since; the rows written, None for no need."""
    with unit_of_work(engine) as connection:
        if derived.is_current(connection, SETTING, KEYS_VERSION):
            return None
        return write_search_keys(connection, actor)


def write_search_keys(connection: Connection, actor: str) -> int:
    """Write all keys again in the caller's transaction; the rows written."""
    connection.execute(LOCK)
    keys = [*_unit_keys(connection), *_place_keys(connection)]
    rows = list(_rows(keys))
    connection.execute(CLEAR)
    copy_rows(connection, COPY, rows)
    connection.execute(text("ANALYZE diming.search_name"))
    derived.remember(connection, SETTING, KEYS_VERSION, actor)
    return len(rows)


def follow_places(connection: Connection, places: Sequence[UUID]) -> int:
    """Write the keys of some places again, in the transaction that changed them; the rows written."""
    rows = list(_rows(_place_keys(connection, list(places))))
    connection.execute(CLEAR_SOME, {"subjects": list(places)})
    copy_rows(connection, COPY, rows)
    return len(rows)


def _unit_keys(connection: Connection) -> Iterator[Key]:
    """Names, short names and codes of all versions of all units."""
    versions: dict[UUID, list[Any]] = defaultdict(list)
    for row in connection.execute(VERSIONS):
        versions[row.unit_id].append(row)
    for unit_id, rows in versions.items():
        rank = RANK_OF_LEVEL[rows[-1].level]
        for kind, value_of in (("standard", _name), ("short", _short_name), ("code", _code)):
            for value, begin, end, classification in _spans(rows, value_of):
                yield Key(unit_id, "units", value, kind, begin, end, rank, classification)


def _name(row: Any) -> str:
    return str(row.name)


def _code(row: Any) -> str:
    return str(row.code)


def _short_name(row: Any) -> str | None:
    specific, generic = split_generic(row.name)
    return specific if generic is not None and len(specific) >= 2 else None


def _spans(rows: Iterable[Any], value_of: Any) -> Iterator[tuple[str, date, date | None, str]]:
    """The values of consecutive versions, each once for the time for which it stayed the same."""
    current: tuple[str, date, date | None, str] | None = None
    for row in rows:
        value = value_of(row)
        if current and current[0] == value and current[2] == row.begin and current[3] == row.classification:
            current = (value, current[1], row.end, row.classification)
            continue
        if current:
            yield current
        current = None if value is None else (value, row.begin, row.end, row.classification)
    if current:
        yield current


def _place_keys(connection: Connection, places: list[UUID] | None = None) -> Iterator[Key]:
    """Names of places, and the further names of units; of some places alone where they are given."""
    levels = {} if places else {row.unit_id: row.level for row in connection.execute(VERSIONS)}
    for row in connection.execute(PLACE_NAMES, {"subjects": places}):
        collection = "places" if row.is_place else "units"
        if not row.is_place and places:
            continue
        rank = row.rank if row.is_place else RANK_OF_LEVEL[levels[row.subject_id]]
        yield Key(row.subject_id, collection, row.text, row.kind, row.begin, row.end, rank, row.classification)


def _rows(keys: Iterable[Key]) -> Iterator[tuple[Any, ...]]:
    for key in keys:
        valid = f"[{key.begin or ''},{key.end or ''})"
        for sound in _sounds(key):
            yield (
                key.subject,
                key.collection,
                key.name,
                key.kind,
                valid,
                fold(key.name),
                sound.pinyin,
                sound.initials,
                key.rank,
                key.classification,
            )


def _sounds(key: Key) -> tuple[Sound, ...]:
    """The sounds of a key; one empty one where it is a code or has none."""
    if key.kind == "code":
        return (Sound("", ""),)
    found = sounds(key.name)
    as_given = plain(key.romanization or "")
    if as_given and as_given not in {sound.pinyin for sound in found}:
        found = (*found, Sound(as_given, found[0].initials if found else ""))
    return found or (Sound("", ""),)
