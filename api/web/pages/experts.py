"""The pool of experts (专家库), and the page on which a draw can be checked."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of, clock_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, TypedForm, case_page
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in
from data.clock import civil_date
from data.db import reading
from data.errors import BadRequest, DimingError, NotFound
from geonames.experts import service
from geonames.experts.rules import expert_rules

router = APIRouter(include_in_schema=False)
PAGE = 100
DEEDS = ("add", "leave", "interest")


@router.get("/experts")
def experts(visit: Visiting) -> Response:
    """The pool for cases in a division, and the form to take somebody in."""
    return _page(visit)


@router.post("/experts")
def handle(visit: Visiting, typed: Typed) -> Response:
    """Take somebody in, let somebody leave, or record an interest."""

    def work() -> Response:
        _handled(visit, typed)
        address = visit.view.url("/experts", within=typed.one("within"), done=typed.one("do"))
        return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _page(visit, error, typed))


def _handled(visit: Visit, typed: TypedForm) -> None:
    casework, actor, do = casework_of(visit.request), actor_of(visit.request), typed.one("do")
    require_signed_in(actor)
    today = civil_date(clock_of(visit.request)())
    if do == "add":
        with reading(casework.engine) as connection:
            chain = service.matter_at(casework, connection, _unit(visit, typed.one("within"))).chain
        new = service.NewExpert(typed.one("username"), typed.many("fields"), typed.one("employer"), typed.one("title"))
        service.add_expert(casework.engine, actor, chain, new, today)
    elif do == "leave":
        service.leave(casework, actor, _id(typed.one("expert")), today)
    elif do == "interest":
        expert, whom = _id(typed.one("expert")), typed.one("with_whom")
        service.declare_interest(casework, actor, expert, whom, typed.one("why"))
    else:
        raise BadRequest("The form says nothing that can be done here.", code="bad_parameter")


def _page(visit: Visit, error: DimingError | None = None, typed: TypedForm | None = None) -> Response:
    actor, query = actor_of(visit.request), visit.view.query
    require_signed_in(actor)
    within = (typed.one("within") if typed else "") or query.get("within", "")
    found = None
    if within:
        cursor = query.get("cursor") or None
        casework = casework_of(visit.request)
        found = service.list_experts(casework, actor, _unit(visit, within), limit=PAGE, cursor=cursor)
    return case_page(
        visit,
        "experts.html",
        error,
        within=within,
        items=found["items"] if found else None,
        following=found["next"] if found else None,
        rules=expert_rules(),
        said={name: typed.one(name) if typed else "" for name in ("username", "employer", "title")},
        chosen=typed.many("fields") if typed else [],
        done=query.get("done") if query.get("done") in DEEDS else None,
        me=actor.account_id,
    )


@router.get("/experts/draws/{draw}")
def show_draw(visit: Visiting, draw: str) -> Response:
    """A draw with its seed and everybody's ticket."""
    actor = actor_of(visit.request)
    require_signed_in(actor)
    found = service.find_draw(casework_of(visit.request), actor, _id(draw))
    return case_page(visit, "expert_draw.html", draw=found, rules=expert_rules())


def _unit(visit: Visit, code: str) -> UUID:
    with reading(casework_of(visit.request).engine) as connection:
        unit = unit_of_code(connection, check_code(code))
    if unit is None:
        raise BadRequest("A pool belongs to a division and not to the whole country.", code="bad_code")
    return unit


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no expert or draw with this id.", code="no_such_expert") from error
