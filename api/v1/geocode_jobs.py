"""`/v1/geocode/jobs`: tables of addresses, geocoded by a job and given back with their results."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.geocoding import order_table, original_file, result_file
from api.uploads import in_thread, receiving
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, EntityId, Limit
from api.v1.rounds import answer
from api.v1.schemas import Shape
from data.db import reading
from data.governing import GOVERNING
from geonames.geocode.tables.service import find_order, list_orders
from geonames.geocode.tables.writing import FORMS

router = v1_router("places", "/geocode/jobs")

Form = Annotated[Literal["csv", "xlsx", "geojson"], Path(description="As what the result is wanted.")]
EXAMPLE: dict[str, Any] = {
    "id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60b2",
    "state": "running",
    "file_name": "门店.csv",
    "column": "地址",
    "as_of": None,
    "governed_by": "effective",
    "rows": 12000,
    "done": 3400,
    "job": 4713,
    "ordered_at": "2026-03-02T02:00:00+00:00",
    "ended_at": None,
    "kept_until": "2026-03-16",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "problem": None,
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "CSV (UTF-8 or GB18030) or Excel, with headings; at most 100,000 rows.",
                        },
                        "column": {
                            "type": "string",
                            "maxLength": 200,
                            "description": "Heading of the addresses; default `address`, `地址` …",
                        },
                        "as_of": {"type": "string", "format": "date"},
                        "governed_by": {"type": "string", "enum": list(GOVERNING)},
                    },
                }
            }
        },
    }
}
TABLE = ("bad_upload", "file_too_large", "file_name_unsafe", "list_empty", "column_missing", "column_taken",
         "row_malformed", "encoding_unknown", "workbook_unreadable", "archive_unsafe", "too_many_rows")  # fmt: skip


class GeocodeJob(Shape):
    """A table: how far it is; `job` is the number under `/v1/jobs`."""

    id: UUID
    state: Literal["waiting", "running", "done", "failed"]
    file_name: str
    column: str
    as_of: date | None
    governed_by: Literal["effective", "approved", "announced"]
    rows: int
    done: int
    job: int | None
    ordered_at: datetime
    ended_at: datetime | None
    kept_until: date
    sha256: str = Field(description="Of the table as it came.")
    problem: dict[str, Any] | None


class GeocodeJobList(Shape):
    """A page of tables."""

    items: list[GeocodeJob]
    next: str | None


def _answers(status: int, example: Any, *codes: str) -> Responses:
    content = {"application/json": {"example": example}}
    return {status: {"description": "The table.", "content": content}, **problems_for(*codes, *EVERYWHERE)}


@router.post(
    "",
    status_code=202,
    summary="Geocode a table",
    response_model=GeocodeJob,
    responses=_answers(
        202,
        EXAMPLE,
        *("sign_in_needed", "cross_site_write", "body_too_large", "queue_missing", "too_many_geocode_jobs"),
        *("bad_date", "bad_governing_date", "as_of_before_register", "as_of_after_register", *TABLE),
    ),
    openapi_extra=BODY,
)
async def order(request: Request) -> Response:
    """Every row of the table is answered as `/v1/geocode` answers it. Kept for two weeks, for you only."""
    async with receiving(request) as (actor, upload):
        told = await in_thread(lambda: order_table(request, actor, upload))
    return answer(told, 202)


@router.get(
    "",
    summary="Tables that were sent",
    response_model=GeocodeJobList,
    responses=_answers(200, {"items": [EXAMPLE], "next": None}, "sign_in_needed", "limit_out_of_range", "bad_cursor"),
)
def list_jobs(request: Request, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """One's own tables, latest first."""
    with reading(request.app.state.databases.office) as connection:
        return answer(list_orders(connection, actor_of(request), limit=limit, cursor=cursor))


@router.get(
    "/{id}",
    summary="A table that was sent",
    response_model=GeocodeJob,
    responses=_answers(200, EXAMPLE, "sign_in_needed", "bad_id", "no_such_geocode_job"),
)
def find(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """How far it is."""
    with reading(request.app.state.databases.office) as connection:
        return answer(find_order(connection, actor_of(request), id))


@router.get(
    "/{id}/original",
    summary="A table as it was sent",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **problems_for("sign_in_needed", "bad_id", "no_such_geocode_job", "no_such_blob", "integrity_broken",
                       *EVERYWHERE),
    },
)  # fmt: skip
def original(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """The same bytes."""
    return original_file(request, id)


@router.get(
    "/{id}/result.{form}",
    summary="A table with its results",
    response_class=Response,
    responses={
        200: {"content": {media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                          for media in FORMS.values()}},
        **problems_for("sign_in_needed", "bad_id", "bad_parameter", "no_such_geocode_job", "geocode_not_done",
                       "no_such_blob", "integrity_broken", *EVERYWHERE),
    },
)  # fmt: skip
def result(request: Request, id: EntityId, form: Form) -> Response:  # noqa: A002 -- the name in the address
    """All columns of the table, and name, code, position, precision, confidence and what was not understood."""
    return result_file(request, id, form)
