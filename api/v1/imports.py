"""`/v1/imports`: files of places handed in, checked without changing anything, decided, undone; for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.importing import desk_of, document_of, report_response, take
from api.ranges import file_response
from api.uploads import in_thread, receiving
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, EntityId, IsoDate, Limit
from api.v1.schemas import CodeAndName, Shape
from data.db import reading
from geonames.exchange.incoming import service
from geonames.exchange.incoming.desk import STATES
from geonames.exchange.incoming.mapping import known_mappings
from geonames.exchange.incoming.model import NAMES_POLICIES
from geonames.exchange.incoming.reading import FORMS
from geonames.exchange.incoming.receiving import check_again

router = v1_router("bulk", "/imports")

FIELDS: dict[str, Any] = {
    "file": {"type": "string", "format": "binary", "description": "Up to 1 GB."},
    "source": {"type": "string", "maxLength": 1000, "description": "Where the file comes from."},
    "licence": {"type": "string", "maxLength": 1000},
    "form": {"type": "string", "enum": list(FORMS), "description": "Else it is seen from the content."},
    "mapping": {
        "type": "string",
        "maxLength": 65536,
        "description": f"One of {', '.join(known_mappings())}, or the TOML of one of your own.",
    },
    "names": {"type": "string", "enum": list(NAMES_POLICIES), "default": "unverified"},
    "within": {"type": "string", "maxLength": 12, "description": "Division in which everything must lie."},
    "encoding": {"type": "string", "maxLength": 40, "description": "Of a text file; else it is found."},
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": {"type": "object", "required": ["file", "source"], "properties": FIELDS}}
        },
    }
}


class ImportShape(Shape):
    """A file of places that was handed in."""

    id: UUID
    file_name: str
    bytes: int
    sha256: str = Field(description="Of the file as it was handed in.")
    asked: dict[str, Any] = Field(description="How it is read: source, licence, form, mapping, names, within.")
    unit: CodeAndName | None = Field(description="The division in which everything must lie; null: the country.")
    handed_in_by: str
    handed_in_at: datetime
    job: int | None
    state: str = Field(description="`waiting`, `returned`, `checked`, `applied`, `refused` or `undone`.")
    counts: dict[str, Any] | None = Field(
        description="Rows by outcome (`new`, `names`, `same`, `left_out`, `error`), and findings by severity and code."
    )
    problem: dict[str, Any] | None = Field(description="Why it could not be read.")
    checked_at: datetime | None
    decision: UUID | None
    decided_at: datetime | None
    reason: str | None
    undone_by: UUID | None = Field(description="The decision by which it was undone.")
    undone_at: datetime | None


class ImportList(Shape):
    """A page of imports."""

    items: list[ImportShape]
    next: str | None


class Deciding(BaseModel):
    """The decision: its document, where there is one; and whether rows with errors are left out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "authority": "云溪市民政局",
                "title": "关于云溪市地名普查成果的批复",
                "doc_no": "演示〔2026〕7号",
                "decided_on": "2026-03-02",
            }
        },
    )

    authority: Annotated[str, Field(max_length=200)] | None = None
    title: Annotated[str, Field(max_length=300)] | None = None
    doc_no: Annotated[str, Field(max_length=100)] | None = None
    decided_on: IsoDate | None = None
    leave_out_errors: StrictBool = False


class WithReason(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "坐标整体偏移。"}})

    reason: Annotated[str, Field(min_length=1, max_length=1000)]


_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60c1"
EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "file_name": "甲县地名.csv",
    "bytes": 41822,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "asked": {"source": "甲县民政局", "names": "unverified"},
    "unit": {"code": "990121", "name": "甲县"},
    "handed_in_by": "张三",
    "handed_in_at": "2026-03-02T02:00:00+00:00",
    "job": 4714,
    "state": "checked",
    "counts": {"rows": 640, "new": 638, "names": 0, "same": 1, "left_out": 0, "error": 1},
    "problem": None,
    "checked_at": "2026-03-02T02:00:03+00:00",
    "decision": None,
    "decided_at": None,
    "reason": None,
    "undone_by": None,
    "undone_at": None,
}
SEEN = ("sign_in_needed", "not_permitted", "bad_id", "no_such_import", "register_empty")
WRITES = (*SEEN, "cross_site_write", "bad_body", "bad_json", "body_too_large")
State = Annotated[
    str | None,
    Query(pattern=f"^({'|'.join(STATES)})$", max_length=10, description="Only in this state."),
    WithJsonSchema({"type": "string", "enum": list(STATES)}),
]
Form = Annotated[
    str,
    Query(alias="format", pattern="^(csv|json|xlsx)$", max_length=4, description="`csv`, `json` or `xlsx`."),
    WithJsonSchema({"type": "string", "enum": ["csv", "json", "xlsx"], "default": "csv"}),
]


def _answers(status: int, example: Any, *codes: str) -> Responses:
    content = {"application/json": {"example": example}}
    return {status: {"description": "The import.", "content": content}, **problems_for(*codes, *EVERYWHERE)}


def _file(media_type: str, description: str) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}


