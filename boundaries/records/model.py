"""Answers of an inspection: which stand, what is missing, what the record says. Pure values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from boundaries.findings.model import Side as FindingSide
from boundaries.records.checklist import Item, Stage, asked
from boundaries.records.measurements import Measurement, told

EntrySide = Literal["joint", "left", "right"]
SIDES: tuple[EntrySide, ...] = ("joint", "left", "right")
Result = Literal["in_order", "changed", "problem", "not_applicable"]
RESULTS: tuple[Result, ...] = ("in_order", "changed", "problem", "not_applicable")
#: Answers that open a finding when the record is drawn up.
NOT_IN_ORDER: tuple[Result, ...] = ("changed", "problem")
#: /2: what was measured stands with each task.
FORMAT = "diming-inspection-record/2"
MAX_REMARK = 2000


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An answer about to be entered. `position`: longitude and latitude of the photograph or of the observer.

    `accuracy_m`: RMSE of the position. `photo`: an upload of the same person.
    """

    task: UUID
    item: str
    result: Result
    observed_on: date
    remark: str = ""
    position: tuple[float, float] | None = None
    accuracy_m: float | None = None
    photo: UUID | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be looked at."""

    id: UUID
    ordinal: int
    kind: str
    target: UUID
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer as it stands."""

    id: UUID
    task: UUID
    stage: Stage
    side: EntrySide
    item: str
    result: Result
    remark: str
    observed_on: date
    position: tuple[float, float] | None
    accuracy_m: float | None
    photo_sha256: str | None
    photo_name: str | None
    at: datetime
    by: UUID


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """Of each question and side the latest answer, in the order in which they came."""
    latest = {(e.task, e.stage, e.side, e.item): e for e in entries}
    return sorted(latest.values(), key=lambda e: (e.at, str(e.id)))


def finding_side(side: str) -> FindingSide:
    """Whose matter a finding is that this side found."""
    return "both" if side == "joint" else side  # type: ignore[return-value]


def answering(mode: str) -> tuple[EntrySide, ...]:
    """Who answers: the joint party, or each side by itself."""
    return ("joint",) if mode == "joint" else ("left", "right")


def unanswered(
    tasks: Sequence[Task], entries: Iterable[Entry], stage: Stage, side: EntrySide
) -> list[tuple[Task, Item]]:
    """The questions of a stage to which a side has not answered."""
    known = {(e.task, e.item) for e in entries if e.stage == stage and e.side == side}
    return [(t, item) for t in tasks for item in asked(stage, t.kind) if (t.id, item.key) not in known]


def stage_now(state: str) -> Stage | None:
    """The stage of an inspection in a state; None where nothing is answered."""
    return {"office": "office", "field": "field"}.get(state)  # type: ignore[return-value]


def record_content(
    inspection: Mapping[str, Any],
    sides: Mapping[str, Mapping[str, Any]],
    tasks: Sequence[Task],
    entries: Sequence[Entry],
    measurements: Sequence[Measurement],
    conclusion: str,
    drawn_up_on: date,
) -> dict[str, Any]:
    """The record (联检记录表) as values for canonical JSON: everything that both sides sign, in a fixed order."""
    return {
        "format": FORMAT,
        "inspection": {
            name: str(inspection[name]) for name in ("id", "line_id", "cause", "due_on", "lead_side", "mode")
        },
        "line": str(inspection["line"]),
        "sides": {side: {name: sides[side][name] for name in ("code", "name", "office")} for side in ("left", "right")},
        "drawn_up_on": drawn_up_on.isoformat(),
        "conclusion": conclusion,
        "tasks": [_task(task, entries, measurements) for task in tasks],
    }


def _task(task: Task, entries: Sequence[Entry], measurements: Sequence[Measurement]) -> dict[str, Any]:
    return {
        "kind": task.kind,
        "id": str(task.target),
        "label": task.label,
        "answers": [_answer(item, entry) for item, entry in _answers_of(task, entries)],
        "measurements": [told(m) for m in measurements if m.task == task.id],
    }


def _answers_of(task: Task, entries: Sequence[Entry]) -> list[tuple[Item, Entry]]:
    items = [*asked("office", task.kind), *asked("field", task.kind)]
    return [(i, e) for i in items for e in entries if e.task == task.id and e.item == i.key]


def _answer(item: Item, entry: Entry) -> dict[str, Any]:
    return {
        "item": item.key,
        "content": item.content,
        "question": item.label.zh,
        "side": entry.side,
        "result": entry.result,
        "remark": entry.remark,
        "observed_on": entry.observed_on.isoformat(),
        "position": None if entry.position is None else [f"{value:.8f}" for value in entry.position],
        "accuracy_m": None if entry.accuracy_m is None else f"{entry.accuracy_m:g}",
        "photo": None if entry.photo_sha256 is None else {"sha256": entry.photo_sha256, "name": entry.photo_name},
    }


RESULT_WORDS: Mapping[str, str] = {
    "in_order": "正常",
    "changed": "有变化",
    "problem": "有问题",
    "not_applicable": "不适用",
}
SIDE_WORDS: Mapping[str, str] = {"joint": "双方共同", "left": "左侧", "right": "右侧"}


def record_rows(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of the record form: one for each answer, as documents print them."""
    return [
        {
            "task": str(task["label"]),
            "item": str(answer["question"]),
            "result": RESULT_WORDS[answer["result"]],
            "remark": "；".join(part for part in (_by(answer), str(answer["remark"])) if part) or "—",
            "day": str(answer["observed_on"]),
        }
        for task in content["tasks"]
        for answer in task["answers"]
    ]


def _by(answer: Mapping[str, Any]) -> str:
    return "" if answer["side"] == "joint" else SIDE_WORDS[str(answer["side"])]
