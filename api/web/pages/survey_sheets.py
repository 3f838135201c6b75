"""The sheets of a surveying case as PDF: its working map, those to the agreement, and once it is law the atlas."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.documents import fonts
from api.sheets import DEFAULT_PAPER, parse_scale
from api.web.pages.account_forms import NO_STORE
from api.web.visit import Visiting
from boundaries.sheets.printing import to_pdf
from boundaries.sheets.settings import usual_scale
from boundaries.surveys.service import PROCEDURE
from boundaries.surveys.sheets import Wanted, level_of, project_atlas
from boundaries.units.service import register_span
from data.cases.sheet import case_sheet
from data.db import reading
from data.errors import NotFound

router = APIRouter(include_in_schema=False)


@router.get("/cases/{reference}/survey-sheets.pdf")
def sheets(visit: Visiting, reference: str) -> Response:
    """The sheets as they follow from the case now, at the scale and on the paper asked for."""
    casework, query = casework_of(visit.request), visit.view.query
    sheet = case_sheet(casework, actor_of(visit.request), reference)
    case = sheet.dossier.case
    if case.procedure.key != PROCEDURE or not sheet.insider:
        raise NotFound("There is no such surveying case, or it is not for you to see.", code="no_such_case")
    with reading(casework.engine) as connection:
        day = register_span(connection).register_through
        scale = parse_scale(query.get("scale")) or usual_scale(level_of(connection, case.facts))
        paper = query.get("paper") or DEFAULT_PAPER
        atlas = project_atlas(connection, case.facts, Wanted(case.number, scale, paper, day), fonts())
    disposition = f"inline; filename*=UTF-8''{quote(f'{atlas.title} {case.number}.pdf', safe='')}"
    headers = {"Content-Disposition": disposition, "Cache-Control": NO_STORE}
    return Response(to_pdf(atlas, fonts(), casework.clock()), media_type="application/pdf", headers=headers)
