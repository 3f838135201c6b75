"""`/v1/markers`: boundary markers of a date, their forms, photographs and works; where they stand is for staff."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Header, Query
from pydantic import WithJsonSchema
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api import marker_files, marker_tables
from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import Ask, v1_router
from api.uploads import in_thread
from api.v1 import case_shapes
from api.v1 import line_schemas as schemas
from api.v1 import marker_shapes as shapes
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, problems_for, question
from api.v1.params import AsOf, Cursor, EntityId, Limit, LineId, LineUnit, OneLine
from boundaries.markers import photos
from boundaries.markers.model import STATE_AFTER
from boundaries.markers.service import find_marker, list_markers
from boundaries.markers.working import Wanted, propose_work
from boundaries.records.works import propose_in
from data.db import Audience
from data.documents.model import Form

router = v1_router("markers", "/markers")
works = v1_router("markers", "/marker-works")
tables = v1_router("markers", "/marker-tables")

AS_OF = ("bad_date", "as_of_before_register", "as_of_after_register")
MarkerState = Annotated[
    Literal["standing", "damaged", "lost", "moved", "scrapped"] | None,
    WithJsonSchema({"type": "string", "enum": ["standing", "damaged", "lost", "moved", "scrapped"]}),
    Query(description="Only markers in this state."),
]
MarkerKind = Annotated[
    Literal["single", "double", "triple"] | None,
    WithJsonSchema({"type": "string", "enum": ["single", "double", "triple"]}),
    Query(description="Only markers of which one, two or three stones bear the number."),
]
CODE_PREFIX = r"^[0-9A-Za-z-]{1,40}$"
CodePrefix = Annotated[
    Annotated[str, Query(pattern=CODE_PREFIX)] | None,
    WithJsonSchema({"type": "string", "pattern": CODE_PREFIX, "maxLength": 40}),
    Query(alias="code", description="Only markers whose code begins so."),
]
FileForm = Annotated[Literal["word", "pdf"], Query(alias="format", description="Word (docx) or PDF.")]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,100}$",
        max_length=100,
        description="Your own name for this request, such as a UUID: sent again, it has no second effect.",
    ),
]
MADE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in marker_files.MEDIA.values()},
    }
}
UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "caption": {"type": "string", "maxLength": photos.MAX_CAPTION},
                        "looks_deg": {"type": "number", "minimum": 0, "exclusiveMaximum": 360},
                    },
                }
            }
        },
    }
}


def _text_field(said: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": marker_tables.FIELD_CHARS, "description": said, **more}


TABLE_SENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["line", "scheme", "effective_on"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "The table; or in `table`."},
                        "table": {"type": "string", "description": "The table as text."},
                        "do": _text_field("Look at the rows, or write them.", enum=list(marker_tables.WANTED)),
                        "line": _text_field("The line on which they stand.", format="uuid"),
                        "scheme": _text_field("How they are numbered: a key of `/v1/marker-schemes`."),
                        "event": _text_field("What happened to them; `set`: new ones.", enum=list(STATE_AFTER)),
                        "effective_on": _text_field("From when the record holds.", format="date"),
                        "happened_on": _text_field("When it happened, as far as known."),
                        "crs": _text_field("Degrees, or a grid of CGCS2000.", default="EPSG:4490"),
                        "kind": _text_field("Kind of the document.", enum=list(marker_tables.DOCUMENT_KINDS)),
                        "doc_no": _text_field("Number of the document."),
                        "title": _text_field("Title of the document."),
                        "authority": _text_field("Who made the document."),
                        "approved_on": _text_field("When it was approved.", format="date"),
                        "source": _text_field("Where the document was read."),
                    },
                }
            }
        },
    }
}
TABLE_REFUSED = (
    *("sign_in_needed", "not_permitted", "cross_site_write", "bad_upload", "body_too_large", "bad_parameter"),
    *("missing_parameter", "bad_id", "bad_date", "bad_crs", "marker_scheme_unknown", "marker_table", "no_such_line"),
    *("marker_rows_faulty", "change_without_document", "register_empty", "as_of_before_register"),
    *("as_of_after_register", "constraint"),
)
UPLOADED = (
    *("sign_in_needed", "not_permitted", "cross_site_write", "bad_id", "no_such_marker", "bad_upload", "bad_fields"),
    *("file_too_large", "file_empty", "file_name_unsafe", "file_not_accepted", "file_not_what_it_says"),
    *("file_active", "archive_unsafe", "body_too_large"),
)
PROPOSED = (
    *("sign_in_needed", "not_permitted", "cross_site_write", "bad_body", "bad_json", "body_too_large"),
    *("bad_case", "bad_code", "code_never_existed", "code_not_standing", "coordinates_out_of_range", "marker_code"),
    *("marker_malformed", "marker_scheme_unknown", "no_such_marker", "no_such_line", "marker_without_line"),
    *("marker_code_taken", "marker_scrapped", "not_a_side", "no_such_attachment", "idempotency_key_reused"),
    *("constraint", "outcome_unknown", "queue_missing", "register_empty"),
)


@router.get(
    "",
    summary="Boundary markers on a date",
    response_model=schemas.MarkerList,
    responses=question(
        "markers",
        *AS_OF,
        *("bad_id", "bad_code", "code_never_existed", "code_not_standing", "limit_out_of_range", "bad_cursor"),
    ),
)
def markers(
    ask: Ask,
    line: LineId = None,
    unit: LineUnit = None,
    state: MarkerState = None,
    kind: MarkerKind = None,
    code: CodePrefix = None,
    as_of: AsOf = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The markers of a line, in the order of their codes: number, kind, material, state, document.

    Position, height, witness objects and custodian are for signed-in staff, and null for everybody else.
    """
    return ask.answer_for_audience(
        lambda connection, audience: list_markers(
            connection,
            line=line,
            unit=unit,
            state=state,
            kind=kind,
            q=code,
            as_of=as_of,
            limit=limit,
            cursor=cursor,
            audience=audience,
        )
    )


