"""Answering the questions of an inspection, all alike or with exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from boundaries.records.checklist import Stage, asked
from boundaries.records.model import EntryDraft, Result
from boundaries.records.reading import tasks_of
from boundaries.records.service import enter_answers
from data.db import reading
from tests.samples.office import Office

DAY = date(2026, 3, 1)


def answers(
    office: Office, inspection: UUID, stage: Stage, special: Mapping[str, tuple[Result, str]] | None = None
) -> list[EntryDraft]:
    """An answer to each question of a stage: in order, but for `special` by the key of the question."""
    with reading(office.casework.engine) as connection:
        tasks = tasks_of(connection, inspection)
    drafts = []
    for task in tasks:
        for item in asked(stage, task.kind):
            result, remark = (special or {}).get(item.key, ("in_order", ""))
            drafts.append(EntryDraft(task.id, item.key, result, DAY, remark))
    return drafts


def answer_all(office: Office, who: str, inspection: UUID, stage: Stage, **special: tuple[Result, str]) -> int:
    """Answer everything as `who`."""
    return enter_answers(office.casework, office[who], inspection, answers(office, inspection, stage, special))
