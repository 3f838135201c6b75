"""What stands around a proposed name, on one small map with its table: for whoever reviews it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.web.drawing.shapes import draw_shapes
from api.web.pages.case_forms import case_page
from api.web.visit import Visiting
from data.cases.model import Casework
from data.cases.sheet import Sheet, case_sheet
from data.db import reading
from data.errors import NotFound
from geonames.applications.around import around
from geonames.applications.draft import draft_of

router = APIRouter(include_in_schema=False)
PROCEDURE = "naming.application"


@router.get("/cases/{reference}/around")
def show_around(visit: Visiting, reference: str) -> Response:
    """The proposal and everything of the same or a similar name, sound or writing around it."""
    casework = casework_of(visit.request)
    sheet = case_sheet(casework, actor_of(visit.request), reference)
    found = surroundings(casework, sheet)
    if found is None:
        raise NotFound("Only naming cases have names around them.", code="no_such_case")
    return case_page(visit, "around.html", None, case=sheet.dossier.case, around=found)


def surroundings(casework: Casework, sheet: Sheet) -> dict[str, Any] | None:
    """What stands around a naming case, with a drawing for each candidate; None for a case of anything else.

    Parties see the names that stand; what others apply for is the office's to see.
    """
    case = sheet.dossier.case
    if case.procedure.key != PROCEDURE:
        return None
    draft, position = draft_of(case.facts), case.facts.get("position")
    with reading(casework.engine) as connection:
        found = around(connection, case.id, draft, tuple(position) if position else None)
    shapes = [draft.geometry] if draft.geometry else []
    return {**found, "candidates": [_drawn(sheet.insider, shapes, candidate) for candidate in found["candidates"]]}


def _drawn(insider: bool, shapes: list[Any], candidate: dict[str, Any]) -> dict[str, Any]:
    """A candidate with its drawing: the proposal, and a numbered point for each line of the table."""
    alike = [row for row in candidate["alike"] if insider or row["case_number"] is None]
    return {**candidate, "alike": alike, "drawing": draw_shapes([*shapes, *map(_point, alike)])}


def _point(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
