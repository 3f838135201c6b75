"""Reads from the registers what the keys are made of: all units and places in pieces, or some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data.some import OfSome
from geonames.places.load import RANK_OF_SETTLEMENT
from geonames.places.store import fetched
from geonames.search.keys import ALWAYS, NOWHERE, Key, Thing, rows, unit_keys, unit_thing

VERSIONS = OfSome.made(
    """
    SELECT v.unit_id, v.code, v.name, v.level, lower(v.valid) AS begin, upper(v.valid) AS end,
           upper_inf(v.known) AS is_known, CAST(v.known AS text) AS known,
           CASE WHEN u.classification <> 'public' THEN u.classification ELSE v.classification END
               AS classification
    FROM diming.unit_version v JOIN diming.unit u ON u.id = v.unit_id {some}
    ORDER BY v.unit_id, lower(v.valid), lower(v.known)
    """,
    "v.unit_id",
)
_POSITIONS = """
    SELECT DISTINCT ON (p.unit_id) p.unit_id, encode(ST_AsEWKB(p.geom), 'hex') AS geom
    FROM published.unit_position p {where}
    ORDER BY p.unit_id, p.valid DESC NULLS LAST
"""
#: The view looks at a list by itself; joined to one it would find the position of every unit first.
UNIT_POSITIONS = OfSome(
    text(_POSITIONS.format(where="")),
    text(_POSITIONS.format(where="WHERE p.unit_id = ANY(CAST(:subjects AS uuid[]))")),
)
#: How many other registers and lists name a thing.
LINKS = OfSome(
    text("""
        SELECT subject_id, count(*) AS links FROM (
            SELECT subject_id FROM diming.concordance
            UNION ALL SELECT subject_id FROM diming.heritage_tag WHERE upper_inf(known)
        ) named GROUP BY subject_id
    """),
    text("""
        SELECT s.id AS subject_id, (SELECT count(*) FROM diming.concordance c WHERE c.subject_id = s.id)
               + (SELECT count(*) FROM diming.heritage_tag h WHERE h.subject_id = s.id AND upper_inf(h.known)) AS links
        FROM unnest(CAST(:subjects AS uuid[])) AS s(id)
    """),
)
#: As the public sees them: what a decision changed that is not announced yet is still as it was.
PLACE_NAMES = OfSome.made(
    """
    SELECT n.subject_id, n.text, n.kind, n.romanization, lower(n.valid) AS begin, upper(n.valid) AS end,
           upper_inf(n.known) OR h.row_id IS NOT NULL AS is_known,
           CASE WHEN h.row_id IS NULL THEN CAST(n.known AS text) END AS known,
           p.id IS NOT NULL AS is_place, p.class AS place_class, p.type_code, p.rank, p.unit_id,
           CAST(datemultirange(p.valid) AS text) AS stood, upper_inf(p.valid) AS stands,
           encode(ST_AsEWKB(p.geom), 'hex') AS geom,
           CASE WHEN p.classification <> 'public' THEN p.classification ELSE n.classification END
               AS classification
    FROM diming.place_name n
    LEFT JOIN diming.place p ON p.id = n.subject_id AND upper_inf(p.known)
    LEFT JOIN diming.held_open h ON h.row_id = n.id
    {some}
    WHERE NOT EXISTS (SELECT 1 FROM diming.unannounced u WHERE u.decision_id IN (n.opened_by, n.closed_by))
    ORDER BY n.subject_id, n.text, n.kind, lower(n.valid), n.id
    """,
    "n.subject_id",
)


class Registers:
    """What the keys of some things (`subjects`; None: of all) are made of."""

    def __init__(self, connection: Connection, subjects: Sequence[UUID] | None = None) -> None:
        self.connection = connection
        self.subjects = subjects
        self.links = {row.subject_id: row.links for row in connection.execute(*LINKS.of(subjects))}
        self.units: dict[UUID, Thing] = {}
        self.versions: dict[UUID, list[Any]] = {}
        self._provinces: dict[UUID, str | None] = {}
        self._read_units()

    def _read_units(self) -> None:
        found: dict[UUID, list[Any]] = defaultdict(list)
        for row in self.connection.execute(*VERSIONS.of(self.subjects)):
            found[row.unit_id].append(row)
        asked = None if self.subjects is None else list(found)
        positions = (
            {row.unit_id: row.geom for row in self.connection.execute(*UNIT_POSITIONS.of(asked))} if found else {}
        )
        for unit, versions in found.items():
            standing = [v for v in versions if v.is_known] or versions
            self.versions[unit] = versions
            self.units[unit] = unit_thing(unit, standing, self.links.get(unit, 0), positions.get(unit))

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """All rows, those of units first."""
        for unit, thing in self.units.items():
            for key in _keys_of_unit(self.versions[unit]):
                yield from rows(thing, key)
        for subject, names in groupby(self._names(), key=lambda row: row.subject_id):
            yield from self._rows_of_names(subject, list(names))

    def _names(self) -> Iterator[Any]:
        return fetched(self.connection, *PLACE_NAMES.of(self.subjects))

    def _rows_of_names(self, subject: UUID, names: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        thing = self._place(names[0]) if names[0].is_place else self.units.get(subject)
        if thing is None:  # a name of a unit or place that is none of the public's
            return
        for name in names:
            yield from rows(thing, _key_of_name(name))

    def _place(self, row: Any) -> Thing:
        powers = RANK_OF_SETTLEMENT - row.rank if 0 < row.rank <= RANK_OF_SETTLEMENT else 0
        return Thing(
            row.subject_id, "places", row.place_class, row.type_code,
            None, powers, self.links.get(row.subject_id, 0), self._province(row.unit_id), row.unit_id or NOWHERE,
            row.geom, row.stood, row.stands,
        )  # fmt: skip

    def _province(self, unit: UUID | None) -> str | None:
        if unit is None:
            return None
        if unit in self.units:
            return self.units[unit].province
        if unit not in self._provinces:  # the place alone was asked for
            code = self.connection.scalar(LAST_CODE, {"unit": unit})
            self._provinces[unit] = None if code is None else str(code)[:2]
        return self._provinces[unit]


LAST_CODE = text("""
    SELECT code FROM diming.unit_version WHERE unit_id = :unit AND upper_inf(known) ORDER BY lower(valid) DESC LIMIT 1
""")


def _keys_of_unit(versions: Sequence[Any]) -> Iterator[Key]:
    yield from unit_keys([v for v in versions if v.is_known])
    for corrected in (v for v in versions if not v.is_known):
        for key in unit_keys([corrected]):
            yield _corrected(key, corrected.known)


def _corrected(key: Key, known: str) -> Key:
    return Key(key.name, key.kind, key.begin, key.end, key.classification, key.romanization, known, corrected=True)


def _key_of_name(row: Any) -> Key:
    key = Key(row.text, row.kind, row.begin, row.end, row.classification, row.romanization, row.known or ALWAYS)
    return key if row.is_known else _corrected(key, row.known)
