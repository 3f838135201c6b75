"""`/v1/uploads`: large files in pieces, by the tus protocol 1.0 (creation, checksum, expiration, termination).

An upload that was interrupted goes on where it stands: HEAD says where, PATCH
brings the next piece. Complete, it is handed in by its id (`/v1/submissions`).
The protocol is its own description (docs/api/submissions.md), so these
operations are not in the OpenAPI document.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import format_datetime
from uuid import UUID

from fastapi.concurrency import contextmanager_in_threadpool
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.counter import uploads_of
from api.deps import v1_router
from api.v1.answers import encode
from api.v1.params import EntityId
from boundaries.submissions.service import may_submit
from data.access import Actor
from data.db import reading
from data.errors import BadRequest
from data.uploads.folder import Piece
from data.uploads.model import MAX_UPLOAD_BYTES, Upload
from data.uploads.service import Uploads, begin, find, give_up, going_on, keep, parse_checksum

router = v1_router("submissions", "/uploads")

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
PIECE_TYPE = "application/offset+octet-stream"
#: Pieces are written in blocks of this size.
BLOCK = 1 << 20


@router.options("", include_in_schema=False)
def abilities() -> Response:
    """Version and extensions of the protocol, and the largest file."""
    more = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Checksum-Algorithm": "sha256"}
    return Response(status_code=204, headers={**_headers(), **more, "Tus-Max-Size": str(MAX_UPLOAD_BYTES)})


@router.post("", include_in_schema=False)
def create(request: Request) -> Response:
    """Announce a file of up to 1 GB by its length and name; nothing of it is sent yet."""
    actor, uploads = _surveyor(request), uploads_of(request)
    upload = begin(uploads, actor, _name(request.headers.get("upload-metadata")), _number(request, "Upload-Length"))
    headers = {**_standing(upload), "Location": f"/v1/uploads/{upload.id}"}
    return _told(upload, headers, 201)


@router.get("/{id}", include_in_schema=False)
def stands(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """How many bytes are on the disk: the next piece begins there. HEAD gives the headers alone."""
    upload = find(uploads_of(request), _surveyor(request), id)
    return _told(upload, _standing(upload), 200)


@router.patch("/{id}", include_in_schema=False)
async def send(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """The next piece, of any size. What has arrived when the connection breaks is kept, unless a checksum came with it.

    A piece that begins elsewhere is 409 `upload_elsewhere`, and the answer says where to go on.
    """
    actor = await run_in_threadpool(_surveyor, request)
    offset, checksum = _number(request, "Upload-Offset"), parse_checksum(request.headers.get("upload-checksum"))
    if request.headers.get("content-type") != PIECE_TYPE:
        raise BadRequest(f"A piece has the Content-Type {PIECE_TYPE}.", code="bad_upload_piece")
    uploads = uploads_of(request)
    async with _opened(request, uploads, actor, id, offset) as (upload, piece):
        broken = await _written(request, piece)
        if broken is not None and checksum is not None:
            raise broken
        kept = await run_in_threadpool(keep, uploads, upload, piece, checksum)
    if broken is not None:
        raise broken
    return Response(status_code=204, headers=_standing(kept))


@asynccontextmanager
async def _opened(
    request: Request, uploads: Uploads, actor: Actor, upload: UUID, offset: int
) -> AsyncIterator[tuple[Upload, Piece]]:
    announced = request.headers.get("content-length", "")
    length = int(announced) if announced.isdecimal() else None
    async with contextmanager_in_threadpool(going_on(uploads, actor, upload, offset, length)) as opened:
        yield opened


async def _written(request: Request, piece: Piece) -> ClientDisconnect | None:
    """Write what comes until it ends; what ended it before its time."""
    waiting = bytearray()
    broken = None
    try:
        async for block in request.stream():
            waiting += block
            if len(waiting) >= BLOCK:
                await run_in_threadpool(piece.write, bytes(waiting))
                waiting.clear()
    except ClientDisconnect as error:
        broken = error
    await run_in_threadpool(piece.write, bytes(waiting))
    return broken


@router.delete("/{id}", include_in_schema=False)
def forget(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Forget an upload of one's own that was not handed in."""
    give_up(uploads_of(request), _surveyor(request), id)
    return Response(status_code=204, headers=_headers())


def _surveyor(request: Request) -> Actor:
    """Whoever may hand in somewhere; nobody else fills the disk."""
    actor = actor_of(request)
    with reading(request.app.state.databases.office) as connection:
        may_submit(connection, actor)
    return actor


def _headers() -> dict[str, str]:
    return {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}


def _standing(upload: Upload) -> dict[str, str]:
    return {
        **_headers(),
        "Upload-Offset": str(upload.received),
        "Upload-Length": str(upload.size),
        "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
    }


def _told(upload: Upload, headers: dict[str, str], status: int) -> Response:
    body = {
        "id": upload.id,
        "file_name": upload.file_name,
        "bytes": upload.size,
        "received": upload.received,
        "expires_at": upload.expires_at,
    }
    return Response(encode(body), status, headers=headers, media_type="application/json")


def _number(request: Request, header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise BadRequest(f"The header {header} is a number of bytes.", code="bad_upload_piece")
    return int(value)


def _name(metadata: str | None) -> str:
    """The file's name in the metadata; BadRequest `bad_upload_piece` where it is none."""
    pairs = dict(pair.strip().partition(" ")[::2] for pair in (metadata or "").split(","))
    try:
        return base64.b64decode(pairs["filename"], validate=True).decode()
    except (KeyError, binascii.Error, ValueError) as error:
        raise BadRequest(
            "Upload-Metadata says the name of the file: filename, a space, and the name in base64 (UTF-8).",
            code="bad_upload_piece",
        ) from error
