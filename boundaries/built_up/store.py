"""The SQL of built-up areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from boundaries.shapes.store import ewkb

IN_FORCE = text("""
    SELECT id, code, name, lower(valid) AS begin, upper(valid) AS end
    FROM diming.built_up_area
    WHERE code = ANY(:codes) AND upper_inf(known) AND (upper_inf(valid) OR upper(valid) > :begin)
    ORDER BY code, lower(valid) FOR UPDATE
""")
END_KNOWN = text("""
    UPDATE diming.built_up_area SET known = tstzrange(lower(known), transaction_timestamp())
    WHERE id = ANY(:ids) AND upper_inf(known)
""")
#: The part of a closed row that stays true: until the day on which the new outline begins.
KEEP_UNTIL = text("""
    INSERT INTO diming.built_up_area (id, code, name, layer_id, geom, valid, opened_by, closed_by)
    SELECT gen_random_uuid(), code, name, layer_id, geom, daterange(lower(valid), :until), opened_by, :decision
    FROM diming.built_up_area WHERE id = ANY(:ids)
    RETURNING id
""")
COPY = "COPY diming.built_up_area (id, code, name, layer_id, geom, valid, opened_by) FROM STDIN"
ANALYZE = text("ANALYZE diming.built_up_area")


class InForce(NamedTuple):
    """An area that holds on a day or later; `end` exclusive."""

    id: UUID
    code: str
    name: str
    begin: date
    end: date | None


class NewArea(NamedTuple):
    """An area to write; `geometry` in the stored system, `end` exclusive."""

    id: UUID
    code: str
    name: str
    geometry: Any
    begin: date
    end: date | None


def in_force(connection: Connection, codes: Sequence[str], begin: date) -> list[InForce]:
    """The areas of some codes that hold on `begin` or later, kept from others until the transaction ends."""
    rows = connection.execute(IN_FORCE, {"codes": list(codes), "begin": begin})
    return [InForce(row.id, row.code, row.name, row.begin, row.end) for row in rows]


def end(connection: Connection, ids: Sequence[UUID], until: date | None, decision: UUID) -> list[UUID]:
    """Close areas: valid until `until` (exclusive), or no longer known where None; the rows that stay."""
    if not ids:
        return []
    connection.execute(END_KNOWN, {"ids": list(ids)})
    if until is None:
        return []
    kept = connection.execute(KEEP_UNTIL, {"ids": list(ids), "until": until, "decision": decision})
    return [row.id for row in kept]


def insert(connection: Connection, layer: UUID, decision: UUID, areas: Iterable[NewArea]) -> None:
    """Write new areas."""
    with connection.connection.cursor().copy(COPY) as copy:
        for area in areas:
            valid = f"[{area.begin},{area.end or ''})"
            copy.write_row((area.id, area.code, area.name, layer, ewkb(area.geometry), valid, decision))
    connection.execute(ANALYZE)
