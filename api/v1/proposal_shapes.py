"""The shapes of answers about proposals, and of what is sent with them."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from api.v1.params import IsoDate
from api.v1.schemas import Shape

Side = Literal["base", "ours", "theirs"]
State = Literal["open", "withdrawn", "enacted", "superseded"]
Text = Annotated[str, Field(min_length=1, max_length=2_000)]
Day = Annotated[IsoDate, Field(strict=True)]


class ProposalItem(Shape):
    """A proposal in a list."""

    id: UUID
    state: State
    author: str
    message: str
    created_at: str
    base: dict[str, Any] = Field(description="`on`: the day whose law it was made from; `at`: as known then.")
    document_wanted: str
    leaves_open: bool
    origin: Literal["edit", "file", "submission", "rebase", "merge", "revert"]
    made_from: list[UUID]
    file: dict[str, Any] | None
    ended: dict[str, Any] | None
    segments: int


class ProposalList(Shape):
    """A page of proposals."""

    items: list[ProposalItem]
    next: str | None


class ProposalInFull(Shape):
    """A proposal with every change, and what stands against it on the law of a day."""

    id: UUID
    state: State
    author: str
    message: str
    created_at: str
    base: dict[str, Any]
    document_wanted: str
    leaves_open: bool
    origin: Literal["edit", "file", "submission", "rebase", "merge", "revert"]
    made_from: list[UUID]
    file: dict[str, Any] | None
    ended: dict[str, Any] | None
    lines: list[UUID]
    changes: list[dict[str, Any]]
    statements: dict[str, Any]
    against: dict[str, Any] | None


class Enacted(Shape):
    """What became law, and what followed."""

    changeset: UUID
    decision: UUID
    segments: list[UUID]
    effects: dict[str, Any]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EditsSent(_Sent):
    """A list of edits (docs/guide/change-a-boundary.md) and the day whose law they change."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "message": "联检后修测",
                "document": "agreement",
                "edits": [{"do": "mark", "at": [119.5, 30.5]}],
            }
        },
    )

    message: Text
    document: Annotated[str, Field(min_length=1, max_length=40, description="Kind of document that it wants.")]
    leaves_open: StrictBool = False
    edits: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=5_000)]
    as_of: Day | None = None


class SubmissionProposed(_Sent):
    """What a submission that was handed in is proposed for, and the kind of document that it wants."""

    message: Text
    document: Annotated[str, Field(min_length=1, max_length=40, description="Kind of document that it wants.")]
    leaves_open: StrictBool = False
    as_of: Day | None = None


class Reason(_Sent):
    """Why a proposal ends."""

    reason: Text


class Rebase(_Sent):
    """Whose version stands where both sides changed a segment or line, by its id."""

    choices: Annotated[dict[UUID, Side], Field(max_length=5_000)] = {}
    message: Text | None = None
    as_of: Day | None = None


class Merge(_Sent):
    """The proposals to make one of, what it is for, and whose version stands where two changed one thing."""

    message: Text
    choices: Annotated[dict[UUID, Side], Field(max_length=5_000)] = {}
    as_of: Day | None = None
    ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class DocumentSent(_Sent):
    """The document by which a proposal becomes law."""

    kind: Annotated[str, Field(min_length=1, max_length=40)]
    doc_no: Annotated[str | None, Field(max_length=200)] = None
    title: Annotated[str, Field(min_length=1, max_length=500)]
    authority: Annotated[str, Field(min_length=1, max_length=200)]
    approved_on: Day | None = None
    source: Text
    effective_on: Annotated[Day, Field(description="The first day on which it holds.")]


_HEAD: dict[str, Any] = {
    "id": "01a2028f-4425-7561-a894-dc4643fd6ed7",
    "state": "open",
    "author": "account:00000000-0000-0000-0000-000000000001",
    "message": "联检后修测",
    "created_at": "2026-03-01T08:00:00+00:00",
    "base": {"on": "2026-03-01", "at": "2026-03-01T08:00:00+00:00"},
    "document_wanted": "agreement",
    "leaves_open": False,
    "origin": "edit",
    "made_from": [],
    "file": None,
    "ended": None,
}
EXAMPLE_LIST: dict[str, Any] = {"items": [{**_HEAD, "segments": 1}], "next": None}
EXAMPLE: dict[str, Any] = {
    **_HEAD,
    "lines": ["fa5eeafe-6a6e-566f-b91f-2abbe908a081"],
    "changes": [],
    "statements": {"lines": [], "entered": [], "ended": [], "marker_nodes": []},
    "against": {"on": "2026-03-01", "conflicts": [], "faults": [], "opened": []},
}
EXAMPLE_ENACTED: dict[str, Any] = {
    "changeset": "01a2028f-67c7-7376-869d-25ab677f7337",
    "decision": "01a2028f-67c7-70ad-997d-c2f6f8e2275f",
    "segments": ["fa5eeafe-6a6e-566f-b91f-2abbe908a081"],
    "effects": {"lines": [], "nodes": {}, "opened": [], "closed": [], "polygons": []},
}
