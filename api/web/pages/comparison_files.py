"""Comparing files that nobody handed in: surveys of lines, or layers of units. Ordered by a form, seen by its owner."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.comparison_forms import office_of, order_form, receiving
from api.comparison_reports import FORMS, report_file
from api.uploads import in_thread
from api.web.pages.account_forms import NO_STORE, account_page, me
from api.web.visit import Visit, Visiting
from boundaries.comparisons.orders import service
from boundaries.comparisons.service import ACCURACY_M, MAX_DOCUMENT
from boundaries.inspection.settings import settings
from data.db import reading
from data.errors import DimingError, NotFound
from data.jobs import service as jobs

router = APIRouter(include_in_schema=False)

#: The address of the form of each kind.
PATHS: dict[service.Kind, str] = {"lines": "/comparisons/files", "units": "/comparisons/units"}
#: One's own comparisons that are listed beside the form.
LISTED = 20


@router.get("/comparisons/files")
def form_of_lines(visit: Visiting) -> Response:
    """The form for surveys. Whoever may have surveys compared somewhere may compare files."""
    return _form(visit, "lines")


@router.get("/comparisons/units")
def form_of_units(visit: Visiting) -> Response:
    """The form for layers of units."""
    return _form(visit, "units")


def _form(visit: Visit, kind: service.Kind, error: DimingError | None = None) -> Response:
    me(visit)
    actor = actor_of(visit.request)
    with reading(office_of(visit.request).engine) as connection:
        service.may_compare(connection, actor)
        own = service.list_orders(connection, actor, LISTED)["items"]
    return account_page(
        visit, "comparison_files.html", error, path=PATHS[kind], address=PATHS[kind], kind=kind,
        roles=service.ROLES[kind],
        needed=service.NEEDED[kind], own=own, accuracy=settings().accuracy_m, limits=ACCURACY_M,
        longest={"document": MAX_DOCUMENT, "field": service.MAX_FIELD},
    )  # fmt: skip


@router.post("/comparisons/files")
async def order_lines(request: Request, visit: Visiting) -> Response:
    """Have the files of the form compared, and show how far it is."""
    return await _order(request, visit, "lines")


@router.post("/comparisons/units")
async def order_units(request: Request, visit: Visiting) -> Response:
    """Have the layers of the form compared, and show how far it is."""
    return await _order(request, visit, "units")


async def _order(request: Request, visit: Visit, kind: service.Kind) -> Response:
    try:
        async with receiving(request, kind) as (actor, given):
            told = await in_thread(lambda: order_form(request, actor, kind, given))
    except DimingError as error:
        if error.status >= 500 or error.status in (401, 403):
            raise
        refused = error
        return await in_thread(lambda: _form(visit, kind, refused))
    address = visit.view.url(f"/comparisons/orders/{told['id']}")
    return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})


@router.get("/comparisons/orders/{identity}")
def show_order(visit: Visiting, identity: UUID) -> Response:
    """One's own comparison: how far it is, or what came of it; what changes of it where htmx asks."""
    me(visit)
    office, actor = office_of(visit.request), actor_of(visit.request)
    with reading(office.engine) as connection:
        found = service.find_order(connection, actor, identity)
        job = _job(visit, connection, found["job"])
    shown = _shown(visit, identity) if found["state"] == "done" else None
    moving = found["state"] == "waiting" and (job is None or job["state"] in ("todo", "doing"))
    template = "parts/comparison_order.html" if visit.partial else "comparison_order.html"
    return account_page(
        visit, template, order=found, job=job, moving=moving, shown=shown, forms=list(FORMS),
        again=PATHS[found["kind"]],
    )  # fmt: skip


def _job(visit: Visit, connection: Connection, number: int | None) -> dict[str, Any] | None:
    """The job of an order, as long as the queue knows it."""
    if number is None:
        return None
    try:
        return jobs.find_job(connection, actor_of(visit.request), number)
    except NotFound:
        return None


def _shown(visit: Visit, identity: UUID) -> Any:
    office, actor = office_of(visit.request), actor_of(visit.request)
    with service.open_written(office, actor, identity, f"shown_{visit.view.t.language}") as (_, content):
        return json.load(content)


@router.get("/comparisons/orders/{identity}/report/{form}")
def report(visit: Visiting, identity: UUID, form: str) -> Response:
    """The report as a file."""
    me(visit)
    return report_file(ExitStack(), office_of(visit.request), actor_of(visit.request), identity, form)
