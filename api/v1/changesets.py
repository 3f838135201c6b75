"""Changesets: what became law of a line and by which document, who put each vertex there, and taking one back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import Ask, v1_router
from api.v1 import proposal_shapes
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import AsOf, EntityId
from api.v1.schemas import DecisionBrief, IsoDateText, Shape
from boundaries.network.proposals import reading as questions
from boundaries.network.proposals.service import propose_revert
from boundaries.network.service import find_changeset, find_line, line_blame, line_log
from data.access import Matter, require
from data.db import reading

of_line = v1_router("lines", "/lines")
router = v1_router("lines", "/changesets")
reverts = v1_router("proposals", "/proposals")

ONE_LINE = ("bad_id", "no_such_line", "line_not_standing", "register_empty", *EVERYWHERE)
STAFF = ("sign_in_needed", "not_permitted")
DAYS = ("bad_date", "as_of_before_register", "as_of_after_register")


class Changeset(Shape):
    """What became law by one document. `reverts`: the changeset that it took back."""

    id: UUID
    message: str
    effective_on: IsoDateText
    at: datetime
    reverts: UUID | None
    decision: DecisionBrief


class ChangesetOfLine(Changeset):
    """A changeset in the log of a line; `segments`: how many segments of the line it changed."""

    segments: int


class LineLog(Shape):
    """The changesets of a line, the latest first."""

    id: UUID
    items: list[ChangesetOfLine]


class ChangedSegment(Shape):
    """A segment that a changeset changed."""

    segment_id: UUID
    kind: Literal["added", "removed", "moved", "changed"]


class ChangesetInFull(Changeset):
    """A changeset with its segments."""

    changes: list[ChangedSegment]


class Stretch(Shape):
    """Vertices that one document put where they are, in the order of the line's run."""

    segment: UUID
    decision: UUID | None
    vertices: int
    first: list[float]
    last: list[float]


class LineBlame(Shape):
    """Which document put each stretch of a line's vertices there, on a day."""

    id: UUID
    as_of: IsoDateText
    stretches: list[Stretch]
    decisions: list[DecisionBrief]


class Revert(BaseModel):
    """The changeset to take back, why, and the kind of document by which that is to become law."""

    model_config = ConfigDict(extra="forbid")
    changeset: UUID
    message: Annotated[str, Field(min_length=1, max_length=2_000)]
    document: Annotated[str, Field(min_length=1, max_length=40)]


_DECISION = {"id": "7c2831c0-33c8-5746-b0ac-ba0577d84a44", "doc_no": "演示〔2026〕1号", "title": "界线变更协议书"}
_CHANGESET: dict[str, Any] = {
    "id": "01a2028f-4425-7561-a894-dc4643fd6ed7",
    "message": "联检后修测",
    "effective_on": "2026-03-01",
    "at": "2026-03-01T08:00:00+00:00",
    "reverts": None,
    "decision": _DECISION,
}
_LINE = "54d272a5-008a-5c3d-bca0-7394a9c67f70"
_SEGMENT = "fa5eeafe-6a6e-566f-b91f-2abbe908a081"


def _answers(example: dict[str, Any], *codes: str, status: int = 200) -> Responses:
    return {status: {"content": {"application/json": {"example": example}}}, **problems_for(*codes)}


@of_line.get(
    "/{entity_id}/changesets",
    summary="The changesets of a boundary line",
    response_model=LineLog,
    responses=_answers({"id": _LINE, "items": [{**_CHANGESET, "segments": 1}]}, *ONE_LINE),
)
def log(ask: Ask, entity_id: EntityId) -> Response:
    """What became law of the line, the latest first, each with its message and document (`boundary log`)."""
    return ask.answer(lambda connection: line_log(connection, find_line(connection, entity_id)["id"]))


@of_line.get(
    "/{entity_id}/blame",
    summary="Which document put each vertex of a line there",
    response_model=LineBlame,
    responses=_answers(
        {
            "id": _LINE,
            "as_of": "2026-03-01",
            "stretches": [
                {"segment": _SEGMENT, "decision": _DECISION["id"], "vertices": 2, "first": [99.5, 40.2],
                 "last": [99.5, 40.1]}
            ],
            "decisions": [_DECISION],
        },
        *(*ONE_LINE, *STAFF, *DAYS),
    ),
)  # fmt: skip
def blame(ask: Ask, entity_id: EntityId, as_of: AsOf = None) -> Response:
    """Runs of vertices with the document that put them where they are, along the line (`boundary blame`); for staff."""
    require(actor_of(ask.request), "geometry.read", Matter())
    with reading(ask.databases.office) as connection:
        return _answer(line_blame(connection, entity_id, as_of))


@router.get(
    "/{entity_id}",
    summary="A changeset",
    response_model=ChangesetInFull,
    responses=_answers(
        {**_CHANGESET, "changes": [{"segment_id": _SEGMENT, "kind": "moved"}]},
        *("bad_id", "no_such_changeset", *EVERYWHERE),
    ),
)
def changeset(ask: Ask, entity_id: EntityId) -> Response:
    """What became law by one document: message, day, the segments that it changed (`boundary show`)."""
    return ask.answer(lambda connection: find_changeset(connection, entity_id))


@reverts.post(
    "/actions/revert",
    summary="Propose to take a changeset back",
    status_code=201,
    response_model=proposal_shapes.ProposalInFull,
    responses=_answers(
        proposal_shapes.EXAMPLE,
        *(*STAFF, *DAYS, "register_empty", "cross_site_write", "bad_body", "bad_json", "body_too_large", "constraint"),
        *("no_such_changeset", "change_empty", "change_without_document", "message_missing", "course_malformed"),
        *("segment_changed", *EVERYWHERE),
        status=201,
    ),
)
def revert(request: Request, body: Revert) -> Response:
    """A proposal whose changes are the opposite of the changeset's; it becomes law by a document of its own.

    Refused where the law has changed the same segments since (`segment_changed`): nothing is taken back in silence.
    """
    office = request.app.state.databases.office
    kept = propose_revert(
        office, actor_of(request), body.changeset, message=body.message, document_wanted=body.document
    )
    with reading(office) as connection:
        return _answer(questions.find_proposal(connection, kept.id), 201)


def _answer(value: Any, status: int = 200) -> Response:
    return Response(encode(value), status, media_type="application/json", headers={"Cache-Control": "no-store"})
