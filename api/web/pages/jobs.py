"""Jobs: what was asked for and is done by itself, how far it is, and what may be done where it failed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.auth.identity import actor_of
from api.web.pages.account_forms import account_page, attempt, go_to
from api.web.visit import Visit, Visiting
from data.access import Actor, Permit, decide
from data.access.model import COUNTRY
from data.db import reading, unit_of_work
from data.errors import DimingError
from data.jobs import service
from data.jobs.model import MOVING, JobState

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 50


@router.get("/jobs")
def jobs(visit: Visiting) -> Response:
    """The jobs of one's own actions, or of everybody for administrators."""
    query = visit.view.query
    with reading(visit.request.app.state.databases.office) as connection:
        found = service.list_jobs(
            connection,
            actor_of(visit.request),
            state=query.get("state") or None,
            limit=ON_A_PAGE,
            cursor=query.get("cursor") or None,
        )
    return account_page(
        visit, "jobs.html", items=found["items"], following=found["next"], everybodys=found["all"], states=JobState
    )


@router.get("/jobs/{number}")
def job(visit: Visiting, number: int) -> Response:
    """One job; what changes of it where htmx asks."""
    return _job(visit, number)


def _job(visit: Visit, number: int, error: DimingError | None = None) -> Response:
    actor = actor_of(visit.request)
    with reading(visit.request.app.state.databases.office) as connection:
        found = service.find_job(connection, actor, number)
    template = "parts/job.html" if visit.partial else "job.html"
    return account_page(visit, template, error, path=f"/jobs/{number}" if error else None, **_values(actor, found))


def _values(actor: Actor, found: dict[str, Any]) -> dict[str, Any]:
    state = JobState(found["state"])
    return {
        "job": found,
        "moving": state in MOVING,
        "may_retry": state is JobState.FAILED and isinstance(decide(actor, "job.retry", COUNTRY), Permit),
        "may_cancel": state is JobState.WAITING and _may_cancel(actor, found),
    }


def _may_cancel(actor: Actor, found: dict[str, Any]) -> bool:
    own = found["asked_by"] is not None and found["asked_by"]["id"] == actor.account_id
    return own or isinstance(decide(actor, "job.cancel", COUNTRY), Permit)


@router.post("/jobs/{number}/retry")
def retry(visit: Visiting, number: int) -> Response:
    """Let a failed job be done again."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            service.retry_job(connection, actor_of(visit.request), number)
        return go_to(visit, f"/jobs/{number}", "job_retried")

    return attempt(work, lambda error: _job(visit, number, error))


@router.post("/jobs/{number}/cancel")
def cancel(visit: Visiting, number: int) -> Response:
    """Take a waiting job out of the queue."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            service.cancel_job(connection, actor_of(visit.request), number)
        return go_to(visit, f"/jobs/{number}", "job_cancelled")

    return attempt(work, lambda error: _job(visit, number, error))
