"""Planning a round, ordering an inspection out of turn, closing a round: each one transaction with its audit entry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.rounds import store
from boundaries.rounds.model import (
    Due,
    LineSides,
    RoundPlan,
    Target,
    due_of,
    is_due,
    lead_of,
    other,
    plan_faults,
    segment_numbers,
)
from boundaries.rounds.rules import PERIODIC, round_rules
from boundaries.rounds.sides import sides_of_rows
from boundaries.units.service import chain_of, register_span
from data import audit
from data.access import Actor, Matter, require
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id

PLAN = "inspection.plan"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that a round could inspect: its sides, when it is due, who led last, and its open turn."""

    sides: LineSides
    due: Due
    last_lead: Any
    open_inspection: UUID | None


@dataclass(frozen=True, slots=True)
class Extra:
    """An inspection out of turn: why (a key of the rules), of which segments (None: the whole line), by when."""

    line: UUID
    cause: str
    due_on: date
    remark: str = ""
    segments: Sequence[UUID] | None = None
    lead_rule: str = "alternate"


def plan_round(engine: Engine, actor: Actor, plan: RoundPlan) -> UUID:
    """Plan a round with an inspection for each line that is due by its last date; the round's id.

    Lines on which an inspection is open are left to it. Raises `BadInput` `round_malformed`; `Conflict`
    `round_exists`, `nothing_due`; `NotFound` `no_such_line`; `NotPermitted`.
    """
    rules = round_rules()
    wrong = plan_faults(plan, list(rules.dates), list(rules.leads))
    if wrong:
        raise BadInput(f"{'; '.join(wrong)}. Nothing was planned.", code="round_malformed", findings=wrong)
    with unit_of_work(engine) as connection:
        require(actor, PLAN, matter_of_region(connection, plan.region))
        chosen = [c for c in _wanted(connection, plan) if c.open_inspection is None]
        if not chosen:
            raise Conflict(
                "No line of this region and level is due by the date of the report, or all are being inspected. "
                "Nothing was planned.",
                code="nothing_due",
            )
        identity = new_id()
        _insert_round(connection, actor, identity, plan)
        ids = [_insert(connection, actor, c, plan, identity) for c in chosen]
        details = {"round": str(identity), "inspections": len(ids)}
        audit.append(connection, actor=actor.name, action="inspection.plan", decision_id=None, details=details)
    return identity


def matter_of_region(connection: Connection, region: UUID | None) -> Matter:
    """The permission question's matter of a region; None is the country."""
    if region is None:
        return Matter()
    chain = chain_of(connection, region, register_span(connection).register_through)
    if not chain:
        raise NotFound("The region of the round does not stand in the register.", code="region_not_standing")
    return Matter(tuple(unit["id"] for unit in chain), str(chain[-1]["level"]))


def candidates(
    connection: Connection, region: UUID | None, level: str | None, lines: Sequence[UUID] | None = None
) -> list[Candidate]:
    """The lines of a level between units of a region, in the order of their codes, with when each is due."""
    day = register_span(connection).register_through
    years, _ = round_rules().interval(day)
    wanted = None if lines is None else list(lines)
    rows = fetch_all(connection, store.LINES, {"on": day, "level": level, "lines": wanted})
    sides = sides_of_rows(connection, rows, day)
    found = [_candidate(row, sides[row["line_id"]], years) for row in rows]
    within = [c for c in found if region is None or region in c.sides.above]
    return sorted(within, key=lambda c: (*sorted((c.sides.left_code, c.sides.right_code)), str(c.sides.line)))


def _candidate(row: Row, sides: LineSides, years: int) -> Candidate:
    lead = row["last_lead"]
    turned = row["last_left"] is not None and row["last_left"] != sides.left
    return Candidate(
        sides, due_of(row["last_on"], years), other(lead) if lead and turned else lead, row["open_inspection"]
    )


def _wanted(connection: Connection, plan: RoundPlan) -> list[Candidate]:
    found = candidates(connection, plan.region, plan.level, plan.lines)
    if plan.lines is None:
        return [c for c in found if is_due(c.due, plan.dates["report"])]
    if len(found) < len(set(plan.lines)):
        raise NotFound(
            "A line named is none of this level between units of this region. Nothing was planned.",
            code="no_such_line",
        )
    return found


def _insert_round(connection: Connection, actor: Actor, identity: UUID, plan: RoundPlan) -> None:
    values = {
        "id": identity,
        "number": plan.number,
        "title": plan.title.strip(),
        "region": plan.region,
        "level": plan.level,
        "begins_on": plan.begins_on,
        "dates": json.dumps({step: day.isoformat() for step, day in plan.dates.items()}),
        "basis": plan.basis.strip(),
        "lead_rule": plan.lead_rule,
        "by": actor.name,
    }
    if _is_taken(connection, plan):
        raise Conflict(
            f"Round {plan.number} of this region and level is planned already. Nothing was planned.",
            code="round_exists",
        )
    connection.execute(store.INSERT_ROUND, values)


def _is_taken(connection: Connection, plan: RoundPlan) -> bool:
    values = {"region": plan.region, "level": plan.level, "number": plan.number}
    return bool(connection.scalar(store.ROUND_EXISTS, values))


def _insert(connection: Connection, actor: Actor, candidate: Candidate, plan: RoundPlan, round_id: UUID) -> UUID:
    due = candidate.due.due_on or plan.dates["report"]
    values = {"round": round_id, "cause": PERIODIC, "remark": "", "due_on": min(due, plan.dates["report"])}
    return insert_inspection(connection, actor, candidate, plan.lead_rule, values, None)


