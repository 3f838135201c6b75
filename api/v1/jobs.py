"""`/v1/jobs`: work that nobody waits for, how far it is, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, JobNumber, Limit
from api.v1.schemas import Shape
from data.db import reading, unit_of_work
from data.jobs import service
from data.jobs.model import JobState

router = v1_router("jobs", "/jobs")

State = Annotated[
    JobState | None,
    WithJsonSchema({"type": "string", "enum": [str(state) for state in JobState]}),
    Query(description="Only jobs in this state."),
]


class Asker(Shape):
    """Whose action made the job necessary."""

    id: UUID
    display_name: str


class JobCase(Shape):
    """The case that a job is about."""

    id: UUID
    number: str


class JobShape(Shape):
    """A job, without what it was told to do."""

    id: int
    task: str
    state: str = Field(description="`todo`, `doing`, `succeeded`, `failed`, `cancelled` or `aborted`.")
    done: int
    total: int | None = Field(description="Null: the job does not say of how many.")
    note: str
    seconds_left: float | None = Field(description="At the pace of this attempt; null: it cannot be said.")
    asked_by: Asker | None
    case: JobCase | None
    asked_at: datetime | None
    ended_at: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    failure: str | None = Field(description="The code of the error by which the last attempt ended.")


class JobList(Shape):
    """A page of jobs."""

    items: list[JobShape]
    next: str | None
    all: bool = Field(description="Whether the jobs of others are among them.")


EXAMPLE: dict[str, Any] = {
    "id": 4711,
    "task": "make_document",
    "state": "doing",
    "done": 3,
    "total": 12,
    "note": "示例函〔2026〕1号",
    "seconds_left": 41.5,
    "asked_by": {"id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6072", "display_name": "张三"},
    "case": {"id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071", "number": "LP-2026-7K3M9QXW4T"},
    "asked_at": "2026-03-02T02:00:00+00:00",
    "ended_at": None,
    "attempts": 0,
    "next_attempt_at": None,
    "failure": None,
}
READS = ("sign_in_needed", "not_permitted", "queue_missing")
WRITES = (*READS, "bad_id", "no_such_job", "cross_site_write")


def _answers(example: dict[str, Any], *codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


@router.get(
    "",
    summary="Jobs",
    response_model=JobList,
    responses=_answers({"items": [EXAMPLE], "next": None, "all": False}, *READS, "limit_out_of_range", "bad_cursor"),
)
def list_jobs(request: Request, state: State = None, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The jobs that your actions made necessary, latest first; those of everybody for administrators of the country."""
    with reading(request.app.state.databases.office) as connection:
        return _answer(service.list_jobs(connection, actor_of(request), state=state, limit=limit, cursor=cursor))


@router.get(
    "/{number}",
    summary="A job",
    response_model=JobShape,
    responses=_answers(EXAMPLE, *READS, "bad_id", "no_such_job"),
)
def find_job(request: Request, number: JobNumber) -> Response:
    """How far a job is, or what came of it."""
    with reading(request.app.state.databases.office) as connection:
        return _answer(service.find_job(connection, actor_of(request), number))


@router.post(
    "/{number}/retry",
    summary="Try a failed job again",
    response_model=JobShape,
    responses=_answers({**EXAMPLE, "state": "todo"}, *WRITES, "job_not_failed"),
)
def retry_job(request: Request, number: JobNumber) -> Response:
    """Let a job that failed be done again, now."""
    with unit_of_work(request.app.state.databases.office) as connection:
        return _answer(service.retry_job(connection, actor_of(request), number))


@router.post(
    "/{number}/cancel",
    summary="Cancel a waiting job",
    response_model=JobShape,
    responses=_answers({**EXAMPLE, "state": "cancelled"}, *WRITES, "job_not_waiting"),
)
def cancel_job(request: Request, number: JobNumber) -> Response:
    """Take a job that waits out of the queue; one that runs is not stopped."""
    with unit_of_work(request.app.state.databases.office) as connection:
        return _answer(service.cancel_job(connection, actor_of(request), number))


def _answer(value: Any) -> Response:
    return Response(encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})
