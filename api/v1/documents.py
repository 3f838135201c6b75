"""Documents that are issued: those of a case with their files, signed packages, corrigenda."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.deps import v1_router
from api.documents import matters
from api.packages import key_folder, verified
from api.uploads import blobs_of
from api.v1 import document_shapes as shapes
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import EntityId
from data.cases import issued
from data.cases.reading import require_signed_in
from data.db import reading
from data.documents.corrigenda import Corrigendum, correct_decision
from data.documents.model import Documents, Form
from data.signing.service import public_keys
from data.signing.verifying import PublicKey

router = v1_router("documents")

CASE = "/cases/{id}/documents"
DocumentId = Annotated[UUID, Path(alias="document", description="The document, as the list gives it.")]
FormName = Annotated[
    Form,
    WithJsonSchema({"type": "string", "enum": [form.value for form in Form]}),
    Path(alias="form", description="`word`, `pdf`, or the latest signed `package`."),
]
SEEN = ("sign_in_needed", "bad_id", "no_such_case")
CHANGED = ("sign_in_needed", "bad_id", "no_such_case", "no_such_document", "not_permitted", "cross_site_write")
BODY = ("bad_body", "bad_json", "body_too_large")
UPLOAD: dict[str, Any] = {
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


class Reason(BaseModel):
    """Why a document is void."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[str, Field(min_length=1, max_length=1000)]


class Attached(BaseModel):
    """The attachments of the case that are signed with the document."""

    model_config = ConfigDict(extra="forbid")

    attachments: Annotated[list[UUID], Field(max_length=100)] = []


class Correction(BaseModel):
    """What a decision says, what it should say, why; `within`: the code of the unit whose office corrects it."""

    model_config = ConfigDict(extra="forbid")

    within: Annotated[str, Field(pattern=r"^(\d{6}|\d{9}|\d{12})$")]
    wrong: Annotated[str, Field(min_length=1, max_length=2000)]
    right: Annotated[str, Field(min_length=1, max_length=2000)]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


