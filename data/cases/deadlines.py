"""The clocks of a case: moved with its state, and looked at every day for what is near or past."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.access import Role
from data.cases import store
from data.cases.model import CaseFile, Casework
from data.cases.records import case_of
from data.cases.views import Dossier, accounts_with, read_dossier
from data.clock import civil_date
from data.db import Row, fetch_all, reading, unit_of_work
from data.ids import new_id
from data.notices.model import Notice
from data.notices.telling import tell
from data.workdays import CalendarMissing
from data.workflow.clocks import Motion, Reckoning, Run, motion, move, reckon, rule_for, warn_on
from data.workflow.model import ClockRule


def set_clocks(casework: Casework, connection: Connection, case: CaseFile, state: str, at: datetime) -> None:
    """Start, pause, resume and stop the clocks of `case` as entering `state` demands."""
    today = civil_date(at)
    standing = {row["key"]: row for row in fetch_all(connection, store.CLOCKS, {"ids": [case.id]})}
    for rule in _rules(case):
        row, to = standing.get(rule.key), motion(rule, state)
        if row is None and to is Motion.RUN:
            _start(casework, connection, case.id, rule, today)
        elif row is not None:
            runs = move(_runs(row), to, today)
            _set(casework, connection, rule, row["id"], runs, at if to is Motion.STOP else None)


def _rules(case: CaseFile) -> list[ClockRule]:
    """The terms of the procedure as they hold for this case."""
    found = (rule_for(rule, case.facts) for rule in case.procedure.clocks)
    return [rule for rule in found if rule is not None]


def _start(casework: Casework, connection: Connection, case_id: UUID, rule: ClockRule, today: date) -> None:
    runs = (Run(today),)
    values = {"id": new_id(), "case_id": case_id, "key": rule.key, **_said(casework, rule, runs)}
    connection.execute(store.INSERT_CLOCK, values)


def _set(
    casework: Casework,
    connection: Connection,
    rule: ClockRule,
    clock_id: UUID,
    runs: Sequence[Run],
    stopped_at: datetime | None,
) -> None:
    values = {"id": clock_id, "stopped_at": stopped_at, **_said(casework, rule, runs)}
    connection.execute(store.SET_CLOCK, values)


def _said(casework: Casework, rule: ClockRule, runs: Sequence[Run]) -> dict[str, Any]:
    found = reckon(rule.term, runs, casework.calendar)
    return {
        "runs": json.dumps([[run.since, run.until] for run in runs], default=str),
        "due_on": found.due_on,
        "warn_on": _warn_on(casework, rule, found),
        "missing_year": found.missing_year,
        "verified": found.verified,
    }


def _warn_on(casework: Casework, rule: ClockRule, found: Reckoning) -> date | None:
    """The day of the warning; none where the term has no end, or the days before it are not known."""
    if found.due_on is None or rule.warn_before == 0:
        return None
    try:
        return warn_on(rule, found.due_on, casework.calendar)
    except CalendarMissing:
        return None


def _runs(row: Row) -> tuple[Run, ...]:
    return tuple(
        Run(date.fromisoformat(since), None if until is None else date.fromisoformat(until))
        for since, until in row["runs"]
    )


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at all clocks came to: how many were warned about, how many told upwards."""

    warned: int
    escalated: int


def look_at_clocks(casework: Casework) -> Looked:
    """Warn the people in charge of what is near and tell the role above of what is past, each once.

    One transaction for each case, so that a worker that is killed goes on where it stopped.
    """
    today = civil_date(casework.clock())
    with reading(casework.engine) as connection:
        parameters = {"today": today, "known_years": sorted(casework.calendar.years)}
        rows = fetch_all(connection, store.TO_LOOK_AT, parameters)
    warned = escalated = 0
    for case_id in dict.fromkeys(row["case_id"] for row in rows):
        with unit_of_work(casework.engine) as connection:
            one, other = _look_at_case(casework, connection, case_id)
        warned, escalated = warned + one, escalated + other
    return Looked(warned, escalated)


def _look_at_case(casework: Casework, connection: Connection, case_id: UUID) -> tuple[int, int]:
    at = casework.clock()
    case = case_of(casework, dict(connection.execute(store.LOCK_CASE, {"id": case_id}).mappings().one()))
    dossier = read_dossier(casework, connection, case)
    rules = {rule.key: rule for rule in _rules(case)}
    told: dict[str, list[str]] = {"clock_near": [], "clock_past": []}
    for row in dossier.clocks:
        rule = rules[row["key"]]
        if row["missing_year"] is not None:
            _set(casework, connection, rule, row["id"], _runs(row), None)
            row = {**row, **_said(casework, rule, _runs(row))}
        kind = _tell(connection, dossier, rule, row, at)
        if kind is not None:
            told[kind].append(rule.key)
    if any(told.values()):
        audit.append(
            connection,
            actor="system:clocks",
            action="case.clock",
            decision_id=None,
            details={"case": str(case_id), **told},
        )
    return len(told["clock_near"]), len(told["clock_past"])


def _tell(connection: Connection, dossier: Dossier, rule: ClockRule, row: Row, at: datetime) -> str | None:
    """The kind of notification that was sent about one clock, None where there was nothing to say."""
    today, marks = civil_date(at), {"id": row["id"], "at": at}
    body = {"clock": rule.key, "due_on": str(row["due_on"])}
    if row["due_on"] is not None and row["due_on"] < today:
        if connection.execute(store.MARK_ESCALATED, marks).one_or_none() is None:
            return None
        people = [*accounts_with(dossier, ("assignee",)), *_above(connection, dossier, rule, today)]
        notify(connection, dossier.case, people, "clock_past", body, at)
        return "clock_past"
    if row["warn_on"] is not None and row["warn_on"] <= today:
        if connection.execute(store.MARK_WARNED, marks).one_or_none() is None:
            return None
        people = accounts_with(dossier, ("assignee",)) or _above(connection, dossier, rule, today)
        notify(connection, dossier.case, people, "clock_near", body, at)
        return "clock_near"
    return None


def _above(connection: Connection, dossier: Dossier, rule: ClockRule, today: date) -> list[UUID]:
    """Whoever holds the role to which the clock is told upwards, where the case lies."""
    return [] if rule.escalate_to is None else with_role(connection, dossier, rule.escalate_to, today)


def with_role(connection: Connection, dossier: Dossier, role: Role, today: date) -> list[UUID]:
    """Whoever holds `role` where the case lies."""
    parameters = {
        "role": role,
        "today": today,
        "chain": list(dossier.whereabouts.chain),
        "level": dossier.whereabouts.level,
    }
    return [row["account_id"] for row in fetch_all(connection, store.WITH_ROLE, parameters)]


def notify(
    connection: Connection,
    case: CaseFile,
    accounts: Iterable[UUID],
    kind: str,
    body: Mapping[str, Any],
    at: datetime,
) -> None:
    """Tell each of `accounts`, and who acts for them today, what happened in which case, and nothing more."""
    tell(connection, Notice(case.id, kind, {"number": case.number, **body}), accounts, at)
