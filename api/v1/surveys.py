"""`/v1/boundary-surveys`: surveying projects (勘界) are opened here and go on as cases (`/v1/cases`)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import v1_router
from api.survey_sheets import survey_pdf
from api.v1 import case_shapes
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.marker_shapes import SurveyProposed
from api.v1.markers import Key
from api.v1.params import EntityId
from api.v1.sheet_params import SheetPaper, SheetScale
from boundaries.surveys.service import Project, open_project

router = v1_router("lines", "/boundary-surveys")

OPENED = (
    *("sign_in_needed", "not_permitted", "cross_site_write", "bad_body", "bad_json", "body_too_large", "bad_case"),
    *("no_such_line", "line_not_standing", "not_a_side", "no_such_attachment", "idempotency_key_reused"),
    *("code_never_existed", "code_not_standing"),
    *("constraint", "outcome_unknown", "queue_missing", "register_empty"),
)


@router.post(
    "",
    status_code=201,
    summary="Open a surveying project",
    response_model=case_shapes.CaseInFull,
    responses={
        201: {"content": {"application/json": {"example": case_shapes.EXAMPLE}}},
        **problems_for(*OPENED, *EVERYWHERE),
    },
)
def open_survey(request: Request, body: SurveyProposed, key: Key) -> Response:
    """Open the case of a survey for your side of the line.

    Points are handed in with its actions `record_points` (a table) and `add_point` (one, from a phone); the approval
    makes the surveyed course that of the legal line.
    """
    found = open_project(casework_of(request), actor_of(request), Project(**body.model_dump()), key)
    headers = {"Cache-Control": "no-store"}
    return Response(encode(found), 201, media_type="application/json", headers=headers)


@router.get(
    "/{entity_id}/sheets",
    summary="The printed sheets of a surveying project",
    response_class=Response,
    responses={
        200: {
            "description": "The sheets, one on each page; an atlas has a cover.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problems_for(
            *("sign_in_needed", "bad_id", "no_such_case", "bad_sheet_scale", "bad_paper", "too_many_sheets"),
            *("nothing_to_draw", "line_not_standing", "no_such_line", "register_empty"),
            *EVERYWHERE,
        ),
    },
)
def sheets(request: Request, entity_id: EntityId, scale: SheetScale = None, paper: SheetPaper = "A3") -> Response:
    """The sheets that follow from the case now, for those who may see it; nothing is kept by asking.

    Its working map (勘界工作图), the sheets to the agreement (协议书附图) once a course is drafted, the atlas (详图集)
    once it is law. The action `keep_sheets` of the case keeps them as its documents.
    """
    return survey_pdf(request, str(entity_id), scale, paper)
