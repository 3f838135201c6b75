"""`/v1/compare`, `/v1/comparison-orders`: files that nobody handed in, compared by a job; for whoever ordered it."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.comparison_forms import office_of, order_form, receiving
from api.comparison_reports import FORMS, report_file
from api.deps import v1_router
from api.uploads import in_thread
from api.v1.answers import encode
from api.v1.case_shapes import Label
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, EntityId, Limit
from api.v1.schemas import Shape
from boundaries.comparisons.orders import service
from boundaries.comparisons.service import ACCURACY_M, MAX_DOCUMENT
from data.db import reading

router = v1_router("comparisons", "")


class ComparedFile(Shape):
    """A file that was compared."""

    name: str
    bytes: int
    sha256: str


class ComparisonOptions(Shape):
    """How it is compared."""

    accuracies_m: dict[str, float | None] = Field(description="Point RMSE of a side in metres; null: not stated.")
    documents: dict[str, str] = Field(description="By which the survey of a side changes the line.")
    fields: dict[str, str | None] = Field(description="Where the codes of a layer stand; null: a field that is known.")


class ComparisonOrder(Shape):
    """A comparison that was ordered."""

    id: UUID
    kind: Literal["lines", "units"]
    state: Literal["waiting", "done", "failed"]
    job: int | None = Field(description="The job that does it: `GET /v1/jobs/{number}` says how far it is.")
    ordered_at: datetime
    ended_at: datetime | None
    kept_until: date = Field(description="It is forgotten then; the files themselves as soon as they are compared.")
    inputs: dict[str, ComparedFile]
    options: ComparisonOptions
    answer: Label | None = Field(description="What came of it, in a sentence or two.")
    counts: dict[str, int] | None = Field(description="Findings by severity.")
    problem: dict[str, Any] | None = Field(description="Why it could not be compared.")


class ComparisonOrders(Shape):
    """A page of your own orders."""

    items: list[ComparisonOrder]
    next: str | None


_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_FILES = {"a": "示例省.gpkg", "b": "云溪市.zip"}
EXAMPLE: dict[str, Any] = {
    "id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6091",
    "kind": "units",
    "state": "done",
    "job": 4713,
    "ordered_at": "2026-03-02T02:00:00+00:00",
    "ended_at": "2026-03-02T02:02:31+00:00",
    "kept_until": "2026-03-16",
    "inputs": {name: {"name": file, "bytes": 1843200, "sha256": _DIGEST} for name, file in _FILES.items()},
    "options": {"accuracies_m": {"a": None, "b": None}, "documents": {}, "fields": {"a": "code", "b": None}},
    "answer": {"zh": "两个图层在限差（2.8米）以内一致。", "en": "The two layers agree within the tolerance of 2.8 m."},
    "counts": {"info": 1},
    "problem": None,
}  # fmt: skip
_BINARY = {"type": "string", "format": "binary"}
_FILE = {**_BINARY, "description": "Shapefile (zip), GeoPackage, GeoJSON or KML; up to 1 GB."}
_NUMBER = {"type": "number", "minimum": ACCURACY_M[0], "maximum": ACCURACY_M[1]}
_FIELD = {"type": "string", "maxLength": service.MAX_FIELD}
_TEXT = {"type": "string", "maxLength": MAX_DOCUMENT}
BODIES: dict[str, dict[str, Any]] = {
    "units": {
        **dict.fromkeys(("a", "b", "condominiums"), _FILE),
        **dict.fromkeys(("code_field", "a_code_field", "b_code_field"), _FIELD),
        **dict.fromkeys(("accuracy_a", "accuracy_b"), _NUMBER),
    },
    "lines": {
        **dict.fromkeys(service.ROLES["lines"], _FILE),
        **dict.fromkeys(("accuracy_legal", "accuracy_a", "accuracy_b"), _NUMBER),
        **dict.fromkeys(("document_a", "document_b"), _TEXT),
    },
}
FormName = Annotated[
    str,
    WithJsonSchema({"type": "string", "enum": list(FORMS)}),
    Path(alias="form", description="`json`, `gpkg`, `html_zh` or `html_en`."),
]
SEEN = ("sign_in_needed", "bad_id", "no_such_comparison")
ORDERING = (
    "sign_in_needed", "not_permitted", "cross_site_write", "register_empty", "bad_upload", "body_too_large",
    "unknown_parameter", "bad_accuracy", "bad_comparison_pair", "comparisons_open", "file_too_large", "file_empty",
    "file_name_unsafe", "queue_missing",
)  # fmt: skip


def _body(kind: service.Kind) -> dict[str, Any]:
    schema = {
        "type": "object", "required": list(service.NEEDED[kind]), "properties": BODIES[kind],
        "additionalProperties": False,
    }  # fmt: skip
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def _answers(status: int, example: Any, *codes: str) -> Responses:
    content = {"application/json": {"example": example}}
    return {status: {"description": "The order.", "content": content}, **problems_for(*codes, *EVERYWHERE)}


@router.post(
    "/compare/units",
    summary="Compare two layers of units",
    status_code=202,
    response_model=ComparisonOrder,
    responses=_answers(202, EXAMPLE, *ORDERING),
    openapi_extra=_body("units"),
)
async def order_units(request: Request) -> Response:
    """Two offices' views of the units of a country or of a part of it, as `./diming boundary compare-units`.

    Worked out by a job; only you see it. `code_field` is that of both layers.
    """
    return await _order(request, "units")


@router.post(
    "/compare/lines",
    summary="Compare files of surveys",
    status_code=202,
    response_model=ComparisonOrder,
    responses=_answers(202, EXAMPLE | {"kind": "lines"}, *ORDERING),
    openapi_extra=_body("lines"),
)
async def order_lines(request: Request) -> Response:
    """Two surveys of one boundary line or of several hundred beside the legal lines, as `./diming boundary compare`.

    A is the survey of the unit on the left of each legal line, B of the one on its right. Several lines are told apart
    by the field `line`. Worked out by a job; only you see it.
    """
    return await _order(request, "lines")


async def _order(request: Request, kind: service.Kind) -> Response:
    async with receiving(request, kind) as (actor, given):
        told = await in_thread(lambda: order_form(request, actor, kind, given))
    return _answer(told, 202, {"Location": f"/v1/comparison-orders/{told['id']}"})


@router.get(
    "/comparison-orders",
    summary="Your comparisons of files",
    response_model=ComparisonOrders,
    responses=_answers(200, {"items": [EXAMPLE], "next": None}, "sign_in_needed", "limit_out_of_range", "bad_cursor"),
)
def listed(request: Request, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """What you had compared within two weeks, the latest first."""
    with reading(request.app.state.databases.office) as connection:
        return _answer(service.list_orders(connection, actor_of(request), limit, cursor))


@router.get(
    "/comparison-orders/{id}",
    summary="A comparison of files",
    response_model=ComparisonOrder,
    responses=_answers(200, EXAMPLE, *SEEN),
)
def find(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """How it stands, and what came of it in a sentence."""
    with reading(request.app.state.databases.office) as connection:
        return _answer(service.find_order(connection, actor_of(request), id))


@router.get(
    "/comparison-orders/{id}/report/{form}",
    summary="The report of a comparison of files",
    response_class=Response,
    responses={
        200: {
            "description": "The report as the command gives it: JSON, GeoPackage, or one HTML file in either language.",
            "content": {media: {"schema": _BINARY} for media in sorted({one.media for one in FORMS.values()})},
        },
        **problems_for(*SEEN, "comparison_not_done", "path_not_found", "no_such_blob", "integrity_broken", *EVERYWHERE),
    },
)
def report(request: Request, id: EntityId, form: FormName) -> Response:  # noqa: A002 -- the name in the address
    """The bytes, with their SHA-256 in `Repr-Digest` (RFC 9530)."""
    return report_file(ExitStack(), office_of(request), actor_of(request), id, form)


def _answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    told = {"Cache-Control": "no-store", **(headers or {})}
    return Response(encode(value), status, media_type="application/json", headers=told)