@router.get(
    "/results",
    summary="The table of a line's markers",
    response_class=Response,
    responses={
        **MADE,
        **problems_for(*AS_OF, *EVERYWHERE, "bad_id", "not_permitted", "sign_in_needed", "missing_parameter",
                       "no_such_line", "line_not_standing", "no_such_marker", "template_refused"),
    },
)  # fmt: skip
def results(ask: Ask, line: OneLine, form: FileForm = "pdf", as_of: AsOf = None) -> Response:
    """界桩成果表 as Word or PDF, from the office's template; for staff."""
    return marker_files.results(ask.request, line, Form(form), as_of)


@router.get(
    "/{entity_id}",
    summary="A boundary marker on a date",
    response_model=shapes.MarkerDetail,
    responses={
        200: {"content": {"application/json": {"example": shapes.EXAMPLE_MARKER}}},
        **question(None, *AS_OF, "bad_id", "no_such_marker"),
    },
)
def marker(ask: Ask, entity_id: EntityId, as_of: AsOf = None) -> Response:
    """A marker with its documents; for staff with its place, form, photographs, and what is in doubt about it."""
    return ask.answer_for_audience(lambda connection, audience: _detail(connection, entity_id, as_of, audience))


def _detail(connection: Connection, entity_id: UUID, as_of: AsOf, audience: Audience) -> dict[str, Any]:
    found = find_marker(connection, entity_id, as_of, audience)
    return {**found, "photos": photos.photos_of(connection, entity_id) if audience is Audience.STAFF else None}


@router.get(
    "/{entity_id}/form",
    summary="The registration form of a marker",
    response_class=Response,
    responses={
        **MADE,
        **problems_for(*AS_OF, *EVERYWHERE, "bad_id", "not_permitted", "sign_in_needed", "no_such_marker",
                       "template_refused"),
    },
)  # fmt: skip
def form(ask: Ask, entity_id: EntityId, file_form: FileForm = "pdf", as_of: AsOf = None) -> Response:
    """界桩登记表 as Word or PDF, filled from the register, from the office's template; for staff."""
    return marker_files.form(ask.request, entity_id, Form(file_form), as_of)


@router.post(
    "/{entity_id}/photos",
    status_code=201,
    summary="Add a photograph of a marker",
    response_model=shapes.MarkerPhoto,
    responses={
        201: {"content": {"application/json": {"example": shapes.EXAMPLE_PHOTO}}},
        **problems_for(*UPLOADED, *EVERYWHERE),
    },
    openapi_extra=UPLOAD,
)
async def add_photo(request: Request, entity_id: EntityId) -> Response:
    """Keep a photograph (JPEG, PNG, TIFF up to 50 MB) byte for byte; the same picture twice is one.

    What the file says of time and place is kept as a claim.
    """
    kept = await marker_files.receive_photo(request, entity_id)
    return _answer(kept, 201)


@router.get(
    "/{entity_id}/photos/{photo_id}",
    summary="A photograph of a marker",
    response_class=Response,
    responses={
        200: {"description": "The bytes as they came.", "content": {"image/jpeg": {}}},
        **problems_for(
            *("sign_in_needed", "not_permitted", "bad_id", "no_such_photo", "no_such_blob", "integrity_broken"),
            *EVERYWHERE,
        ),
    },
)
def photo(ask: Ask, entity_id: EntityId, photo_id: EntityId) -> Response:
    """The photograph, for staff."""
    return marker_files.photo(ask.request, entity_id, photo_id)


@works.post(
    "",
    status_code=201,
    summary="Propose work on a marker",
    response_model=case_shapes.CaseInFull,
    responses={
        201: {"content": {"application/json": {"example": case_shapes.EXAMPLE}}},
        **problems_for(*PROPOSED, *EVERYWHERE),
    },
)
def propose(request: Request, body: shapes.WorkProposed, key: Key) -> Response:
    """Open the case of a repair, move, addition or removal for your side of the line.

    The other side agrees in it, the work is done and surveyed together, and the register is written when it is filed.
    """
    values = body.model_dump()
    values["new"] = values["new"] or {}
    inspection = values.pop("inspection")
    casework, actor, wanted = casework_of(request), actor_of(request), Wanted(**values)
    opened = (
        propose_in(casework, actor, inspection, wanted, key)
        if inspection
        else propose_work(casework, actor, wanted, key)
    )
    return _answer(opened, 201)


@tables.post(
    "",
    summary="Take in a table of markers",
    response_model=shapes.TableReport,
    responses={
        200: {"content": {"application/json": {"example": shapes.EXAMPLE_TABLE_REPORT}}},
        **problems_for(*TABLE_REFUSED, *EVERYWHERE),
    },
    openapi_extra=TABLE_SENT,
)
async def take_in(request: Request) -> Response:
    """A table (CSV, UTF-8 or GB 18030, one stone a line) looked at row by row (`do=preview`, which writes nothing), or
    written as a whole by its document (`do=import`).

    One faulty row and nothing is written: 422 `marker_rows_faulty` names the rows.
    """
    async with marker_tables.receiving_table(request) as (actor, sent):
        report = await in_thread(lambda: marker_tables.take_in(request, actor, sent))
    if sent.writes and marker_tables.faulty(report):
        raise marker_tables.refused(report)
    return _answer(report)


def _answer(value: Any, status: int = 200) -> Response:
    return Response(encode(value), status, media_type="application/json", headers={"Cache-Control": "no-store"})
