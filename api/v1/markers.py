"""`/v1/markers`: boundary markers of a date; where they stand is for signed-in staff."""

from __future__ import annotations

from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1 import line_schemas as schemas
from api.v1.documentation import question
from api.v1.params import AsOf, Cursor, Limit, LineId
from boundaries.markers.service import list_markers

router = v1_router("markers", "/markers")


@router.get(
    "",
    summary="Boundary markers on a date",
    response_model=schemas.MarkerList,
    responses=question(
        "markers",
        "bad_date",
        "as_of_before_register",
        "as_of_after_register",
        "bad_id",
        "limit_out_of_range",
        "bad_cursor",
    ),
)
def markers(ask: Ask, line: LineId = None, as_of: AsOf = None, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The markers of a line, in the order of their codes: number, kind, material, state, document.

    Position, height, witness objects and custodian are for signed-in staff, and null for everybody else.
    """
    return ask.answer_for_audience(
        lambda connection, audience: list_markers(
            connection, line=line, as_of=as_of, limit=limit, cursor=cursor, audience=audience
        )
    )
