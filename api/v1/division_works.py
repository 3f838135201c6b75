"""The shape of the works that follow division changes."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.schemas import CodeAndName, DecisionBrief, Shape

_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6092"
EXAMPLE_WORK: dict[str, Any] = {
    "items": [
        {
            "what": "inscribe",
            "state": "underway",
            "units": [{"code": "990121", "name": "甲县"}, {"code": "990122", "name": "乙县"}],
            "line": {"id": _ID, "name": "甲乙线"},
            "markers": 3,
            "markers_left": 2,
            "project": None,
            "effective_on": "2026-08-10",
            "due_on": "2027-07-20",
            "overdue": False,
            "article": "行政区划管理条例 第十六条",
            "mark": "[I]",
            "term": {"article": "行政区划管理条例 第十五条", "mark": "[I]"},
            "decision": {"id": _ID, "doc_no": "演示〔2026〕51号", "title": "更名（演示）"},
        }
    ],
    "next": None,
    "as_of": "2026-11-23",
}


class WorkLine(Shape):
    """The line of a work; without a name where none is on record."""

    id: UUID
    name: str | None


class WorkProject(Shape):
    """The surveying project that was opened because of the change, by its number and state."""

    number: str
    state: str


class WorkTerm(Shape):
    """By which article the last day is worked out, and how sure that is."""

    article: str
    mark: str


class DivisionWork(Shape):
    """A work that a division change left on a line."""

    what: Literal["survey_new", "survey_again", "ends", "inscribe"]
    state: Literal["open", "underway", "done"]
    units: list[CodeAndName] = Field(description="As they are afterwards; of a line that ends, as they were.")
    line: WorkLine | None = Field(description="null: the register has no such line yet.")
    markers: int = Field(description="Markers that stood on the line when the change was executed.")
    markers_left: int | None = Field(description="Of markers to inscribe: how many are not recorded as done.")
    project: WorkProject | None
    effective_on: date
    due_on: date
    overdue: bool
    article: str
    mark: str = Field(description="How sure the article is: [V] read there, [I] inferred.")
    term: WorkTerm
    decision: DecisionBrief | None


class DivisionWorks(Shape):
    """A page of works, those due first first."""

    items: list[DivisionWork]
    next: str | None
    as_of: date
