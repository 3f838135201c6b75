"""`/v1/exports`: the gazetteer in bulk: ordered, made by a job, fetched in parts with strong validators."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.exchange import warehouse_of
from api.ranges import file_response
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import PLACE_CLASSES, CodeText, Cursor, EntityId, IsoDate, Limit
from api.v1.schemas import IsoDateText, Shape
from data.db import reading
from data.governing import GOVERNING
from geonames.exchange.model import COLLECTIONS, FORMATS, PAPERS, STATUSES, Asked
from geonames.exchange.orders import find_export, list_exports, open_file, order_export

router = v1_router("bulk", "/exports")


def _word(known: tuple[str, ...]) -> Any:
    return WithJsonSchema({"type": "string", "enum": list(known)})


class ExportWanted(BaseModel):
    """What is wanted; nothing but `format` is needed: that is everything that is published, as of today."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"format": "csv", "collections": ["places", "names"], "within": "420600"}},
    )

    format: Annotated[str, Field(max_length=10), _word(tuple(FORMATS))]
    collections: Annotated[list[Annotated[str, Field(max_length=20), _word(COLLECTIONS)]], Field(max_length=20)] = []
    within: CodeText | None = Field(None, description="Only what lies in the division with this code.")
    class_: Annotated[str, Field(max_length=30)] | None = Field(
        None,
        alias="class",
        description=f"One of {', '.join(PLACE_CLASSES)}, or a type code of GB/T 18521.",
        json_schema_extra={"pattern": f"^({'|'.join(PLACE_CLASSES)}|[0-9]{{5}})$"},
    )
    status: Annotated[str, Field(max_length=20), _word(STATUSES)] | None = Field(
        None, description="Only places whose name of the day, and names that, are of this kind."
    )
    as_of: IsoDate | None = None
    governed_by: Annotated[str, Field(max_length=20), _word(GOVERNING)] = Field(
        "effective", description="Which date of a decision begins and ends a name."
    )

    paper: Annotated[str, Field(max_length=10), _word(PAPERS)] | None = Field(
        None, description="Of a book (`format` is `book` or `dictionary`): the paper it is printed on."
    )

    def asked(self) -> Asked:
        """The question."""
        return Asked(
            self.format, tuple(dict.fromkeys(self.collections)), self.within, self.class_, self.status, self.as_of,
            self.governed_by, self.paper,
        )  # fmt: skip


class ExportFile(Shape):
    """A file of an export: `GET /v1/exports/{id}/files/{name}`."""

    name: str
    media_type: str
    bytes: int
    sha256: str
    rows: int | None


class ExportAsked(Shape):
    """What was asked, `as_of` settled."""

    format: str
    collections: list[str]
    within: str | None
    class_: str | None = Field(alias="class")
    status: str | None
    as_of: IsoDateText | None
    governed_by: str
    paper: str | None = None


class ExportShape(Shape):
    """An export."""

    id: UUID
    asked: ExportAsked
    state: str = Field(description="`waiting`, `made` or `failed`.")
    job: int | None = Field(description="The job that makes it: `GET /v1/jobs/{number}` says how far it is.")
    ordered_at: datetime
    made_at: datetime | None
    kept_until: date | None = Field(description="It is forgotten then; order it again.")
    changes_through: int | None = Field(
        description="It holds all changes of the feed up to this one: go on with `GET /v1/changes?since=` it."
    )
    map_approval: str | None = Field(description="The map-approval number (审图号) under which boundaries are in it.")
    left_out: dict[str, str] = Field(description="Collections that are not in it, and why.")
    files: list[ExportFile]
    problem: dict[str, Any] | None = Field(description="Why it could not be made.")


class ExportList(Shape):
    """A page of exports."""

    items: list[ExportShape]
    next: str | None


