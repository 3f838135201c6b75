"""The sheets of a surveying case as they follow from it now, for pages and API alike."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.documents import fonts
from boundaries.sheets.printing import to_pdf
from boundaries.sheets.settings import usual_scale
from boundaries.surveys.service import PROCEDURE
from boundaries.surveys.sheets import Wanted, level_of, project_atlas
from boundaries.units.service import register_span
from data.cases.sheet import case_sheet
from data.db import reading
from data.errors import NotFound


def survey_pdf(request: Request, reference: str, scale: int | None, paper: str) -> Response:
    """The working map, the sheets to the agreement or the atlas of a case, as one PDF; nothing is kept.

    For whoever may see the case: each side is a party of it, and what it signs it must be able to print. `scale` None:
    the usual one of the line's level. Raises `NotFound` `no_such_case`, `NotSignedIn`, and as `project_atlas`.
    """
    casework = casework_of(request)
    sheet = case_sheet(casework, actor_of(request), reference)
    case = sheet.dossier.case
    if case.procedure.key != PROCEDURE:
        raise NotFound("There is no such surveying case, or it is not for you to see.", code="no_such_case")
    with reading(casework.engine) as connection:
        day = register_span(connection).register_through
        denominator = scale or usual_scale(level_of(connection, case.facts))
        atlas = project_atlas(connection, case.facts, Wanted(case.number, denominator, paper, day), fonts())
    disposition = f"inline; filename*=UTF-8''{quote(f'{atlas.title} {case.number}.pdf', safe='')}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return Response(to_pdf(atlas, fonts(), casework.clock()), media_type="application/pdf", headers=headers)
