"""Plans of patrols (巡查计划): which markers of a line are to be seen by when, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.patrol import store
from boundaries.patrol.assignments import reason_of
from boundaries.patrol.reach import matter_of, reach_of, require_beside, unit_chain
from boundaries.patrol.rules import rules
from boundaries.patrol.stretches import markers_of
from boundaries.units.service import register_span, unit_id_at
from data import audit
from data.access import Actor, require
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page

MAX_TITLE, MAX_NOTE = 200, 2000


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A patrol of a line for a unit (by code) within a span of days, by keepers of these levels (empty: all)."""

    title: str
    unit: str
    line: UUID
    begin_on: date
    due_on: date
    note: str = ""
    levels: tuple[str, ...] = ()


def make_plan(engine: Engine, actor: Actor, wanted: NewPlan, now: datetime) -> dict[str, Any]:
    """Make a plan, with one task for each marker of each keeper whose assignment holds within it.

    Permission `patrol.plan` for the unit. Raises `NotFound` `no_such_line`, `code_never_existed`; `BadInput`
    `bad_plan`, `keeper_level`, `nobody_to_patrol`, `unit_not_beside_line`; `NotPermitted`.
    """
    _check(wanted)
    with unit_of_work(engine) as connection:
        unit = unit_id_at(connection, wanted.unit, register_span(connection).register_through)
        require(actor, "patrol.plan", matter_of(connection, unit))
        require_beside(connection, wanted.line, unit)
        plan: dict[str, Any] = {
            "id": new_id(), "title": wanted.title.strip(), "unit": unit, "line": wanted.line,
            "begin_on": wanted.begin_on, "due_on": wanted.due_on, "note": wanted.note, "at": now, "by": actor.name,
        }  # fmt: skip
        connection.execute(store.INSERT_PLAN, plan)
        tasks = _tasks(connection, plan["id"], wanted, unit)
        connection.execute(store.INSERT_TASK, tasks)
        details = {"plan": str(plan["id"]), "line": str(wanted.line), "tasks": len(tasks)}
        audit.append(connection, actor=actor.name, action="patrol.planned", decision_id=None, details=details)
        return described(_row(connection, plan["id"]), civil=wanted.begin_on)


def _check(wanted: NewPlan) -> None:
    unknown = set(wanted.levels) - set(rules().levels)
    if unknown:
        raise BadInput(
            f"Keepers are of the levels {', '.join(rules().levels)}. Nothing was changed.", code="keeper_level"
        )
    checks = (
        (1 <= len(wanted.title.strip()) <= MAX_TITLE, f"a title of 1 to {MAX_TITLE} characters"),
        (wanted.due_on >= wanted.begin_on, "an end that is not before its beginning"),
        (len(wanted.note) <= MAX_NOTE, f"a note of {MAX_NOTE} characters at most"),
    )
    missing = [words for holds, words in checks if not holds]
    if missing:
        raise BadInput(f"A plan has {' and '.join(missing)}. Nothing was changed.", code="bad_plan")


def _tasks(connection: Connection, plan: UUID, wanted: NewPlan, unit: UUID) -> list[dict[str, Any]]:
    span = {"line": wanted.line, "begin": wanted.begin_on, "until": wanted.due_on}
    found = [
        row
        for row in fetch_all(connection, store.OF_LINE, span)
        if (not wanted.levels or row["level"] in wanted.levels) and unit in unit_chain(connection, row["unit_id"])
    ]
    held = markers_of(connection, found)
    tasks = [
        {"id": new_id(), "plan": plan, "assignment": row["id"], "account": row["account_id"], "marker": marker.id}
        for row in found
        for marker in held[row["id"]]
    ]
    if not tasks:
        raise BadInput(
            "No keeper of this division has a marker of this line within these days. Nothing was changed: "
            "assign markers first.",
            code="nobody_to_patrol",
        )
    return tasks


