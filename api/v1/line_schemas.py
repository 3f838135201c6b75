"""The shapes of answers about boundary lines and markers."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.schemas import CodeAndName, DecisionBrief, HolderBrief, IsoDateText, Level, Shape, Validity

LegalStatus = Literal["agreed", "ordered", "not_agreed", "undocumented"]
TechnicalStatus = Literal["edge_matched", "not_edge_matched", "one_sided"]


class LineItem(Shape):
    """A boundary line in a list."""

    id: UUID
    name: str | None
    name_source: str | None
    code: str | None
    level: Level
    units: list[CodeAndName] = Field(min_length=2, max_length=2)
    length_m: float
    legal_status: dict[LegalStatus, float] = Field(description="Metres of the line by legal status.")
    valid: Validity


class LineList(Shape):
    """A page of lines."""

    items: list[LineItem]
    next: str | None
    as_of: IsoDateText


class LineSegment(Shape):
    """A stretch between two nodes, as the line goes through it."""

    id: UUID
    left: HolderBrief | None
    right: HolderBrief | None
    length_m: float
    legal_status: LegalStatus
    technical_status: TechnicalStatus
    scale: int | None
    accuracy_m: float | None
    method: str | None
    valid: Validity
    decision: UUID


class LineDetail(LineItem):
    """A line with its segments and documents."""

    as_of: IsoDateText
    segments: list[LineSegment]
    decisions: list[DecisionBrief]
    crs: str
    geometry: dict[str, Any] | None
    geometry_withheld: Literal["map_not_approved"] | None
    map_approval: str | None
    footer: str | None


class LineVersion(Shape):
    """A state of a line: from which day, how many segments are new in it, by which documents."""

    from_: IsoDateText = Field(alias="from")
    segments_changed: int
    decisions: list[DecisionBrief]


class LineVersions(Shape):
    """All states of a line."""

    id: UUID
    items: list[LineVersion]


class Displacement(Shape):
    """How far a segment moved."""

    p50_m: float
    p95_m: float
    max_m: float


class SegmentChange(Shape):
    """What became of one segment, and the documents before and after."""

    segment: UUID
    kind: Literal["added", "removed", "moved", "changed"]
    displacement: Displacement | None
    before: UUID | None
    after: UUID | None
    left: HolderBrief | None
    right: HolderBrief | None
    length_before_m: float | None
    length_after_m: float | None
    without_document: bool = Field(description="Whether it differs and no document of its own carries it.")


class CededLand(Shape):
    """A piece of land that went from one unit to another; null: to or from none of the register."""

    from_: HolderBrief | None = Field(alias="from")
    to: HolderBrief | None
    area_m2: float
    width_m: float
    geometry: dict[str, Any]


class Balance(Shape):
    """Square metres that a unit ceded and gained, slivers included; null: none of the register."""

    unit: CodeAndName | None
    ceded_m2: float
    gained_m2: float
    net_m2: float


class KnownAt(Shape):
    """As known when each side was asked for; null: now."""

    from_: str | None = Field(alias="from")
    to: str | None


class LineDiff(Shape):
    """What differs between two days."""

    id: UUID
    from_: IsoDateText = Field(alias="from")
    to: IsoDateText
    unchanged: int
    changes: list[SegmentChange]
    land: list[CededLand]
    slivers: dict[str, float]
    counts: dict[Literal["added", "removed", "moved", "changed"], int]
    balance: list[Balance]
    known_at: KnownAt


class FileDiff(Shape):
    """What differs between a line of the register and a file, or between two files."""

    id: UUID | None = Field(description="The line; null for two files.")
    from_: str = Field(alias="from", description="The day of the register, or the name of the first file.")
    to: str = Field(description="The name of the file.")
    unchanged: int
    changes: list[SegmentChange]
    land: list[CededLand]
    slivers: dict[str, float]
    counts: dict[Literal["added", "removed", "moved", "changed"], int]
    balance: list[Balance]
    footer: str


EXAMPLE_FILE_DIFF: dict[str, Any] = {
    "id": "fa5eeafe-6a6e-566f-b91f-2abbe908a081",
    "from": "2026-03-01",
    "to": "修测.gpkg",
    "counts": {"moved": 1},
    "unchanged": 2,
    "changes": [
        {
            "segment": "91e5fd37-3bb2-5d6d-8d71-ce7adf3d0a20",
            "kind": "moved",
            "left": {"code": "990121", "name": "甲县"},
            "right": {"code": "990122", "name": "乙县"},
            "length_before_m": 22250.118,
            "length_after_m": 22301.904,
            "displacement": {"p50_m": 0.0, "p95_m": 50.021, "max_m": 50.034},
            "before": "01a2028f-67c7-70ad-997d-c2f6f8e2275f",
            "after": None,
            "without_document": True,
        }
    ],
    "land": [],
    "slivers": {"tolerance_m": 2.0, "count": 0, "area_m2": 0.0, "max_width_m": 0.0},
    "balance": [],
    "footer": "软件演示,未经地图审核,不得公开展示或引用,界线不作划界依据",
}


class MarkerItem(Shape):
    """A boundary marker. What is said of its place is null for the public."""

    id: UUID
    code: str
    scheme: str
    kind: Literal["single", "double", "triple"]
    part: Literal["Q", "A", "B", "C", "D", "E"]
    faces: int
    material: str
    state: Literal["standing", "damaged", "lost", "moved", "scrapped"]
    line: UUID | None
    line_name: str | None
    valid: Validity
    decision: UUID
    demonstration: bool = Field(description="Whether it is a made-up marker of the demonstration.")
    position: list[float] | None
    accuracy_m: float | None
    method: str | None
    elevation_m: float | None
    height_datum: str | None
    place: str | None
    witnesses: list[dict[str, Any]] | None
    custodian: str | None
    shape: str | None
    set_on: str | None
    surveyed_on: str | None
    sides: list[dict[str, Any]] | None


class MarkerList(Shape):
    """A page of markers."""

    items: list[MarkerItem]
    next: str | None
    as_of: IsoDateText
    crs: str
    position_withheld: Literal["for_staff"] | None
