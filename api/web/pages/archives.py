"""The archive of a line, ordered: how far it is, and the package when it is made."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.line_archive import ordered_archive
from api.web.pages.account_forms import NO_STORE, account_page, me
from api.web.pages.case_forms import Typed
from api.web.visit import Visit, Visiting
from boundaries.archive.orders import find_order, order_archive
from data.db import reading
from data.errors import NotFound
from data.jobs import service as jobs

router = APIRouter(include_in_schema=False)


@router.post("/lines/{identity}/archives")
def order(visit: Visiting, identity: UUID, _typed: Typed) -> Response:
    """Have the archive of a line made, and show how far it is."""
    me(visit)
    told = order_archive(casework_of(visit.request).engine, actor_of(visit.request), identity)
    return RedirectResponse(visit.view.url(f"/archives/{told['id']}"), 303, headers={"Cache-Control": NO_STORE})


@router.get("/archives/{identity}")
def show_order(visit: Visiting, identity: UUID) -> Response:
    """One's own order; what changes of it where htmx asks."""
    me(visit)
    actor = actor_of(visit.request)
    with reading(casework_of(visit.request).engine) as connection:
        found = find_order(connection, actor, identity)
        job = _job(visit, connection, found["job"])
    template = "parts/archive.html" if visit.partial else "archive.html"
    return account_page(visit, template, order=found, job=job, moving=_moves(found, job))


def _job(visit: Visit, connection: object, number: int | None) -> dict[str, object] | None:
    """The job of an order, as long as the queue knows it."""
    if number is None:
        return None
    try:
        found: dict[str, object] = jobs.find_job(connection, actor_of(visit.request), number)  # type: ignore[arg-type]
    except NotFound:
        return None
    return found


def _moves(order: dict[str, object], job: dict[str, object] | None) -> bool:
    return order["state"] == "waiting" and (job is None or job["state"] in ("todo", "doing"))


@router.get("/archives/{identity}/file")
def package(visit: Visiting, identity: UUID) -> Response:
    """The package."""
    me(visit)
    return ordered_archive(visit.request, identity)
