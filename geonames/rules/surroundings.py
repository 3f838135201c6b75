"""Answers what the rules ask about the register, for one subject and one day, from the database.

Only what the public may see is compared: an answer names places. What is not loaded is
`NotKnown` with the reason, and what is loaded in part carries a `gap`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.crs import haversine_m
from geonames.likeness.confusables import mistakes
from geonames.likeness.forms import Forms, compared, forms_of
from geonames.rules import store, unknown
from geonames.rules.around import Answer, Bearing, Known, NotKnown, Pool, Reach
from geonames.rules.bearing import azimuth_deg
from geonames.rules.coverage import Coverage, Covered, Limits
from geonames.rules.model import Other, Subject, UnitRef

#: No subject has it: a proposal for a new place meets every other.
NOBODY = UUID(int=0)
#: Pools that are compared by their specific parts (鼓楼区, 鼓楼市), as 第九条(七) and (八) speak of divisions.
BY_SPECIFIC = (Pool.DIVISION, Pool.TOWNSHIP)
#: Classes that hold what 第九条(九) forbids divisions to borrow.
BORROWED = ("NATURAL", "PARK_RESERVE")
#: Named places around a position that are looked at.
NEARBY = 20


@dataclass
class RegisterSurroundings:
    """See `geonames.rules.around.Surroundings`. Each question is asked of the database once."""

    connection: Connection
    subject: Subject
    day: date
    _covered: dict[tuple[Pool, Reach], Covered] = field(default_factory=dict, init=False)

    # -- the subject -------------------------------------------------------------------------------------------

    @cached_property
    def forms(self) -> Forms:
        """The proposed name as it is compared."""
        proposal = self.subject.proposal
        return forms_of(self.subject.spelled, proposal.type_code or proposal.art3_class)

    @cached_property
    def limits(self) -> Limits:
        """How far each reach goes for this proposal."""
        return Limits.of(self.connection, self.subject.proposal, self.day)

    @property
    def _self(self) -> UUID:
        place = self.subject.proposal.place_id
        return UUID(place) if place else NOBODY

    def _ask(self, statement: Any, **values: Any) -> Sequence[Any]:
        common = {"day": self.day, "own": self._self, "whole": self.forms.whole, "prefix": None, "areas": None}
        return self.connection.execute(statement, {**common, **values}).all()

    # -- the same and the similar ------------------------------------------------------------------------------

    def same_name(self, pool: Pool, reach: Reach) -> Answer:
        """Standing standard names equal to the whole name."""
        return self._others("whole", pool, reach)

    def same_specific(self, pool: Pool, reach: Reach) -> Answer:
        """Standing standard names with the same specific part and another generic term."""
        if not self.forms.specific:
            return Known()
        return self._others("specific", pool, reach, specific=self.forms.specific)

    def same_sound(self, pool: Pool, reach: Reach) -> Answer:
        """Other names of the same approved reading; `detail` is the reading of the other."""
        by_specific = pool in BY_SPECIFIC
        own = self.forms.specific_sound if by_specific else self.forms.sound
        if not own.toneless:
            return NotKnown(unknown.NO_READING)
        by = "specific_sound" if by_specific else "sound"
        return self._others(by, pool, reach, toneless=own.toneless, specific=self.forms.specific)

    def similar_form(self, pool: Pool, reach: Reach) -> Answer:
        """Names that differ in easily mistaken characters only; `detail` names the pair."""
        by_specific = pool in BY_SPECIFIC
        looks = mistakes(self.forms.specific if by_specific else self.forms.whole)
        if not looks:
            return Known()
        return self._others("specific_look" if by_specific else "look", pool, reach, looks=looks)

    def dialect_sound(self, pool: Pool, reach: Reach) -> Answer:  # noqa: ARG002 -- the protocol asks so
        """No dictionary of a dialect is shipped."""
        return NotKnown(unknown.NO_DIALECT)

    def other_uses(self, pool: Pool, reach: Reach) -> Answer:
        """Equal names that are aliases (`alias`), were replaced (`former`) or whose place has ended (`retired`)."""
        where = self._where(pool, reach)
        if where.missing:
            return NotKnown(where.missing)
        rows = self._ask(store.used_otherwise(pool.value), prefix=where.prefix, areas=where.areas)
        asked = self._ask(store.STANDING, subjects=[row.subject_id for row in rows])
        bears = {row.subject_id: row.bears_it for row in asked}
        used = (row for row in rows if not bears.get(row.subject_id))
        # one name of one place, whatever its codes were
        uses = {(row.subject_id, row.kind): _other(row, role=_role(row, row.subject_id in bears)) for row in used}
        return Known(tuple(uses.values()), where.gap)

    def _where(self, pool: Pool, reach: Reach) -> Covered:
        """What of a pool the register holds within a reach; asked once."""
        if (pool, reach) not in self._covered:
            self._covered[pool, reach] = Coverage(self.connection, self.limits, self.day).of(pool, reach)
        return self._covered[pool, reach]

    def _others(self, by: str, pool: Pool, reach: Reach, **values: Any) -> Answer:
        """Answer from a comparison; what is missing is told, whatever was found beside it."""
        where = self._where(pool, reach)
        if where.missing:
            return NotKnown(where.missing)
        looks = values.get("looks", {})
        rows = self._ask(
            store.others(by, pool.value),
            prefix=where.prefix,
            areas=where.areas,
            **{key: list(value) if key == "looks" else value for key, value in values.items()},
        )
        found = tuple(self._compared(row, by, looks) for row in rows)
        return Known(found, where.gap)

    def _compared(self, row: Any, by: str, looks: dict[str, str]) -> Other:
        if by.endswith("look"):
            return _other(row, detail=looks[row.specific if by == "specific_look" else row.whole])
        if by.endswith("sound"):
            of_specific = by == "specific_sound"
            own = self.forms.specific_sound if of_specific else self.forms.sound
            theirs = row.specific_toned if of_specific else row.toned
            known = bool(own.toned and theirs)
            return _other(row, toned_equal=own.toned == theirs if known else None, detail=theirs or row.toneless)
        return _other(row)

    # -- around the place --------------------------------------------------------------------------------------

    def bases(self) -> Answer:
        """Standing places from whose name the proposed one begins, within its county (or the smallest unit said)."""
        heads = [self.forms.whole[:n] for n in range(2, len(self.forms.whole))]
        within = self.subject.proposal.within
        if not heads:
            return Known()
        if not within:
            return NotKnown(unknown.NO_UNIT)
        prefix = self.limits.county or self.limits.smallest
        rows = self._ask(store.BASES, heads=heads, chain=[unit.code for unit in within], prefix=prefix)
        return Known(tuple(self._with_positions(rows)))

    def nearby(self) -> Answer:
        """The units that hold the place, and named places around its position, nearest first."""
        within, point = self.subject.proposal.within, self.limits.point
        if not within and point is None:
            return NotKnown(unknown.NO_UNIT)
        units = tuple(Other(unit.name, code=unit.code) for unit in reversed(within))
        return Known((*units, *(self._around(point) if point else ())), None if point else unknown.NO_POINT)

    def _around(self, point: tuple[float, float]) -> list[Other]:
        rows = self._ask(store.NEAREST, lon=point[0], lat=point[1], limit=NEARBY)
        return [
            Other(row.name, id=str(row.subject_id), distance_m=round(row.distance_m))
            for row in rows
            if row.subject_id != self._self
        ]

    def bearing(self) -> Bearing | NotKnown:
        """From the middle of the built-up area, or of the smallest unit that has one."""
        point = self.limits.point
        if point is None:
            return NotKnown(unknown.NO_POINT)
        middle = self._middle()
        if middle is None:
            return NotKnown(unknown.NO_MIDDLE)
        of, position = middle
        return Bearing(of, haversine_m(position, point), azimuth_deg(position, point))

    def _middle(self) -> tuple[Other, tuple[float, float]] | None:
        for area in self.limits.areas:
            row = self._ask(store.BUILT_UP_MIDDLE, area=area.id)[0]
            return Other(area.name, id=str(area.id), code=area.code), (row.longitude, row.latitude)
        for unit in reversed(self.subject.proposal.within):
            position = self._position_of_unit(unit)
            if position is not None:
                return Other(unit.name, code=unit.code), position
        return None

    def _position_of_unit(self, unit: UnitRef) -> tuple[float, float] | None:
        rows = self._ask(store.POSITION_OF_CODE, code=unit.code)
        return (rows[0].longitude, rows[0].latitude) if rows else None

    def _with_positions(self, rows: Sequence[Any]) -> list[Other]:
        point = self.limits.point
        found = [_other(row) for row in rows]
        if point is None or not rows:
            return found
        positions = {
            p.id: (p.longitude, p.latitude) for p in self._ask(store.POSITIONS, subjects=[r.subject_id for r in rows])
        }
        placed = [_placed(o, positions.get(r.subject_id), point) for o, r in zip(found, rows, strict=True)]
        return sorted(placed, key=lambda o: (o.distance_m is None, o.distance_m or 0, o.name))

    # -- what must not be borrowed, what is protected ----------------------------------------------------------

    def outside_entities(self) -> Answer:
        """Natural features, parks and reserves of the proposed specific part that lie outside its unit."""
        if not self.forms.specific:
            return Known()
        if not self.limits.smallest:
            return NotKnown(unknown.NO_UNIT)
        if not self._ask(store.HAS_CLASSES, classes=list(BORROWED))[0][0]:
            return NotKnown(unknown.NO_NATURAL)
        rows = self._ask(
            store.OUTSIDE, specific=self.forms.specific, classes=list(BORROWED), prefix=self.limits.smallest
        )
        return Known(tuple(_other(row) for row in rows))

    def heritage(self) -> Answer:
        """Listed names equal to the proposed one or its specific part; `detail` names the list."""
        if not self._heritage_loaded:
            return NotKnown(unknown.NO_HERITAGE)
        names = [form for form in (self.forms.whole, self.forms.specific) if form]
        rows = self._ask(store.HERITAGE, names=names)
        return Known(tuple(dict.fromkeys(_other(row, detail=row.list) for row in rows)))

    @cached_property
    def _heritage_loaded(self) -> bool:
        return bool(self._ask(store.HERITAGE_LOADED)[0][0])

    def protection(self) -> Answer:
        """The lists on which the place stands whose name would be given up."""
        if not self._heritage_loaded:
            return NotKnown(unknown.NO_HERITAGE)
        place = self._renamed()
        if place is None:
            return NotKnown(unknown.NO_PLACE)
        name = self.subject.proposal.previous_name or self.subject.name
        rows = self._ask(store.PROTECTION, own=place)
        return Known(tuple(Other(name, id=str(place), detail=f"{row.list}, {row.since or '?'}") for row in rows))

    def renamings(self) -> tuple[date, ...] | NotKnown:
        """The days on which the place changed its standard name before."""
        place = self._renamed()
        if place is None:
            return NotKnown(unknown.NO_PLACE)
        begins = [row.begin for row in self._ask(store.NAME_BEGINS, own=place)]
        return tuple(begin for begin in begins[1:] if begin is not None)

    def _renamed(self) -> UUID | None:
        """The place itself, or the only one that bears the previous name where the proposal lies."""
        if self._self != NOBODY:
            return self._self
        previous = self.subject.proposal.previous_name
        if not previous:
            return None
        rows = self._ask(store.BEARERS, whole=compared(previous), prefix=self.limits.smallest)
        return rows[0].subject_id if len(rows) == 1 else None


def _other(row: Any, **values: Any) -> Other:
    unit_id = str(row.subject_id)
    return Other(row.name, id=unit_id, code=row.code, unit=row.unit or None, **values)


def _role(row: Any, standing: bool) -> str:
    if row.kind in ("former", "standard"):
        return "former" if standing else "retired"
    return "alias" if standing else "retired"


def _placed(other: Other, position: tuple[float, float] | None, point: tuple[float, float]) -> Other:
    if position is None:
        return other
    return other._replace(
        distance_m=round(haversine_m(position, point)), azimuth_deg=round(azimuth_deg(position, point), 1)
    )
