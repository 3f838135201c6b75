"""The shapes of submissions in answers, with examples of an office and a line that do not exist."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.schemas import CodeAndName, Shape

State = Literal["received", "checking", "checked", "refused"]
Verdict = Literal["accepted", "accepted_with_warnings", "returned"]


class LineOf(Shape):
    """The boundary line that a file is about."""

    id: UUID
    name: str | None
    units: list[CodeAndName]


class Submission(Shape):
    """What was handed in, and what became of it."""

    id: UUID
    line: LineOf
    round: UUID | None
    side: Literal["left", "right"] | None
    file_name: str
    bytes: int
    sha256: str = Field(description="Of the bytes as received.")
    received_at: datetime
    by: str
    note: str
    scale: int | None = Field(description="Denominator of the sheet's scale; null: the default of the tolerances.")
    profile: str
    expect: Literal["lines", "markers", "units"] | None
    as_of: date = Field(description="The day whose legal line the file is checked against.")
    earlier: UUID | None = Field(description="The submission that this one takes the place of.")
    state: State
    checked_at: datetime | None
    verdict: Verdict | None = Field(description="Null until it is checked.")
    problem: dict[str, Any] | None = Field(description="Why it could not be checked.")
    counts: dict[str, int] | None = Field(description="Findings by kind.")
    severities: dict[str, int] | None = Field(description="Findings by severity.")
    report: str = Field(description="Address of the report.")


class Compared(Shape):
    """What became of the findings of the submission before."""

    new: int
    standing: int
    cured: int


class SubmissionInFull(Submission):
    """A submission, compared with the one before, and what was handed in after it."""

    compared: Compared | None
    later: list[dict[str, Any]]


class SubmissionList(Shape):
    """A page of submissions."""

    items: list[Submission]
    next: str | None


class Report(Shape):
    """The report of the check, as `./diming boundary check --json` gives it, with what became of the one before."""

    file: str
    sha256: str
    verdict: Verdict
    findings: list[dict[str, Any]]
    counts: dict[str, int]


class Findings(Shape):
    """Findings as GeoJSON; one without a known place has the geometry null."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]
    next: str | None


_ID = "0199aaaa-0000-7000-8000-000000000001"
_LINE = {
    "id": "0199aaaa-0000-7000-8000-00000000000a",
    "name": "甲乙线",
    "units": [{"code": "990121", "name": "甲县"}, {"code": "990122", "name": "乙县"}],
}
EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "line": _LINE,
    "round": None,
    "side": "left",
    "file_name": "甲乙线2026.zip",
    "bytes": 48213,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "received_at": "2026-11-22T02:00:00Z",
    "by": "测绘员甲",
    "note": "",
    "scale": 10000,
    "profile": "plain",
    "expect": "lines",
    "as_of": "2026-06-30",
    "earlier": None,
    "state": "checked",
    "checked_at": "2026-11-22T02:00:03Z",
    "verdict": "accepted_with_warnings",
    "problem": None,
    "counts": {"spike": 1},
    "severities": {"error": 0, "warning": 1, "info": 0},
    "report": f"/v1/submissions/{_ID}/report",
}
EXAMPLE_IN_FULL = {**EXAMPLE, "compared": None, "later": []}
EXAMPLE_LIST = {"items": [EXAMPLE], "next": None}
_FINDING: dict[str, Any] = {
    "kind": "spike",
    "reason": "plain",
    "severity": "warning",
    "message": "The line turns back on itself by 180.0°.",
    "message_zh": "界线在此处折返180.0°。",
    "layer": "甲乙线",
    "feature": 1,
    "field": None,
    "at": [526000.125, 4430000.5],
    "measures": {"length_m": 25.6},
    "rule": "A line that turns back goes over its own ground again.",
}
_POINT = {"type": "Point", "coordinates": [99.5, 40.1]}
EXAMPLE_REPORT: dict[str, Any] = {
    "file": "甲乙线2026.zip",
    "sha256": EXAMPLE["sha256"],
    "verdict": "accepted_with_warnings",
    "scale": 10000,
    "against": None,
    "crs": None,
    "encoding": None,
    "layers": [],
    "counts": {"spike": 1},
    "not_checked": [],
    "tolerances": {"node_m": 2.0},
    "submission": _ID,
    "compared": None,
    "cured": [],
    "findings": [{**_FINDING, "geometry": _POINT, "number": 1, "standing": "new"}],
}
EXAMPLE_FINDINGS: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "geometry": _POINT, "properties": {**_FINDING, "number": 1, "standing": "new"}}],
    "next": None,
}
