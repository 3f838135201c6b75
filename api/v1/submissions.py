"""`/v1/submissions`: what surveyors hand in at the counter, its check and its reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Header, Path, Query
from pydantic import WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.attachments import BLOCK, GUARDED
from api.auth.identity import actor_of
from api.counter import counter_of
from api.deps import v1_router
from api.reporting import FORMS, made_report
from api.submitting import WAIT_S, checked, receiving_form, submit
from api.uploads import in_thread
from api.v1 import proposal_shapes
from api.v1 import submission_schemas as schemas
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, EntityId, Limit
from boundaries.intake.catalogue import catalogue
from boundaries.network.proposals.reading import find_proposal
from boundaries.submissions import reports
from boundaries.submissions.model import SIDES, STATES, VERDICTS
from boundaries.submissions.proposing import propose_submission
from boundaries.submissions.service import Asked, check_filter, find_submission, list_submissions, open_original
from data.db import reading

router = v1_router("submissions", "/submissions")

SEEN = ("sign_in_needed", "bad_id", "no_such_submission")
READY = (*SEEN, "not_checked_yet", "submission_refused")
PROPOSING = (
    "change_empty", "change_without_document", "message_missing", "course_malformed", "segment_changed", "bad_date",
    "register_empty", "as_of_before_register", "as_of_after_register", "constraint",
)  # fmt: skip
FIELDS: dict[str, Any] = {
    "file": {"type": "string", "format": "binary", "description": "Up to 1 GB; or `upload`."},
    "upload": {"type": "string", "format": "uuid", "description": "A complete upload in place of the file."},
    "line": {"type": "string", "maxLength": 200, "description": "Name or id of the boundary line."},
    "round": {"type": "string", "format": "uuid"},
    "side": {"type": "string", "enum": list(SIDES)},
    "scale": {"type": "string", "maxLength": 12, "description": "Denominator of the sheet's scale."},
    "profile": {"type": "string", "maxLength": 60},
    "expect": {"type": "string", "enum": ["lines", "markers", "units"]},
    "as_of": {"type": "string", "format": "date"},
    "earlier": {"type": "string", "format": "uuid", "description": "The submission that this one takes the place of."},
    "note": {"type": "string", "maxLength": 1000},
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": {"schema": {"type": "object", "required": ["line"], "properties": FIELDS}}},
    }
}
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,100}$",
        max_length=100,
        description="Your own name for this: sent again with the same file, it is handed in once.",
    ),
]
Side = Annotated[str | None, Query(pattern="^(left|right)$", max_length=5, description="Whose survey it is.")]
State = Annotated[
    str | None, Query(pattern="^(received|checking|checked|refused)$", max_length=10, description="Only in this state.")
]
Verdict = Annotated[
    str | None,
    Query(pattern="^(accepted|accepted_with_warnings|returned)$", max_length=30, description="Only with this verdict."),
]
Mine = Annotated[
    bool, Query(description="Only what you handed in yourself.", json_schema_extra={"enum": [True, False]})
]
FormName = Annotated[
    str,
    WithJsonSchema({"type": "string", "enum": list(FORMS)}),
    Path(alias="form", description="`xlsx`, `gpkg`, `pdf` or `geojson`."),
]
LineFilter = Annotated[
    UUID | None, Query(description="Only about this boundary line.", json_schema_extra={"maxLength": 36})
]
RoundFilter = Annotated[
    UUID | None,
    WithJsonSchema({"type": "string", "format": "uuid", "maxLength": 36}),
    Query(alias="round", description="Only for this round of joint inspection."),
]
Kind = Annotated[
    str | None,
    Query(pattern="^[a-z_]{1,40}$", max_length=40, description="Only findings of this kind."),
    WithJsonSchema({"type": "string", "enum": sorted(catalogue())}),
]
Severity = Annotated[str | None, Query(pattern="^(error|warning|info)$", max_length=7, description="Only these.")]
Standing = Annotated[
    str | None,
    Query(pattern="^(new|standing)$", max_length=8, description="Only those new since the submission before, or those "
          "that stood in it."),
]  # fmt: skip


def _documented(status: int, example: Any, *codes: str) -> Responses:
    content: Responses = {status: {"content": {"application/json": {"example": example}}}}
    return {**content, **problems_for(*codes, *EVERYWHERE)}


@router.post(
    "",
    status_code=201,
    summary="Hand in a boundary file",
    response_model=schemas.SubmissionInFull,
    responses=_documented(
        201,
        schemas.EXAMPLE_IN_FULL,
        *(
            "sign_in_needed",
            "not_permitted",
            "cross_site_write",
            "bad_upload",
            "missing_parameter",
            "bad_id",
            "bad_date",
        ),
        *("bad_scale", "profile_unknown", "no_such_line", "line_not_standing", "as_of_after_register"),
        *("as_of_before_register", "no_such_submission", "not_the_same_line", "no_such_upload", "upload_incomplete"),
        *("file_too_large", "file_empty", "file_name_unsafe", "body_too_large", "bad_idempotency_key"),
        *("idempotency_key_reused", "queue_missing", "register_empty"),
    ),
    openapi_extra=BODY,
)
async def hand_in(request: Request, key: Key = None) -> Response:
    """Keep the file byte for byte and check it against the legal line; nothing in the register changes.

    Shapefile (zip), GeoPackage, GeoJSON, KML, DXF, file geodatabase (zip), CSV of markers. Answers when the check is
    done, or after half a minute with `verdict` null; `Prefer: wait=0` does not wait (RFC 7240).
    """
    async with receiving_form(request) as (actor, form):
        received = await in_thread(lambda: submit(request, actor, form, key))
    return _answer(await checked(request, actor, received, _patience(request)), 201)


def _patience(request: Request) -> float:
    """How long the client wants to wait for the check: `Prefer: wait=seconds`."""
    name, _, seconds = request.headers.get("prefer", "").partition("=")
    if name.strip().lower() != "wait" or not seconds.strip().isdecimal():
        return WAIT_S
    return min(float(seconds), WAIT_S)


@router.get(
    "",
    summary="What was handed in",
    response_model=schemas.SubmissionList,
    responses=_documented(
        200, schemas.EXAMPLE_LIST, "sign_in_needed", "bad_id", "limit_out_of_range", "bad_cursor", "register_empty"
    ),
)
def listed(
    request: Request,
    line: LineFilter = None,
    inspection_round: RoundFilter = None,
    side: Side = None,
    state: State = None,
    verdict: Verdict = None,
    mine: Mine = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The submissions beside whose lines your office lies, and your own, the latest first."""
    asked = Asked(
        line,
        inspection_round,
        check_filter(side, "side", SIDES),
        check_filter(state, "state", STATES),
        check_filter(verdict, "verdict", VERDICTS),
        mine,
    )
    with reading(counter_of(request).engine) as connection:
        return _answer(list_submissions(connection, actor_of(request), asked, limit, cursor))


