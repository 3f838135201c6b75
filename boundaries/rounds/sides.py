"""Which unit is on the left of a line and which on the right, and who stands above both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from boundaries.rounds import store
from boundaries.rounds.model import LineSides
from boundaries.units.service import chain_of
from data.db import Row, fetch_all
from data.errors import IntegrityError, NotFound

Chain = Sequence[Mapping[str, object]]


def sides_of(connection: Connection, line: UUID, day: date) -> LineSides:
    """The sides of one line on a day; `NotFound` `no_such_line`."""
    rows = fetch_all(connection, store.LINES, {"on": day, "level": None, "lines": [line]})
    if not rows:
        raise NotFound(f"There is no boundary line with this id on {day}.", code="no_such_line")
    return sides_of_rows(connection, rows, day)[line]


def sides_of_rows(connection: Connection, rows: Sequence[Row], day: date) -> dict[UUID, LineSides]:
    """The sides of the lines in rows of `store.LINES`, by line."""
    found = fetch_all(connection, store.FIRST_HOLDERS, {"lines": [r["line_id"] for r in rows], "on": day})
    holders = {row["line_id"]: row for row in found}
    chains: dict[UUID, Chain] = {}
    return {row["line_id"]: _sides(connection, row, holders.get(row["line_id"]), chains, day) for row in rows}


def _sides(connection: Connection, line: Row, holders: Row | None, chains: dict[UUID, Chain], day: date) -> LineSides:
    units = {unit: _chain(connection, chains, unit, day) for unit in (line["unit_a"], line["unit_b"])}
    left, right = _ordered(connection, line, holders, chains, day)
    common = [a["id"] for a, b in zip(units[left], units[right], strict=False) if a["id"] == b["id"]]
    return LineSides(
        line=line["line_id"],
        name=line["name"],
        level=line["level"],
        left=left,
        right=right,
        left_code=str(units[left][-1]["code"]),
        right_code=str(units[right][-1]["code"]),
        left_name=str(units[left][-1]["name"]),
        right_name=str(units[right][-1]["name"]),
        above=tuple(UUID(str(identity)) for identity in common),
    )


def _ordered(
    connection: Connection, line: Row, holders: Row | None, chains: dict[UUID, Chain], day: date
) -> tuple[UUID, UUID]:
    """The line's units, left first: the one in which the holder on the left of its first segment lies."""
    a, b = line["unit_a"], line["unit_b"]
    for side, when_a in (("left_id", (a, b)), ("right_id", (b, a))):
        holder = holders[side] if holders else None
        if holder is None:
            continue
        within = {unit["id"] for unit in _chain(connection, chains, holder, day)}
        if a in within or b in within:
            return when_a if a in within else (when_a[1], when_a[0])
    raise IntegrityError(
        f"Neither side of the first segment of line {line['line_id']} lies in one of its units.",
        code="integrity_broken",
    )


def _chain(connection: Connection, chains: dict[UUID, Chain], unit: UUID, day: date) -> Chain:
    if unit not in chains:
        chains[unit] = chain_of(connection, unit, day)
    return chains[unit]