def insert_inspection(
    connection: Connection,
    actor: Actor,
    candidate: Candidate,
    lead_rule: str,
    values: Mapping[str, Any],
    segments: Sequence[UUID] | None,
) -> UUID:
    """Write an inspection of a line with its tasks; its id. `segments`: only these and no marker (None: all).

    Raises `BadInput` `segment_not_of_line`; `Conflict` `inspection_open` where such a one is open.
    """
    sides, identity = candidate.sides, new_id()
    lead = lead_of(lead_rule, candidate.last_lead, sides.left_code, sides.right_code)
    row = {"id": identity, "line": sides.line, "left": sides.left, "right": sides.right, "lead": lead}
    above = sides.above[-1] if sides.above else None
    values = {**row, **values, "above": above, "by": actor.name}
    if connection.execute(store.INSERT_INSPECTION, values).one_or_none() is None:
        raise _already_open(connection.execute(store.SAME_OPEN, values).scalar_one())
    for ordinal, target in enumerate(targets(connection, sides.line, segments), 1):
        task = {"id": new_id(), "inspection": identity, "ordinal": ordinal, "kind": target.kind}
        connection.execute(store.INSERT_TASK, {**task, "target": target.id, "label": target.label})
    return identity


def targets(connection: Connection, line: UUID, segments: Sequence[UUID] | None) -> list[Target]:
    """What there is to look at on a line: its segments as it runs, then its markers by code."""
    day = register_span(connection).register_through
    rows = fetch_all(connection, store.SEGMENTS, {"line": line, "on": day})
    found = [Target("segment", r["id"], f"第{r['ordinal']}段（{r['length_m'] / 1000:.3f} km）") for r in rows]
    if segments is not None:
        wanted = [target for target in found if target.id in set(segments)]
        if len(wanted) < len(set(segments)) or not wanted:
            raise BadInput("A segment named is none of this line. Nothing was planned.", code="segment_not_of_line")
        return wanted
    markers = fetch_all(connection, store.MARKERS, {"line": line, "on": day})
    return [*found, *(Target("marker", r["id"], f"{r['code']}号界桩") for r in markers)]


def numbered_segments(connection: Connection, line: UUID, typed: str) -> list[UUID] | None:
    """The segments of a line by their numbers as they are typed (1, 3-4); None for nothing: the whole line.

    Raises `BadInput` `segment_not_of_line`.
    """
    if not typed.strip():
        return None
    day = register_span(connection).register_through
    known = {row["ordinal"]: row["id"] for row in fetch_all(connection, store.SEGMENTS, {"line": line, "on": day})}
    wanted = segment_numbers(typed)
    if wanted is None or not set(wanted) <= set(known):
        raise BadInput(
            f"Segments are named by their numbers, such as 1, 3-4; this line has 1 to {len(known)}. Nothing was "
            "planned.",
            code="segment_not_of_line",
        )
    return [known[number] for number in wanted]


def order_extra(engine: Engine, actor: Actor, extra: Extra) -> UUID:
    """Order an inspection out of turn (Order 353 Art. 12), also beside the one in turn; its id.

    Raises `BadInput` `round_malformed`, `segment_not_of_line`; `Conflict` `inspection_open`; `NotFound` `no_such_line`;
    `NotPermitted`.
    """
    rules = round_rules()
    if extra.cause not in rules.causes or extra.lead_rule not in rules.leads or len(extra.remark) > 2000:
        raise BadInput(
            f"The cause is one of {', '.join(rules.causes)}, who leads by one of {', '.join(rules.leads)}, and the "
            "remark has 2000 characters at most. Nothing was ordered.",
            code="round_malformed",
        )
    with unit_of_work(engine) as connection:
        found = candidates(connection, None, None, [extra.line])
        if not found:
            raise NotFound("There is no boundary line with this id.", code="no_such_line")
        require(actor, PLAN, Matter(found[0].sides.above, found[0].sides.level))
        values = {"round": None, "cause": extra.cause, "remark": extra.remark, "due_on": extra.due_on}
        identity = insert_inspection(connection, actor, found[0], extra.lead_rule, values, extra.segments)
        details = {"inspection": str(identity), "cause": extra.cause}
        audit.append(connection, actor=actor.name, action="inspection.plan", decision_id=None, details=details)
    return identity


def _already_open(inspection: UUID) -> Conflict:
    return Conflict(
        "Such an inspection of this line is open: in turn there is one at a time, out of turn one for each cause and "
        "day. Go on with the open one, or name the day by which the other is due. Nothing was planned.",
        code="inspection_open",
        inspection=str(inspection),
    )


def close_round(engine: Engine, actor: Actor, identity: UUID) -> None:
    """Close a round in which nothing is open any more.

    Raises `NotFound` `no_such_round`; `Conflict` `round_running`, `already_done`; `NotPermitted`.
    """
    with unit_of_work(engine) as connection:
        row = fetch_one(connection, store.LOCK_ROUND, {"id": identity})
        if row is None:
            raise NotFound("There is no such round.", code="no_such_round")
        require(actor, PLAN, matter_of_region(connection, row["region_id"]))
        still = connection.scalar(store.OPEN_OF_ROUND, {"id": identity})
        if still:
            raise Conflict(f"{still} inspections of this round are open. Nothing was changed.", code="round_running")
        if connection.execute(store.CLOSE_ROUND, {"id": identity}).one_or_none() is None:
            raise Conflict("The round is closed already. Nothing was changed.", code="already_done")
        details = {"round": str(identity)}
        audit.append(connection, actor=actor.name, action="inspection.round_closed", decision_id=None, details=details)
