"""`/v1/comparisons`: two surveys of a boundary line beside its legal line, worked out by a job; for staff."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictFloat, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of, clock_of
from api.deps import v1_router
from api.v1.answers import encode
from api.v1.case_shapes import Label
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.findings import Id
from api.v1.params import Cursor, Day, EntityId, Limit, LineId, optional_word
from api.v1.schemas import Shape
from boundaries.comparisons import service
from boundaries.comparisons.model import STATES, Wanted
from data.db import reading

router = v1_router("comparisons", "/comparisons")

StateWord = Annotated[
    str,
    BeforeValidator(lambda text: optional_word(text, STATES, "bad_comparison_state")),
    WithJsonSchema({"type": "string", "enum": list(STATES)}),
]


class ComparedSide(Shape):
    """One side: its submission, and the unit whose survey it is."""

    submission: UUID
    file: str | None
    unit: str | None
    received_at: datetime | None
    accuracy_m: float | None = Field(description="Point RMSE as given; null: that of the settings.")
    document: str | None = Field(description="The agreement or decision by which this survey changes the line.")


class ComparedLine(Shape):
    """The line."""

    id: UUID
    name: str | None


class ComparisonShape(Shape):
    """A comparison, without its report."""

    id: UUID
    batch: UUID
    line: ComparedLine
    inspection: UUID | None
    as_of: date = Field(description="The day whose legal line it is.")
    a: ComparedSide
    b: ComparedSide
    asked_at: datetime
    by: str
    state: str = Field(description="`waiting`, `running`, `done` or `failed`.")
    ended_at: datetime | None
    answer: Label | None = Field(description="What came of it, in a sentence.")
    counts: dict[str, int] | None = Field(description="Findings by severity.")
    problem: dict[str, str] | None


class ComparisonInFull(ComparisonShape):
    """A comparison with its report as `boundary compare --json` gives it, and what is drawn beside it."""

    report: dict[str, Any] | None
    drawn: dict[str, Any] | None


class ComparisonList(Shape):
    """A page of comparisons; `progress` of the batch that was asked for."""

    items: list[ComparisonShape]
    next: str | None
    progress: dict[str, int] | None
    meetings: list[dict[str, Any]] | None = Field(
        description="Of a batch that is done: what is to be told where three or more of its lines meet, as findings."
    )


class AskedFor(Shape):
    """What was asked."""

    batch: UUID
    comparisons: list[UUID]


Document = Annotated[str, Field(max_length=service.MAX_DOCUMENT)] | None


class Pair(BaseModel):
    """Two submissions of a line: `a` of the unit on its left, `b` of the one on its right; accuracies in metres.

    `document_a`, `document_b`: the agreement or decision by which that survey changes the line, where it names one.
    """

    model_config = ConfigDict(extra="forbid")

    line: UUID
    a: UUID
    b: UUID
    as_of: Day | None = None
    accuracy_a_m: StrictFloat | None = None
    accuracy_b_m: StrictFloat | None = None
    inspection: UUID | None = None
    document_a: Document = None
    document_b: Document = None


class Ask(BaseModel):
    """Pairs of submissions; or lines, of which the last checked survey of either side is taken."""

    model_config = ConfigDict(extra="forbid")

    pairs: Annotated[list[Pair], Field(max_length=service.MAX_BATCH)] = []
    lines: Annotated[list[UUID], Field(max_length=service.MAX_BATCH)] = []


class Take(BaseModel):
    """The findings to take over, by their number from 1; none: all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"findings": [1, 2]}})

    findings: Annotated[list[Annotated[int, Field(ge=1, le=100_000)]], Field(max_length=5_000)] | None = None


