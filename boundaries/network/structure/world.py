"""The network around a line or some units on a day, as an editor needs it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, text

from boundaries.network import store as network_store
from boundaries.network.amendment import LineEntry, World
from boundaries.network.outlines import HOLDERS_BELOW, SEGMENTS_BESIDE
from boundaries.network.structure import store
from boundaries.network.structure.following import entry_of_row

#: The lines of which one of some segments is a part.
LINES_BESIDE = store.LINES_BESIDE
LINE_UNITS = text("""
    SELECT unit_a, unit_b FROM diming.boundary_line_version
    WHERE line_id = :line AND upper_inf(known) AND valid @> CAST(:on AS date)
""")


def world_around(connection: Connection, units: Iterable[UUID], day: date) -> World:
    """All segments beside some units and what is below them, with their lines; and all condominiums of the day."""
    below: set[UUID] = set()
    for unit in sorted(set(units)):
        below |= {unit, *connection.scalars(HOLDERS_BELOW, {"unit": unit, "on": day})}
    rows = connection.execute(SEGMENTS_BESIDE, {"ids": sorted(below), "on": day})
    segments = {row.segment_id: network_store.stored(row).segment for row in rows}
    return World(segments, lines_beside(connection, segments, day), store.condominiums_at(connection, day))


def lines_beside(connection: Connection, segments: Iterable[UUID], day: date) -> dict[UUID, LineEntry]:
    """The entries of the lines of which some segments are a part."""
    ids = list(connection.scalars(LINES_BESIDE, {"segments": sorted(segments), "on": day}))
    return {row.line_id: entry_of_row(row) for row in connection.execute(store.LINES_AT, {"ids": ids, "on": day})}


def units_of_line(connection: Connection, line: UUID, day: date) -> tuple[UUID, UUID] | None:
    """The two units of a line on a day; None where it does not stand."""
    row = connection.execute(LINE_UNITS, {"line": line, "on": day}).one_or_none()
    return None if row is None else (row.unit_a, row.unit_b)
