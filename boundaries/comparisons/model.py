"""What a comparison is asked with, and what of it becomes a finding of the line. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args
from uuid import UUID

from shapely.geometry import shape

from boundaries.findings.model import FindingDraft, Side

State = Literal["waiting", "running", "done", "failed"]
STATES: tuple[State, ...] = get_args(State)
#: A side of the comparison by the side of the legal line.
SIDE_OF: Mapping[str, Side] = {"a": "left", "b": "right", "both": "both"}
#: What a comparison says that is no matter for anybody: sums of what is within the tolerance.
NOT_TAKEN = ("sliver_summary",)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Two submissions of a line: `a` of the unit on its left, `b` of the one on its right; accuracies in metres.

    `document_a`, `document_b`: the agreement or decision by which that survey changes the line, where it names one.
    Of several hundred lines each is a comparison of its own, under one `batch`.
    """

    line_id: UUID
    a: UUID
    b: UUID
    as_of: date | None = None
    accuracy_a_m: float | None = None
    accuracy_b_m: float | None = None
    inspection_id: UUID | None = None
    document_a: str | None = None
    document_b: str | None = None


def drafts(
    row: Mapping[str, Any], numbers: set[int] | None, markers: Mapping[str, UUID], day: date
) -> list[FindingDraft]:
    """The findings of a comparison as findings of its line; `numbers` from 1, None: all of them.

    `markers`: the recorded ones by their code.
    """
    found = enumerate(row["report"]["findings"], 1)
    return [
        _draft(row, number, finding, markers, day)
        for number, finding in found
        if finding["kind"] not in NOT_TAKEN and (numbers is None or number in numbers)
    ]


def _draft(
    row: Mapping[str, Any], number: int, finding: Mapping[str, Any], markers: Mapping[str, UUID], day: date
) -> FindingDraft:
    between = {
        f"marker_{name}": code for name, code in zip(("before", "after"), finding["between"], strict=True) if code
    }
    return FindingDraft(
        line_id=row["line_id"],
        source="comparison",
        source_id=row["id"],
        source_item=str(number),
        kind=finding["kind"],
        severity=finding["severity"],
        side=SIDE_OF[finding["side"]],
        found_on=day,
        inspection_id=row["inspection_id"],
        marker_id=markers.get(finding["facts"].get("code", "")),
        measures={name: value for name, value in finding["measures"].items() if value is not None},
        facts={**finding["facts"], **between},
        note=finding["message_zh"],
        geometry=None if finding["geometry"] is None else shape(finding["geometry"]),
    )
