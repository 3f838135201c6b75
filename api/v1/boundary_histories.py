"""What became law around a unit, and the versions of one segment of a boundary."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1.changesets import ChangesetOfLine
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.line_schemas import LegalStatus, TechnicalStatus
from api.v1.params import AsOf, Code, Cursor, EntityId, Limit
from api.v1.schemas import DecisionBrief, HolderBrief, IsoDateText, Level, Shape, Validity
from api.v1.units import AS_OF_PROBLEMS, CODE_PROBLEMS
from boundaries.network.history import segment_log, unit_log

of_unit = v1_router("lines", "/units")
router = v1_router("lines", "/segments")


class UnitLog(Shape):
    """The changesets around a unit, the latest first; `segments` of each: how many around or within the unit."""

    id: UUID
    code: str
    name: str
    as_of: IsoDateText
    items: list[ChangesetOfLine]
    next: str | None


class LineThrough(Shape):
    """A line that runs, or ran, through a segment."""

    id: UUID
    name: str | None
    level: Level


class SegmentVersion(Shape):
    """A version of a segment. `changeset` and `kind` say by which change it came; null: the network was built so."""

    version: UUID
    valid: Validity
    left: HolderBrief | None
    right: HolderBrief | None
    length_m: float
    legal_status: LegalStatus
    technical_status: TechnicalStatus
    scale: int | None
    accuracy_m: float | None
    method: str | None
    opened_by: UUID
    closed_by: UUID | None
    changeset: UUID | None
    kind: Literal["added", "removed", "moved", "changed"] | None


class SegmentLog(Shape):
    """A segment with the lines through it and its versions, the latest first."""

    id: UUID
    lines: list[LineThrough]
    items: list[SegmentVersion]
    decisions: list[DecisionBrief]


_DECISION = {"id": "7c2831c0-33c8-5746-b0ac-ba0577d84a44", "doc_no": "演示〔2026〕1号", "title": "界线变更协议书"}
_CHANGESET = "01a2028f-4425-7561-a894-dc4643fd6ed7"
_UNIT_EXAMPLE: dict[str, Any] = {
    "id": "0199a0c0-0000-7000-8000-000000000001",
    "code": "990121",
    "name": "甲县",
    "as_of": "2026-03-01",
    "items": [
        {
            "id": _CHANGESET, "message": "联检后修测", "effective_on": "2026-03-01", "at": "2026-03-01T08:00:00+00:00",
            "reverts": None, "decision": _DECISION, "segments": 1,
        }
    ],
    "next": None,
}  # fmt: skip
_SEGMENT_EXAMPLE: dict[str, Any] = {
    "id": "fa5eeafe-6a6e-566f-b91f-2abbe908a081",
    "lines": [{"id": "54d272a5-008a-5c3d-bca0-7394a9c67f70", "name": "甲乙线", "level": "county"}],
    "items": [
        {
            "version": "0199a0c0-0000-7000-8000-000000000002", "valid": {"from": "2026-03-01", "to": None},
            "left": {"code": "990121", "name": "甲县"}, "right": {"code": "990122", "name": "乙县"},
            "length_m": 3025.117, "legal_status": "agreed", "technical_status": "edge_matched", "scale": 10000,
            "accuracy_m": 1.0, "method": "GNSS RTK", "opened_by": _DECISION["id"], "closed_by": None,
            "changeset": _CHANGESET, "kind": "moved",
        }
    ],
    "decisions": [_DECISION],
}  # fmt: skip


@of_unit.get(
    "/{code}/changesets",
    summary="The changesets around a unit",
    response_model=UnitLog,
    responses={
        200: {"content": {"application/json": {"example": _UNIT_EXAMPLE}}},
        **problems_for(*AS_OF_PROBLEMS, *CODE_PROBLEMS, "limit_out_of_range", "bad_cursor", *EVERYWHERE),
    },
)
def changesets(ask: Ask, code: Code, as_of: AsOf = None, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """What became law of the unit's boundary and of those within it, the latest first (`boundary log --unit`).

    `as_of` says which unit is meant, where several bore the code.
    """
    return ask.answer(lambda connection: unit_log(connection, code, as_of, limit, cursor))


@router.get(
    "/{entity_id}",
    summary="A segment of a boundary and its versions",
    response_model=SegmentLog,
    responses={
        200: {"content": {"application/json": {"example": _SEGMENT_EXAMPLE}}},
        **problems_for("bad_id", "segment_not_on_record", *EVERYWHERE),
    },
)
def segment(ask: Ask, entity_id: EntityId) -> Response:
    """Every version of the segment with its document and changeset (`boundary log --segment`); courses are not told."""
    return ask.answer(lambda connection: segment_log(connection, entity_id))
