"""The shapes of vanished names in answers, with an example of a village that never was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.case_shapes import Label
from api.v1.heritage_shapes import Dated
from api.v1.inspection_shapes import Sent
from api.v1.params import CODE_PATTERN
from api.v1.schemas import CodeAndName, DecisionBrief, Shape

ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60b1"
NAME: dict[str, Any] = {
    "id": ID,
    "origin": "recorded",
    "code": "XS-001",
    "name": "旧渡村",
    "roman": "Jiùdù Cūn",
    "class": "OTHER",
    "reason": "reservoir",
    "note": "砚池水库蓄水（虚构）",
    "successor": "砚池水库",
    "subject": None,
    "source": "甘棠县志（虚构）",
    "decision": ID,
    "demonstration": False,
    "last_day": {"edtf": "1994~", "earliest_year": 1994, "latest_year": 1994, "zh": "约1994年", "en": "about 1994"},
    "unit": {"code": "990121", "name": "甘棠县"},
    "point": [110.07, 30.07],
}
WHOLE: dict[str, Any] = {
    **NAME,
    "geometry": {"type": "Point", "coordinates": [110.07, 30.07]},
    "by": {"id": ID, "doc_no": None, "title": "甘棠县消失地名录（虚构）"},
    "successors": [],
}
REPORT: dict[str, Any] = {
    "within": "990121",
    "counts": {"new": 1},
    "written": 1,
    "rows": [{"line": 1, "code": "XS-001", "id": ID, "outcome": "new", "faults": [], "warnings": []}],
}

Origin = Literal["recorded", "place", "unit"]


class VanishedName(Shape):
    """A name that nothing bears any more."""

    id: UUID = Field(description="Of the record; of what the register ended, the place or unit.")
    origin: Origin = Field(description="`recorded` by an office; a `place` or `unit` whose name the register ended.")
    code: str | None = Field(description="Number of the record in its division, or the unit's last code.")
    name: str
    roman: str | None
    class_: str | None = Field(alias="class", description="One of the eight of Art. 3; null: not known.")
    reason: str = Field(description="A key of `/v1/vanished-names/reasons`.")
    note: str
    successor: str = Field(description="What lies there or is called so now, in the words of the record.")
    subject: UUID | None = Field(description="The place or unit that bore it; null: the register never held it.")
    source: str
    decision: UUID | None = Field(description="By which it was recorded or ended.")
    demonstration: bool
    last_day: Dated | None = Field(description="The last day of the name; null: not known.")
    unit: CodeAndName | None = Field(description="The division that keeps the record, or in which it lay.")
    point: Sequence[float] | None = Field(description="Longitude and latitude, CGCS2000; null: not known.")


class VanishedList(Shape):
    """A page of vanished names, the latest first, those of unknown day last."""

    items: list[VanishedName]
    next: str | None
    as_of: date


class Successor(Shape):
    """A unit that holds land of a unit that ended."""

    code: str
    name: str
    kind: str
    whole_from: bool | None


class VanishedInFull(VanishedName):
    """A vanished name with its last geometry and, of a unit, who holds its land."""

    geometry: dict[str, Any] | None = Field(description="GeoJSON, longitude and latitude (CGCS2000).")
    by: DecisionBrief | None
    successors: list[Successor]


class ReasonShape(Shape):
    """Why names vanish."""

    key: str
    label: Label
    source: str
    mark: str = Field(description="[V] read in a source, [M] remembered, to be confirmed, [I] inferred.")
    by_register: bool = Field(description="Said by the register of what it ended; not for records.")


class Reasons(Shape):
    """The reasons, in their order."""

    items: list[ReasonShape]


class NewVanished(Sent):
    """A name to be recorded. `last_day`: EDTF; `geometry`: WKT, longitude first; `place`: what bore it, by its id."""

    code: Annotated[str, Field(min_length=1, max_length=60)]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(max_length=40)]
    source: Annotated[str, Field(min_length=1, max_length=500)]
    roman: Annotated[str, Field(max_length=300)] = ""
    class_: Annotated[str, Field(alias="class", max_length=40)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""
    successor: Annotated[str, Field(max_length=300)] = ""
    last_day: Annotated[str, Field(max_length=40)] = ""
    place: UUID | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    geometry: Annotated[str, Field(max_length=500_000)] = ""


class NewRecord(Sent):
    """Names to be recorded by one document, all or none."""

    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    authority: Annotated[str, Field(min_length=1, max_length=200)]
    doc_no: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    names: Annotated[list[NewVanished], Field(min_length=1, max_length=1000)]


class RowReport(Shape):
    """What became of a row."""

    line: int
    code: str
    id: UUID | None
    outcome: Literal["new", "changed", "unchanged", "faulty"]
    faults: list[str]
    warnings: list[str]


class RecordReport(Shape):
    """What became of every row; a faulty one keeps all of them out."""

    within: str
    counts: dict[str, int]
    written: int
    rows: list[RowReport]
