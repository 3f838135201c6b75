"""Questions about rounds and inspections: for the offices in whose reach they are; the public hears what is filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.findings.reach import beside, reach_of, require_beside
from boundaries.rounds import store
from boundaries.rounds.model import STATES, is_due
from boundaries.rounds.planning import PLAN, Candidate, candidates, matter_of_region
from boundaries.rounds.rules import PERIODIC, round_rules
from boundaries.units.service import register_span
from data.access import Actor, Permit, decide, require
from data.db import Row, fetch_all, fetch_one
from data.errors import BadRequest, NotFound
from data.paging import check_limit, decode_cursor, page

READ = "inspection.read"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which inspections are asked for; None asks nothing."""

    round: UUID | None = None
    line: UUID | None = None
    state: str | None = None
    overdue: bool = False


def list_rounds(
    connection: Connection,
    actor: Actor,
    today: date,
    *,
    open_only: bool = False,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the rounds of the regions that `actor` works for or below, the latest first."""
    limit = check_limit(limit)
    query = {"list": "rounds", "for": actor.name, "open": open_only}
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID)) or (None, None)
    units, _ = reach_of(connection, actor, READ)
    values = {
        "all": None in units,
        "regions": [unit for unit in _with_those_above(connection, actor, units) if unit],
        "open": open_only,
        "today": today,
        "on": register_span(connection).register_through,
        "after_day": after[0],
        "after": after[1],
        "limit": limit + 1,
    }
    shown, following = page(
        fetch_all(connection, store.ROUNDS, values), limit, query, lambda r: (r["begins_on"], r["id"])
    )
    return {"items": [round_object(row) for row in shown], "next": following}


def _with_those_above(connection: Connection, actor: Actor, units: Sequence[UUID | None]) -> list[UUID | None]:
    """The units of an office and those above it: a county looks at the round that its province organises."""
    above = [grant.unit_id for grant in actor.effective_grants() if grant.unit_id is not None]
    chains = [matter_of_region(connection, unit).chain for unit in dict.fromkeys(above)]
    return list(dict.fromkeys([*units, *(unit for chain in chains for unit in chain)]))


def find_round(connection: Connection, actor: Actor, identity: UUID, today: date) -> dict[str, Any]:
    """A round with its progress; `NotFound` `no_such_round`, also where one may not look."""
    on = register_span(connection).register_through
    row = fetch_one(connection, store.ROUND, {"id": identity, "today": today, "on": on})
    if row is None or not _may_look(connection, actor, row["region_id"]):
        raise NotFound("There is no such round for you.", code="no_such_round")
    mine = isinstance(decide(actor, PLAN, matter_of_region(connection, row["region_id"])), Permit)
    return {**round_object(row), "yours": mine}


def _may_look(connection: Connection, actor: Actor, region: UUID | None) -> bool:
    units, _ = reach_of(connection, actor, READ)
    return region is None or None in units or region in _with_those_above(connection, actor, units)


def round_object(row: Row) -> dict[str, Any]:
    """A round as the API shows it."""
    counts = {state: row["counts"].get(state, 0) for state in STATES}
    region = {"code": row["region_code"], "name": row["region_name"]} if row["region_id"] else None
    shared = ("id", "number", "title", "level", "begins_on", "dates", "basis", "lead_rule", "closed_at", "overdue")
    return {
        **{name: row[name] for name in shared},
        "region": region,
        "inspections": sum(counts.values()),
        "progress": counts,
    }


def due_lines(connection: Connection, actor: Actor, region: UUID | None, level: str | None, by: date) -> dict[str, Any]:
    """The lines of a region that are due by a day, with why; permission `inspection.plan` of the region."""
    require(actor, PLAN, matter_of_region(connection, region))
    years, article = round_rules().interval(by)
    found = [c for c in candidates(connection, region, level) if is_due(c.due, by)]
    return {"by": by, "interval_years": years, "article": article, "items": [due_object(c) for c in found]}


def due_object(candidate: Candidate) -> dict[str, Any]:
    """A line that is due."""
    sides = candidate.sides
    return {
        "line": sides.line,
        "name": sides.called,
        "level": sides.level,
        "left": {"code": sides.left_code, "name": sides.left_name},
        "right": {"code": sides.right_code, "name": sides.right_name},
        "last_inspected_on": candidate.due.last,
        "due_on": candidate.due.due_on,
        "why": "interval" if candidate.due.last else "no_inspection_on_record",
        "open_inspection": candidate.open_inspection,
    }


def list_inspections(
    connection: Connection,
    actor: Actor,
    wanted: Wanted,
    today: date,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the inspections of lines beside which `actor` may look, what is due first before the rest.

    Raises `BadRequest` `bad_inspection_filter`, `limit_out_of_range`, `bad_cursor`; `NotPermitted`.
    """
    if wanted.state is not None and wanted.state not in STATES:
        raise BadRequest(f"state is one of {', '.join(STATES)}.", code="bad_inspection_filter")
    limit = check_limit(limit)
    query = {"list": "inspections", "for": actor.name, **{n: getattr(wanted, n) for n in Wanted.__slots__}}
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID)) or (None, None)
    units, _ = reach_of(connection, actor, READ)
    values = {
        "round": wanted.round,
        "line": wanted.line,
        "state": wanted.state,
        "overdue_on": today if wanted.overdue else None,
        "all": None in units,
        "units": [unit for unit in units if unit],
        "on": register_span(connection).register_through,
        "after_day": after[0],
        "after": after[1],
        "limit": limit + 1,
    }
    rows = fetch_all(connection, store.INSPECTIONS, values)
    shown, following = page(rows, limit, query, lambda row: (row["due_on"], row["id"]))
    return {"items": [{**inspection_object(r, today), **_work(r)} for r in shown], "next": following}


