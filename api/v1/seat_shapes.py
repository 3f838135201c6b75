"""The shapes of seats of governments."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from api.v1.schemas import DecisionBrief, IsoDateText, Shape, Validity


class SeatUnit(Shape):
    """The unit as it was called on the first day of the seat; in lists by day, on that day."""

    id: UUID
    code: str
    name: str


class Seat(Shape):
    """Where a government sits, as the decision writes it.

    `origin` act: a division change executed here; read: read from the decision's text, with the clause in `quote`.
    `moved`: the decision moves the seat; false: it names it beside something else.
    """

    id: UUID
    unit: SeatUnit
    place: str
    valid: Validity
    origin: Literal["act", "read"]
    quote: str | None
    moved: bool
    decision: UUID
    demonstration: bool


class SeatOfUnit(Seat):
    """A seat with its decision."""

    by: DecisionBrief | None


class UnitSeats(Shape):
    """The seats of one unit, first to last; `seat`: the one held on `as_of`, null where no decision says it."""

    id: UUID
    code: str
    name: str
    status: Literal["current", "former"]
    as_of: IsoDateText
    register_through: IsoDateText
    demonstration: bool
    seat: SeatOfUnit | None
    items: list[SeatOfUnit]


class SeatList(Shape):
    """A page of the seats held on a day."""

    items: list[Seat]
    next: str | None
    as_of: IsoDateText
