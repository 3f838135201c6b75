"""How far a reach goes for one proposal, and whether the register holds what lies in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from geonames.rules import store, unknown
from geonames.rules.around import Pool, Reach
from geonames.rules.model import Proposal, Text

#: Digits of a division code that name a unit of each level (GB/T 2260, GB/T 10114).
DIGITS = {"province": 2, "prefecture": 4, "county": 6, "township": 9}
#: The class of Art. 3 that a pool within built-up areas holds.
CLASS_OF = {Pool.STREET: "STREET", Pool.BUILDING: "RESIDENTIAL_BUILDING"}
SETTLEMENT_TYPES = "22"


class Area(NamedTuple):
    """A built-up area (建成区) that the proposal touches."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a proposal lies: the beginnings of the codes of its units, its position, its built-up areas."""

    prefixes: Mapping[str, str]
    point: tuple[float, float] | None
    areas: tuple[Area, ...]
    areas_loaded: bool

    @property
    def county(self) -> str | None:
        """How the codes within its county begin."""
        return self.prefixes.get("county")

    @property
    def smallest(self) -> str | None:
        """How the codes within the smallest unit said begin."""
        return max(self.prefixes.values(), key=len, default=None)

    @classmethod
    def of(cls, connection: Connection, proposal: Proposal, day: date) -> Limits:
        """The limits of a proposal on a day."""
        shape = _shape(proposal)
        loaded = bool(connection.execute(store.BUILT_UP_LOADED, {"day": day}).scalar())
        rows: Any = ()
        if shape is not None and loaded:
            rows = connection.execute(store.BUILT_UP_HERE, {"shape": shape, "day": day})
        return cls(
            prefixes={unit.level: unit.code[: DIGITS[unit.level]] for unit in proposal.within},
            point=proposal.point,
            areas=tuple(Area(row.id, row.code, row.name) for row in rows),
            areas_loaded=loaded,
        )


def _shape(proposal: Proposal) -> str | None:
    """The proposal's geometry, else its position, as GeoJSON."""
    if proposal.geometry is not None:
        return json.dumps(proposal.geometry)
    if proposal.point is not None:
        return json.dumps({"type": "Point", "coordinates": proposal.point})
    return None


class Covered(NamedTuple):
    """Where names are looked for: codes that begin with `prefix` (None: all), or built-up `areas`.

    `missing`: why nothing can be said; `gap`: what is not covered beside what is.
    """

    prefix: str | None = None
    areas: list[UUID] | None = None
    missing: Text | None = None
    gap: Text | None = None


#: The level at whose unit each reach ends, and what is missing where the proposal does not say it.
_LEVEL = {
    Reach.PROVINCE: ("province", unknown.NO_PROVINCE),
    Reach.COUNTY: ("county", unknown.NO_COUNTY),
    Reach.TOWNSHIP: ("township", unknown.NO_UNIT),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of each pool the register holds within each reach of a proposal."""

    connection: Connection
    limits: Limits
    day: date

    def of(self, pool: Pool, reach: Reach) -> Covered:
        """Where names of a pool are looked for, and what is missing there."""
        if reach is Reach.BUILT_UP:
            return self._built_up(pool)
        prefix = None
        if reach is not Reach.NATION:
            level, missing = _LEVEL[reach]
            prefix = self.limits.prefixes.get(level)
            if prefix is None:
                return Covered(missing=missing)
        return self._within(pool, prefix)

    def _within(self, pool: Pool, prefix: str | None) -> Covered:
        if pool is Pool.TOWNSHIP:
            missing, gap = self._townships(prefix)
        elif pool is Pool.VILLAGE:
            missing, gap = self._villages(prefix)
        elif pool is Pool.SETTLEMENT:
            missing = None if self._holds("OTHER", prefix, SETTLEMENT_TYPES) else unknown.NO_SETTLEMENTS
            gap = None
        elif pool in CLASS_OF:
            known = self._holds(CLASS_OF[pool], prefix)
            missing, gap = None if known else unknown.none_of(CLASS_OF[pool]), None
        else:
            missing = gap = None
        return Covered(prefix, None, missing, gap)

    def _townships(self, prefix: str | None) -> tuple[Text | None, Text | None]:
        row = self.connection.execute(store.TOWNSHIP_COVER, {"day": self.day, **_between(prefix)}).one()
        if not row.covered:
            level = next((level for level, digits in DIGITS.items() if len(prefix or "") == digits), None)
            return unknown.NO_TOWNSHIPS.get(level, unknown.NO_TOWNSHIPS[None]), None
        return None, None if row.covered >= row.counties else unknown.part_of_townships(row.covered, row.counties)

    def _villages(self, prefix: str | None) -> tuple[Text | None, Text | None]:
        if not self._holds("VILLAGE_COMMUNITY", prefix):
            return unknown.NO_VILLAGES, None
        missing, _ = self._townships(prefix)
        return None, None if missing is None else unknown.villages_unproved(missing)

    def _holds(self, place_class: str, prefix: str | None, type_prefix: str | None = None) -> bool:
        values = {"day": self.day, "place_class": place_class, "type_prefix": type_prefix, **_between(prefix)}
        return bool(self.connection.execute(store.HOLDS_CLASS, values).scalar())

    def _built_up(self, pool: Pool) -> Covered:
        limits = self.limits
        if not limits.areas_loaded:
            return Covered(missing=unknown.NO_BUILT_UP)
        if limits.point is None and not limits.areas:
            return Covered(missing=unknown.NO_POINT)
        if not limits.areas:
            return Covered(missing=unknown.OUTSIDE_BUILT_UP)
        areas = [area.id for area in limits.areas]
        place_class = CLASS_OF.get(pool)
        if place_class and not self._area_holds(place_class, areas):
            return Covered(missing=unknown.empty_area(place_class, limits.areas[0].name))
        return Covered(areas=areas)

    def _area_holds(self, place_class: str, areas: list[UUID]) -> bool:
        values = {"place_class": place_class, "areas": areas, "day": self.day}
        return bool(self.connection.execute(store.BUILT_UP_HOLDS, values).scalar())


def _between(prefix: str | None) -> dict[str, str]:
    """The codes that begin with `prefix`, as the range that an index can look up."""
    start = prefix or ""
    return {"from": start, "to": start + ":"}  # ":" follows "9"
