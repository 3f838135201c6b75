"""`/v1/experts`: the pool of experts on names, and the draws from it as anybody of the office can check them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.deps import v1_router
from api.v1.inspection_shapes import Sent
from api.v1.params import CODE_PATTERN, Cursor, EntityId, Limit, Within
from api.v1.rounds import ASKED, CODES, SENT, Flag, answer, answers, today
from api.v1.schemas import Shape
from boundaries.units.coding import check_code
from data.access import Actor
from data.cases.model import Casework
from data.cases.reading import require_signed_in
from data.db import reading
from data.errors import BadRequest
from geonames.experts import service

router = v1_router("experts", "/experts")
draws = v1_router("experts", "/expert-draws")
_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6095"
EXPERT: dict[str, Any] = {
    "id": _ID,
    "name": "专家甲（虚构）",
    "fields": ["history", "language"],
    "employer": "示例大学（虚构）",
    "title": "教授",
    "left_on": None,
    "interests": [],
}
DRAW: dict[str, Any] = {
    "id": _ID,
    "seed": "9f86d081884c7d659a2feaa0c55ad015",
    "wanted": 3,
    "fields": ["history"],
    "tickets": [
        {
            "expert": _ID,
            "name": "专家甲（虚构）",
            "fields": ["history"],
            "digest": "1f…",
            "excluded": None,
            "chosen": True,
        }
    ],
    "drawn_at": "2026-03-02T01:00:00Z",
    "holds": True,
}
Words = Annotated[str, Field(min_length=1, max_length=200)]


class Expert(Shape):
    """Somebody in a pool."""

    id: UUID
    name: str
    fields: list[str] = Field(description="Words of `data/rules/experts/rules.toml`.")
    employer: str
    title: str
    interests: list[str] = Field(description="Bodies with which an interest was declared.")


class ExpertList(Shape):
    """A page of the pool."""

    items: list[Expert]
    next: str | None


class Draw(Shape):
    """A draw: tickets in the order of SHA-256 of `seed:expert`; who was left out says why."""

    id: UUID
    seed: str
    wanted: int
    tickets: list[dict[str, Any]]
    drawn_at: datetime
    holds: bool = Field(description="Whether every digest follows from the seed.")


class NewExpert(Sent):
    """Somebody with the role of an expert, for the pool of a division."""

    username: Words
    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]
    fields: Annotated[list[Words], Field(min_length=1, max_length=20)]
    employer: Words
    title: Annotated[str, Field(max_length=200)] = ""


class NewInterest(Sent):
    """A body in which the expert has an interest; it is not taken back."""

    with_whom: Words
    why: Annotated[str, Field(max_length=200)] = ""


class Done(Shape):
    """What was done, by the expert's id in the pool."""

    id: UUID


WRITTEN = (*SENT, "bad_expert", "already_done")


@router.get(
    "",
    summary="The pool of experts",
    response_model=ExpertList,
    responses=answers(200, {"items": [EXPERT], "next": None}, *ASKED, *CODES, "limit_out_of_range", "bad_cursor",
                      "missing_parameter"),
)  # fmt: skip
def list_experts(
    request: Request,
    within: Within = None,
    former: Annotated[Flag, Query(description="Also those who have left.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Who may be drawn for cases in a division: its own pool and those of the divisions above it."""
    actor, casework = _who(request), casework_of(request)
    if within is None:
        raise BadRequest("Name the division by its code: `within`.", code="missing_parameter")
    unit = _unit(casework, within)
    return answer(service.list_experts(casework, actor, unit, former=former, limit=limit, cursor=cursor))


@router.post(
    "", status_code=201, summary="Take somebody into the pool", response_model=Done,
    responses=answers(201, {"id": _ID}, *WRITTEN, *CODES),
)  # fmt: skip
def add_expert(request: Request, body: NewExpert) -> Response:
    """Take an account with the role of an expert into the pool of a division."""
    actor, casework = _who(request), casework_of(request)
    with reading(casework.engine) as connection:
        chain = service.matter_at(casework, connection, _unit(casework, body.within)).chain
    new = service.NewExpert(body.username, body.fields, body.employer, body.title)
    return answer({"id": service.add_expert(casework.engine, actor, chain, new, today(request))}, 201)


@router.post(
    "/{id}/interests", status_code=201, summary="Declare an interest", response_model=Done,
    responses=answers(201, {"id": _ID}, *WRITTEN, "bad_id", "no_such_expert"),
)  # fmt: skip
def declare_interest(request: Request, id: EntityId, body: NewInterest) -> Response:  # noqa: A002 -- the address
    """Declare an interest in a body, one's own or as the office that keeps the pool: draws leave the expert out."""
    service.declare_interest(casework_of(request), _who(request), id, body.with_whom, body.why)
    return answer({"id": id}, 201)


@router.post(
    "/{id}/leaving", summary="Somebody leaves the pool", response_model=Done,
    responses=answers(200, {"id": _ID}, *WRITTEN, "bad_id", "no_such_expert"),
)  # fmt: skip
def leave(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Take somebody out of the pool; the draws in which he was keep him."""
    service.leave(casework_of(request), _who(request), id, today(request))
    return answer({"id": id})


@draws.get(
    "/{id}", summary="A draw of experts", response_model=Draw,
    responses=answers(200, DRAW, "sign_in_needed", "bad_id", "no_such_draw", "no_such_case"),
)  # fmt: skip
def find_draw(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """A draw with its seed and everybody's ticket, for those who may see its case."""
    return answer(service.find_draw(casework_of(request), _who(request), id))


def _unit(casework: Casework, code: str) -> UUID:
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(code))
    if unit is None:
        raise BadRequest("A pool belongs to a division and not to the whole country.", code="bad_code")
    return unit


def _who(request: Request) -> Actor:
    actor = actor_of(request)
    require_signed_in(actor)
    return actor
