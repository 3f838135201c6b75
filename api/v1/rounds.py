"""`/v1/rounds`: rounds of joint inspection, planned and looked at by the offices."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.deps import v1_router
from api.v1 import inspection_shapes as shapes
from api.v1.params import Cursor, EntityId, IsoDate, Level, Limit, Within
from api.v1.staff import Flag, answer, answers, today
from boundaries.rounds import planning, service
from boundaries.rounds.model import RoundPlan
from data.cases.reading import require_signed_in
from data.db import reading

#: What other operations of offices take from here, beside the codes.
__all__ = ["ASKED", "CODES", "SENT", "Flag", "answer", "answers", "router", "today"]

router = v1_router("inspections", "/rounds")

ASKED = ("sign_in_needed", "not_permitted", "register_empty")
SENT = (*ASKED, "cross_site_write", "bad_body", "bad_json", "body_too_large", "constraint")
CODES = ("bad_code", "code_never_existed", "code_not_standing")


@router.get(
    "",
    summary="Rounds of inspection",
    response_model=shapes.RoundList,
    responses=answers(200, shapes.ROUNDS, *ASKED, "limit_out_of_range", "bad_cursor"),
)
def list_rounds(
    request: Request,
    open_only: Annotated[Flag, Query(alias="open", description="Only rounds that are not closed.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The rounds of your units, of those below and of those above them, the latest first."""
    actor = actor_of(request)
    require_signed_in(actor)
    with reading(request.app.state.databases.office) as connection:
        found = service.list_rounds(connection, actor, today(request), open_only=open_only, limit=limit, cursor=cursor)
    return answer(found)


@router.post(
    "",
    summary="Plan a round",
    status_code=201,
    response_model=shapes.RoundShape,
    responses=answers(
        201,
        shapes.ROUND,
        *SENT,
        *CODES,
        *("round_malformed", "round_exists", "nothing_due", "no_such_line", "region_not_standing"),
    ),
)
def plan_round(request: Request, body: shapes.NewRound) -> Response:
    """Plan a round with an inspection for each line that is due, or for those named. `000000` is the country."""
    actor, office = actor_of(request), request.app.state.databases.office
    require_signed_in(actor)
    with reading(office) as connection:
        region = unit_of_code(connection, body.within)
    plan = RoundPlan(
        body.number, body.title, region, body.level, body.begins_on, body.dates, body.basis, body.lead_rule, body.lines
    )
    identity = planning.plan_round(office, actor, plan)
    with reading(office) as connection:
        return answer(service.find_round(connection, actor, identity, today(request)), 201)


@router.get(
    "/due",
    summary="Lines that are due",
    response_model=shapes.DueList,
    responses=answers(
        200, shapes.DUE, *ASKED, *CODES, "bad_date", "bad_level", "region_not_standing", "round_malformed"
    ),
)
def due_lines(
    request: Request,
    within: Within = None,
    level: Level = None,
    by: Annotated[IsoDate | None, Query(description="The day; default today.", examples=["2026-12-01"])] = None,
) -> Response:
    """The lines within a unit that are due by a day under the five-year rule, and those of which none is on record."""
    actor = actor_of(request)
    require_signed_in(actor)
    with reading(request.app.state.databases.office) as connection:
        region = unit_of_code(connection, within) if within else None
        return answer(service.due_lines(connection, actor, region, level, by or today(request)))


@router.get(
    "/{id}",
    summary="A round",
    response_model=shapes.RoundShape,
    responses=answers(200, shapes.ROUND, *ASKED, "bad_id", "no_such_round"),
)
def find_round(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """A round with its dates and its progress; its inspections are at `/v1/inspections?round=`."""
    actor = actor_of(request)
    require_signed_in(actor)
    with reading(request.app.state.databases.office) as connection:
        return answer(service.find_round(connection, actor, id, today(request)))


@router.post(
    "/{id}/close",
    summary="Close a round",
    response_model=shapes.RoundShape,
    responses=answers(200, shapes.ROUND, *SENT, "bad_id", "no_such_round", "round_running", "already_done"),
)
def close_round(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Close a round in which no inspection is open any more."""
    actor, office = actor_of(request), request.app.state.databases.office
    require_signed_in(actor)
    planning.close_round(office, actor, id)
    with reading(office) as connection:
        return answer(service.find_round(connection, actor, id, today(request)))
