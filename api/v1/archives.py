"""`/v1/lines/{id}/archive`: everything that the inspections of a line left, as one package; made now, or ordered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import v1_router
from api.line_archive import line_archive, ordered_archive
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import AsOf, EntityId
from api.v1.schemas import Shape
from boundaries.archive.orders import find_order, order_archive
from data.db import reading

router = v1_router("inspections", "")


class ArchivedLine(Shape):
    """The line that an archive is of."""

    id: UUID
    name: str | None


class ArchiveOrder(Shape):
    """An archive that was ordered."""

    id: UUID
    line: ArchivedLine
    as_of: date
    state: str = Field(description="`waiting`, `made` or `failed`.")
    job: int | None = Field(description="The job that makes it: `GET /v1/jobs/{number}` says how far it is.")
    ordered_at: datetime
    kept_until: date | None = Field(description="It is forgotten then; order it again.")
    file_name: str | None
    files: int | None = Field(description="Files in the package, without its manifests.")
    bytes: int | None
    sha256: str | None = Field(description="Of the package.")
    problem: dict[str, Any] | None = Field(description="Why it could not be made.")


EXAMPLE: dict[str, Any] = {
    "id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6073",
    "line": {"id": "598ff196-94a2-5cf9-a041-391c73803f41", "name": "甲乙线"},
    "as_of": "2026-03-02",
    "state": "made",
    "job": 4712,
    "ordered_at": "2026-03-02T02:00:00+00:00",
    "kept_until": "2026-03-16",
    "file_name": "界线档案_甲乙线_2026-03-02.zip",
    "files": 83,
    "bytes": 1843200,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "problem": None,
}
ZIP: dict[str, Any] = {
    "description": "A BagIt package (RFC 8493) as ZIP.",
    "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
}


def _answers(status: int, *codes: str) -> Responses:
    content = {"application/json": {"example": EXAMPLE}}
    return {status: {"description": "The order.", "content": content}, **problems_for(*codes, *EVERYWHERE)}


@router.get(
    "/lines/{id}/archive",
    summary="The archive of a line",
    response_class=Response,
    responses={
        200: ZIP,
        **problems_for(
            *("sign_in_needed", "not_permitted", "register_empty", "bad_id", "bad_date", "as_of_after_register"),
            *("as_of_before_register", "no_such_line", "line_not_standing", "no_such_blob", "integrity_broken"),
            *("template_refused",),
            *EVERYWHERE,
        ),
    },
)
def archive(request: Request, id: EntityId, as_of: AsOf = None) -> Response:  # noqa: A002 -- the name in the address
    """Records with their signatures, surveys, comparisons, disputes, documents, markers, photographs, patrols, sheets.

    One package with a manifest and hashes. What you may not see is not in it: above all nothing that the other side
    has not shown. The same register gives the same bytes. For a line with many markers order it instead.
    """
    return line_archive(request, id, as_of)


@router.post(
    "/lines/{id}/archives",
    summary="Order the archive of a line",
    status_code=202,
    response_model=ArchiveOrder,
    responses=_answers(
        202,
        *("sign_in_needed", "cross_site_write", "not_permitted", "register_empty", "bad_id", "bad_date"),
        *("as_of_after_register", "as_of_before_register", "no_such_line", "queue_missing"),
    ),
)
def order(request: Request, id: EntityId, as_of: AsOf = None) -> Response:  # noqa: A002 -- the name in the address
    """Have the package made by a job; only you can fetch it, for two weeks."""
    told = order_archive(casework_of(request).engine, actor_of(request), id, as_of)
    return _answer(told, 202, {"Location": f"/v1/archives/{told['id']}"})


@router.get(
    "/archives/{id}",
    summary="An archive that was ordered",
    response_model=ArchiveOrder,
    responses=_answers(200, "sign_in_needed", "bad_id", "no_such_archive"),
)
def ordered(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Whether it is made."""
    with reading(casework_of(request).engine) as connection:
        return _answer(find_order(connection, actor_of(request), id), 200)


@router.get(
    "/archives/{id}/file",
    summary="The package of an archive that was ordered",
    response_class=Response,
    responses={
        200: ZIP,
        **problems_for(
            *("sign_in_needed", "bad_id", "no_such_archive", "archive_not_made", "no_such_blob", "integrity_broken"),
            *EVERYWHERE,
        ),
    },
)
def package(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """The bytes, with their SHA-256 in `Repr-Digest` (RFC 9530)."""
    return ordered_archive(request, id)


def _answer(value: Any, status: int, headers: dict[str, str] | None = None) -> Response:
    told = {"Cache-Control": "no-store", **(headers or {})}
    return Response(encode(value), status, media_type="application/json", headers=told)
