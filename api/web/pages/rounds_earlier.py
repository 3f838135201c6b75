"""Inspections of a line from before this system: what was entered by documents, entering one, withdrawing one."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, case_page
from api.web.pages.rounds import today_of
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.rounds import earlier
from boundaries.rounds.model import SIDES
from data.cases.reading import require_signed_in
from data.db import reading
from data.errors import BadInput, DimingError

router = APIRouter(include_in_schema=False)


@router.get("/lines/{identity}/earlier-inspections")
def show_earlier(visit: Visiting, identity: UUID) -> Response:
    """The entries of a line, and for whoever plans its inspections the form for another."""
    return _page(visit, identity)


def _page(
    visit: Visit, line: UUID, error: DimingError | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    actor = actor_of(visit.request)
    require_signed_in(actor)
    with reading(visit.request.app.state.databases.office) as connection:
        found = earlier.earlier_of_line(connection, actor, line)
    limits = {"document": earlier.MAX_DOCUMENT, "result": earlier.MAX_RESULT, "why": earlier.MAX_WHY}
    return case_page(
        visit, "rounds_earlier.html", error, found=found, today=today_of(visit), limits=limits, typed=typed or {},
        sides=SIDES,
    )  # fmt: skip


@router.post("/lines/{identity}/earlier-inspections")
def enter(visit: Visiting, identity: UUID, typed: Typed) -> Response:
    """Enter an inspection; refused, the form comes again with what was typed."""
    fields = typed.fields()

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        given = _earlier(identity, fields)
        earlier.enter_earlier(visit.request.app.state.databases.office, actor, given, today_of(visit))
        return _back(visit, identity)

    return attempt(work, lambda error: _page(visit, identity, error, fields))


def _earlier(line: UUID, fields: Mapping[str, str]) -> earlier.Earlier:
    ended_on = parse_day(fields.get("ended_on"))
    if ended_on is None:
        raise BadInput("Say on which day the report was filed. Nothing was entered.", code="earlier_malformed")
    lead = next((side for side in SIDES if side == fields.get("lead")), None)
    return earlier.Earlier(line, ended_on, fields.get("document", ""), fields.get("result", ""), lead)


@router.post("/lines/{identity}/earlier-inspections/{entry}/withdraw")
def withdraw(visit: Visiting, identity: UUID, entry: UUID, typed: Typed) -> Response:
    """Withdraw an entry with the reason."""
    why = typed.fields().get("why", "")

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        earlier.withdraw_earlier(visit.request.app.state.databases.office, actor, entry, why)
        return _back(visit, identity)

    return attempt(work, lambda error: _page(visit, identity, error))


def _back(visit: Visit, line: UUID) -> Response:
    address = visit.view.url(f"/lines/{line}/earlier-inspections")
    return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})