_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60b{}"
_SIDE: dict[str, Any] = {
    "submission": _ID.format(3),
    "file": "甲县.zip",
    "unit": "甲县",
    "received_at": "2026-05-04T02:00:00+00:00",
    "accuracy_m": 0.5,
    "document": None,
}
EXAMPLE: dict[str, Any] = {
    "id": _ID.format(0),
    "batch": _ID.format(1),
    "line": {"id": _ID.format(2), "name": "甲乙线"},
    "inspection": None,
    "as_of": "2026-05-01",
    "a": _SIDE,
    "b": {**_SIDE, "submission": _ID.format(4), "file": "乙县.gpkg", "unit": "乙县"},
    "asked_at": "2026-05-05T02:00:00+00:00",
    "by": "张三",
    "state": "done",
    "ended_at": "2026-05-05T02:00:04+00:00",
    "answer": {"zh": "双方测量成果在限差以内一致。", "en": "The two surveys agree within the tolerance."},
    "counts": {"info": 1},
    "problem": None,
}
EXAMPLE_IN_FULL: dict[str, Any] = {
    **EXAMPLE,
    "report": {"tolerance_m": 1.414, "findings": []},
    "drawn": {"markers": []},
}
WRITES = ("sign_in_needed", "not_permitted", "cross_site_write", "bad_body", "bad_json", "body_too_large")


def _answers(example: Any, *codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


@router.get(
    "",
    summary="Comparisons of surveys",
    response_model=ComparisonList,
    responses=_answers(
        {"items": [EXAMPLE], "next": None, "progress": None, "meetings": None},
        *("sign_in_needed", "not_permitted", "bad_id", "bad_comparison_state", "limit_out_of_range", "bad_cursor"),
        "register_empty",
    ),
)
def list_comparisons(
    request: Request,
    line: LineId = None,
    batch: Annotated[Id | None, Query(description="Only of this batch, with how far it is.")] = None,
    state: Annotated[StateWord | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The comparisons of the lines of your jurisdiction, the latest first."""
    with reading(request.app.state.databases.office) as connection:
        actor = actor_of(request)
        return _answer(
            service.list_comparisons(connection, actor, line=line, batch=batch, state=state, limit=limit, cursor=cursor)
        )


@router.post(
    "",
    summary="Have surveys compared",
    response_model=AskedFor,
    responses=_answers(
        {"batch": _ID.format(1), "comparisons": [_ID.format(0)]},
        *WRITES,
        *("bad_comparison_pair", "no_such_inspection", "bad_accuracy", "no_such_line", "line_not_standing"),
        *("no_such_submission", "not_revealed"),
        *("as_of_after_register", "as_of_before_register", "register_empty", "queue_missing"),
    ),
)
def ask(request: Request, body: Ask) -> Response:
    """One comparison or several hundred at once, under one batch; ask for the batch to see how far it is."""
    engine, actor = request.app.state.databases.office, actor_of(request)
    if body.lines and not body.pairs:
        return _answer(service.ask_for_lines(engine, actor, body.lines))
    pairs = [
        Wanted(
            one.line,
            one.a,
            one.b,
            one.as_of,
            one.accuracy_a_m,
            one.accuracy_b_m,
            one.inspection,
            one.document_a,
            one.document_b,
        )
        for one in body.pairs
    ]
    return _answer(service.ask(engine, actor, pairs))


FOUND = ("sign_in_needed", "not_permitted", "bad_id", "no_such_comparison", "not_revealed", "register_empty")


@router.get(
    "/{id}",
    summary="A comparison of surveys",
    response_model=ComparisonInFull,
    responses=_answers(EXAMPLE_IN_FULL, *FOUND),
)
def find_comparison(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """A comparison with its report; each finding says whether it was taken over, and where it stands."""
    with reading(request.app.state.databases.office) as connection:
        return _answer(service.find_comparison(connection, actor_of(request), id))


@router.post(
    "/{id}/actions/take_over",
    summary="Take findings over",
    response_model=ComparisonInFull,
    responses=_answers(EXAMPLE_IN_FULL, *FOUND, *WRITES, "comparison_not_done", "no_such_number"),
)
def take_over(request: Request, id: EntityId, body: Take) -> Response:  # noqa: A002 -- the name in the address
    """Make findings of the line of them, with a state of their own; what was taken over before stays as it is."""
    numbers = None if body.findings is None else set(body.findings)
    engine, actor, clock = request.app.state.databases.office, actor_of(request), clock_of(request)
    return _answer(service.take_over(engine, actor, id, numbers, clock))


def _answer(value: Any) -> Response:
    return Response(encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})
