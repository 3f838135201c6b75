"""Holds the places of a file against each other and the register, piece by piece: what becomes of each row."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import Connection

from boundaries.units.service import find_unit
from data.db import fetch_all
from data.errors import BadInput
from data.ids import derived_id
from geonames.exchange.incoming import import_sql as sql
from geonames.exchange.incoming.coding import check_codes
from geonames.exchange.incoming.mapping import Mapping
from geonames.exchange.incoming.meaning import Reader, key_of
from geonames.exchange.incoming.model import ImportAsked, Name, Outcome, Place
from geonames.exchange.incoming.reading import Opened
from geonames.exchange.store import below
from geonames.places.positions import UnitPolygons
from geonames.places.store import units_at

PIECE = 5_000
#: Fewer positions than this are asked of the database, one by one.
FEW = 4_000
#: Positions that agree to this are one: a tenth of a millimetre in degrees.
SAME_POSITION = 1e-9


class _Twice(NamedTuple):
    """Hashes of keys, place codes and numbers of other registers that stand in a file more than once."""

    keys: frozenset[int]
    codes: frozenset[int]
    links: frozenset[int]


@dataclass(slots=True)
class Checking:
    """What a check needs and finds: the register's day, the file, how it is asked for; the numbers of outcomes."""

    connection: Connection
    file: Opened
    mapping: Mapping
    asked: ImportAsked
    import_id: UUID
    day: date
    #: The decision by which the rows are being written meanwhile; None: nothing is written.
    decision: UUID | None = None
    counts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    digest: Any = field(default_factory=hashlib.sha256)
    _units: dict[str, UUID | None] = field(default_factory=dict)
    _within: frozenset[UUID] | None = None
    _polygons: UnitPolygons | None = None
    _first: dict[str, int] = field(default_factory=dict)
    _first_codes: dict[str, int] = field(default_factory=dict)
    _first_links: dict[tuple[str, str], int] = field(default_factory=dict)

    def pieces(self) -> Iterator[list[Place]]:
        """The places of the file with what becomes of each; counts and digest are complete at the end."""
        if self.asked.within is not None:
            find_unit(self.connection, self.asked.within, self.day)
            self._within = frozenset(below(self.connection, self.asked.within, self.day)[0])
        twice = self._what_stands_twice()
        reader = Reader(self.mapping, self.asked)
        places = (reader.place_of(raw) for raw in self.file.rows())
        while piece := list(islice(places, PIECE)):
            self._twice(piece, twice.keys)
            self._matched_twice(piece, twice.links)
            self._units_of(piece)
            self._standing(piece)
            self._nearby(piece)
            self._codes(piece, twice.codes)
            self._count(piece)
            yield piece
        if not self.counts["rows"]:
            raise BadInput("The file has no rows. Nothing was changed.", code="import_empty")

    # -- within the file -------------------------------------------------------------------------------------------

    def _what_stands_twice(self) -> _Twice:
        """What stands more than once, found by hashes: eight bytes each, whatever they are of."""
        reader = Reader(self.mapping, self.asked)
        keys, codes, links = array("q"), array("q"), array("q")
        for raw in self.file.rows():
            key, code, numbers = reader.keys_of(raw)
            keys.append(_hash(key))
            if code:
                codes.append(_hash(code))
            links.extend(map(_hash_of_link, numbers))
        return _Twice(_repeated(keys), _repeated(codes), _repeated(links))

    def _twice(self, piece: Sequence[Place], twice: frozenset[int]) -> None:
        for place in piece:
            if not twice or place.outcome is Outcome.LEFT_OUT or _hash(key := key_of(place)) not in twice:
                continue
            first = self._first.setdefault(key, place.number)
            if first != place.number:
                place.find("id", "duplicate_key", f"Row {first} is the same thing ({key[:60]}). Keep one.")

    def _matched_twice(self, piece: Sequence[Place], twice: frozenset[int]) -> None:
        """A number of another register is one place's; a row that is not taken holds none back."""
        for place in piece if twice else ():
            if place.outcome is not Outcome.NEW:
                continue
            shared = [link for link in place.links if _hash_of_link(link) in twice]
            held = next((link for link in shared if link in self._first_links), None)
            if held is not None:
                first, (authority, number) = self._first_links[held], held
                why = f"Row {first} has the number {number} of {authority} too. Leave it at one of them."
                place.find("matches", "duplicate_match", why)
                continue
            self._first_links.update(dict.fromkeys(shared, place.number))

    # -- units -----------------------------------------------------------------------------------------------------

    def _units_of(self, piece: Sequence[Place]) -> None:
        taken = [place for place in piece if place.outcome is Outcome.NEW and place.of_unit is None]
        self._learn({place.unit_code for place in taken if place.unit_code})
        found = self._holding([(place.longitude, place.latitude) for place in taken])
        for place, here in zip(taken, found, strict=True):
            self._unit_of(place, here)

    def _holding(self, positions: Sequence[tuple[float, float]]) -> list[list[Any]]:
        """The units at positions; from a full piece on the polygons are held here, as a long file asks again."""
        if self._polygons is None and len(positions) < FEW:
            return units_at(self.connection, positions) if positions else []
        if self._polygons is None:
            self._polygons = UnitPolygons(self.connection)
        return self._polygons.at(positions)

    def _learn(self, codes: set[str]) -> None:
        unknown = sorted(codes - self._units.keys())
        if unknown:
            self._units |= dict.fromkeys(unknown)
            rows = self.connection.execute(sql.UNITS, {"codes": unknown, "day": self.day})
            self._units |= {row.code: row.unit_id for row in rows}

    def _unit_of(self, place: Place, here: Sequence[Any]) -> None:
        if place.unit_code:
            place.unit_id = self._units[place.unit_code]
            if place.unit_id is None:
                place.find("unit_code", "unknown_unit", f"No division with the code {place.unit_code} stands.")
                return
            if here and not any(row.unit_id == place.unit_id or _beside(row.code, place.unit_code) for row in here):
                names = ", ".join(row.name for row in here[:1])
                place.find("unit_code", "unit_disagrees", f"The position lies in {names}.", "warning")
        elif here:
            place.unit_id = here[0].unit_id
        else:
            place.find("unit_code", "outside_units", "It is not known in which division it lies.", "warning")
        if self._within is not None and place.unit_id not in self._within:
            place.find("unit_code", "outside_division", f"It does not lie in the division {self.asked.within}.")

    # -- the register ----------------------------------------------------------------------------------------------

    def _standing(self, piece: Sequence[Place]) -> None:
        taken = [place for place in piece if place.outcome is Outcome.NEW]
        self._units_named([place for place in taken if place.of_unit is not None])
        places = [place for place in taken if place.of_unit is None]
        links = self._links(places)
        ids = {place.id for place in places if place.id} | set(links.values())
        ids |= {own for place in places if (own := self._own_id(place)) is not None}
        rows = {row["id"]: row for row in fetch_all(self.connection, sql.PLACES_BY_ID, {"ids": sorted(ids)})}
        for place in places:
            self._match(place, links, rows)
        known = [place for place in taken if place.subject is not None and place.outcome is not Outcome.ERROR]
        self._compare_names(known)
        for place in places:
            if place.outcome is Outcome.NEW:
                place.subject = self._identifier(place, rows)
        self._name_ids(taken)

    def _links(self, places: Sequence[Place]) -> dict[tuple[str, str], UUID]:
        wanted = sorted({link for place in places for link in place.links})
        if not wanted:
            return {}
        values = {"authorities": [a for a, _ in wanted], "numbers": [n for _, n in wanted]}
        rows = self.connection.execute(sql.LINKED, values)
        return {(row.authority, row.external_id): row.subject_id for row in rows}

    def _match(self, place: Place, links: dict[tuple[str, str], UUID], rows: dict[UUID, Any]) -> None:
        subjects = {links[link] for link in place.links if link in links}
        if len(subjects) > 1:
            place.find("id", "several_places", "Its numbers are those of several places of the register.")
            return
        known = next(iter(subjects), None) or place.id
        row = rows.get(known) if known is not None else None
        if row is None and subjects:
            place.find("id", "is_unit", "The register knows this number as that of a division.", "info")
            place.outcome = Outcome.LEFT_OUT
        if row is None or not row["stands"]:
            return
        place.subject = row["id"]
        said = (row["class"], row["type_code"])
        moved = max(abs(row["longitude"] - place.longitude), abs(row["latitude"] - place.latitude)) > SAME_POSITION
        if said != (place.class_, place.type_code) or moved:
            what = "another position" if moved else f"{row['class']} {row['type_code']}"
            place.find(
                "id",
                "differs_from_register",
                f"The register has it already with {what}: nothing is overwritten. Leave the row out, or correct it by "
                "a decision.",
            )

    def _units_named(self, places: Sequence[Place]) -> None:
        known = set(self.connection.execute(sql.UNITS_BY_ID, {"ids": [p.of_unit for p in places]}).scalars())
        for place in places:
            place.subject = place.unit_id = place.of_unit
            if place.of_unit not in known:
                place.find("id", "unknown_unit", "The register has no division with this identifier.")
            elif any(name.kind in ("standard", "unverified") for name in place.names):
                place.find("kind", "unit_name", "A division's name is changed by a decision on divisions.")

    def _compare_names(self, places: Sequence[Place]) -> None:
        ids = sorted({place.subject for place in places if place.subject})
        standing: dict[UUID, set[tuple[Any, ...]]] = {}
        for row in fetch_all(self.connection, sql.NAMES_OF, {"ids": ids}) if ids else []:
            key = (row["text"], row["kind"], row["valid_from"], row["valid_to"])
            standing.setdefault(row["subject_id"], set()).add(key)
        for place in places:
            assert place.subject is not None  # noqa: S101 -- chosen so
            there = standing.get(place.subject, set())
            place.names = [name for name in place.names if _name_key(name) not in there]
            place.outcome = Outcome.NAMES if place.names else Outcome.SAME
            if any(name.kind == "standard" for name in place.names) and any(key[1] == "standard" for key in there):
                why = "The place bears another standard name: change it by a decision."
                place.find("name", "standard_name_stands", why)

    def _own_id(self, place: Place) -> UUID | None:
        """The identifier that a place of this source has on every installation."""
        if place.id is not None or not (self.mapping.authority and place.key):
            return None
        return derived_id("place", self.mapping.authority, place.key)

    def _identifier(self, place: Place, rows: dict[UUID, Any]) -> UUID:
        wanted = place.id or self._own_id(place)
        if wanted is not None and wanted not in rows:
            return wanted
        if wanted is not None:
            why = "A place that was taken back bore this identifier: it gets another."
            place.find("id", "identifier_taken", why, "info")
        return derived_id("place", self.import_id, place.number)

    def _name_ids(self, places: Sequence[Place]) -> None:
        """Names keep the identifier that another register gave them, where it is free."""
        ids = sorted({name.id for place in places for name in place.names if name.id})
        taken = set(self.connection.execute(sql.NAMES_BY_ID, {"ids": ids}).scalars()) if ids else set()
        for place in places:
            place.names = [_with_id(name, self.import_id, place, at, taken) for at, name in enumerate(place.names)]

    def _nearby(self, piece: Sequence[Place]) -> None:
        new = [place for place in piece if place.outcome is Outcome.NEW and place.of_unit is None]
        if not new:
            return
        values = {
            "numbers": [p.number for p in new], "longitudes": [p.longitude for p in new],
            "latitudes": [p.latitude for p in new], "names": [p.title for p in new],
            "decision": self.decision,
        }  # fmt: skip
        found = {row.number: row.id for row in self.connection.execute(sql.NEARBY, values)}
        for place in new:
            if place.number in found:
                why = f"The register has a place of this name there: {found[place.number]}."
                place.find("name", "stands_nearby", why, "warning")

    def _codes(self, piece: Sequence[Place], twice: frozenset[int]) -> None:
        for place in piece:
            if (
                twice
                and place.place_code
                and _hash(place.place_code) in twice
                and place.outcome is not Outcome.LEFT_OUT
            ):
                first = self._first_codes.setdefault(place.place_code, place.number)
                if first != place.number:
                    place.find("place_code", "duplicate_place_code", f"Row {first} has this code too.")
        check_codes(self.connection, piece, self.asked)

    def _count(self, piece: Sequence[Place]) -> None:
        for place in piece:
            self.counts["rows"] += 1
            self.counts[place.outcome] += 1
            self.codes.update(f"{one.severity}:{one.code}" for one in place.findings)
            if place.outcome in (Outcome.NEW, Outcome.NAMES):
                self.counts["new_names"] += len(place.names)
                self.counts["new_standard_names"] += sum(name.kind == "standard" for name in place.names)
                self.counts["new_codes"] += place.place_code is not None
            texts = [name.text for name in place.names]
            told = (place.number, place.outcome, place.subject, place.unit_id, texts, place.place_code)
            self.digest.update(repr((*map(str, told), [one.code for one in place.findings])).encode())


def _repeated(hashes: array[int]) -> frozenset[int]:
    values, times = np.unique(np.frombuffer(hashes, dtype=np.int64), return_counts=True)
    return frozenset(values[times > 1].tolist())


def _hash(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def _hash_of_link(link: tuple[str, str]) -> int:
    return _hash("\x1f".join(link))


def _beside(found: str, said: str) -> bool:
    """Whether two codes are of one county: maps have counties, tables their townships."""
    return found[:6] == said[:6]


def _name_key(name: Name) -> tuple[Any, ...]:
    return (name.text, name.kind, name.valid_from, name.valid_to)


def _with_id(name: Name, import_id: UUID, place: Place, at: int, taken: Iterable[UUID]) -> Name:
    free = name.id is not None and name.id not in taken
    return name if free else name.with_id(derived_id("place_name", import_id, place.number, at))
