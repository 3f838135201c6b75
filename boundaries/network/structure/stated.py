"""What a changeset stated beside its segments, read back: for taking it back, and for showing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.network.amendment import Amendment, LineChange, LineEntry
from boundaries.network.model import Condominium
from boundaries.network.structure import store
from boundaries.network.versions import Change


def stated_in(connection: Connection, changeset: UUID, changes: tuple[Change, ...]) -> Amendment:
    """The amendment of a changeset whose segments are `changes`."""
    lines = tuple(_line_change(row) for row in connection.execute(store.LINE_CHANGES, {"id": changeset}))
    condominiums: dict[str, list[Condominium]] = {"entered": [], "ended": []}
    for row in connection.execute(store.CONDOMINIUM_CHANGES, {"id": changeset}):
        condominiums[row.kind].append(Condominium(row.id, row.name, frozenset(row.holders or ())))
    effects = connection.execute(store.EFFECTS, {"id": changeset}).one_or_none()
    return Amendment(
        segments=changes,
        lines=lines,
        entered=tuple(condominiums["entered"]),
        ended=tuple(condominiums["ended"]),
        leaves_open=bool(effects and (effects.leaves_open or effects.effects.get("closed"))),
    )


def _line_change(row: Any) -> LineChange:
    before = (
        LineEntry(row.line_id, row.b_level, (row.b_a, row.b_b), row.b_name, row.b_code, row.b_source)
        if row.b_level
        else None
    )
    after = (
        LineEntry(row.line_id, row.level, (row.unit_a, row.unit_b), row.name, row.code, row.name_source)
        if row.level
        else None
    )
    return LineChange(before, after)


def effects_of(connection: Connection, changeset: UUID) -> dict[str, Any] | None:
    """What followed from a changeset, as it was told; None for one of before effects were recorded."""
    row = connection.execute(store.EFFECTS, {"id": changeset}).one_or_none()
    return None if row is None else dict(row.effects)