@router.get(
    "/{id}",
    summary="A submission",
    response_model=schemas.SubmissionInFull,
    responses=_documented(200, schemas.EXAMPLE_IN_FULL, *SEEN),
)
def find(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """What was handed in, its state and verdict, and how it compares with the submission before."""
    with reading(counter_of(request).engine) as connection:
        return _answer(find_submission(connection, actor_of(request), id))


@router.get(
    "/{id}/report",
    summary="The report of the check",
    response_model=schemas.Report,
    responses=_documented(200, schemas.EXAMPLE_REPORT, *READY),
)
def report(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Every finding with place, size, severity and rule; what the submission before had and this one has not."""
    with reading(counter_of(request).engine) as connection:
        return _answer(reports.whole_report(connection, actor_of(request), id))


@router.get(
    "/{id}/report/{form}",
    summary="The report as a file",
    response_class=Response,
    responses={
        200: {
            "description": "Excel, GeoPackage (a layer for each kind, with styles), PDF with a map, or GeoJSON.",
            "content": {form.media_type: {"schema": {"type": "string", "format": "binary"}} for form in FORMS.values()},
        },
        **problems_for(*READY, "fonts_missing", "path_not_found", *EVERYWHERE),
    },
)
def report_file(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    form: FormName,
    lang: Annotated[str, Query(pattern="^(zh|en)$", max_length=2, description="Language of the report.")] = "zh",
) -> Response:
    """The same report to be printed, sorted, or opened in a GIS."""
    return file_of_report(request, id, form, lang)


def file_of_report(request: Request, submission: UUID, form: str, language: str) -> Response:
    """The report as a file to be saved."""
    made = made_report(request, submission, form, language)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name, safe='')}",
        "Cache-Control": "private, no-store",
    }
    return Response(made.content, media_type=made.media_type, headers=headers)


@router.get(
    "/{id}/findings",
    summary="The findings as GeoJSON",
    response_model=schemas.Findings,
    responses=_documented(200, schemas.EXAMPLE_FINDINGS, *READY, "limit_out_of_range", "bad_cursor"),
)
def findings(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    kind: Kind = None,
    severity: Severity = None,
    standing: Standing = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """A page of the findings in the order of the report; longitude and latitude, CGCS2000."""
    wanted = reports.Wanted(kind, severity, standing)
    with reading(counter_of(request).engine) as connection:
        found = reports.list_findings(connection, actor_of(request), id, wanted, limit, cursor)
    return _answer(reports.as_features(found))


@router.get(
    "/{id}/original",
    summary="The file as it was handed in",
    response_class=Response,
    responses={
        200: {"description": "The bytes as received.", "content": {"application/octet-stream": {}}},
        **problems_for(*SEEN, "not_permitted", "no_such_blob", "integrity_broken", *EVERYWHERE),
    },
)
def original(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Byte for byte, for the keepers of both sides and for whoever brought it; it is written down who took it."""
    stack = ExitStack()
    row, file = stack.enter_context(open_original(counter_of(request), actor_of(request), id))
    headers = {
        **GUARDED,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row['file_name'], safe='')}",
        "Content-Length": str(row["bytes"]),
    }
    return StreamingResponse(_blocks(stack, file), media_type="application/octet-stream", headers=headers)


