"""Rounds of inspection: the list with what is due, and the board of one round with its map."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of, clock_of
from api.auth.jurisdiction import unit_of_code
from api.web.drawing.board import Board, draw_board
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, case_page
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.rounds import planning, service
from boundaries.rounds.model import STATES, RoundPlan
from boundaries.rounds.rules import round_rules
from data.cases.reading import require_signed_in
from data.clock import civil_date
from data.db import reading
from data.errors import BadInput, DimingError, NotFound

router = APIRouter(include_in_schema=False)

PAGE = 50
LEVELS = ("province", "prefecture", "county", "township")


def today_of(visit: Visit) -> date:
    """The civil date of the application's clock."""
    return civil_date(clock_of(visit.request)())


@router.get("/rounds")
def rounds(visit: Visiting) -> Response:
    """The rounds of one's units, and the form that plans one."""
    return _rounds(visit)


def _rounds(visit: Visit, error: DimingError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    actor, query = actor_of(visit.request), visit.view.query
    require_signed_in(actor)
    with reading(visit.request.app.state.databases.office) as connection:
        found = service.list_rounds(connection, actor, today_of(visit), limit=PAGE, cursor=query.get("cursor") or None)
    return case_page(
        visit,
        "rounds.html",
        error,
        items=found["items"],
        following=found["next"],
        rules=round_rules(),
        typed=typed or {name: query.get(name, "") for name in ("within", "level") if query.get(name)},
        levels=LEVELS,
        states=STATES,
    )


@router.post("/rounds")
def plan(visit: Visiting, typed: Typed) -> Response:
    """Plan a round; refused, the form comes again with what was typed."""
    fields = typed.fields()

    def work() -> Response:
        actor, office = actor_of(visit.request), visit.request.app.state.databases.office
        require_signed_in(actor)
        with reading(office) as connection:
            region = unit_of_code(connection, fields.get("within", ""))
        identity = planning.plan_round(office, actor, _plan(fields, region))
        return RedirectResponse(visit.view.url(f"/rounds/{identity}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _rounds(visit, error, fields))


def _plan(fields: Mapping[str, str], region: UUID | None) -> RoundPlan:
    number = fields.get("number", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 4):
        raise BadInput(
            "The number of a round is a whole number from 1 on. Nothing was planned.", code="round_malformed"
        )
    dates = {step: parse_day(fields.get(step)) for step in round_rules().dates}
    begins_on = parse_day(fields.get("begins_on"))
    if begins_on is None:
        raise BadInput("Say on which day the round begins. Nothing was planned.", code="round_malformed")
    return RoundPlan(
        number=int(number),
        title=fields.get("title", ""),
        region=region,
        level=fields.get("level", ""),
        begins_on=begins_on,
        dates={step: day for step, day in dates.items() if day is not None},
        basis=fields.get("basis", ""),
        lead_rule=fields.get("lead_rule", ""),
    )


@router.get("/rounds/{identity}")
def show_round(visit: Visiting, identity: str) -> Response:
    """The board of a round: how far each inspection is, and a map of its lines."""
    return _board(visit, identity)


def _board(visit: Visit, identity: str, error: DimingError | None = None) -> Response:
    actor, query, today = actor_of(visit.request), visit.view.query, today_of(visit)
    require_signed_in(actor)
    state = query.get("state") if query.get("state") in STATES else None
    wanted = service.Wanted(round=round_id(identity), state=state)
    with reading(visit.request.app.state.databases.office) as connection:
        found = service.find_round(connection, actor, round_id(identity), today)
        items = service.list_inspections(
            connection, actor, wanted, today, limit=PAGE, cursor=query.get("cursor") or None
        )
        board = _drawn(visit, items["items"], service.courses(connection, actor, items["items"]))
    return case_page(
        visit,
        "round.html",
        error,
        round=found,
        items=items["items"],
        following=items["next"],
        board=board,
        states=STATES,
        chosen=state,
        rules=round_rules(),
        causes=service.causes(),
        today=today,
    )


def _drawn(visit: Visit, items: list[dict[str, Any]], courses: Mapping[UUID, Any]) -> Board | None:
    return draw_board(
        [
            (courses[i["id"]], i["state"], visit.view.url(f"/inspections/{i['id']}"), i["line"]["name"])
            for i in items
            if courses.get(i["id"])
        ]
    )


def round_id(text: str) -> UUID:
    """The id in an address; NotFound `no_such_round` for what is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such round for you.", code="no_such_round") from error


@router.post("/rounds/{identity}/close")
def close(visit: Visiting, identity: str, _typed: Typed) -> Response:
    """Close a round in which nothing is open."""

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        planning.close_round(visit.request.app.state.databases.office, actor, round_id(identity))
        return RedirectResponse(visit.view.url(f"/rounds/{identity}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _board(visit, identity, error))
