"""A campaign into the register, by a document; a number that stands is the same campaign planned anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.units.service import chain_of, find_unit, units_below
from data import audit, feed
from data.access import Actor, Matter, require
from data.access.table import Table
from data.db import Row as Stored
from data.db import fetch_one, unit_of_work
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.errors import NotFound
from data.ids import new_id
from geonames.campaigns import store
from geonames.campaigns.plan import TARGETS, Plan, bad_campaign
from geonames.campaigns.service import as_told

RECORD = "campaign.record"
COLLECTION = "campaigns"


@dataclass(frozen=True, slots=True)
class Planning:
    """What is recorded: the plan, the code of the leading division, and today."""

    plan: Plan
    within: str
    today: date


def record_campaign(
    engine: Engine, actor: Actor, planning: Planning, document: DecisionDraft, permissions: Table | None = None
) -> dict[str, Any]:
    """Write the campaign in one transaction: its id and whether it is `new`, `changed` or `unchanged`.

    NotFound `code_never_existed`, `code_not_standing`; NotPermitted outside the actor's jurisdiction; BadInput
    `bad_campaign` where a division lies outside the leading one, or within another that takes part.
    """
    with unit_of_work(engine) as connection:
        unit = find_unit(connection, planning.within)["id"]
        day = min(planning.today, find_unit(connection, planning.within)["register_through"])
        chain = chain_of(connection, unit, day)
        require(actor, RECORD, Matter(tuple(one["id"] for one in chain) or (unit,)), permissions)
        connection.execute(store.LOCK, {"unit": str(unit)})
        parts = _parts(connection, unit, planning.plan, day)
        stands = fetch_one(connection, store.STANDS, {"unit": unit, "code": planning.plan.code})
        if stands and _same(stands, planning.plan, parts):
            return {"id": stands["entry_id"], "outcome": "unchanged"}
        entry = stands["entry_id"] if stands else new_id()
        _write(connection, actor, document, _Writing(entry, unit, planning.plan, parts, stands))
    return {"id": entry, "outcome": "changed" if stands else "new"}


@dataclass(frozen=True, slots=True)
class _Writing:
    entry: UUID
    unit: UUID
    plan: Plan
    parts: dict[UUID, dict[str, int]]
    stands: Stored | None


def _parts(connection: Connection, leading: UUID, plan: Plan, day: date) -> dict[UUID, dict[str, int]]:
    """The targets by the identities of the divisions; each place counts for one division only."""
    led = set(units_below(connection, leading, day))
    found: dict[UUID, dict[str, int]] = {}
    taken: dict[UUID, str] = {}
    faults = []
    for part in sorted(plan.parts, key=lambda one: len(one.unit)):
        try:
            unit = find_unit(connection, part.unit, day)["id"]
        except NotFound as error:
            faults.append(f"{part.unit}: {error.detail}")
            continue
        below = units_below(connection, unit, day)
        if unit not in led:
            faults.append(f"{part.unit} lies outside the division that leads")
        elif other := next((taken[one] for one in below if one in taken), None):
            faults.append(f"{part.unit} and {other} hold the same land: a place would count twice")
        taken |= dict.fromkeys(below, part.unit)
        found[unit] = {name: getattr(part, name) for name in TARGETS}
    if faults:
        raise bad_campaign(faults)
    return found


def _same(stands: Stored, plan: Plan, parts: dict[UUID, dict[str, int]]) -> bool:
    told = [f"{unit}:{one['names']}:{one['signs']}:{one['uploads']}" for unit, one in sorted(parts.items())]
    names = ("title", "aims", "starts_on", "ends_on")
    alike = all(stands[name] == getattr(plan, name) for name in names)
    return alike and sorted(stands["classes"]) == sorted(plan.counted) and sorted(stands["parts"]) == sorted(told)


def _write(connection: Connection, actor: Actor, document: DecisionDraft, told: _Writing) -> None:
    record_decisions(connection, [document], actor.name)
    before = as_told(connection, told.entry) if told.stands else None
    if told.stands:
        connection.execute(store.END_KNOWN, {"version": told.stands["version"]})
    version = new_id()
    values = {"version": version, "entry": told.entry, "unit": told.unit, "decision": document.id,
              "classes": list(told.plan.counted)}  # fmt: skip
    said = {name: getattr(told.plan, name) for name in ("code", "title", "aims", "starts_on", "ends_on")}
    connection.execute(store.INSERT, {**values, **said})
    rows = [{"version": version, "unit": unit, **targets} for unit, targets in told.parts.items()]
    connection.execute(store.INSERT_PARTS, rows)
    effects = ["opened", *(["closed"] if told.stands else [])]
    record_links(connection, [Link(document.id, COLLECTION, told.entry, effect) for effect in effects])
    change = feed.Change(COLLECTION, told.entry, before, as_told(connection, told.entry), document.id)
    audit.append(
        connection,
        actor=actor.name,
        action=RECORD,
        decision_id=document.id,
        details={"unit": str(told.unit), "campaign": str(told.entry), "parts": len(rows)},
        rows_hash=audit.hash_rows([str(row["unit"])] for row in rows),
        feed=feed.publish(connection, [change] if change.before or change.after else []),
    )
