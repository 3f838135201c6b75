"""`/v1/attachments`: documents are uploaded first and handed in with a case afterwards."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import Response

from api import attachments as outgoing
from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import v1_router
from api.uploads import blobs_of, in_thread, receiving
from api.v1 import case_shapes
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, EntityId, Limit
from data.cases import attachments
from data.previews.pages import MOST_PAGES

router = v1_router("cases", "/attachments")

UPLOADED = ("sign_in_needed", "cross_site_write", "bad_upload", "file_too_large", "file_empty", "file_name_unsafe")
REFUSED = ("file_not_accepted", "file_not_what_it_says", "file_active", "archive_unsafe", "body_too_large")
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
UploadKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,100}$",
        max_length=100,
        description="Your own name for this upload: sent again with the same document, it is kept once.",
    ),
]
Page = Annotated[int, Query(ge=1, le=MOST_PAGES, description="Which page of a PDF, from 1.")]


def _example(status: int, example: dict[str, Any] | None, *codes: str) -> Responses:
    content: Responses = {status: {"content": {"application/json": {"example": example}}}} if example else {}
    return {**content, **problems_for(*codes, *EVERYWHERE)}


@router.post(
    "",
    status_code=201,
    summary="Upload a document",
    response_model=case_shapes.Attachment,
    responses=_example(
        201, case_shapes.EXAMPLE_ATTACHMENT, *UPLOADED, *REFUSED, "bad_idempotency_key", "idempotency_key_reused"
    ),
    openapi_extra=BODY,
)
async def upload(request: Request, key: UploadKey = None) -> Response:
    """Keep a document of up to 50 MB; it is yours alone until you hand it in with the deed `attach`.

    PDF, Word and Excel without macros, OFD, PNG, JPEG, TIFF, text and CSV. The content is looked at: what runs,
    is encrypted, or is not what its name says is refused, and nothing is stored.
    """
    casework, blobs = casework_of(request), blobs_of(request)
    async with receiving(request) as (actor, came):
        kept = await in_thread(lambda: attachments.keep_attachment(casework, blobs, actor, came.file, came.name, key))
    return _answer(kept, 201)


@router.get(
    "",
    summary="Your documents that are not handed in",
    response_model=case_shapes.AttachmentList,
    responses=_example(200, case_shapes.EXAMPLE_ATTACHMENTS, "sign_in_needed", "limit_out_of_range", "bad_cursor"),
)
def waiting(request: Request, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """What you have uploaded and not handed in with a case, the latest first."""
    return _answer(attachments.waiting_attachments(casework_of(request), actor_of(request), limit, cursor))


@router.get(
    "/{id}",
    summary="What a document is",
    response_model=case_shapes.Attachment,
    responses=_example(200, case_shapes.EXAMPLE_ATTACHMENT, "sign_in_needed", "bad_id", "no_such_case"),
)
def find(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Name, size, hash and kind of a document of a case that you may see."""
    return _answer(attachments.find_attachment(casework_of(request), actor_of(request), id))


@router.get(
    "/{id}/content",
    summary="Download a document",
    response_class=Response,
    responses={
        200: {"description": "The bytes as they came.", "content": {"application/octet-stream": {}}},
        **problems_for("sign_in_needed", "bad_id", "no_such_case", "no_such_blob", "integrity_broken", *EVERYWHERE),
    },
)
def content(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """The document as it came, byte for byte, to be saved."""
    return outgoing.download(request, id)


@router.get(
    "/{id}/preview",
    summary="Look at a document",
    response_class=Response,
    responses={
        200: {"description": "A page as PNG, the picture, or the text.", "content": {"image/png": {}}},
        **problems_for(
            *("sign_in_needed", "bad_id", "no_such_case", "no_preview", "no_such_blob"),
            *("integrity_broken", *EVERYWHERE),
        ),
    },
)
def preview(request: Request, id: EntityId, page: Page = 1) -> Response:  # noqa: A002 -- the name in the address
    """A page of a PDF as a picture, a picture as it is, the beginning of a text; office files have none."""
    return outgoing.show(request, id, page)


def _answer(value: Any, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(encode(value), status, media_type="application/json", headers=headers)
