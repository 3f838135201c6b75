"""`/v1/lines/{id}/risks` and `/v1/lines/{id}/assets`: what may become a disagreement, and what belongs to a line."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.v1.inspection_shapes import Sent
from api.v1.params import Day, EntityId
from api.v1.rounds import ASKED, SENT, Flag, answer, answers
from api.v1.schemas import Shape
from boundaries.risks import service
from data.cases.reading import require_signed_in
from data.db import reading

router = v1_router("inspections", "/lines")

Level = Literal["low", "medium", "high"]
Words = Annotated[str, Field(max_length=4000)]
WRITTEN = (*SENT, "bad_id", "no_such_line")


class NewRisk(Sent):
    """A risk of the line."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    level: Level
    measures: Annotated[str, Field(min_length=1, max_length=4000)]
    review_on: Day
    description: Words = ""
    segment: UUID | None = None
    source: Literal["inspection", "patrol", "case", "report"] = "report"
    source_id: UUID | None = None


class NewAssessment(Sent):
    """How a risk stands now; without a day of review it is closed."""

    level: Level
    measures: Annotated[str, Field(min_length=1, max_length=4000)]
    review_on: Day | None = None
    description: Words = ""


class NewAsset(Sent):
    """An agreement, monument or covenant of the line."""

    kind: Literal["cooperation_agreement", "monument", "covenant"]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    doc_no: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    dated: Annotated[str, Field(pattern=r"^[0-9]{4}(-[0-9]{2}){0,2}$", max_length=10)] | None = None
    ends_on: Day | None = None
    parties: Annotated[str, Field(max_length=1000)] = ""
    note: Words = ""
    position: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None


class Entered(Shape):
    """What was entered, by its id."""

    id: UUID


class Entries(Shape):
    """All of a line; one page holds them."""

    items: list[dict[str, Any]]
    next: str | None


_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6091"
ENTERED: dict[str, Any] = {"id": _ID}
RISK = {"id": _ID, "title": "河道改道隐患", "level": "high", "review_on": "2026-06-01", "state": "open"}
RISKS: dict[str, Any] = {"items": [RISK], "next": None}
ASSETS: dict[str, Any] = {"items": [{"id": _ID, "kind": "covenant", "title": "护界公约"}], "next": None}


@router.get(
    "/{id}/risks",
    summary="The risk register of a line",
    response_model=Entries,
    responses=answers(200, RISKS, *ASKED, "bad_id", "no_such_line"),
)
def list_risks(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    closed: Annotated[Flag, Query(description="Also those that are closed.")] = False,
) -> Response:
    """The risks as they stand, the worst first; for the offices on either side of the line and above it."""
    actor = actor_of(request)
    require_signed_in(actor)
    with reading(request.app.state.databases.office) as connection:
        items = service.risks_of(connection, actor, id, None if closed else "open")
    return answer({"items": items, "next": None})


@router.post(
    "/{id}/risks",
    summary="Record a risk",
    status_code=201,
    response_model=Entered,
    responses=answers(201, ENTERED, *WRITTEN, "risk_malformed"),
)
def record_risk(request: Request, id: EntityId, body: NewRisk) -> Response:  # noqa: A002 -- the name in the address
    """Record what may become a disagreement, its level, what is done about it, and when it is looked at again."""
    actor = actor_of(request)
    require_signed_in(actor)
    first = service.Assessment(body.level, body.measures, body.review_on, body.description)
    risk = service.NewRisk(id, body.title, first, body.segment, body.source, body.source_id)
    return answer({"id": service.record_risk(request.app.state.databases.office, actor, risk)}, 201)


@router.post(
    "/risks/{id}/assessments",
    summary="Assess a risk again",
    response_model=Entered,
    responses=answers(200, ENTERED, *SENT, "bad_id", "no_such_risk", "already_done", "risk_malformed"),
)
def assess_risk(request: Request, id: EntityId, body: NewAssessment) -> Response:  # noqa: A002 -- the address
    """Say how a risk stands now; what was said before is kept. Without a day of review it is closed."""
    actor = actor_of(request)
    require_signed_in(actor)
    assessment = service.Assessment(body.level, body.measures, body.review_on, body.description)
    service.assess_risk(request.app.state.databases.office, actor, id, assessment)
    return answer({"id": id})


@router.get(
    "/{id}/assets",
    summary="The inventory of a line",
    response_model=Entries,
    responses=answers(200, ASSETS, *ASKED, "bad_id", "no_such_line"),
)
def list_assets(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    removed: Annotated[Flag, Query(description="Also those that were taken out.")] = False,
) -> Response:
    """Cooperation agreements, boundary monuments and covenants of the line."""
    actor = actor_of(request)
    require_signed_in(actor)
    with reading(request.app.state.databases.office) as connection:
        return answer({"items": service.assets_of(connection, actor, id, removed=removed), "next": None})


@router.post(
    "/{id}/assets",
    summary="Enter an agreement, monument or covenant",
    status_code=201,
    response_model=Entered,
    responses=answers(201, ENTERED, *WRITTEN, "asset_malformed", "coordinates_out_of_range"),
)
def add_asset(request: Request, id: EntityId, body: NewAsset) -> Response:  # noqa: A002 -- the name in the address
    """Enter what belongs to the line beside its course."""
    actor = actor_of(request)
    require_signed_in(actor)
    position = (body.position[0], body.position[1]) if body.position else None
    asset = service.NewAsset(
        id, body.kind, body.title, body.doc_no, body.dated, body.ends_on, body.parties, body.note, position
    )
    return answer({"id": service.add_asset(request.app.state.databases.office, actor, asset)}, 201)
