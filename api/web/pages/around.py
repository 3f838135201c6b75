"""What stands around a proposed name, on one small map with its table: for whoever reviews it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.web.drawing.shapes import draw_shapes
from api.web.pages.case_forms import case_page
from api.web.visit import Visiting
from data.cases.sheet import case_sheet
from data.db import reading
from data.errors import NotFound
from geonames.applications.around import around
from geonames.applications.draft import draft_of

router = APIRouter(include_in_schema=False)
PROCEDURE = "naming.application"


@router.get("/cases/{reference}/around")
def show_around(visit: Visiting, reference: str) -> Response:
    """The proposal and everything of the same or a similar name or sound around it."""
    casework = casework_of(visit.request)
    case = case_sheet(casework, actor_of(visit.request), reference).dossier.case
    if case.procedure.key != PROCEDURE:
        raise NotFound("Only naming cases have names around them.", code="no_such_case")
    draft, position = draft_of(case.facts), case.facts.get("position")
    with reading(casework.engine) as connection:
        found = around(connection, case.id, draft, tuple(position) if position else None)
    shapes = [draft.geometry] if draft.geometry else []
    return case_page(visit, "around.html", None, case=case, found=found, drawings=_drawings(shapes, found))


def _drawings(shapes: list[Any], found: dict[str, Any]) -> list[Any]:
    """A drawing for each candidate: the proposal, and a numbered point for each line of the table."""
    return [draw_shapes([*shapes, *map(_point, candidate["alike"])]) for candidate in found["candidates"]]


def _point(row: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