def _blocks(stack: ExitStack, file: Any) -> Iterator[bytes]:
    with stack:
        while block := file.read(BLOCK):
            yield block


def _answer(value: Any, status: int = 200) -> Response:
    headers = {"Cache-Control": "private, no-store"}
    return Response(encode(value), status, media_type="application/json", headers=headers)


@router.post(
    "/{entity_id}/actions/propose",
    summary="Propose what a submission changes",
    status_code=201,
    response_model=proposal_shapes.ProposalInFull,
    responses={
        201: {"content": {"application/json": {"example": proposal_shapes.EXAMPLE}}},
        **problems_for(
            *READY, *EVERYWHERE, *PROPOSING, "not_permitted", "cross_site_write", "bad_body", "bad_json",
            "body_too_large", "submission_returned", "lines_unfit", "unit_unknown", "line_not_standing",
        ),
    },
)  # fmt: skip
def propose(request: Request, entity_id: EntityId, body: proposal_shapes.SubmissionProposed) -> Response:
    """Keep it as a proposal. It changes nothing until it is enacted by a document."""
    counter, actor = counter_of(request), actor_of(request)
    kept = propose_submission(
        counter, actor, entity_id, message=body.message, document_wanted=body.document, base_on=body.as_of,
        leaves_open=body.leaves_open,
    )  # fmt: skip
    with reading(counter.engine) as connection:
        found = find_proposal(connection, kept.id)
    headers = {"Cache-Control": "no-store"}
    return Response(encode(found), status_code=201, media_type="application/json", headers=headers)
