"""Place-name plans: the list, one with its names, and the form by which a plan is recorded."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, TypedForm, case_page
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.access import Actor
from data.cases.reading import require_signed_in
from data.db import reading
from data.errors import BadInput, BadRequest, DimingError
from geonames.applications.notices import below
from geonames.places.classes import place_classes
from geonames.plans import service

router = APIRouter(include_in_schema=False)
PAGE = 50
FIELDS = ("title", "within", "authority", "doc_no", "adopted_on", "ends_on", "names")
#: Columns of a line of the form: name, class, for what, code, meaning.
COLUMNS = 4


@router.get("/plans")
def plans(visit: Visiting) -> Response:
    """The plans within a division, the latest first."""
    return _list(visit)


@router.post("/plans")
def adopt(visit: Visiting, typed: Typed) -> Response:
    """Record a plan with all its names, or say what is wrong with which line."""

    def work() -> Response:
        plan = _adopted(visit, typed)
        return RedirectResponse(visit.view.url(f"/plans/{plan}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _list(visit, error, typed))


def _adopted(visit: Visit, typed: TypedForm) -> UUID:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(typed.one("within")))
    if unit is None:
        raise BadRequest("A plan belongs to a division and not to the whole country.", code="bad_code")
    ends_on = _day(typed.one("ends_on")) if typed.one("ends_on") else None
    rows = [_row(n, line) for n, line in enumerate(typed.one("names").splitlines(), 1) if line.strip()]
    new = service.NewPlan(
        typed.one("title"), typed.one("authority"), _day(typed.one("adopted_on")), rows, typed.one("doc_no") or None,
        ends_on,
    )  # fmt: skip
    return service.adopt_plan(casework, actor, unit, new)


def _row(number: int, line: str) -> service.Reserved:
    parts = [part.strip() for part in line.replace("，", ",").replace("\t", ",").split(",")]
    if len(parts) < COLUMNS:
        raise _bad(f"line {number}: name, class, what it is for, and the code, with commas between")
    classes = {**{c.name_zh: key for key, c in place_classes().items()}, **{key: key for key in place_classes()}}
    name, class_, purpose, within, *meaning = parts
    return service.Reserved(name, classes.get(class_, class_), purpose, within, "，".join(meaning))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _bad(f"{text or 'the day'} is no date such as 2026-06-01") from error


def _bad(why: str) -> BadInput:
    return BadInput(f"{why}. Nothing was stored.", code="bad_name_plan", findings=[why])


def _list(visit: Visit, error: DimingError | None = None, typed: TypedForm | None = None) -> Response:
    query = visit.view.query
    within = check_code(query["within"]) if query.get("within") else None
    found = service.list_plans(
        visit.conn, within=None if within is None else below(within), limit=PAGE, cursor=query.get("cursor") or None
    )
    return case_page(
        visit,
        "plans.html",
        error,
        items=found["items"],
        following=found["next"],
        within=within,
        said={name: typed.one(name) if typed else "" for name in FIELDS},
        wrong=error.extra.get("findings", []) if error else [],
        may_adopt=_may(visit, actor_of(visit.request)),
        suffix="" if visit.view.t.language == "zh" else "_en",
    )


def _may(visit: Visit, actor: Actor) -> bool:
    """Whether the form is of use: some office of the visitor records plans somewhere."""
    roles = {role for row in casework_of(visit.request).permissions[service.MANAGE] for role in row.roles}
    return any(grant.role in roles for grant in actor.grants)


@router.get("/plans/{plan}")
def plan(visit: Visiting, plan: str) -> Response:
    """One plan with its names."""
    return _plan(visit, plan)


@router.post("/plans/{plan}")
def release(visit: Visiting, plan: str, typed: Typed) -> Response:
    """Give a reserved name free, with the reason."""

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        service.release_name(casework_of(visit.request), actor, _id(typed.one("name")), typed.one("why"))
        return RedirectResponse(visit.view.url(f"/plans/{plan}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _plan(visit, plan, error))


def _plan(visit: Visit, plan: str, error: DimingError | None = None) -> Response:
    found = service.find_plan(visit.conn, _id(plan))
    return case_page(visit, "plan.html", error, plan=found, may_adopt=_may(visit, actor_of(visit.request)))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise service.no_such_name_plan() from error
