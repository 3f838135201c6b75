"""The shapes of findings of inspections in answers, and an example from a line that does not exist."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.v1.case_shapes import Label
from api.v1.schemas import Shape


class FindingSource(Shape):
    """What found it: which comparison, field record, patrol observation or submission, and which of its findings."""

    kind: str = Field(description="`comparison`, `record`, `patrol` or `submission`.")
    id: UUID
    item: str


class FindingShape(Shape):
    """A finding of an inspection, as it was told, and its state."""

    id: UUID
    line: UUID
    segment: UUID | None
    marker: UUID | None
    inspection: UUID | None
    source: FindingSource
    kind: str
    title: Label
    severity: str = Field(description="`error`, `warning` or `info`.")
    side: str | None = Field(description="`left`, `right` or `both`, by the legal line; null: of no side.")
    measures: dict[str, float | None] = Field(description="In metres (`_m`), square metres (`_m2`), degrees (`_deg`).")
    facts: dict[str, str]
    note: str
    found_on: date
    opened_at: datetime
    geometry: dict[str, Any] | None = Field(description="GeoJSON, CGCS2000.")
    state: str = Field(description="`open`, `in_case`, `settled` or `dismissed`.")
    case: UUID | None
    settled_at: datetime | None
    reason: str | None


class FindingStep(Shape):
    """One step of a finding. People are named by the id of their account."""

    at: datetime
    by: str
    from_: str | None = Field(alias="from")
    to: str
    case: UUID | None
    reason: str | None


class FindingInFull(FindingShape):
    """A finding with its history and what may follow."""

    history: list[FindingStep]
    next: list[str]


class FindingList(Shape):
    """A page of findings."""

    items: list[FindingShape]
    next: str | None
    crs: str


EXAMPLE: dict[str, Any] = {
    "id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a1",
    "line": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a2",
    "segment": None,
    "marker": None,
    "inspection": None,
    "source": {"kind": "comparison", "id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a3", "item": "0a1b2c3d4e5f"},
    "kind": "disputed_area",
    "title": {"zh": "双方均主张的区域", "en": "Both sides claim the land"},
    "severity": "error",
    "side": "both",
    "measures": {"area_m2": 32104.55, "width_m": 41.02, "run_m": 812.4},
    "facts": {"departed": "b"},
    "note": "",
    "found_on": "2026-05-04",
    "opened_at": "2026-05-04T02:00:00+00:00",
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[99.5, 40.05], [99.51, 40.05], [99.51, 40.06], [99.5, 40.05]]],
    },
    "state": "open",
    "case": None,
    "settled_at": None,
    "reason": None,
}
EXAMPLE_IN_FULL: dict[str, Any] = {
    **EXAMPLE,
    "history": [
        {
            "at": "2026-05-04T02:00:00+00:00",
            "by": "account:019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a4",
            "from": None,
            "to": "open",
            "case": None,
            "reason": None,
        }
    ],
    "next": ["settle", "dismiss"],
}
EXAMPLE_LIST: dict[str, Any] = {"items": [EXAMPLE], "next": None, "crs": "CGCS2000 (EPSG:4490)"}