def _work(row: Row) -> dict[str, Any]:
    """How much is looked at; in separate mode only the end is told: who has seen what is each side's own."""
    return {"tasks": row["tasks"], "looked_at": row["looked_at"] if row["mode"] == "joint" else None}


def inspection_row(connection: Connection, actor: Actor, identity: UUID) -> Row:
    """An inspection for those beside whose line it is; `NotFound` `no_such_inspection` for everybody else."""
    on = register_span(connection).register_through
    row = fetch_one(connection, store.INSPECTION, {"id": identity, "on": on})
    if row is None or not _is_beside(connection, actor, row["line_id"]):
        raise no_such_inspection()
    return row


def _is_beside(connection: Connection, actor: Actor, line: UUID) -> bool:
    where = beside(connection, line)
    return any(isinstance(decide(actor, READ, matter), Permit) for matter in (*where.sides, where.both))


def no_such_inspection() -> NotFound:
    """The same words for one that does not exist and one that one may not see."""
    return NotFound("There is no such inspection for you.", code="no_such_inspection")


def inspection_object(row: Row, today: date) -> dict[str, Any]:
    """An inspection as the API shows it to an office: where it stands, and nothing of what either side found."""
    ended = row["state"] in ("filed", "cancelled")
    return {
        "id": row["id"],
        "line": {"id": row["line_id"], "name": row["line_name"] or f"{row['left_name']}—{row['right_name']}"},
        "level": row["level"],
        "round": {"id": row["round_id"], "number": row["round_number"], "title": row["round_title"]}
        if row["round_id"]
        else None,
        "cause": row["cause"],
        "remark": row["remark"],
        "left": {"code": row["left_code"], "name": row["left_name"]},
        "right": {"code": row["right_code"], "name": row["right_name"]},
        "lead_side": row["lead_side"],
        "mode": row["mode"],
        "reveal_after": row["reveal_after"],
        "state": row["state"],
        "due_on": row["due_on"],
        "overdue": not ended and row["due_on"] < today,
        "case": {"id": row["case_id"], "number": row["case_number"]} if row["case_id"] else None,
        "filed_on": row["filed_on"],
        "decision": row["decision_id"],
    }


def tasks_of(connection: Connection, inspection: UUID) -> list[dict[str, Any]]:
    """What has to be looked at, in order."""
    return [dict(row) for row in fetch_all(connection, store.TASKS, {"id": inspection})]


def published_inspections(
    connection: Connection, *, line: UUID | None = None, inspection: UUID | None = None
) -> list[Mapping[str, Any]]:
    """What everybody may know: that a line was inspected, when, by which filed document."""
    return fetch_all(connection, store.PUBLISHED, {"line": line, "id": inspection})


def courses(connection: Connection, actor: Actor, inspections: Sequence[Mapping[str, Any]]) -> dict[UUID, Any]:
    """The simplified course (GeoJSON, CGCS2000) of the line of each inspection, for a map of staff."""
    for item in inspections[:1]:
        require_beside(actor, READ, beside(connection, item["line"]["id"]))
    on = register_span(connection).register_through
    rows = fetch_all(connection, store.COURSES, {"ids": [item["id"] for item in inspections], "on": on})
    return {row["id"]: row["geometry"] for row in rows}


def causes() -> Mapping[str, Any]:
    """Why a line is inspected, in words by key; the turn itself among them."""
    return {PERIODIC: None, **round_rules().causes}
