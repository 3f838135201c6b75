"""`/v1/plans`: place-name plans and the names that they reserve. Everybody reads them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.deps import Ask, v1_router
from api.v1.inspection_shapes import Sent
from api.v1.params import CODE_PATTERN, Cursor, Day, EntityId, Limit, Within
from api.v1.rounds import CODES, SENT, answer, answers
from api.v1.schemas import Shape
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in
from data.db import reading
from data.errors import BadRequest
from geonames.applications.notices import below
from geonames.plans import service

router = v1_router("plans", "/plans")
names = v1_router("plans", "/reserved-names")
_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6096"
PLAN: dict[str, Any] = {
    "id": _ID,
    "unit_code": "990121",
    "unit_name": "甘棠县",
    "title": "砚东新区地名方案（虚构）",
    "authority": "甘棠县人民政府（虚构）",
    "doc_no": "演示〔2026〕3号",
    "adopted_on": "2026-02-01",
    "ends_on": None,
    "names": 2,
    "taken": 0,
}
NAME: dict[str, Any] = {
    "id": _ID,
    "name": "砚东路",
    "class": "STREET",
    "purpose": "规划一号路",
    "meaning": "在砚州之东",
    "state": "reserved",
    "released_because": None,
}
Words = Annotated[str, Field(min_length=1, max_length=500)]


class Plan(Shape):
    """A plan: `names` how many it reserves, `taken` how many of them were taken up."""

    id: UUID
    title: str
    authority: str
    doc_no: str | None
    adopted_on: date
    ends_on: date | None
    names: int
    taken: int


class PlanList(Shape):
    """A page of plans."""

    items: list[Plan]
    next: str | None


class ReservedName(Sent):
    """A name to be reserved for something. `within`: code of the county or what is below it."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    class_: Annotated[str, Field(alias="class", max_length=30)]
    purpose: Words
    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]
    meaning: Annotated[str, Field(max_length=500)] = ""


class NewPlan(Sent):
    """A plan as it was adopted, with all its names."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]
    authority: Annotated[str, Field(min_length=1, max_length=200)]
    doc_no: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    adopted_on: Day
    ends_on: Day | None = None
    names: Annotated[list[ReservedName], Field(min_length=1, max_length=2000)]


class Releasing(Sent):
    """Why a name is given free."""

    why: Words


class Done(Shape):
    """What was done, by its id."""

    id: UUID


class PlanInFull(Plan):
    """A plan with its names."""

    reserved: list[dict[str, Any]]


@router.get(
    "",
    summary="Place-name plans",
    response_model=PlanList,
    responses=answers(200, {"items": [PLAN], "next": None}, "bad_code", "limit_out_of_range", "bad_cursor"),
)
def list_plans(ask: Ask, within: Within = None, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The plans within a division, the latest first."""
    code = None if within is None else below(within)
    return ask.answer(lambda connection: service.list_plans(connection, within=code, limit=limit, cursor=cursor))


@router.get(
    "/{id}",
    summary="A place-name plan",
    response_model=PlanInFull,
    responses=answers(200, {**PLAN, "reserved": [NAME]}, "bad_id", "no_such_name_plan"),
)
def find_plan(ask: Ask, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """One plan with every name that it reserves, and what became of each."""
    return ask.answer(lambda connection: service.find_plan(connection, id))


@router.post(
    "",
    status_code=201,
    summary="Record a plan",
    response_model=Done,
    responses=answers(201, {"id": _ID}, *SENT, *CODES, "bad_name_plan", "bad_class", "bad_type"),
)
def adopt_plan(request: Request, body: NewPlan) -> Response:
    """Record a plan that was adopted, with all its names or none."""
    actor, casework = actor_of(request), casework_of(request)
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(body.within))
    if unit is None:
        raise BadRequest("A plan belongs to a division and not to the whole country.", code="bad_code")
    rows = [service.Reserved(n.name, n.class_, n.purpose, n.within, n.meaning) for n in body.names]
    plan = service.NewPlan(body.title, body.authority, body.adopted_on, rows, body.doc_no, body.ends_on)
    return answer({"id": service.adopt_plan(casework, actor, unit, plan)}, 201)


@names.post(
    "/{id}/release",
    summary="Give a reserved name free",
    response_model=Done,
    responses=answers(200, {"id": _ID}, *SENT, "bad_id", "no_such_reserved_name", "already_done", "bad_name_plan"),
)
def release_name(request: Request, id: EntityId, body: Releasing) -> Response:  # noqa: A002 -- the address
    """The name is not needed any more: others may apply for it."""
    actor = actor_of(request)
    require_signed_in(actor)
    service.release_name(casework_of(request), actor, id, body.why)
    return answer({"id": id})
