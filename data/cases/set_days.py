"""Days that people of a case have set, beside the terms of the law: until when a reply is asked for, a task is done.

Looked at every morning like the clocks: whoever is to do it hears of the day when it is near, and whoever set it too
when it has passed. What was told already stands in the notices themselves, so that nobody hears of a day twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.cases import store
from data.cases.deadlines import Looked, notify, with_role
from data.cases.model import Casework, SetDay
from data.cases.records import case_of
from data.cases.views import Dossier, accounts_with, read_dossier
from data.clock import civil_date
from data.db import fetch_all, reading, unit_of_work

#: How many days before it a day is near. As the terms of the naming procedures have it (`warn_before`).
NEAR = timedelta(days=3)
REPLY = "reply"


@dataclass(frozen=True, slots=True)
class _Told:
    """A notice about to be sent: its kind, the day that it is about, and to whom."""

    kind: str
    day: SetDay
    accounts: Sequence[UUID]

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells this notice from every other of the case."""
        return self.kind, self.day.key, self.day.due_on.isoformat()

    @property
    def body(self) -> Mapping[str, Any]:
        """What the notice keeps: keys, numbers and days."""
        return {"day": self.day.key, "n": self.day.number, "due_on": self.day.due_on.isoformat()}


def look_at_set_days(casework: Casework) -> Looked:
    """Tell people of the days that are near or past, each once; one transaction for each case."""
    soon = civil_date(casework.clock()) + NEAR
    with_days = [key for key, subject in casework.subjects.items() if subject.days is not None]
    with reading(casework.engine) as connection:
        ids = [row["id"] for row in fetch_all(connection, store.WITH_SET_DAYS, {"soon": soon, "procedures": with_days})]
    warned = escalated = 0
    for case_id in ids:
        with unit_of_work(casework.engine) as connection:
            near, past = _look_at_case(casework, connection, case_id)
        warned, escalated = warned + near, escalated + past
    return Looked(warned, escalated)


def _look_at_case(casework: Casework, connection: Connection, case_id: UUID) -> tuple[int, int]:
    at = casework.clock()
    case = case_of(casework, dict(connection.execute(store.LOCK_CASE, {"id": case_id}).mappings().one()))
    dossier = read_dossier(casework, connection, case)
    rows = fetch_all(connection, store.TOLD_OF_DAYS, {"id": case_id})
    told = {(row["kind"], row["day"], row["due_on"]) for row in rows}
    new = [one for one in _due(casework, connection, dossier, civil_date(at)) if one.key not in told and one.accounts]
    for one in new:
        notify(connection, case, one.accounts, one.kind, one.body, at)
    if new:
        said = {"case": str(case_id), "days": [f"{one.kind} {one.day.key}" for one in new]}
        audit.append(connection, actor="system:clocks", action="case.clock", decision_id=None, details=said)
    past = sum(1 for one in new if one.kind.endswith("_past"))
    return len(new) - past, past


def _due(casework: Casework, connection: Connection, dossier: Dossier, today: date) -> Iterator[_Told]:
    for day, to_do, set_it in _days(casework, connection, dossier, today):
        if day.due_on < today:
            yield _Told(f"{day.kind}_past", day, list(dict.fromkeys((*to_do, *set_it))))
        elif day.due_on - NEAR <= today:
            yield _Told(f"{day.kind}_near", day, to_do)


def _days(
    casework: Casework, connection: Connection, dossier: Dossier, today: date
) -> Iterator[tuple[SetDay, Sequence[UUID], Sequence[UUID]]]:
    """Each day that is still awaited: who hears of it when it is near, and who too when it has passed."""
    yield from _replies(dossier)
    days = casework.subject(dossier.case.procedure.key).days
    people = accounts_with(dossier, ("opener", "assignee"))
    for day in days(dossier.case.facts) if days else ():
        yield day, people, with_role(connection, dossier, day.escalate_to, today) if day.escalate_to else ()


def _replies(dossier: Dossier) -> Iterator[tuple[SetDay, Sequence[UUID], Sequence[UUID]]]:
    """The replies that were asked for by a day and have not come, where one can still reply."""
    if REPLY not in dossier.case.procedure.states[dossier.case.state].allows:
        return
    answered = {row["answers_id"] for row in dossier.opinions}
    for row in dossier.opinions:
        if row["kind"] == "consultation" and row["due_on"] is not None and row["id"] not in answered:
            yield SetDay(str(row["id"]), REPLY, row["due_on"]), [row["to_id"]], [row["by_id"]]
