"""The shapes of rounds, inspections and disputes, sent and answered; examples are of offices that do not exist."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.v1.case_shapes import EXAMPLE as CASE
from api.v1.params import Day
from api.v1.schemas import CodeAndName, Shape

Text = Annotated[str, Field(min_length=1, max_length=300)]
Long = Annotated[str, Field(max_length=4000)]
Username = Annotated[str, Field(min_length=1, max_length=100)]


class Sent(BaseModel):
    """Base of what is sent: nothing unknown."""

    model_config = ConfigDict(extra="forbid")


# -- rounds ----------------------------------------------------------------------------------------------------------


class NewRound(Sent):
    """A round to be planned. `dates`: the region's own, by step; there is no national default."""

    number: Annotated[int, Field(ge=1, le=1000)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    within: Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3})?([0-9]{3})?$", max_length=12)]
    level: Literal["province", "prefecture", "county", "township"]
    begins_on: Day
    dates: Annotated[dict[Annotated[str, Field(max_length=20)], date], Field(max_length=10)]
    basis: Text
    lead_rule: Annotated[str, Field(max_length=40)] = "alternate"
    lines: Annotated[list[UUID], Field(max_length=5000)] | None = None


class RoundShape(Shape):
    """A round of inspections."""

    id: UUID
    number: int
    title: str
    region: CodeAndName | None = Field(description="Who organises it; null: the country.")
    level: str
    begins_on: date
    dates: dict[str, date]
    basis: str
    inspections: int
    progress: dict[str, int] = Field(description="How many inspections stand in each state.")
    overdue: int


class RoundList(Shape):
    """A page of rounds."""

    items: list[RoundShape]
    next: str | None


class DueList(Shape):
    """The lines that are due by a day, and by which rule."""

    by: date
    interval_years: int
    article: str
    items: list[dict[str, Any]]


# -- inspections -----------------------------------------------------------------------------------------------------


class NewInspection(Sent):
    """An inspection out of turn, of a whole line or of some of its segments."""

    line: UUID
    cause: Annotated[str, Field(max_length=40)]
    due_on: Day
    remark: Annotated[str, Field(max_length=2000)] = ""
    segments: Annotated[list[UUID], Field(max_length=5000)] | None = None


class PartySent(Sent):
    """One side: the office that signs for it, and its people."""

    office: Annotated[str, Field(min_length=1, max_length=200)]
    members: Annotated[list[Username], Field(min_length=1, max_length=50)]


class BeginningSent(Sent):
    """How an inspection is begun; separate records name the day after which each side sees the other's."""

    left: PartySent
    right: PartySent
    mode: Literal["joint", "separate"] = "joint"
    reveal_after: Day | None = None


class EntrySent(Sent):
    """An answer to one question about one segment or marker."""

    task: UUID
    item: Annotated[str, Field(max_length=60)]
    result: Literal["in_order", "changed", "problem", "not_applicable"]
    observed_on: Day
    remark: Annotated[str, Field(max_length=2000)] = ""
    position: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    accuracy_m: Annotated[float, Field(gt=0, le=100_000)] | None = None
    photo: UUID | None = None


class EntriesSent(Sent):
    """Answers, entered all or none."""

    entries: Annotated[list[EntrySent], Field(min_length=1, max_length=2000)]


class InspectionShape(Shape):
    """An inspection; to the public only that it was filed."""

    id: UUID
    cause: str
    filed_on: date | None


class InspectionList(Shape):
    """A page of inspections."""

    items: list[InspectionShape]
    next: str | None


class Entered(Shape):
    """How many answers were entered."""

    entered: int


# -- disputes --------------------------------------------------------------------------------------------------------


class FurtherParty(PartySent):
    """A further unit that takes part, by its code."""

    unit: Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3})?([0-9]{3})?$", max_length=12)]


class NewDispute(Sent):
    """A dispute to be opened on one of the three routes."""

    route: Literal["reading", "unclear", "transfer"]
    line: UUID
    summary: Annotated[str, Field(min_length=1, max_length=4000)]
    left: PartySent
    right: PartySent
    others: Annotated[list[FurtherParty], Field(max_length=2)] = []
    findings: Annotated[list[UUID], Field(max_length=500)] = []
    inspection: UUID | None = None


class CoursePart(Sent):
    """A segment of the line with the course that it would get: longitude and latitude, CGCS2000."""

    segment: UUID
    coordinates: Annotated[
        list[Annotated[list[float], Field(min_length=2, max_length=2)]], Field(min_length=2, max_length=50_000)
    ]


class Claim(Sent):
    """What one side claims at a finding of the dispute that a comparison of both surveys told."""

    finding: UUID
    side: Literal["left", "right"]


class NewCourse(Sent):
    """A course to be put on the table: drawn in `parts`, or as one side claims it."""

    parts: Annotated[list[CoursePart], Field(max_length=200)] = []
    claim: Claim | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


class CourseShape(Shape):
    """A course as it was put on the table."""

    id: UUID
    version: int
    sha256: str
    segments: int


class DisputeShape(Shape):
    """A dispute: its route, its line, its case."""

    route: str
    line: dict[str, Any]
    findings: list[dict[str, Any]]
    courses: list[dict[str, Any]]
    case: dict[str, Any]


class DisputeList(Shape):
    """A page of disputes."""

    items: list[dict[str, Any]]
    next: str | None


_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6081"
ROUND: dict[str, Any] = {
    "id": _ID,
    "number": 5,
    "title": "第五轮县级界线联检（虚构）",
    "level": "county",
    "begins_on": "2026-03-02",
    "dates": {"plan": "2026-04-01", "office": "2026-05-01", "field": "2026-09-01", "report": "2026-12-01"},
    "basis": "示云民〔2026〕3号",
    "lead_rule": "alternate",
    "closed_at": None,
    "overdue": 0,
    "region": {"code": "990100", "name": "云溪市"},
    "inspections": 3,
    "progress": {
        "planned": 2, "office": 0, "field": 1, "signing": 0, "reported": 0, "filed": 0, "cancelled": 0,
    },
}  # fmt: skip
ROUNDS: dict[str, Any] = {"items": [ROUND], "next": None}
DUE: dict[str, Any] = {
    "by": "2026-12-01",
    "interval_years": 5,
    "article": "行政区域界线管理条例 第十二条",
    "items": [{"line": _ID, "name": "甲乙线", "due_on": None, "why": "no_inspection_on_record"}],
}
INSPECTION: dict[str, Any] = {
    "id": _ID,
    "line": {"id": _ID, "name": "甲乙线"},
    "cause": "periodic",
    "lead_side": "left",
    "mode": "joint",
    "state": "field",
    "due_on": "2026-12-01",
    "filed_on": None,
}
INSPECTIONS: dict[str, Any] = {"items": [INSPECTION], "next": None}
ENTERED: dict[str, Any] = {"entered": 12}
COURSE: dict[str, Any] = {"id": _ID, "version": 1, "sha256": "9f86d081884c7d65" * 4, "segments": 1}
DISPUTE: dict[str, Any] = {
    "route": "unclear",
    "line": {"id": _ID, "name": "甲乙线"},
    "inspection": None,
    "your_side": "left",
    "findings": [],
    "courses": [],
    "case": {**CASE, "kind": "dispute.unclear"},
}
DISPUTES: dict[str, Any] = {
    "items": [{"id": _ID, "number": "UD-2026-7K3M9QXW4T", "title": "甲乙线边界争议", "route": "unclear"}],
    "next": None,
}
