"""Who keeps which markers (管护员 and their 界桩): assigned, ended, asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.patrol import store
from boundaries.patrol.reach import matter_of, own_matter, reach_of, require_beside
from boundaries.patrol.rules import rules
from boundaries.patrol.stretches import standing_marker
from boundaries.units.service import register_span, unit_by_id, unit_id_at
from data import audit
from data.access import Actor, require
from data.accounts.records import account_named
from data.clock import civil_date
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page

#: `patrol_assignment.end_reason` and `patrol_plan.cancel_reason` hold as much.
MAX_REASON = 1000


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """Somebody (by user name) keeps for a unit (by code) one marker, a stretch between two, or a whole line."""

    keeper: str
    level: str
    unit: str
    line: UUID
    begin_on: date
    marker: UUID | None = None
    from_marker: UUID | None = None
    to_marker: UUID | None = None


def assign(engine: Engine, actor: Actor, wanted: NewAssignment, now: datetime) -> dict[str, Any]:
    """Assign markers to a keeper. Permission `patrol.plan` for the unit.

    Raises `NotFound` `no_such_account`, `no_such_line`, `no_such_marker`, `code_never_existed`; `BadInput`
    `keeper_level`, `unit_not_beside_line`, `marker_not_on_line`, `bad_stretch`; `Conflict` `constraint` where it
    is so already; `NotPermitted`.
    """
    with unit_of_work(engine) as connection:
        through = register_span(connection).register_through
        unit = unit_id_at(connection, wanted.unit, through)
        require(actor, "patrol.plan", matter_of(connection, unit))
        require_beside(connection, wanted.line, unit)
        _check_level(wanted.level, unit_by_id(connection, unit, through))
        _check_markers(connection, wanted)
        keeper = account_named(connection, wanted.keeper)["id"]
        row = {
            "id": new_id(), "account": keeper, "level": wanted.level, "unit": unit, "line": wanted.line,
            "marker": wanted.marker, "from_marker": wanted.from_marker, "to_marker": wanted.to_marker,
            "begin_on": wanted.begin_on, "at": now, "by": actor.name,
        }  # fmt: skip
        connection.execute(store.INSERT_ASSIGNMENT, row)
        _log(connection, actor, "patrol.assigned", row["id"], account=str(keeper), line=str(wanted.line))
        return described(_row(connection, row["id"]))


def _check_level(level: str, unit: dict[str, Any] | None) -> None:
    known = rules().levels
    if level not in known:
        raise BadInput(
            f"Keepers are of the levels {', '.join(known)}; not {level[:40]!r}. Nothing was changed.",
            code="keeper_level",
        )
    if unit is None or unit["level"] not in known[level].unit_levels:
        allowed = " or ".join(known[level].unit_levels)
        raise BadInput(
            f"A keeper of level {level} keeps for a division of level {allowed}. Nothing was changed.",
            code="keeper_level",
        )


def _check_markers(connection: Connection, wanted: NewAssignment) -> None:
    if (wanted.from_marker is None) != (wanted.to_marker is None) or (wanted.marker and wanted.from_marker):
        raise BadInput(
            "A stretch has a marker at either end, and one marker is no stretch. Nothing was changed.",
            code="bad_stretch",
        )
    for marker in (wanted.marker, wanted.from_marker, wanted.to_marker):
        if marker is not None and standing_marker(connection, marker).line != wanted.line:
            raise BadInput(
                "This marker does not stand on that line. Nothing was changed: choose the line first.",
                code="marker_not_on_line",
            )


def end_assignment(engine: Engine, actor: Actor, assignment: UUID, reason: str, now: datetime) -> dict[str, Any]:
    """End an assignment today; what was seen under it stays. Permission `patrol.plan` for its unit.

    Raises `NotFound` `no_such_assignment`; `Conflict` `assignment_ended`; `BadInput` `reason_missing`; `NotPermitted`.
    """
    words = reason_of(reason)
    with unit_of_work(engine) as connection:
        row = fetch_one(connection, store.LOCK_ASSIGNMENT, {"id": assignment})
        if row is None:
            raise no_such_assignment()
        require(actor, "patrol.plan", matter_of(connection, row["unit_id"]))
        values = {"id": assignment, "on": civil_date(now), "by": actor.name, "reason": words}
        if connection.execute(store.END_ASSIGNMENT, values).rowcount == 0:
            raise Conflict(f"This assignment ended on {row['end_on']}. Nothing was changed.", code="assignment_ended")
        _log(connection, actor, "patrol.assignment_ended", assignment)
        return described(_row(connection, assignment))


def reason_of(text: str) -> str:
    """The reason as it is kept; BadInput `reason_missing` where there is none or it is too long."""
    words = text.strip()
    if not 1 <= len(words) <= MAX_REASON:
        raise BadInput(f"Say why, in 1 to {MAX_REASON} characters. Nothing was changed.", code="reason_missing")
    return words


def no_such_assignment() -> NotFound:
    """The error of an id that names no assignment."""
    return NotFound("There is no such assignment.", code="no_such_assignment")


def list_assignments(
    connection: Connection,
    actor: Actor,
    *,
    line: UUID | None = None,
    as_of: date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the assignments in the actor's reach, the latest first; with `as_of` those of that day.

    Permission `patrol.read`.
    """
    limit = check_limit(limit)
    query = {"list": "patrol-assignments", "line": line, "as_of": as_of, "for": actor.name}
    after = decode_cursor(query, cursor, (UUID,)) or (None,)
    reach = reach_of(connection, actor, "patrol.read")
    rows = fetch_all(
        connection, store.LIST, {**reach, "line": line, "on": as_of, "after": after[0], "limit": limit + 1}
    )
    shown, following = page(rows, limit, query, lambda row: (row["id"],))
    return {"items": [described(row) for row in shown], "next": following}


def own_assignments(connection: Connection, actor: Actor, day: date) -> list[Row]:
    """The rows of what the actor keeps on a day; none for somebody who keeps nothing. Permission `patrol.observe`."""
    require(actor, "patrol.observe", own_matter(actor))
    most = rules().limits.assignments
    return fetch_all(connection, store.OWN, {"account": actor.account_id, "on": day, "limit": most})


def described(row: Row) -> dict[str, Any]:
    """An assignment as the API shows it."""
    return {
        "id": row["id"],
        "keeper": {"account": row["account_id"], "name": row["keeper"]},
        "level": row["level"],
        "unit": {"code": row["unit_code"], "name": row["unit_name"]},
        "line": {"id": row["line_id"], "name": row["line_name"], "title": row["line_title"]},
        "marker": _marker(row, "marker"),
        "from": _marker(row, "from"),
        "to": _marker(row, "to"),
        "valid": {"from": row["begin_on"], "to": row["end_on"]},
        "end_reason": row["end_reason"],
    }


def _marker(row: Row, which: str) -> dict[str, Any] | None:
    identity = row["marker_id" if which == "marker" else f"{which}_marker"]
    return None if identity is None else {"id": identity, "code": row[f"{which}_code"]}


def _row(connection: Connection, assignment: UUID) -> Row:
    row = fetch_one(connection, store.ASSIGNMENT, {"id": assignment})
    if row is None:
        raise no_such_assignment()
    return row


def _log(connection: Connection, actor: Actor, action: str, assignment: UUID, **more: str) -> None:
    details = {"assignment": str(assignment), **more}
    audit.append(connection, actor=actor.name, action=action, decision_id=None, details=details)
