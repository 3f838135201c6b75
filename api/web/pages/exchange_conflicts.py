"""Conflicts of exchange: what came from other installations beside what stands here, and the decision between them."""

from __future__ import annotations

from typing import get_args
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.auth.identity import actor_of
from api.web.pages.account_forms import attempt, go_to
from api.web.pages.case_forms import Typed, case_page
from api.web.visit import Visit, Visiting
from data.cases.reading import require_signed_in
from data.db import reading
from data.errors import BadRequest, DimingError
from geonames.installations import conflicts, service
from geonames.installations.comparing import side_by_side

router = APIRouter(include_in_schema=False)
ADDRESS = "/exchange/conflicts"
PAGE = 50
STATES = get_args(conflicts.Wanted)
DECISIONS = get_args(conflicts.Decided)


@router.get(ADDRESS)
def all_conflicts(visit: Visiting) -> Response:
    """The list with its state in the address, and the installations that changes come from."""
    actor, query = actor_of(visit.request), visit.view.query
    require_signed_in(actor)
    state = next((name for name in STATES if name == (query.get("state") or "open")), None)
    if state is None:
        raise BadRequest(f"state is one of {', '.join(STATES)}.", code="bad_parameter")
    with reading(visit.request.app.state.databases.office) as connection:
        found = conflicts.list_conflicts(connection, actor, state, PAGE, query.get("cursor") or None)
        peers = service.peers(connection, actor)
    return case_page(visit, "exchange_conflicts.html", found=found, peers=peers, states=STATES, state=state)


@router.get(ADDRESS + "/{conflict}")
def one_conflict(visit: Visiting, conflict: UUID) -> Response:
    """Both sides of one, and for the office of its division the form."""
    return _one(visit, conflict)


def _one(
    visit: Visit, conflict: UUID, error: DimingError | None = None, decided: str = "", reason: str = ""
) -> Response:
    actor = actor_of(visit.request)
    require_signed_in(actor)
    with reading(visit.request.app.state.databases.office) as connection:
        found = conflicts.find_conflict(connection, actor, conflict)
        may_decide = not found["decided"] and conflicts.may_decide(connection, actor, conflict)
    return case_page(
        visit,
        "exchange_conflict.html",
        error,
        found=found,
        sides=side_by_side(found["came"], found["stands"]),
        may_decide=may_decide,
        typed={"decided": decided, "reason": reason},
        most_reason=conflicts.MOST_REASON,
    )


@router.post(ADDRESS + "/{conflict}")
def decide_conflict(visit: Visiting, conflict: UUID, typed: Typed) -> Response:
    """Keep or take; what is refused stands in the form beside what was typed."""
    said, reason = typed.one("decided"), typed.one("reason")

    def work() -> Response:
        decided = next((name for name in DECISIONS if name == said), None)
        if decided is None:
            raise BadRequest("Choose to keep what stands here or to take what came.", code="bad_parameter")
        office = visit.request.app.state.databases.office
        conflicts.decide_conflict(office, actor_of(visit.request), conflict, decided, reason)
        return go_to(visit, f"{ADDRESS}/{conflict}")

    return attempt(work, lambda error: _one(visit, conflict, error, said, reason))
