"""A seat of a government as the register keeps it, and how seats of one unit follow each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from data.ids import derived_id

Origin = Literal["act", "read"]


@dataclass(frozen=True, slots=True)
class Seat:
    """Where the government of a unit sits from `begin` on, by `decision`; `end` exclusive, None: until told otherwise.

    `moved`: whether the decision moves the seat, or names it beside something else. `quote`: the clause it was read
    from (`origin` read), empty where an act was executed here.
    """

    unit_id: UUID
    place: str
    begin: date
    decision: UUID
    origin: Origin
    quote: str = ""
    moved: bool = False
    end: date | None = None

    @property
    def entry_id(self) -> UUID:
        """The same through all that is known of this seat."""
        return derived_id("unit_seat", self.unit_id, self.begin)


def in_order(seats: Iterable[Seat]) -> tuple[list[Seat], list[Seat]]:
    """The seats of one unit, each until the next; and those left out because two decisions of a day disagree.

    What an act says holds against what was read. A seat that is named again while it holds is no new one.
    """
    by_day: dict[date, list[Seat]] = {}
    for seat in seats:
        by_day.setdefault(seat.begin, []).append(seat)
    kept: list[Seat] = []
    unclear: list[Seat] = []
    for _, those in sorted(by_day.items()):
        acts = [seat for seat in those if seat.origin == "act"] or those
        if len({seat.place for seat in acts}) > 1:
            unclear += acts
        elif not kept or kept[-1].place != acts[0].place or acts[0].origin == "act":
            kept.append(next((seat for seat in acts if seat.moved), acts[0]))
    ends = [*(seat.begin for seat in kept[1:]), None]
    return [replace(seat, end=end) for seat, end in zip(kept, ends, strict=False)], unclear
