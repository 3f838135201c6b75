"""Joint inspections from before this system, entered by the document that shows them; turns count from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.findings.reach import beside, require_beside
from boundaries.rounds import store
from boundaries.rounds.model import SIDES, LineSides, Side
from boundaries.rounds.planning import PLAN, Candidate, candidates
from boundaries.rounds.service import READ, due_object
from data import audit
from data.access import Actor, Matter, Permit, decide, require
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id

MAX_DOCUMENT, MAX_RESULT, MAX_WHY = 300, 2000, 300


@dataclass(frozen=True, slots=True)
class Earlier:
    """An inspection in turn that ended before this system kept it.

    `ended_on`: the day on which its report was filed. `document`: title and number of what shows it. `result`: what it
    says in words. `lead`: the side that led it; None where the document does not say so.
    """

    line: UUID
    ended_on: date
    document: str
    result: str
    lead: Side | None = None


def enter_earlier(engine: Engine, actor: Actor, earlier: Earlier, today: date) -> dict[str, Any]:
    """Enter an inspection by its document; what is known of the line then, as `earlier_of_line`.

    Raises `BadInput` `earlier_malformed`; `Conflict` `earlier_entered` where one of this line and day is entered;
    `NotFound` `no_such_line`; `NotPermitted`.
    """
    wrong = _faults(earlier, today)
    if wrong:
        raise BadInput(f"{'; '.join(wrong)}. Nothing was entered.", code="earlier_malformed", findings=wrong)
    with unit_of_work(engine) as connection:
        found = _planned_by(connection, actor, earlier.line)
        identity = _insert(connection, actor, earlier, found.sides)
        details = {"earlier_inspection": str(identity), "line": str(earlier.line), "ended_on": str(earlier.ended_on)}
        audit.append(connection, actor=actor.name, action="inspection.enter", decision_id=None, details=details)
        return _told(connection, actor, earlier.line)


def _faults(earlier: Earlier, today: date) -> list[str]:
    wrong = []
    if earlier.ended_on > today:
        wrong.append("the inspection ended today or before")
    if not 1 <= len(earlier.document.strip()) <= MAX_DOCUMENT:
        wrong.append(f"name the document that shows it, in 1 to {MAX_DOCUMENT} characters")
    if not 1 <= len(earlier.result.strip()) <= MAX_RESULT:
        wrong.append(f"say what came of it, in 1 to {MAX_RESULT} characters")
    if earlier.lead not in (None, *SIDES):
        wrong.append("the side that led is left or right")
    return wrong


def _insert(connection: Connection, actor: Actor, earlier: Earlier, sides: LineSides) -> UUID:
    identity = new_id()
    values = {
        "id": identity, "line": earlier.line, "ended_on": earlier.ended_on, "document": earlier.document.strip(),
        "result": earlier.result.strip(), "lead": getattr(sides, earlier.lead) if earlier.lead else None,
        "left": sides.left, "right": sides.right, "by": actor.name,
    }  # fmt: skip
    if connection.execute(store.INSERT_EARLIER, values).one_or_none() is None:
        raise Conflict(
            f"An inspection of this line that ended on {earlier.ended_on} is entered already. Withdraw it first "
            "where it is mistaken. Nothing was entered.",
            code="earlier_entered",
        )
    return identity


def withdraw_earlier(engine: Engine, actor: Actor, identity: UUID, why: str) -> dict[str, Any]:
    """Withdraw a mistaken entry with the reason; it stays readable and counts no more. As `enter_earlier`.

    Raises `BadInput` `earlier_malformed`; `Conflict` `already_done`; `NotFound` `no_such_earlier`; `NotPermitted`.
    """
    if not 1 <= len(why.strip()) <= MAX_WHY:
        raise BadInput(
            f"Say why it is withdrawn, in 1 to {MAX_WHY} characters. Nothing was changed.", code="earlier_malformed"
        )
    with unit_of_work(engine) as connection:
        row = fetch_one(connection, store.ONE_EARLIER, {"id": identity})
        if row is None:
            raise NotFound("There is no such entry.", code="no_such_earlier")
        _planned_by(connection, actor, row["line_id"])
        values = {"id": identity, "by": actor.name, "why": why.strip()}
        if connection.execute(store.WITHDRAW_EARLIER, values).one_or_none() is None:
            raise Conflict("The entry is withdrawn already. Nothing was changed.", code="already_done")
        details = {"earlier_inspection": str(identity), "why": values["why"]}
        audit.append(
            connection, actor=actor.name, action="inspection.enter_withdrawn", decision_id=None, details=details
        )
        return _told(connection, actor, row["line_id"])


def _planned_by(connection: Connection, actor: Actor, line: UUID) -> Candidate:
    """The line, for whoever plans its inspections; `NotFound` `no_such_line`, `NotPermitted`."""
    found = _line(connection, line)
    require(actor, PLAN, Matter(found.sides.above, found.sides.level))
    return found


def _line(connection: Connection, line: UUID) -> Candidate:
    found = candidates(connection, None, None, [line])
    if not found:
        raise NotFound("There is no boundary line with this id.", code="no_such_line")
    return found[0]


def earlier_of_line(connection: Connection, actor: Actor, line: UUID) -> dict[str, Any]:
    """When a line was inspected last and is due, and what was entered by documents; for the offices beside it.

    `yours`: whether `actor` enters and withdraws. Raises `NotFound` `no_such_line`; `NotPermitted`.
    """
    _line(connection, line)
    require_beside(actor, READ, beside(connection, line))
    return _told(connection, actor, line)


def _told(connection: Connection, actor: Actor, line: UUID) -> dict[str, Any]:
    """The line as it stands now, after what was just entered."""
    found = _line(connection, line)
    due = due_object(found)
    rows = fetch_all(connection, store.EARLIER, {"line": line})
    mine = isinstance(decide(actor, PLAN, Matter(found.sides.above, found.sides.level)), Permit)
    shown = ("line", "name", "level", "left", "right", "last_inspected_on", "due_on")
    return {**{name: due[name] for name in shown}, "yours": mine, "items": [_item(row) for row in rows]}


def _item(row: Row) -> Mapping[str, Any]:
    withdrawn = None
    if row["withdrawn_at"] is not None:
        withdrawn = {"at": row["withdrawn_at"], "why": row["withdrawn_why"]}
    names = ("id", "ended_on", "document", "result", "lead_side", "entered_at")
    return {**{name: row[name] for name in names}, "withdrawn": withdrawn}