@router.get(
    "",
    summary="Files of places that were handed in",
    response_model=ImportList,
    responses=_answers(
        200,
        {"items": [EXAMPLE], "next": None},
        *("sign_in_needed", "not_permitted", "register_empty", "limit_out_of_range", "bad_cursor", "bad_import"),
    ),
)
def list_(request: Request, state: State = None, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The imports of your jurisdiction, the latest first."""
    with reading(request.app.state.databases.office) as connection:
        found = service.list_imports(connection, actor_of(request), state=state, limit=limit, cursor=cursor)
        return _answer(found)


@router.post(
    "",
    status_code=202,
    summary="Hand in a file of places",
    response_model=ImportShape,
    responses=_answers(
        202,
        EXAMPLE,
        *("sign_in_needed", "not_permitted", "cross_site_write", "bad_upload", "bad_import", "bad_mapping"),
        *("bad_code", "code_never_existed", "code_not_standing", "file_empty", "file_name_unsafe", "file_too_large"),
        *("body_too_large", "queue_missing", "register_empty"),
    ),
    openapi_extra=BODY,
)
async def hand_in(request: Request) -> Response:
    """Keep the file byte for byte and check it by a job; nothing in the register changes.

    CSV, TSV, Excel, GeoParquet, GeoPackage, Shapefile (zip), Linked Places 1.3, LP-TSV, dumps of GeoNames, tables of
    the census, and exports of Diming (zip).
    """
    async with receiving(request) as (actor, upload):
        found = await in_thread(lambda: take(request, actor, upload))
    return _answer(found, 202, {"Location": f"/v1/imports/{found['id']}"})


@router.get("/{id}", summary="A file of places", response_model=ImportShape, responses=_answers(200, EXAMPLE, *SEEN))
def find(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """How it stands, and what was found in it."""
    with reading(request.app.state.databases.office) as connection:
        return _answer(service.find_import(connection, actor_of(request), id))


@router.get(
    "/{id}/report",
    summary="The report of a file of places, row by row",
    response_class=Response,
    responses={
        200: _file("text/csv", "A line for each finding, and one for each row without any."),
        **problems_for(*SEEN, "import_not_checked", "no_such_blob", "integrity_broken", *EVERYWHERE),
    },
)
def get_report(request: Request, id: EntityId, form: Form = "csv") -> Response:  # noqa: A002 -- the name in the address
    """Outcome of every row, what was found about it, and what to do."""
    return report_response(request, id, form)


@router.get(
    "/{id}/original",
    summary="A file of places as it was handed in",
    response_class=Response,
    responses={
        200: _file("application/octet-stream", "The bytes."),
        206: _file("application/octet-stream", "A part of them."),
        304: {"description": "Unchanged since the ETag that was sent."},
        **problems_for(*SEEN, "no_such_blob", "integrity_broken", "range_not_satisfiable", *EVERYWHERE),
    },
)
def original(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """The bytes as they came."""
    return file_response(request, service.open_original(desk_of(request), actor_of(request), id), private=True)


@router.post(
    "/{id}/actions/check",
    summary="Check a file of places again",
    response_model=ImportShape,
    responses=_answers(200, EXAMPLE, *WRITES, "import_not_checked", "queue_missing"),
)
def check(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Against the register as it is now; a job does it."""
    return _answer(check_again(desk_of(request), actor_of(request), id))


@router.post(
    "/{id}/actions/apply",
    summary="Take a file of places into the register",
    response_model=ImportShape,
    responses=_answers(
        200,
        {**EXAMPLE, "state": "applied", "decision": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60c2"},
        *(*WRITES, "import_not_checked", "import_has_errors", "import_changed", "import_document_missing"),
        *("bad_date", "constraint", "no_such_blob", "integrity_broken"),
    ),
)
def apply(request: Request, id: EntityId, body: Deciding) -> Response:  # noqa: A002 -- the name in the address
    """By a decision, all of it or nothing, and only as it was checked; not by whoever handed it in.

    Names are `unverified` and carry their source; they are standard only where the file was handed in with
    `names=as_stated` and the decision names its document.
    """
    document = document_of(body.authority, body.title, body.doc_no, body.decided_on)
    return _answer(
        service.apply_import(desk_of(request), actor_of(request), id, document, leave_out_errors=body.leave_out_errors)
    )


@router.post(
    "/{id}/actions/refuse",
    summary="Refuse a file of places",
    response_model=ImportShape,
    responses=_answers(200, {**EXAMPLE, "state": "refused"}, *WRITES, "import_not_checked", "bad_import"),
)
def refuse(request: Request, id: EntityId, body: WithReason) -> Response:  # noqa: A002 -- the name in the address
    """Nothing of it goes into the register."""
    return _answer(service.refuse_import(desk_of(request), actor_of(request), id, body.reason))


@router.post(
    "/{id}/actions/undo",
    summary="Undo a file of places",
    response_model=ImportShape,
    responses=_answers(
        200,
        {**EXAMPLE, "state": "undone", "decision": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60c2"},
        *(*WRITES, "import_not_applied", "import_built_upon", "bad_import"),
    ),
)
def undo(request: Request, id: EntityId, body: WithReason) -> Response:  # noqa: A002 -- the name in the address
    """Take all of it back by a decision of its own; refused where other decisions rest on it."""
    return _answer(service.undo_import(desk_of(request), actor_of(request), id, body.reason))


def _answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    told = {"Cache-Control": "no-store", **(headers or {})}
    return Response(encode(value), status, media_type="application/json", headers=told)
