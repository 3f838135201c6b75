"""In whose jurisdiction a patrol lies, and to whom a marker was assigned: what the permission question needs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from boundaries.patrol import store
from boundaries.units.service import chain_of, register_span, units_below
from data.access import Actor, Matter, Permit, decide, require
from data.access.table import permissions
from data.db import Row, fetch_one
from data.errors import BadInput, NotFound


def unit_chain(connection: Connection, unit: UUID) -> tuple[UUID, ...]:
    """The units above `unit` and itself, from the province down, on the register's last day."""
    on = register_span(connection).register_through
    return tuple(above["id"] for above in chain_of(connection, unit, on))


def matter_of(connection: Connection, unit: UUID, keeper: UUID | None = None) -> Matter:
    """A patrol of `unit`; `keeper` is the person to whom it was assigned."""
    on = register_span(connection).register_through
    chain = chain_of(connection, unit, on)
    relations = {} if keeper is None else {keeper: frozenset({"assignee"})}
    level = chain[-1]["level"] if chain else None
    return Matter(tuple(above["id"] for above in chain), level, None, relations)


def own_matter(actor: Actor) -> Matter:
    """What was assigned to whoever asks, wherever it lies."""
    return Matter(relations={actor.account_id: frozenset({"assignee"})} if actor.account_id else {})


def line_sides(connection: Connection, line: UUID) -> Row:
    """The units on both sides of a line; NotFound `no_such_line`."""
    row = fetch_one(connection, store.LINE_SIDES, {"line": line})
    if row is None:
        raise NotFound("There is no boundary line with this id.", code="no_such_line")
    return row


def require_beside(connection: Connection, line: UUID, unit: UUID) -> None:
    """That `unit` lies on a side of the line, or above one: nobody patrols for a stranger.

    NotFound `no_such_line`, BadInput `unit_not_beside_line`.
    """
    row, own = line_sides(connection, line), unit_chain(connection, unit)
    sides = (row["unit_a"], row["unit_b"])
    if any(side in own or unit in unit_chain(connection, side) for side in sides):
        return
    raise BadInput(
        "This division lies on neither side of the line. Nothing was changed: name one beside it, below or above.",
        code="unit_not_beside_line",
    )


def reach_of(connection: Connection, actor: Actor, action: str) -> dict[str, Sequence[UUID | str | None]]:
    """Within which units `actor` may do `action`, each with its level (None: any), as SQL wants it.

    Errors of `require` where there is none.
    """
    roles = {role for row in permissions().get(action, ()) for role in row.roles}
    grants = [grant for grant in actor.effective_grants() if grant.role in roles]
    if not grants:
        require(actor, action, Matter())
    on = register_span(connection).register_through
    pairs: dict[tuple[UUID | None, str | None], None] = {}
    for grant in grants:
        units: Sequence[UUID | None] = [None] if grant.unit_id is None else units_below(connection, grant.unit_id, on)
        pairs.update(dict.fromkeys((unit, grant.level) for unit in units))
    return {"units": [unit for unit, _ in pairs], "levels": [level for _, level in pairs]}


def may_plan(actor: Actor) -> bool:
    """Whether a grant of the actor may permit planning somewhere; where, is asked when it is done."""
    roles = {role for row in permissions().get("patrol.plan", ()) for role in row.roles}
    return any(grant.role in roles for grant in actor.effective_grants())


def require_reading_beside(connection: Connection, actor: Actor, line: UUID) -> None:
    """That the actor may read patrols on a side of the line; NotFound `no_such_line`, errors of `require`."""
    row = line_sides(connection, line)
    matters = [matter_of(connection, side) for side in (row["unit_a"], row["unit_b"])]
    if not any(isinstance(decide(actor, "patrol.read", matter), Permit) for matter in matters):
        require(actor, "patrol.read", matters[0])
