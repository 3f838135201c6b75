"""The shapes of answers about one marker, its photographs and the works on it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.v1.line_schemas import MarkerItem
from api.v1.schemas import DecisionBrief, IsoDateText, Shape


class MarkerPhotoClaim(Shape):
    """What a photograph's file says of time and place; a claim, never a proof."""

    at: str | None
    position: list[float] | None


class MarkerPhoto(Shape):
    """A photograph of a marker, kept byte for byte."""

    id: UUID
    file_name: str
    media_type: str
    bytes: int
    sha256: str
    caption: str
    looks_deg: float | None
    added_at: datetime
    claimed: MarkerPhotoClaim


class MarkerDetail(MarkerItem):
    """A marker on a day. `history`, `doubts` and `photos` are for staff, and null for everybody else."""

    as_of: IsoDateText
    crs: str
    position_withheld: Literal["for_staff"] | None
    decisions: list[DecisionBrief]
    history: list[dict[str, Any]] | None
    doubts: list[dict[str, Any]] | None
    photos: list[MarkerPhoto] | None


class TableRow(Shape):
    """A row of a table: what would become of it, what is wrong with it, what is doubted."""

    line: int
    code: str
    outcome: Literal["new", "changed", "unchanged", "faulty"]
    faults: list[str]
    faults_zh: list[str]
    displacement_m: float | None
    warnings: list[dict[str, Any]]


class TableReport(Shape):
    """What became, or would become, of a table of markers; `written`: rows that are in the register now."""

    line: UUID
    scheme: str
    event: str
    effective_on: IsoDateText
    counts: dict[str, int]
    written: int
    rows: list[TableRow]


EXAMPLE_TABLE_REPORT: dict[str, Any] = {
    "line": "54d272a5-008a-5c3d-bca0-7394a9c67f70",
    "scheme": "provincial",
    "event": "set",
    "effective_on": "2026-03-01",
    "counts": {"new": 1},
    "written": 0,
    "rows": [
        {
            "line": 2,
            "code": "9901001Q",
            "outcome": "new",
            "faults": [],
            "faults_zh": [],
            "displacement_m": None,
            "warnings": [],
        }
    ],
}


class NewMarker(BaseModel):
    """A marker as it is planned."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(max_length=40)
    scheme: str = Field(max_length=40)
    kind: Literal["single", "double", "triple"]
    part: Literal["Q", "A", "B", "C", "D", "E"]
    faces: Literal[2, 3]
    material: str = Field(min_length=1, max_length=60)
    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)


class WorkProposed(BaseModel):
    """A work on a marker, proposed by one side of its line."""

    model_config = ConfigDict(extra="forbid")
    work: str = Field(max_length=20, description="repair, restore, replace, move, add, scrap")
    reason: str = Field(min_length=1, max_length=2000)
    marker: UUID | None = Field(None, description="The marker; none where one is added.")
    line: UUID | None = Field(None, description="The line to which a marker is added.")
    new: NewMarker | None = Field(None, description="The marker that is added, as it is planned.")
    third: str | None = Field(None, max_length=12, description="The code of the third unit where lines meet.")
    inspection: UUID | None = Field(None, description="The joint inspection that the work came out of.")
    attachments: list[UUID] = Field(default_factory=list, max_length=20)


class SurveyProposed(BaseModel):
    """A surveying project, opened by one side of its line; or of a line that is not in the register yet."""

    model_config = ConfigDict(extra="forbid")
    line: UUID | None = Field(None, description="The line; null for one that is not in the register.")
    basis: Literal["township", "division_change", "never_surveyed"]
    reason: str = Field(min_length=1, max_length=2000)
    units: list[Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$", max_length=12)]] = Field(
        default_factory=list,
        max_length=2,
        description="Without `line`: the codes of its two units, left and right as its points are to run.",
    )
    name: str | None = Field(None, min_length=1, max_length=60, description="What the new line is to be called.")
    whole: bool = Field(False, description="Whether the new line divides the whole land under it between the two.")
    segment: UUID | None = Field(None, description="Which stretch, where the line has several between its nodes.")
    attachments: list[UUID] = Field(default_factory=list, max_length=20)


EXAMPLE_PHOTO: dict[str, Any] = {
    "id": "0199a0c0-0000-7000-8000-000000000001",
    "file_name": "界桩正面.jpg",
    "media_type": "image/jpeg",
    "bytes": 214003,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "caption": "正面",
    "looks_deg": 90.0,
    "added_at": "2026-03-02T02:00:00Z",
    "claimed": {"at": "2026-03-02T10:15:00", "position": [99.0, 40.51]},
}
#: A marker of an invented line, as everybody sees it.
EXAMPLE_MARKER: dict[str, Any] = {
    "id": "0199a0c0-0000-7000-8000-000000000002",
    "code": "9901001Q",
    "scheme": "provincial",
    "kind": "single",
    "part": "Q",
    "faces": 2,
    "material": "花岗岩",
    "state": "standing",
    "line": "0199a0c0-0000-7000-8000-000000000003",
    "line_name": "甲乙线",
    "valid": {"from": "2024-05-01", "to": None},
    "decision": "0199a0c0-0000-7000-8000-000000000004",
    "demonstration": True,
    **dict.fromkeys(
        ("position", "accuracy_m", "method", "elevation_m", "height_datum", "place", "witnesses", "custodian",
         "shape", "set_on", "surveyed_on", "sides")
    ),
    "as_of": "2026-06-30",
    "crs": "CGCS2000 (EPSG:4490)",
    "position_withheld": "for_staff",
    "decisions": [],
    "history": None,
    "doubts": None,
    "photos": None,
}  # fmt: skip
