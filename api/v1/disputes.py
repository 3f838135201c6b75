"""`/v1/disputes`: disagreements of neighbours on the three routes, for those who take part in them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator, WithJsonSchema
from shapely.geometry import LineString
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import v1_router
from api.v1 import case_shapes
from api.v1 import inspection_shapes as shapes
from api.v1.inspections import Id, MaybeKey
from api.v1.params import Cursor, EntityId, Limit, optional_word
from api.v1.rounds import ASKED, SENT, Flag, answer, answers
from boundaries.disputes import courses, service
from boundaries.disputes.model import PROCEDURES, DisputeOpening, Party, Route
from data.cases.reading import require_signed_in
from data.errors import BadInput

router = v1_router("disputes", "/disputes")

RouteWord = Annotated[
    Route,
    BeforeValidator(lambda text: optional_word(text, tuple(PROCEDURES), "bad_dispute_filter")),
    WithJsonSchema({"type": "string", "enum": list(PROCEDURES)}),
]
OPENED = (
    *("unknown_procedure", "bad_case", "idempotency_key_reused", "outcome_unknown", "bad_idempotency_key"),
    *("no_such_attachment", "already_done"),
)


@router.get(
    "",
    summary="Disputes about boundaries",
    response_model=shapes.DisputeList,
    responses=answers(200, shapes.DISPUTES, *ASKED, "bad_id", "bad_dispute_filter", "limit_out_of_range", "bad_cursor"),
)
def list_disputes(
    request: Request,
    route: Annotated[RouteWord | None, Query(description="Only on this route.")] = None,
    line: Annotated[Id | None, Query(description="Only about this line.")] = None,
    open_only: Annotated[Flag, Query(alias="open", description="Only those that have not ended.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The disputes that you may see, the latest first; a page may be short and still have a next one."""
    found = service.list_disputes(
        casework_of(request),
        actor_of(request),
        route=route,
        line=line,
        open_only=open_only,
        limit=limit,
        cursor=cursor,
    )
    return answer(found)


@router.post(
    "",
    summary="Open a dispute",
    status_code=201,
    response_model=case_shapes.CaseInFull,
    responses=answers(
        201,
        case_shapes.EXAMPLE,
        *SENT,
        *OPENED,
        *("party_malformed", "no_such_line", "finding_state", "no_such_finding_of_line"),
        *("bad_code", "code_never_existed", "code_not_standing"),
    ),
)
def open_dispute(request: Request, body: shapes.NewDispute, key: MaybeKey = None) -> Response:
    """Open its case on one of the three routes, with the people of every side; its findings are taken up in it."""
    actor = actor_of(request)
    require_signed_in(actor)
    opening = DisputeOpening(
        route=body.route,
        line=body.line,
        summary=body.summary,
        left=Party(body.left.office, body.left.members),
        right=Party(body.right.office, body.right.members),
        others=[Party(party.office, party.members, party.unit) for party in body.others],
        findings=body.findings,
        inspection=body.inspection,
        key=key,
    )
    return answer(service.open_dispute(casework_of(request), actor, opening), 201)


@router.get(
    "/{id}",
    summary="A dispute",
    response_model=shapes.DisputeShape,
    responses=answers(200, shapes.DISPUTE, *ASKED, "bad_id", "no_such_case", "no_such_dispute"),
)
def find_dispute(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """A dispute by the id of its case: its route, the courses on the table, and the case with what comes next."""
    return answer(service.find_dispute(casework_of(request), actor_of(request), str(id)))


@router.post(
    "/{id}/courses",
    summary="Put a course on the table",
    status_code=201,
    response_model=shapes.CourseShape,
    responses=answers(
        201,
        shapes.COURSE,
        *SENT,
        *("bad_id", "no_such_case", "no_such_dispute", "dispute_course_malformed", "action_not_possible"),
        *("coordinates_out_of_range", "claim_not_known", "claim_not_in_segment"),
    ),
)
def propose_course(request: Request, id: EntityId, body: shapes.NewCourse) -> Response:  # noqa: A002 -- the address
    """Propose the course of segments, or what one side claims. It is law only by the document that ends the dispute."""
    actor = actor_of(request)
    require_signed_in(actor)
    if body.claim is not None:
        if body.parts:
            raise BadInput(
                "A course is drawn in `parts` or taken from a `claim`, not both. Nothing was stored.",
                code="dispute_course_malformed",
            )
        claim = body.claim
        found = courses.propose_claim(casework_of(request), actor, str(id), claim.finding, claim.side, body.note)
        return answer(found, 201)
    parts = {part.segment: LineString(part.coordinates) for part in body.parts}
    return answer(courses.propose_course(casework_of(request), actor, str(id), parts, body.note), 201)


@router.post(
    "/{id}/side-file",
    summary="Open your side's own file",
    status_code=201,
    response_model=case_shapes.CaseInFull,
    responses=answers(
        201, case_shapes.EXAMPLE, *SENT, *OPENED, "bad_id", "no_such_case", "no_such_dispute", "already_done"
    ),
)
def open_side_file(request: Request, id: EntityId, key: MaybeKey = None) -> Response:  # noqa: A002 -- the address
    """Open the file of your side: its own office and those above it see it, the other sides do not."""
    actor = actor_of(request)
    require_signed_in(actor)
    return answer(service.open_side_file(casework_of(request), actor, str(id), key), 201)
