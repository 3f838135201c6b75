"""Writes seats of governments: of an executed act, and what the texts of decisions say. Each in one transaction."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.units.seats import store
from boundaries.units.seats.model import Seat, in_order
from boundaries.units.seats.reading import seats_said
from boundaries.units.seats.service import seat_object
from data import audit, feed
from data.db import fetch_all, unit_of_work
from data.ids import new_id

COLLECTION = "seats"
#: As much of a clause is kept as its column takes.
MOST_QUOTED = 1000


@dataclass(frozen=True, slots=True)
class SeatsReport:
    """What reading the texts of decisions came to.

    `texts`: decisions that say 驻; `undated`: of those with a seat that have no day; `unclear`: seats left out because
    two decisions of a day disagree; `unknown`: texts in which no unit of that day could be told; `seats`: what holds.
    """

    texts: int
    undated: int
    unclear: int
    unknown: int
    seats: int
    units: int
    changed: int

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {name: getattr(self, name) for name in self.__slots__}


def record_act(connection: Connection, seats: Sequence[Seat], actor: str) -> None:
    """Keep the seats of an executed act in the caller's transaction, with audit and feed; none: nothing is written."""
    if seats:
        units = {seat.unit_id for seat in seats}
        _keep(connection, [*_known(connection, units), *seats], units, actor, "move_seat")


def load_seats(engine: Engine, actor: str) -> SeatsReport:
    """Read the seats out of the texts of all decisions; done again it changes only what is read otherwise now."""
    with unit_of_work(engine) as connection:
        counts: Counter[str] = Counter()
        found = list(_read(connection, counts))
        acts = [seat for seat in _known(connection, None) if seat.origin == "act"]
        units = {seat.unit_id for seat in (*found, *_known(connection, None))}
        kept, unclear, changed = _keep(connection, [*found, *acts], units, actor, "load_seats")
        return SeatsReport(
            counts["texts"], counts["undated"], unclear, counts["unknown"], kept,
            len({seat.unit_id for seat in (*found, *acts)}), changed,
        )  # fmt: skip


def _known(connection: Connection, units: Iterable[UUID] | None) -> list[Seat]:
    rows = fetch_all(connection, store.OF_UNITS, {"units": None if units is None else list(units)})
    return [_seat(row) for row in rows]


def _seat(row: Mapping[str, Any]) -> Seat:
    return Seat(
        row["unit_id"], row["place"], row["valid_from"], row["decision"], row["origin"], row["quote"], row["moved"],
        row["valid_to"],
    )  # fmt: skip


def _keep(
    connection: Connection, seats: Iterable[Seat], units: Iterable[UUID], actor: str, action: str
) -> tuple[int, int, int]:
    """Make `seats` all that is known of `units`: how many hold, how many were left out, how many rows were written."""
    units = list(units)
    wanted, unclear = _ordered(seats)
    rows = fetch_all(connection, store.OF_UNITS, {"units": units})
    standing = {_seat(row): row["id"] for row in rows}
    gone = [identity for seat, identity in standing.items() if seat not in wanted]
    new = [seat for seat in wanted if seat not in standing]
    if not gone and not new:
        return len(wanted), unclear, 0
    touched = sorted({s.unit_id for s in new} | {s.unit_id for s, identity in standing.items() if identity in gone})
    before = _objects(connection, touched)
    connection.execute(store.END_KNOWN, {"ids": gone})
    written = [_row(seat) for seat in new]
    if written:
        connection.execute(store.INSERT, written)
    seen = feed.publish(connection, _changes(before, _objects(connection, touched)))
    decisions = {seat.decision for seat in new}
    audit.append(
        connection,
        actor=actor,
        action=action,
        decision_id=decisions.pop() if len(decisions) == 1 else None,
        details={"units": len(touched), "written": len(new), "ended": len(gone)},
        rows_hash=audit.hash_rows(sorted(str(seat) for seat in new)),
        feed=seen,
    )
    return len(wanted), unclear, len(new)


def _ordered(seats: Iterable[Seat]) -> tuple[list[Seat], int]:
    by_unit: dict[UUID, list[Seat]] = defaultdict(list)
    for seat in seats:
        by_unit[seat.unit_id].append(seat)
    found = [in_order(those) for _, those in sorted(by_unit.items())]
    return [seat for kept, _ in found for seat in kept], sum(len(left) for _, left in found)


def _row(seat: Seat) -> dict[str, Any]:
    return {
        "id": new_id(), "entry_id": seat.entry_id, "unit_id": seat.unit_id, "place": seat.place, "begin": seat.begin,
        "end": seat.end, "origin": seat.origin, "quote": seat.quote, "moved": seat.moved, "decision": seat.decision,
    }  # fmt: skip


def _objects(connection: Connection, units: Iterable[UUID]) -> dict[UUID, tuple[dict[str, Any], UUID]]:
    """The published seats of units by their identity, each with its decision."""
    return {
        row["id"]: (seat_object(row), row["decision"])
        for unit in units
        for row in fetch_all(connection, store.OF_UNIT, {"unit_id": unit, "known_at": None})
    }


def _changes(
    before: Mapping[UUID, tuple[dict[str, Any], UUID]], after: Mapping[UUID, tuple[dict[str, Any], UUID]]
) -> list[feed.Change]:
    found = []
    for identity in dict.fromkeys([*before, *after]):
        old, new = before.get(identity), after.get(identity)
        if old != new:
            decision = (new or old or (None, None))[1]
            found.append(feed.Change(COLLECTION, identity, old[0] if old else None, new[0] if new else None, decision))
    return found


def _read(connection: Connection, counts: Counter[str]) -> Iterator[Seat]:
    names = _Names(fetch_all(connection, store.NAMES))
    for row in fetch_all(connection, store.TEXTS):
        counts["texts"] += 1
        day = row["opened_on"] or _whole_day(row)
        opened = _one_each(zip(row["names"] or (), row["units"] or (), strict=True))
        if day is None:
            counts["undated"] += 1
            continue
        standing = names.on(day)
        said = seats_said(row["text"], opened.keys(), standing.keys())
        counts["unknown"] += not said
        for one in said:
            unit = opened.get(one.unit) or standing[one.unit]
            yield Seat(unit, one.place, day, row["id"], "read", one.quote[:MOST_QUOTED], one.moved)


def _whole_day(row: Mapping[str, Any]) -> date | None:
    """The day of a decision that opened no version: that of its effect, else of its approval; None: not a whole one."""
    said = row["effective_on"] or row["approved_on"] or row["announced_on"]
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return None


def _one_each(pairs: Iterable[tuple[str, UUID]]) -> dict[str, UUID]:
    """Unit by name, names of several units left out."""
    found: dict[str, UUID] = {}
    twice = {name for name, unit in pairs if found.setdefault(name, unit) != unit}
    return {name: unit for name, unit in found.items() if name not in twice}


class _Names:
    """Names by day: only those that exactly one unit bears, so that a name says which."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = sorted((row["begin"], row["ended"] or date.max, row["name"], row["unit_id"]) for row in rows)
        self._begins = [row[0] for row in self._rows]

    def on(self, day: date) -> dict[str, UUID]:
        """Unit by name on a day, names of several units left out."""
        begun = self._rows[: bisect_right(self._begins, day)]
        return _one_each((name, unit) for _, ended, name, unit in begun if ended > day)