def _answers(example: Any, *codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


def _answer(value: Any) -> Response:
    return Response(encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get(
    CASE,
    summary="Documents issued in a case",
    response_model=shapes.IssuedList,
    responses=_answers({"items": [shapes.EXAMPLE_ISSUED]}, *SEEN),
)
def of_case(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Every document that a step of the case issued, with its number, how it stands and its files."""
    return _answer({"items": issued.list_issued(casework_of(request), actor_of(request), id)})


@router.get(
    CASE + "/{document}/{form}",
    summary="Download a document that was issued",
    response_class=Response,
    responses={
        200: {"description": "The file.", "content": {"application/octet-stream": {}}},
        **problems_for(
            *(*SEEN, "no_such_document", "document_not_made", "no_such_blob", "integrity_broken"), *EVERYWHERE
        ),
    },
)
def download(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    document: DocumentId,
    form: FormName,
) -> Response:
    """Word, PDF or the latest signed package of a document, to be saved under its number."""
    stack = ExitStack()
    opened = issued.open_issued(casework_of(request), blobs_of(request), actor_of(request), id, document, form)
    row, file = stack.enter_context(opened)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row['file_name'], safe='')}",
        "Content-Length": str(row["bytes"]),
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(_blocks(stack, file), media_type=row["media_type"], headers=headers)


def _blocks(stack: ExitStack, file: Any) -> Iterator[bytes]:
    with stack:
        while block := file.read(64 << 10):
            yield block


@router.post(
    CASE + "/{document}/actions/again",
    summary="Make a document again",
    response_model=shapes.Issued,
    responses=_answers(shapes.EXAMPLE_ISSUED, *CHANGED, "document_not_failed", "queue_missing"),
)
def again(request: Request, id: EntityId, document: DocumentId) -> Response:  # noqa: A002 -- the name in the address
    """Ask again for the files of a document that could not be made, for example after a font was installed."""
    return _answer(issued.make_issued_again(casework_of(request), actor_of(request), id, document))


@router.post(
    CASE + "/{document}/actions/void",
    summary="Declare a document void",
    response_model=shapes.Issued,
    responses=_answers(shapes.EXAMPLE_ISSUED, *CHANGED, *BODY, "already_done", "bad_fields"),
)
def void(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    document: DocumentId,
    body: Reason,
) -> Response:
    """The document has no force; its number stays taken, its files stay kept, the reason is told."""
    return _answer(issued.void_issued(casework_of(request), actor_of(request), id, document, body.why))


@router.post(
    CASE + "/{document}/actions/sign",
    summary="Sign a document",
    response_class=Response,
    responses={
        200: {"description": "The signed package.", "content": {"application/zip": {}}},
        **problems_for(
            *(*CHANGED, *BODY, "document_not_made", "signing_key_missing", "signing_key_elsewhere", "keys_not_usable"),
            *("no_such_attachment_of_case", "no_such_blob", *EVERYWHERE),
        ),
    },
)
def sign(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    document: DocumentId,
    body: Attached,
) -> Response:
    """Pack the document with its decision and the attachments named, signed with the key of its office."""
    keys, actor = key_folder(request), actor_of(request)
    signed = issued.sign_issued(casework_of(request), blobs_of(request), keys, actor, id, document, body.attachments)
    named = f"attachment; filename*=UTF-8''{quote(signed.file_name, safe='')}"
    headers = {"Content-Disposition": named, "Cache-Control": "private, no-store"}
    return Response(signed.content, media_type="application/zip", headers=headers)


@router.get(
    "/signing-keys",
    summary="Keys with which offices sign",
    response_model=shapes.SigningKeys,
    responses=_answers({"items": [shapes.EXAMPLE_KEY]}),
)
def signing_keys(request: Request) -> Response:
    """The public halves of all keys that ever signed here, with their ends; for verifying packages anywhere."""
    with reading(request.app.state.databases.office) as connection:
        return _answer({"items": [_key(key) for key in public_keys(connection).values()]})


def _key(key: PublicKey) -> dict[str, str | datetime | None]:
    return {
        "id": key.id,
        "public_key": key.public.hex(),
        "office": key.office,
        "added_at": key.added_at,
        "retired_at": key.retired_at,
        "revoked_from": key.revoked_from,
        "revoked_why": key.revoked_why,
    }


@router.post(
    "/verify",
    summary="Verify a signed package",
    response_model=shapes.Verdict,
    responses=_answers(
        shapes.EXAMPLE_VERDICT, *("bad_upload", "not_a_package", "archive_unsafe", "body_too_large", "cross_site_write")
    ),
    openapi_extra=UPLOAD,
)
async def verify(request: Request) -> Response:
    """Hold a package against the keys of this installation: whether it is what was signed, and what differs.

    For everybody; nothing of what is sent is kept.
    """
    return _answer(await verified(request))


@router.post(
    "/decisions/{id}/corrigenda",
    summary="Correct a published decision",
    response_model=shapes.CorrigendumIssued,
    responses=_answers(
        shapes.EXAMPLE_CORRIGENDUM,
        *("sign_in_needed", "bad_id", "no_such_decision", "not_permitted", "cross_site_write", *BODY, "bad_fields"),
        *("numbering_missing", "no_such_document_kind", "already_done", "queue_missing"),
        *("bad_code", "code_never_existed", "code_not_standing", "register_empty"),
    ),
)
def correct(request: Request, id: EntityId, body: Correction) -> Response:  # noqa: A002 -- the name in the address
    """Issue a corrigendum: a further decision, numbered and linked to the first, which stays as it was."""
    casework, actor = casework_of(request), actor_of(request)
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, body.within)
    wanted = Corrigendum(id, unit, body.wrong, body.right, body.reason)
    documents = casework.documents or Documents(())
    return _answer(correct_decision(casework.engine, documents, matters(casework), actor, wanted, casework.clock()))
