"""Disputes: the list, and the page of one with its route and the courses on the table."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.web.drawing.shapes import draw_shapes
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, case_page
from api.web.visit import Visit, Visiting
from boundaries.disputes.evidence import evidence_classes
from boundaries.disputes.model import PROCEDURES, Route
from boundaries.disputes.service import find_dispute, list_disputes, open_side_file
from data.cases.reading import require_signed_in
from data.errors import DimingError

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/disputes")
def disputes(visit: Visiting) -> Response:
    """The disputes that the reader may see."""
    actor, query = actor_of(visit.request), visit.view.query
    require_signed_in(actor)
    route: Route | None = next((known for known in PROCEDURES if known == query.get("route")), None)
    found = list_disputes(
        casework_of(visit.request), actor, route=route, limit=PAGE, cursor=query.get("cursor") or None
    )
    return case_page(
        visit, "disputes.html", items=found["items"], following=found["next"], routes=list(PROCEDURES), chosen=route
    )


@router.get("/disputes/{reference}")
def show_dispute(visit: Visiting, reference: str) -> Response:
    """One dispute: its route, where it stands on it, evidence, courses."""
    return _page(visit, reference)


def _page(visit: Visit, reference: str, error: DimingError | None = None) -> Response:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    found = find_dispute(casework, actor, reference)
    procedure = casework.procedure(found["case"]["kind"], found["case"]["opened_at"].date())
    return case_page(
        visit,
        "dispute.html",
        error,
        dispute=found,
        case=found["case"],
        procedure=procedure,
        classes=evidence_classes(),
        drawing=draw_shapes([c["geometry"] for c in found["courses"][:1]]) if visit.view.staff else None,
    )


@router.post("/disputes/{reference}/side-file")
def side_file(visit: Visiting, reference: str, typed: Typed) -> Response:
    """Open the file of one's own side, and go to it."""

    def work() -> Response:
        key = typed.one("key") or None
        case = open_side_file(casework_of(visit.request), actor_of(visit.request), reference, key)
        return RedirectResponse(visit.view.url(f"/cases/{case['number']}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _page(visit, reference, error))
