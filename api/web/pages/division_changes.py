"""Division changes (行政区划变更): the plan is previewed first, then its case is opened; the preview of a case."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.web.drawing.shapes import draw_shapes
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, TypedForm, case_page, fresh_key
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.changes.kinds import kinds
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in, today_of
from data.db import reading
from data.errors import DimingError
from geonames.divisions.plan import parts_of_text
from geonames.divisions.reading import outlines_of_plan, preview_of_case, preview_of_plan
from geonames.divisions.rules import labels
from geonames.divisions.subject import open_change
from geonames.divisions.works import STATES, WantedWorks, list_works, work_rules
from geonames.places.days import recorded_day

router = APIRouter(include_in_schema=False)
ON_A_PAGE = 50
FIELDS = ("within", "title", "reason", "effective_on", "parts")


@router.get("/division-changes/new")
def ask(visit: Visiting) -> Response:
    """The form; what the address says stands in it."""
    return _form(visit, {name: visit.view.query.get(name, "") for name in FIELDS})


def _form(
    visit: Visit, typed: dict[str, str], error: DimingError | None = None, shown: dict[str, Any] | None = None
) -> Response:
    require_signed_in(actor_of(visit.request))
    drawing = draw_shapes(outlines_of_plan(casework_of(visit.request), _plan(typed))) if shown else None
    return case_page(
        visit, "division_change.html", error, typed=typed, key=fresh_key(), shown=shown, drawing=drawing, **_told()
    )


def _told() -> dict[str, Any]:
    return {"kinds": kinds(), "rules": labels("findings")}


@router.post("/division-changes/preview")
def preview(visit: Visiting, typed: Typed) -> Response:
    """What the plan would do, below the form."""
    said = _typed(typed)

    def work() -> Response:
        require_signed_in(actor_of(visit.request))
        return _form(visit, said, shown=preview_of_plan(casework_of(visit.request), _plan(said)))

    return attempt(work, lambda error: _form(visit, said, error))


@router.post("/division-changes/new")
def open_case(visit: Visiting, typed: Typed) -> Response:
    """Open the case, and go to it."""
    said = _typed(typed)

    def work() -> Response:
        casework, actor = casework_of(visit.request), actor_of(visit.request)
        require_signed_in(actor)
        with reading(casework.engine) as connection:
            unit = unit_of_code(connection, check_code(said["within"]))
        case = open_change(casework, actor, unit, _plan(said), typed.one("key") or None)
        return RedirectResponse(visit.view.url(f"/cases/{case['number']}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, said, error))


def _typed(typed: TypedForm) -> dict[str, str]:
    return {name: typed.one(name).strip() for name in FIELDS}


def _plan(said: dict[str, str]) -> dict[str, Any]:
    known = {name: said[name] for name in ("title", "reason", "effective_on")}
    return {**known, "parts": parts_of_text(said["parts"])}


@router.get("/division-changes/works")
def works(visit: Visiting) -> Response:
    """What executed changes left to do on lines, with filters in the address."""
    actor, query = actor_of(visit.request), visit.view.query
    require_signed_in(actor)
    within = check_code(query["within"]) if query.get("within") else None
    wanted = WantedWorks(within, query.get("what") or None, query.get("state") or None, query.get("overdue") == "1")
    asked, cursor = parse_day(query.get("day")), query.get("cursor") or None
    with reading(visit.request.app.state.databases.office) as connection:
        day = recorded_day(connection, asked, today_of(casework_of(visit.request)))
        found = list_works(connection, actor, day, wanted, ON_A_PAGE, cursor)
    return case_page(
        visit, "division_works.html", found=found, day=day, wanted=wanted, whats=tuple(work_rules()), states=STATES
    )


@router.get("/division-changes/{reference}")
def show_case(visit: Visiting, reference: str) -> Response:
    """The preview of a case's plan as the register stands today."""
    found = preview_of_case(casework_of(visit.request), actor_of(visit.request), reference)
    return case_page(
        visit, "division_case.html", found=found, shown=found["preview"], drawing=draw_shapes(found["outlines"]),
        **_told(),
    )  # fmt: skip
