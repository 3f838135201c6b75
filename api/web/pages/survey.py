"""Opening a surveying project (勘界) on a line: the form, from which a case of the proposer's side is opened."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.web.pages.account_forms import NO_STORE, account_page, attempt
from api.web.pages.case_forms import Typed, TypedForm, fresh_key
from api.web.visit import Visit, Visiting
from boundaries.network.service import find_line
from boundaries.surveys.project import BASES
from boundaries.surveys.service import Project, open_project
from data.cases.reading import require_signed_in
from data.db import Audience
from data.errors import DimingError

router = APIRouter(include_in_schema=False)


@router.get("/lines/{line_id}/survey")
def ask(visit: Visiting, line_id: UUID) -> Response:
    """The form."""
    return _form(visit, line_id)


def _form(visit: Visit, line: UUID, error: DimingError | None = None, kept: TypedForm | None = None) -> Response:
    require_signed_in(actor_of(visit.request))
    with visit.request.app.state.databases.reading(Audience.STAFF) as connection:
        found = find_line(connection, line, visit.view.as_of, Audience.STAFF)
    typed = {name: kept.one(name) for name in ("basis", "reason", "segment")} if kept else {}
    path = f"/lines/{line}/survey"
    return account_page(
        visit, "survey_open.html", error, path=path, address=path, key=fresh_key(), line=found, bases=tuple(BASES),
        typed=typed,
    )  # fmt: skip


@router.get("/surveys/new")
def ask_new(visit: Visiting) -> Response:
    """The form of a project for a line that is not in the register yet."""
    return _form_new(visit)


def _form_new(visit: Visit, error: DimingError | None = None, kept: TypedForm | None = None) -> Response:
    require_signed_in(actor_of(visit.request))
    names = ("basis", "reason", "left", "right", "name", "whole")
    typed = {name: kept.one(name) for name in names} if kept else {}
    return account_page(
        visit, "survey_new.html", error, path="/surveys/new", address="/surveys/new", key=fresh_key(),
        bases=tuple(BASES), typed=typed,
    )  # fmt: skip


@router.post("/surveys/new")
def open_new(visit: Visiting, typed: Typed) -> Response:
    """Open the case of a line that is not in the register yet."""

    def work() -> Response:
        units = (typed.one("left").strip(), typed.one("right").strip())
        wanted = Project(
            None, typed.one("basis"), typed.one("reason"), units=units, name=typed.one("name").strip() or None,
            whole=bool(typed.one("whole")),
        )  # fmt: skip
        case = open_project(casework_of(visit.request), actor_of(visit.request), wanted, typed.one("key") or None)
        return RedirectResponse(visit.view.url(f"/cases/{case['number']}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form_new(visit, error, typed))


@router.post("/lines/{line_id}/survey")
def open_survey(visit: Visiting, line_id: UUID, typed: Typed) -> Response:
    """Open the case."""

    def work() -> Response:
        segment = typed.one("segment")
        wanted = Project(line_id, typed.one("basis"), typed.one("reason"), UUID(segment) if segment else None)
        case = open_project(casework_of(visit.request), actor_of(visit.request), wanted, typed.one("key") or None)
        return RedirectResponse(visit.view.url(f"/cases/{case['number']}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, line_id, error, typed))