_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6091"
EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "asked": {
        "format": "csv",
        "collections": ["places", "names"],
        "within": "420600",
        "status": None,
        "as_of": "2026-03-01",
        "governed_by": "effective",
        "class": None,
        "paper": None,
    },
    "state": "made",
    "job": 4713,
    "ordered_at": "2026-03-02T02:00:00+00:00",
    "made_at": "2026-03-02T02:00:09+00:00",
    "kept_until": "2026-03-16",
    "changes_through": 66821,
    "map_approval": None,
    "left_out": {},
    "files": [
        {
            "name": "places.csv",
            "media_type": "text/csv",
            "bytes": 90122,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "rows": 640,
        }
    ],
    "problem": None,
}
ID_CODES = ("bad_id", "no_such_export")


def _answers(status: int, example: Any, *codes: str) -> Responses:
    content = {"application/json": {"example": example}}
    return {status: {"description": "The export.", "content": content}, **problems_for(*codes, *EVERYWHERE)}


@router.get(
    "",
    summary="Bulk exports",
    response_model=ExportList,
    responses=_answers(200, {"items": [EXAMPLE], "next": None}, "limit_out_of_range", "bad_cursor"),
)
def list_(request: Request, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The exports of the last two weeks, the latest first. They hold what is published; anybody may fetch them."""
    with reading(request.app.state.databases.office) as connection:
        return _answer(list_exports(connection, limit=limit, cursor=cursor), 200)


@router.post(
    "",
    summary="Order a bulk export",
    status_code=202,
    response_model=ExportShape,
    responses=_answers(
        202,
        EXAMPLE,
        *("sign_in_needed", "not_permitted", "cross_site_write", "bad_body", "bad_json", "body_too_large"),
        *(
            "bad_format",
            "bad_collection",
            "bad_status",
            "bad_governing_date",
            "bad_class",
            "bad_type",
            "bad_code",
            "bad_paper",
        ),
        *("bad_date", "as_of_before_register", "as_of_after_register", "code_never_existed", "code_not_standing"),
        *("map_not_approved", "register_empty", "queue_missing"),
    ),
)
def order(request: Request, body: ExportWanted) -> Response:
    """Have the register, or a part of it, made into files by a job; the same question is made once for one state.

    Formats: CSV, GeoParquet, GeoPackage, Shapefile (GB18030), Linked Places and LP-TSV, and `book`: the standard names
    as a book (标准地名录) in PDF and Word with indices by spelling, strokes and code, or `dictionary`: with what is on
    record of each (标准地名词典). With a Frictionless `datapackage.json` and `SHA256SUMS`. Boundaries are in it under
    a map-approval number only.
    """
    told = order_export(warehouse_of(request), actor_of(request), body.asked())
    return _answer(told, 202, {"Location": f"/v1/exports/{told['id']}"})


@router.get("/{id}", summary="A bulk export", response_model=ExportShape, responses=_answers(200, EXAMPLE, *ID_CODES))
def find(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Whether it is made, and its files."""
    with reading(request.app.state.databases.office) as connection:
        return _answer(find_export(connection, id), 200)


FileName = Annotated[
    str,
    Path(max_length=100, pattern=r"^[A-Za-z0-9_.-]+$", description="Name of the file.", examples=["datapackage.json"]),
]
_FILE: dict[str, Any] = {
    "description": "The file, or a part of it where `Range` asks for one.",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


@router.get(
    "/{id}/files/{name}",
    summary="A file of a bulk export",
    response_class=Response,
    responses={
        200: _FILE,
        206: _FILE,
        304: {"description": "Unchanged since the ETag that was sent."},
        **problems_for(
            *ID_CODES,
            "no_such_export_file",
            "no_such_blob",
            "export_not_made",
            "integrity_broken",
            "range_not_satisfiable",
            *EVERYWHERE,
        ),
    },
)
def file(request: Request, id: EntityId, name: FileName) -> Response:  # noqa: A002 -- the name in the address
    """The bytes; `ETag` and `Repr-Digest` are their SHA-256. A broken download goes on with `Range` and `If-Range`."""
    return file_response(request, open_file(warehouse_of(request), id, name))


def _answer(value: Any, status: int, headers: dict[str, str] | None = None) -> Response:
    told = {"Cache-Control": "no-store", **(headers or {})}
    return Response(encode(value), status, media_type="application/json", headers=told)
