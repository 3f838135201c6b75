"""An evaluation into the register, by a document; a number that stands is the same evaluation brought up to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.units.service import chain_of, find_unit
from data import audit, feed
from data.access import Actor, Matter, require
from data.access.table import Table
from data.db import fetch_all, fetch_one, unit_of_work
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.errors import NotFound
from data.ids import new_id
from geonames.evaluations import store
from geonames.evaluations.plan import Evaluation, bad_evaluation
from geonames.evaluations.service import as_told

RECORD = "evaluation.record"
COLLECTION = "evaluations"


@dataclass(frozen=True, slots=True)
class Evaluating:
    """What is recorded: the evaluation, the code of the division that evaluates, and today."""

    told: Evaluation
    within: str
    today: date


def record_evaluation(
    engine: Engine, actor: Actor, evaluating: Evaluating, document: DecisionDraft, permissions: Table | None = None
) -> dict[str, Any]:
    """Write the evaluation in one transaction: its id and whether it is `new`, `changed` or `unchanged`.

    NotFound `code_never_existed`; NotPermitted outside the actor's jurisdiction; BadInput `bad_evaluation` where the
    decision changed no unit, no period lies on one side of the change, or a unit is unknown.
    """
    told = evaluating.told
    with unit_of_work(engine) as connection:
        leading = find_unit(connection, evaluating.within)
        chain = chain_of(connection, leading["id"], min(evaluating.today, leading["register_through"]))
        require(actor, RECORD, Matter(tuple(one["id"] for one in chain) or (leading["id"],)), permissions)
        connection.execute(store.LOCK, {"unit": str(leading["id"])})
        changed_on = _changed_on(connection, told)
        units = _units(connection, told)
        periods, values = _rows(told, units)
        stands = fetch_one(connection, store.STANDS, {"unit": leading["id"], "code": told.code})
        if stands and _same(connection, stands, told, periods, values):
            return {"id": stands["entry_id"], "outcome": "unchanged"}
        entry: UUID = stands["entry_id"] if stands else new_id()
        before = as_told(connection, entry) if stands else None
        record_decisions(connection, [document], actor.name)
        _write(connection, entry, leading["id"], told, changed_on, document.id, stands, periods, values)
        effects = ["opened", *(["closed"] if stands else [])]
        record_links(connection, [Link(document.id, COLLECTION, entry, effect) for effect in effects])
        change = feed.Change(COLLECTION, entry, before, as_told(connection, entry), document.id)
        audit.append(
            connection,
            actor=actor.name,
            action=RECORD,
            decision_id=document.id,
            details={"unit": str(leading["id"]), "evaluation": str(entry), "values": len(values)},
            rows_hash=audit.hash_rows([*periods, *values]),
            feed=feed.publish(connection, [change] if change.before or change.after else []),
        )
    return {"id": entry, "outcome": "changed" if stands else "new"}


def _changed_on(connection: Connection, told: Evaluation) -> date:
    """The day of the change; BadInput where the decision made none, or all periods lie on one side of it."""
    day: date | None = connection.scalar(store.CHANGED_ON, {"id": told.change})
    if day is None:
        raise bad_evaluation(["change: no decision of the register with this id changed a division"])
    sides = {period.until >= day for period in told.periods}
    if len(sides) == 1:
        side = "after" if True in sides else "before"
        raise bad_evaluation([f"periods: all lie {side} the change of {day}; one on each side is compared"])
    return day


def _units(connection: Connection, told: Evaluation) -> dict[str, UUID]:
    found: dict[str, UUID] = {}
    faults = []
    for code in sorted({value.unit for value in told.values}):
        try:
            found[code] = find_unit(connection, code)["id"]
        except NotFound as error:
            faults.append(f"values: {code}: {error.detail}")
    if faults:
        raise bad_evaluation(faults)
    return found


def _rows(told: Evaluation, units: Mapping[str, UUID]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    places = {period.label: number for number, period in enumerate(told.periods)}
    periods = [{"place": n, "label": p.label, "until": p.until, "due": p.due} for n, p in enumerate(told.periods)]
    values = [
        {
            "unit_id": units[v.unit], "indicator": v.indicator, "measure": v.measure, "better": v.better,
            "place": places[v.period], "value": v.value, "source": v.source,
        }
        for v in told.values
    ]  # fmt: skip
    return periods, values


def _same(
    connection: Connection, stands: Mapping[str, Any], told: Evaluation, periods: list[dict[str, Any]],
    values: list[dict[str, Any]],
) -> bool:  # fmt: skip
    if any(stands[name] != getattr(told, name) for name in ("title", "method", "conclusion")):
        return False
    known = {"version": stands["version"]}
    there = fetch_all(connection, store.STANDING_PERIODS, known)
    held = {tuple(row.values()) for row in fetch_all(connection, store.STANDING_VALUES, known)}
    return (
        stands["change_id"] == told.change
        and [(p["label"], p["until"], p["due"]) for p in periods] == [tuple(row.values()) for row in there]
        and {tuple(row.values()) for row in values} == held
    )


def _write(
    connection: Connection, entry: UUID, unit: UUID, told: Evaluation, changed_on: date, decision: UUID,
    stands: Mapping[str, Any] | None, periods: list[dict[str, Any]], values: list[dict[str, Any]],
) -> None:  # fmt: skip
    if stands:
        connection.execute(store.END_KNOWN, {"version": stands["version"]})
    version = new_id()
    said = {name: getattr(told, name) for name in ("code", "title", "method", "conclusion", "change")}
    head = {"version": version, "entry": entry, "unit": unit, "changed_on": changed_on, "decision": decision}
    connection.execute(store.INSERT, {**head, **said})
    connection.execute(store.INSERT_PERIOD, [{"version": version, **row} for row in periods])
    if values:
        connection.execute(store.INSERT_VALUE, [{"version": version, **row} for row in values])
