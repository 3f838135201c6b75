"""`/v1/lines/{id}/archive`: everything that the inspections of a line left, as one package."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.deps import v1_router
from api.line_archive import line_archive
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import AsOf, EntityId

router = v1_router("inspections", "/lines")


@router.get(
    "/{id}/archive",
    summary="The archive of a line",
    response_class=Response,
    responses={
        200: {
            "description": "A BagIt package (RFC 8493) as ZIP.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problems_for(
            *("sign_in_needed", "not_permitted", "register_empty", "bad_id", "bad_date", "as_of_after_register"),
            *("as_of_before_register", "no_such_line", "line_not_standing", "no_such_blob", "integrity_broken"),
            *("template_refused",),
            *EVERYWHERE,
        ),
    },
)
def archive(request: Request, id: EntityId, as_of: AsOf = None) -> Response:  # noqa: A002 -- the name in the address
    """Inspections, records with their signatures, documents, findings, comparisons, markers, photographs, decisions.

    One package with a manifest and hashes. What you may not see is not in it: above all nothing that the other side
    has not shown. The same register gives the same bytes.
    """
    return line_archive(request, id, as_of)
