"""The sides of a marker: the units that its line divides, what they have in common, and for which one somebody acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.markers import store
from boundaries.markers.model import Marker
from boundaries.units.service import chain_of
from data.access import Actor
from data.errors import NotFound

Chain = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Beside:
    """One unit beside a line: its id, code and name, and the ids of itself and of those above it that are its alone."""

    id: UUID
    code: str
    name: str
    own: frozenset[UUID]

    def as_fact(self) -> dict[str, str]:
        """As cases carry it."""
        return {"id": str(self.id), "code": self.code, "name": self.name}


def sides_of(connection: Connection, line: UUID, day: date, third: UUID | None = None) -> list[Beside]:
    """The units beside a line on a day, in the order of their codes, and a third where lines meet.

    Raises `NotFound` `no_such_line`.
    """
    row = connection.execute(store.LINE_SIDES, {"line": line}).one_or_none()
    if row is None:
        raise NotFound("There is no boundary line with this id.", code="no_such_line")
    return sides_of_units(connection, (*row, *([third] if third else ())), day)


def third_of(connection: Connection, marker: Marker, line: UUID, day: date) -> UUID | None:
    """The third unit of a three-sided marker: that which meets the two of its line at the end it stands at.

    None where the network does not say it: no meeting is known there, or more than three units meet.
    """
    asked = {"line": line, "day": day, "longitude": marker.longitude, "latitude": marker.latitude}
    found = list(connection.scalars(store.MEETING, asked))
    return found[0] if len(found) == 1 else None


def sides_of_units(connection: Connection, units: Iterable[UUID], day: date) -> list[Beside]:
    """Units as the sides of a line, whether it is in the register or not, in the order of their codes."""
    chains = [chain_of(connection, unit, day) for unit in units]
    return _beside([chain for chain in chains if chain])


def _beside(chains: Sequence[Chain]) -> list[Beside]:
    everywhere = set.intersection(*({unit["id"] for unit in chain} for chain in chains)) if chains else set()
    found = [
        Beside(chain[-1]["id"], chain[-1]["code"], chain[-1]["name"], frozenset(u["id"] for u in chain) - everywhere)
        for chain in chains
    ]
    return sorted(found, key=lambda side: side.code)


def side_of(actor: Actor, sides: Sequence[Beside]) -> Beside | None:
    """The one side for which somebody acts, by his grants; None where it is none, or where he stands above several."""
    held = {grant.unit_id for grant in actor.grants}
    own = [side for side in sides if held & side.own]
    return own[0] if len(own) == 1 else None
