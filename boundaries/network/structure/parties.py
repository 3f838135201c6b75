"""Who stands above a segment's two sides: the units of each level, and whose matter the segment is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from boundaries.network.build import parties
from boundaries.network.model import Segment
from boundaries.network.structure import store
from boundaries.units import store as unit_store
from data.access.model import Matter
from data.db import fetch_all

#: The units from the province down to a holder, each with its level.
Chain = tuple[tuple[str, UUID], ...]


class Chains:
    """The chains of holders on a day, asked for once each. A condominium has what its holders have in common."""

    def __init__(self, connection: Connection, day: date) -> None:
        self._connection = connection
        self._day = day
        self._found: dict[UUID, Chain] = {}

    def of(self, holder: UUID) -> Chain:
        """The chain of a holder; empty where it does not stand on the day."""
        if holder not in self._found:
            self._found[holder] = self._unit(holder) or self._condominium(holder)
        return self._found[holder]

    def _unit(self, unit: UUID) -> Chain:
        rows = fetch_all(self._connection, unit_store.CHAIN, {"unit_id": unit, "as_of": self._day, "known_at": None})
        return tuple((row["level"], row["unit_id"]) for row in rows)

    def _condominium(self, condominium: UUID) -> Chain:
        holders = list(self._connection.scalars(store.CONDOMINIUM_HOLDERS, {"id": condominium}))
        return common([self._unit(unit) for unit in holders])

    def pairs(self, segment: Segment) -> set[tuple[str, frozenset[UUID]]]:
        """The levels at which a segment divides two units, with the two."""
        if segment.left is None or segment.right is None:
            return set()
        return set(parties(self.of(segment.left), self.of(segment.right)))

    def outer_units(self, segment: Segment) -> set[UUID]:
        """The units on whose outline a segment lies: of one side's chain and not of the other's."""
        sides = [set(self.of(holder)) if holder else set() for holder in (segment.left, segment.right)]
        return {unit for _, unit in sides[0] ^ sides[1]}

    def matter(self, segment: Segment) -> Matter:
        """A segment's matter lies with whoever stands above both of its sides."""
        holders = [holder for holder in (segment.left, segment.right) if holder is not None]
        return Matter(tuple(unit for _, unit in common([self.of(holder) for holder in holders])))

    def sides(self, segment: Segment) -> list[Matter]:
        """The matters of either side alone: for what one side may do by itself, such as propose."""
        holders = [holder for holder in (segment.left, segment.right) if holder is not None]
        return [Matter(tuple(unit for _, unit in self.of(holder))) for holder in holders]


def common(chains: Iterable[Sequence[tuple[str, UUID]]]) -> Chain:
    """What several chains begin with alike."""
    found: list[tuple[str, UUID]] = []
    for units in zip(*chains, strict=False):
        if len(set(units)) > 1:
            break
        found.append(units[0])
    return tuple(found)
