"""Archives of names: taking one, how long they are kept, and for auditors who took them."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.name_archives import archive_of_case, archive_of_place
from api.web.pages.account_forms import attempt
from api.web.pages.case_forms import Typed, case_page
from api.web.visit import Visit, Visiting
from data.access import Matter, Permit, decide
from data.cases.reading import require_signed_in
from data.errors import BadRequest, DimingError
from geonames.archives.service import READ_LOG, access_log, schedule

router = APIRouter(include_in_schema=False)
PAGE = 50
FIELDS = ("case", "place", "purpose")


@router.get("/name-archives")
def archives(visit: Visiting) -> Response:
    """The form, the periods, and the log where the visitor may read it; what the address says stands in the form."""
    return _page(visit, {name: visit.view.query.get(name, "") for name in FIELDS})


def _page(visit: Visit, typed: dict[str, str], error: DimingError | None = None) -> Response:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    require_signed_in(actor)
    may_read = isinstance(decide(actor, READ_LOG, Matter(), casework.permissions), Permit)
    cursor = visit.view.query.get("cursor") or None
    log = access_log(casework, actor, None, PAGE, cursor) if may_read else None
    return case_page(visit, "name_archives.html", error, typed=typed, schedule=schedule(), log=log)


@router.post("/name-archives")
def take(visit: Visiting, typed: Typed) -> Response:
    """The package, to be saved; what is wrong stands in the form."""
    said = {name: typed.one(name).strip() for name in FIELDS}
    return attempt(lambda: _taken(visit, said), lambda error: _page(visit, said, error))


def _taken(visit: Visit, said: dict[str, str]) -> Response:
    if bool(said["case"]) == bool(said["place"]):
        raise BadRequest("Name a case by its number, or a place by its id: one of both.", code="one_archive")
    if said["case"]:
        return archive_of_case(visit.request, said["case"], said["purpose"])
    try:
        place = UUID(said["place"])
    except ValueError as error:
        raise BadRequest("A place is named by its id, as in the address of its page.", code="bad_id") from error
    return archive_of_place(visit.request, place, said["purpose"])
