"""The annals of a unit asked of the register."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from boundaries.units.annals import annals_of
from boundaries.units.service import register_span, unit_history


def unit_annals(
    connection: Connection, code: str, as_of: date | None = None, known_at: datetime | None = None
) -> dict[str, Any]:
    """The annals of the unit that has (or last had) `code`, with its decisions; errors as `unit_history`."""
    history = unit_history(connection, code, as_of, known_at)
    kept = ("id", "code", "name", "level", "type", "status", "demonstration", "register_through", "decisions")
    span = register_span(connection)
    entries = [entry.as_json() for entry in annals_of(history)]
    return {**{key: history[key] for key in kept}, "register_from": span.register_from, "entries": entries}
