"""Where a case stands (number and code of the receipt, no account), and the statistics of applications."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.web.drawing.bars import draw_bars
from api.web.pages.account_forms import account_page, attempt
from api.web.pages.case_forms import Typed, case_page
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.status import public_status
from data.clock import civil_date
from data.db import reading
from data.errors import BadRequest, DimingError, NotPermitted
from geonames.statistics.service import Wanted, announced_counts, case_statistics

router = APIRouter(include_in_schema=False)
PATH = "/case-status"
#: How far the last years' choice goes back.
YEAR = timedelta(days=365)


@router.get("/case-status")
def ask(visit: Visiting) -> Response:
    """The form; number and code are sent in the body, so that they stand in no log and no history."""
    return _form(visit)


def _form(
    visit: Visit, error: DimingError | None = None, found: dict[str, Any] | None = None, number: str = ""
) -> Response:
    return account_page(visit, "case_status.html", error, path=PATH, found=found, number=number)


@router.post("/case-status")
def tell(visit: Visiting, typed: Typed) -> Response:
    """Where the case stands."""
    number = typed.one("number")

    def work() -> Response:
        keys = visit.request.app.state.keys
        return _form(visit, None, public_status(casework_of(visit.request), keys, number, typed.one("code")))

    return attempt(work, lambda error: _form(visit, error, number=number[:40]))


@router.get("/statistics/applications")
def statistics(visit: Visiting) -> Response:
    """For desks the time in each state, terms, classes and regions; for everybody what was announced."""
    wanted = _wanted(visit)
    found, told = _of_desks(visit, wanted)
    announced = announced_counts(visit.conn, wanted)
    return case_page(
        visit, "statistics_applications.html", None, wanted=wanted, found=found, refused=told, announced=announced,
        bars=_bars(visit, found) if found else {},
    )  # fmt: skip


def _of_desks(visit: Visit, wanted: Wanted) -> tuple[dict[str, Any] | None, DimingError | None]:
    """What desks may see of the division, or why this reader may not; nothing of either for the public."""
    actor = actor_of(visit.request)
    if actor.is_nobody:
        return None, None
    try:
        return case_statistics(casework_of(visit.request), actor, wanted), None
    except NotPermitted as refused:
        return None, refused


def _wanted(visit: Visit) -> Wanted:
    query, casework = visit.view.query, casework_of(visit.request)
    today = civil_date(casework.clock())
    within, unit = query.get("within", "").strip() or None, None
    if within is not None:
        with reading(casework.engine) as connection:
            unit = unit_of_code(connection, check_code(within))
    return Wanted(_day(query.get("since"), today - YEAR), _day(query.get("until"), today), within, unit)


def _day(text: str | None, default: date) -> date:
    try:
        return date.fromisoformat(text) if text else default
    except ValueError as error:
        raise BadRequest("A day is written 2026-06-01.", code="bad_date") from error


def _bars(visit: Visit, found: dict[str, Any]) -> dict[str, Any]:
    language = visit.view.t.language
    return {
        "states": draw_bars([(s["label"][language], s["median_days"], s["p90_days"]) for s in found["states"]]),
        "regions": draw_bars([(r["name"] or r["key"], r["ended"], r["opened"]) for r in found["regions"][:12]]),
    }
