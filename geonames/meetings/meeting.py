"""What a joint meeting is about, and its tasks: who does what, by when, whether it is done. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.access import Role
from data.cases.model import Proposal, ProposalRow, SetDay
from data.errors import BadInput
from data.workflow.model import CaseView, Label, Missing

#: Field of a meeting and the most characters of it.
TEXTS: Mapping[str, int] = {"topic": 200, "offices": 1000, "where": 200, "agenda": 2000}
LABELS: Mapping[str, Label] = {
    "topic": Label("议题", "subject"),
    "meets_on": Label("会议日期", "day"),
    "where": Label("地点", "where"),
    "offices": Label("参加单位", "offices asked"),
    "agenda": Label("议程", "agenda"),
    "held_on": Label("召开日期", "held on"),
    "attended": Label("到会", "who was there"),
    "minutes": Label("纪要", "minutes"),
    "agreed": Label("议定事项", "what was agreed"),
}


class Meeting(BaseModel):
    """A meeting that is called. `offices`: those asked to come, as words; no personal data."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    topic: str = Field(min_length=1, max_length=TEXTS["topic"])
    meets_on: date
    offices: str = Field(min_length=1, max_length=TEXTS["offices"])
    where: str = Field(default="", max_length=TEXTS["where"])
    agenda: str = Field(default="", max_length=TEXTS["agenda"])


def check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The meeting in its stored form; BadInput `bad_case` says every field that is wrong."""
    try:
        said: dict[str, Any] = Meeting.model_validate(facts).model_dump(mode="json")
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise BadInput(f"The meeting cannot be taken: {wrong}. Nothing was stored.", code="bad_case") from error
    return {**said, "tasks": []}


def tasks_of(facts: Mapping[str, object]) -> Sequence[Mapping[str, Any]]:
    """The tasks in their order: `what`, `responsible`, `due_on`, `done_on` and `how` (None while open)."""
    tasks = facts.get("tasks")
    return tasks if isinstance(tasks, list) else []


def tasks_done(case: CaseView, _argument: str) -> Missing | None:
    """Every task was done."""
    left = sum(1 for task in tasks_of(case.facts) if task["done_on"] is None)
    return Missing("tasks_open", f"{left} tasks of the meeting are not done.", {"n": left}) if left else None


def days_of(facts: Mapping[str, Any]) -> Sequence[SetDay]:
    """The days of the tasks that are not done; the authority above hears of those that have passed."""
    return [
        SetDay(f"task:{number}", "task", date.fromisoformat(task["due_on"]), number, Role.APPROVING_AUTHORITY)
        for number, task in enumerate(tasks_of(facts), 1)
        if task["done_on"] is None
    ]


def propose(facts: Mapping[str, Any]) -> Proposal:
    """A meeting as people read it, with its tasks."""
    return Proposal(list(_rows(facts)))


def _rows(facts: Mapping[str, Any]) -> Iterator[ProposalRow]:
    yield from (ProposalRow(label, str(facts[key])) for key, label in LABELS.items() if facts.get(key))
    for number, task in enumerate(tasks_of(facts), 1):
        state = f"已完成（{task['done_on']}）：{task['how']}" if task["done_on"] else f"限 {task['due_on']} 前，未完成"
        yield ProposalRow(Label(f"任务 {number}", f"task {number}"), f"{task['responsible']}：{task['what']}。{state}")
