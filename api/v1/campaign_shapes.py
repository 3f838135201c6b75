"""The shapes of campaigns in answers, with an example of a county that never was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.inspection_shapes import Sent
from api.v1.params import CODE_PATTERN, Day
from api.v1.schemas import CodeAndName, DecisionBrief, Shape

ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60d1"
TARGET = {"names": 40, "signs": 60, "uploads": 200}
DONE = {"names": 20, "signs": 60, "uploads": 150}
CAMPAIGN: dict[str, Any] = {
    "id": ID,
    "code": "XC-2026",
    "title": "乡村著名行动（虚构）",
    "aims": "自然村、村道有名有标（虚构）",
    "starts_on": "2026-01-01",
    "ends_on": "2027-12-31",
    "decision": ID,
    "demonstration": False,
    "classes": ["OTHER", "STREET"],
    "unit": {"code": "990100", "name": "云溪市"},
    "state": "running",
}
PART: dict[str, Any] = {
    "unit": {"code": "990121", "name": "甘棠县"},
    "point": [110.05, 30.05],
    "target": TARGET,
    "done": DONE,
    "names_in_batches": 12,
    "share": 0.75,
}
WHOLE: dict[str, Any] = {
    **CAMPAIGN,
    "as_of": "2026-11-23",
    "counted_until": "2026-11-23",
    "by": {"id": ID, "doc_no": None, "title": "乡村著名行动方案（虚构）"},
    "total": {name: PART[name] for name in ("target", "done", "names_in_batches", "share")},
    "parts": [PART],
}


class Campaign(Shape):
    """A campaign for the names of villages."""

    id: UUID
    code: str = Field(description="Its number in the division that leads.")
    title: str
    aims: str
    starts_on: date
    ends_on: date = Field(description="The last day.")
    decision: UUID
    demonstration: bool
    classes: list[str] = Field(description="Classes of places that count.")
    unit: CodeAndName = Field(description="The division that leads.")
    state: Literal["planned", "running", "ended"] = Field(description="On the day asked about.")


class Campaigns(Shape):
    """A page of campaigns, the latest first."""

    items: list[Campaign]
    next: str | None
    as_of: date


class Targets(Shape):
    """How many names are given, signs set, names brought to maps."""

    names: int = Field(description="Places whose standard name was given in the period.")
    signs: int = Field(description="Signs set in the period at places that count.")
    uploads: int = Field(description="Standing standard names that the register first told map services in the period.")


class Progress(Shape):
    """Targets beside what the register says was done."""

    target: Targets
    done: Targets
    names_in_batches: int = Field(description="How many of the names came in batches.")
    share: float | None = Field(description="Mean share of the targets that is reached, none above 1; null: no target.")


class CampaignPart(Progress):
    """A division that takes part."""

    unit: CodeAndName
    point: Sequence[float] | None = Field(description="Longitude and latitude, CGCS2000.")


class CampaignInFull(Campaign):
    """A campaign with its progress."""

    as_of: date
    counted_until: date = Field(description="The last day that counts: `as_of`, or the campaign's last.")
    by: DecisionBrief | None
    total: Progress
    parts: list[CampaignPart]


class NewPart(Sent):
    """A division that takes part with its targets."""

    unit: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]
    names: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    signs: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    uploads: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class NewCampaign(Sent):
    """A campaign to be recorded. `title` is also that of the document, unless it has one of its own."""

    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]
    code: Annotated[str, Field(min_length=1, max_length=60)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    starts_on: Day
    ends_on: Day
    parts: Annotated[list[NewPart], Field(min_length=1, max_length=3000)]
    aims: Annotated[str, Field(max_length=4000)] = ""
    classes: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)] = []  # noqa: RUF012 -- pydantic copies defaults
    authority: Annotated[str, Field(min_length=1, max_length=200)]
    document: Annotated[str, Field(max_length=200)] = ""
    doc_no: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    source: Annotated[str, Field(min_length=1, max_length=500)]


class CampaignRecorded(Shape):
    """What became of a campaign that was sent."""

    id: UUID
    outcome: Literal["new", "changed", "unchanged"]
