"""The sheets of a surveying case as PDF: its working map, those to the agreement, and once it is law the atlas."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.sheets import DEFAULT_PAPER, parse_scale
from api.survey_sheets import survey_pdf
from api.web.visit import Visiting

router = APIRouter(include_in_schema=False)


@router.get("/cases/{reference}/survey-sheets.pdf")
def sheets(visit: Visiting, reference: str) -> Response:
    """The sheets as they follow from the case now, at the scale and on the paper asked for."""
    query = visit.view.query
    return survey_pdf(visit.request, reference, parse_scale(query.get("scale")), query.get("paper") or DEFAULT_PAPER)
