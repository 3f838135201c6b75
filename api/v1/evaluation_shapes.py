"""The shapes of evaluations of division changes, with an example of a county that never was."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.case_shapes import Label
from api.v1.inspection_shapes import Sent
from api.v1.params import CODE_PATTERN, Day
from api.v1.schemas import CodeAndName, DecisionBrief, Shape

ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60e1"
_CHANGE = {"id": ID, "doc_no": "演示〔2026〕31号", "title": "关于设立甘棠县的批复（虚构）"}
EVALUATION: dict[str, Any] = {
    "id": ID,
    "code": "PG-2027-1",
    "title": "云溪市部分行政区划调整效果评估（虚构）",
    "changed_on": "2026-03-10",
    "decision": ID,
    "demonstration": False,
    "overdue": 0,
    "next_due": "2028-06-30",
    "unit": {"code": "990100", "name": "云溪市"},
    "change": _CHANGE,
    "periods": 2,
    "state": "complete",
}
ROW: dict[str, Any] = {
    "unit": {"code": "990121", "name": "甘棠县"},
    "indicator": "income",
    "label": {"zh": "居民人均可支配收入", "en": "disposable income a head"},
    "group": {"zh": "经济", "en": "economy"},
    "measure": "元",
    "better": "up",
    "values": [{"value": 30000, "source": "统计公报（虚构）"}, {"value": 33000, "source": "统计公报（虚构）"}],
    "before": 30000,
    "after": 33000,
    "difference": 3000,
    "share": 0.1,
    "verdict": "better",
}
WHOLE: dict[str, Any] = {
    **EVALUATION,
    "by": _CHANGE,
    "method": "统计数据比较（虚构）",
    "conclusion": "达到预期（虚构）",
    "as_of": "2027-11-23",
    "times": [
        {"label": "2025年", "until": "2025-12-31", "due": None, "after": False},
        {"label": "2027年", "until": "2027-12-31", "due": "2028-06-30", "after": True},
    ],
    "rows": [ROW],
    "verdicts": {"better": 1, "worse": 0, "same": 0, "neutral": 0, "incomplete": 0},
}


class EvaluationBrief(Shape):
    """An evaluation of a division change. `overdue`: periods whose day has passed and that have no value."""

    id: UUID
    code: str = Field(description="Its number in the division that evaluates.")
    title: str
    changed_on: date
    decision: UUID
    demonstration: bool
    overdue: int
    next_due: date | None
    unit: CodeAndName = Field(description="The division that evaluates.")
    change: DecisionBrief | None = Field(description="The decision whose effect is evaluated.")
    periods: int
    state: Literal["planned", "underway", "complete"] = Field(description="By the periods after the change.")


class Evaluations(Shape):
    """A page of evaluations, those of the latest changes first."""

    items: list[EvaluationBrief]
    next: str | None
    as_of: date


class EvaluationTime(Shape):
    """A period: the day it reaches, by when its values are due, on which side of the change it lies."""

    label: str
    until: date
    due: date | None
    after: bool


class EvaluationValue(Shape):
    """A value with its source."""

    value: float
    source: str


class EvaluationRow(Shape):
    """An indicator for the land of a unit: values in the order of the periods; the last before and the last after."""

    unit: CodeAndName
    indicator: str
    label: Label
    group: Label | None
    measure: str
    better: Literal["up", "down", "none"]
    values: list[EvaluationValue | None]
    before: float | None
    after: float | None
    difference: float | None
    share: float | None = Field(description="The difference as a share of the value before; null where that is 0.")
    verdict: Literal["better", "worse", "same", "neutral", "incomplete"]


class EvaluationInFull(EvaluationBrief):
    """An evaluation with every indicator before and after."""

    by: DecisionBrief | None
    method: str
    conclusion: str
    as_of: date
    times: list[EvaluationTime]
    rows: list[EvaluationRow]
    verdicts: dict[str, int]


class IndicatorRow(Shape):
    """An indicator that the project proposes."""

    key: str
    label: Label
    group: Label
    measure: str
    better: Literal["up", "down", "none"]


class IndicatorList(Shape):
    """The indicators; an evaluation may use others."""

    items: list[IndicatorRow]


Text = Annotated[str, Field(max_length=4000)]


class NewPeriod(Sent):
    """A period, each later than the one before."""

    label: Annotated[str, Field(min_length=1, max_length=60)]
    until: Day
    due: Day | None = None


class NewValue(Sent):
    """A value of the land of a unit as it is after the change."""

    unit: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]
    indicator: Annotated[str, Field(min_length=1, max_length=60)]
    period: Annotated[str, Field(min_length=1, max_length=60)]
    value: Annotated[float, Field(strict=True, gt=-1e18, lt=1e18, allow_inf_nan=False)]
    source: Annotated[str, Field(min_length=1, max_length=300)]
    measure: Annotated[str, Field(max_length=20)] = ""
    better: Literal["up", "down", "none"] = "none"


class NewEvaluation(Sent):
    """An evaluation to be recorded, whole; a number that the division has is brought up to date."""

    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]
    code: Annotated[str, Field(min_length=1, max_length=60)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    change: UUID
    periods: Annotated[list[NewPeriod], Field(min_length=1, max_length=20)]
    values: Annotated[list[NewValue], Field(max_length=5000)] = []  # noqa: RUF012 -- pydantic copies defaults
    method: Text = ""
    conclusion: Annotated[str, Field(max_length=20000)] = ""
    authority: Annotated[str, Field(min_length=1, max_length=200)]
    document: Annotated[str, Field(max_length=200)] = ""
    doc_no: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    source: Annotated[str, Field(min_length=1, max_length=500)]


class EvaluationRecorded(Shape):
    """What became of an evaluation that was sent."""

    id: UUID
    outcome: Literal["new", "changed", "unchanged"]
