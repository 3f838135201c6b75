"""In whose jurisdiction a line lies: beside it whoever keeps one of its sides, over it whoever stands above both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from boundaries.findings import store
from boundaries.units.service import chain_of, register_span, units_below
from data.access import Actor, Matter, Permit, decide, require
from data.access.table import permissions
from data.errors import NotFound


@dataclass(frozen=True, slots=True)
class Beside:
    """The matters that a line is: one for each of its sides, and the one of both."""

    sides: tuple[Matter, Matter]
    both: Matter


def beside(connection: Connection, line: UUID) -> Beside:
    """The matters of a line by the divisions of the register's last day; `NotFound` `no_such_line`."""
    row = connection.execute(store.LINE_SIDES, {"line": line}).one_or_none()
    if row is None:
        raise NotFound("There is no boundary line with this id.", code="no_such_line")
    on = register_span(connection).register_through
    first, second = (tuple(unit["id"] for unit in chain_of(connection, side, on)) for side in (row.unit_a, row.unit_b))
    common = [one for one, other in zip(first, second, strict=False) if one == other]
    return Beside((Matter(first, row.level), Matter(second, row.level)), Matter(tuple(common), row.level))


def require_beside(actor: Actor, action: str, where: Beside) -> Permit:
    """That `actor` may do `action` on one of the sides; errors of `require`."""
    for matter in where.sides:
        answer = decide(actor, action, matter)
        if isinstance(answer, Permit):
            return answer
    return require(actor, action, where.sides[0])


def reach_of(connection: Connection, actor: Actor, action: str) -> tuple[Sequence[UUID | None], Sequence[str | None]]:
    """Beside which units `actor` may do `action`, each with the level of the lines (None: any unit, any level).

    Errors of `require` where there is none.
    """
    roles = {role for row in permissions().get(action, ()) for role in row.roles}
    grants = [grant for grant in actor.effective_grants() if grant.role in roles]
    if not grants:
        require(actor, action, Matter())
    on = register_span(connection).register_through
    pairs: dict[tuple[UUID | None, str | None], None] = {}
    for grant in grants:
        units = [None] if grant.unit_id is None else units_below(connection, grant.unit_id, on)
        pairs.update(dict.fromkeys((unit, grant.level) for unit in units))
    return [unit for unit, _ in pairs], [level for _, level in pairs]
