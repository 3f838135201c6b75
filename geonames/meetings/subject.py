"""Joint meetings as the case engine runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from data.access import Actor
from data.cases.model import Action, Casework, Deciding, Opening, Outcome, Subject
from data.cases.reading import find_case
from data.cases.service import act, open_case
from data.clock import civil_date
from data.errors import Conflict
from geonames.applications.given import bad_field
from geonames.meetings.meeting import check_facts, days_of, propose, tasks_done, tasks_of

PROCEDURE = "naming.joint_meeting"
#: How a meeting is linked to the cases that it is about.
RELATION = "joint_meeting"
MOST_TASKS = 50


@dataclass(frozen=True, slots=True)
class MeetingCalled:
    """A meeting about to be called. `cases`: what it is about; none: it stands alone."""

    unit: UUID | None
    facts: Mapping[str, Any]
    cases: Sequence[UUID] = ()


def call_meeting(casework: Casework, actor: Actor, called: MeetingCalled, key: str | None = None) -> dict[str, Any]:
    """Call a meeting and link it to its cases; its case. NotFound `no_such_case`, and what `open_case` raises."""
    for about in called.cases:
        find_case(casework, actor, about)
    title = f"联席会议：{str(called.facts.get('topic', '')).strip()}"[:300]
    case = open_case(casework, actor, Opening(PROCEDURE, title, called.unit, called.facts), key)
    for number, about in enumerate(called.cases):
        link = Action("link", {"case": str(about), "relation": RELATION}, key=f"{key}:link:{number}" if key else None)
        case = act(casework, actor, UUID(str(case["id"])), link)
    return case


def hold(deciding: Deciding) -> Outcome:
    """The meeting was held: its minutes, and what was agreed."""
    fields = deciding.fields
    held_on = _day(fields, "held_on")
    if held_on > civil_date(deciding.at):
        raise bad_field("held_on", "lies in the future")
    said = {key: fields[key] for key in ("attended", "minutes", "agreed")}
    return Outcome(facts={"held_on": held_on.isoformat(), **said})


def add_task(deciding: Deciding) -> Outcome:
    """Somebody is to do something by a day."""
    fields, tasks = deciding.fields, list(tasks_of(deciding.case.facts))
    if len(tasks) >= MOST_TASKS:
        raise Conflict(f"A meeting has at most {MOST_TASKS} tasks. Nothing was changed.", code="already_done")
    due_on = _day(fields, "due_on")
    if due_on < date.fromisoformat(str(deciding.case.facts["held_on"])):
        raise bad_field("due_on", "lies before the meeting")
    task = {
        "what": fields["what"],
        "responsible": fields["responsible"],
        "due_on": due_on.isoformat(),
        "done_on": None,
        "how": None,
    }
    return Outcome(facts={"tasks": [*tasks, task]})


def finish_task(deciding: Deciding) -> Outcome:
    """A task was done, and how; once."""
    tasks, said = list(tasks_of(deciding.case.facts)), deciding.fields["number"].strip()
    if not (said.isascii() and said.isdecimal() and 1 <= int(said) <= len(tasks)):
        raise bad_field("number", f"is the number of a task, from 1 to {len(tasks)}")
    task = tasks[int(said) - 1]
    if task["done_on"] is not None:
        raise Conflict(f"Task {said} was done on {task['done_on']}. Nothing was changed.", code="already_done")
    tasks[int(said) - 1] = {**task, "done_on": civil_date(deciding.at).isoformat(), "how": deciding.fields["how"]}
    return Outcome(facts={"tasks": tasks})


def _day(fields: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(fields[name].strip())
    except ValueError as error:
        raise bad_field(name, "is no date such as 2026-06-01") from error


JOINT_MEETING = Subject(
    check_facts=check_facts,
    conditions={"tasks_done": tasks_done},
    effects={"hold": hold, "add_task": add_task, "finish_task": finish_task},
    propose=propose,
    days=days_of,
)
