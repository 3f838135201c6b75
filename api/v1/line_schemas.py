"""The shapes of answers about boundary lines and markers."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.schemas import CodeAndName, DecisionBrief, IsoDateText, Level, Shape, Validity

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
    left: CodeAndName | None
    right: CodeAndName | None
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
    left: CodeAndName | None
    right: CodeAndName | None
    length_before_m: float | None
    length_after_m: float | None
    without_document: bool = Field(description="Whether it differs and no document of its own carries it.")


class CededLand(Shape):
    """A piece of land that went from one unit to another; null: to or from none of the register."""

    from_: CodeAndName | None = Field(alias="from")
    to: CodeAndName | None
    area_m2: float
    width_m: float
    geometry: dict[str, Any]


class Balance(Shape):
    """Square metres that a unit ceded and gained, slivers included; null: none of the register."""

    unit: CodeAndName | None
    ceded_m2: float
    gained_m2: float
    net_m2: float


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
