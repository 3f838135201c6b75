"""Documents that come in over HTTP: written to the disk as they come, looked at, and only then kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from api.auth.identity import actor_of
from data.access import Actor
from data.blobs import Blobs
from data.cases.reading import require_signed_in
from data.errors import BadInput
from data.kept import blobs_at
from data.papers import MAX_BYTES
from data.server.home import configured_root, home_at

#: What a form has beside the file: boundaries, names, a few short fields.
FORM_BYTES = 64 << 10
MAX_FIELDS = 12
#: Largest body of an upload.
UPLOAD_BYTES = MAX_BYTES + FORM_BYTES

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file with the fields beside it. The name is the client's own word."""

    file: BinaryIO
    name: str
    fields: Mapping[str, str]


def blobs_of(request: HTTPConnection) -> Blobs:
    """Where this application keeps documents."""
    return blobs_in(request.app)


def blobs_in(app: Starlette) -> Blobs:
    """Where `app` keeps documents."""
    found: Blobs | None = getattr(app.state, "blobs", None)
    if found is None:
        found = app.state.blobs = blobs_at(home_at(configured_root()))
    return found


@asynccontextmanager
async def receiving(request: Request) -> AsyncIterator[tuple[Actor, Upload]]:
    """Who uploads, and the file named `file` in the form, spooled to the disk while it comes.

    Whoever has not signed in is refused before anything is read (NotSignedIn). BadInput `bad_upload` for a
    body that is no form with one file.
    """
    actor = await run_in_threadpool(actor_of, request)
    require_signed_in(actor)
    try:
        async with request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=FORM_BYTES) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise _bad("no file is in it")
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            yield actor, Upload(file.file, file.filename, fields)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise _bad(str(error.detail)) from error


def _bad(why: str) -> BadInput:
    return BadInput(
        f"An upload is a form (multipart/form-data) with one file named file: {why[:100]}. Nothing was stored.",
        code="bad_upload",
    )


async def in_thread(work: Callable[[], T]) -> T:
    """Do what waits for disk and database beside the event loop."""
    return await run_in_threadpool(work)