def cancel_plan(engine: Engine, actor: Actor, plan: UUID, reason: str, now: datetime) -> dict[str, Any]:
    """Cancel a plan: its open tasks are nobody's any more; what was done stays. Permission `patrol.plan`.

    Raises `NotFound` `no_such_plan`; `Conflict` `plan_cancelled`; `BadInput` `reason_missing`; `NotPermitted`.
    """
    words = reason_of(reason)
    with unit_of_work(engine) as connection:
        row = fetch_one(connection, store.LOCK_PLAN, {"id": plan})
        if row is None:
            raise no_such_plan()
        require(actor, "patrol.plan", matter_of(connection, row["unit_id"]))
        values = {"id": plan, "at": now, "by": actor.name, "reason": words}
        if connection.execute(store.CANCEL_PLAN, values).rowcount == 0:
            raise Conflict("This plan was cancelled before. Nothing was changed.", code="plan_cancelled")
        audit.append(
            connection, actor=actor.name, action="patrol.plan_cancelled", decision_id=None, details={"plan": str(plan)}
        )
        return described(_row(connection, plan), civil=None)


def list_plans(
    connection: Connection,
    actor: Actor,
    today: date,
    *,
    line: UUID | None = None,
    overdue: bool = False,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the plans in the actor's reach, the latest due first; `overdue`: not done and past. `patrol.read`."""
    limit = check_limit(limit)
    query = {"list": "patrol-plans", "line": line, "overdue": overdue, "for": actor.name}
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID)) or (None, None)
    values = {"line": line, "overdue": overdue, "on": today, "limit": limit + 1}
    keys = {"after_due": after[0], "after_id": after[1]}
    rows = fetch_all(connection, store.PLANS, {**reach_of(connection, actor, "patrol.read"), **values, **keys})
    shown, following = page(rows, limit, query, lambda row: (row["due_on"].isoformat(), row["id"]))
    return {"items": [described(row, civil=today) for row in shown], "next": following}


def find_plan(
    connection: Connection,
    actor: Actor,
    plan: UUID,
    today: date,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A plan with a page of its tasks, the open ones first. NotFound `no_such_plan`; permission `patrol.read`."""
    limit = check_limit(limit)
    row = _row(connection, plan)
    require(actor, "patrol.read", matter_of(connection, row["unit_id"]))
    query = {"list": "patrol-tasks", "plan": plan}
    after = decode_cursor(query, cursor, (bool, str, UUID)) or (None, None, None)
    keys = dict(zip(("after_done", "after_code", "after_id"), after, strict=True))
    tasks = fetch_all(connection, store.TASKS, {"plan": plan, "limit": limit + 1, **keys})
    shown, following = page(tasks, limit, query, _task_key)
    return {**described(row, civil=today), "items": [_task(t) for t in shown], "next": following}


def _task_key(row: Row) -> Sequence[Any]:
    return (row["observation_id"] is not None, row["marker_code"] or "", row["id"])


def _task(row: Row) -> dict[str, Any]:
    done = row["observation_id"]
    return {
        "id": row["id"],
        "keeper": {"account": row["account_id"], "name": row["keeper"]},
        "level": row["level"],
        "marker": {"id": row["marker_id"], "code": row["marker_code"]},
        "done": None if done is None else {"observation": done, "seen_at": row["seen_at"], "state": row["state"]},
    }


def described(row: Row, civil: date | None) -> dict[str, Any]:
    """A plan as the API shows it on the day `civil`; what is cancelled is not overdue."""
    open_tasks = row["tasks"] - row["done"]
    late = civil is not None and row["cancelled_at"] is None and open_tasks > 0 and row["due_on"] < civil
    return {
        "id": row["id"],
        "title": row["title"],
        "unit": {"code": row["unit_code"], "name": row["unit_name"]},
        "line": {"id": row["line_id"], "name": row["line_name"], "title": row["line_title"]},
        "begin_on": row["begin_on"],
        "due_on": row["due_on"],
        "note": row["note"],
        "keepers": row["keepers"],
        "tasks": row["tasks"],
        "done": row["done"],
        "done_late": row["late"],
        "overdue_days": (civil - row["due_on"]).days if late and civil is not None else None,
        "cancelled_at": row["cancelled_at"],
        "cancel_reason": row["cancel_reason"],
    }


def no_such_plan() -> NotFound:
    """The error of an id that names no plan."""
    return NotFound("There is no such plan of patrols.", code="no_such_plan")


def _row(connection: Connection, plan: UUID) -> Row:
    row = fetch_one(connection, store.PLAN, {"id": plan})
    if row is None:
        raise no_such_plan()
    return row
