"""Calling a joint meeting (联席会议): the form from which its case is opened."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.web.pages.account_forms import NO_STORE, account_page, attempt
from api.web.pages.case_forms import Typed, fresh_key
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.reading import find_number, require_signed_in
from data.db import reading
from data.errors import DimingError
from geonames.meetings.meeting import TEXTS
from geonames.meetings.subject import MeetingCalled, call_meeting

router = APIRouter(include_in_schema=False)
PATH = "/meetings/new"
FIELDS = ("within", "case", "meets_on", *TEXTS)


@router.get("/meetings/new")
def ask(visit: Visiting) -> Response:
    """The form; what the address says stands in it (`case`: the number of the case that it is about)."""
    return _form(visit, {name: visit.view.query.get(name, "") for name in FIELDS})


def _form(visit: Visit, typed: dict[str, str], error: DimingError | None = None) -> Response:
    require_signed_in(actor_of(visit.request))
    return account_page(visit, "meeting_new.html", error, path=PATH, key=fresh_key(), typed=typed, texts=TEXTS)


@router.post("/meetings/new")
def call(visit: Visiting, typed: Typed) -> Response:
    """Open the case, and go to it."""
    said = {name: typed.one(name).strip() for name in FIELDS}

    def work() -> Response:
        casework, actor = casework_of(visit.request), actor_of(visit.request)
        case = call_meeting(casework, actor, _called(visit, said), typed.one("key") or None)
        return RedirectResponse(visit.view.url(f"/cases/{case['number']}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, said, error))


def _called(visit: Visit, said: dict[str, str]) -> MeetingCalled:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    about = [UUID(str(find_number(casework, actor, said["case"])["id"]))] if said["case"] else []
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(said["within"]))
    return MeetingCalled(unit, {name: said[name] for name in ("meets_on", *TEXTS)}, about)
