"""A file that is handed in over HTTP: with the form itself, or an upload that came in pieces before."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.auth.identity import actor_of
from api.counter import counter_of, uploads_of
from api.uploads import FORM_BYTES
from boundaries.submissions.model import hand_in_of
from boundaries.submissions.service import find_submission, hand_in, handed_in_before, may_submit
from data.access import Actor
from data.blobs import receive
from data.cases.requests import check_key
from data.db import reading
from data.errors import BadInput, BadRequest
from data.uploads.model import MAX_UPLOAD_BYTES
from data.uploads.service import find, forget, require_complete

MAX_FIELDS = 16
#: Largest body of a form with a file.
SUBMISSION_BYTES = MAX_UPLOAD_BYTES + FORM_BYTES
#: How often it is looked whether the check is done, in seconds, and how long somebody who waits for it waits.
LOOK_S = 0.2
WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Form:
    """What came: the fields, and the file where one came with them."""

    fields: dict[str, str]
    file: UploadFile | None


@asynccontextmanager
async def receiving_form(request: Request) -> AsyncIterator[tuple[Actor, Form]]:
    """Who hands in, and the form, its file on the disk while it comes.

    Whoever may hand in nowhere is refused before anything is read. BadInput `bad_upload` for a body that is no form.
    """
    actor = await run_in_threadpool(_surveyor, request)
    try:
        async with request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=FORM_BYTES) as form:
            yield actor, _form(form)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise _bad(str(error.detail)) from error


def _surveyor(request: Request) -> Actor:
    actor = actor_of(request)
    with reading(request.app.state.databases.office) as connection:
        may_submit(connection, actor)
    return actor


def _form(form: FormData) -> Form:
    file = form.get("file")
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return Form(fields, file if isinstance(file, UploadFile) and file.filename else None)


def _bad(why: str) -> BadInput:
    return BadInput(
        "What is handed in is a form (multipart/form-data) with a file named file, or with the id of a complete "
        f"upload, and the line: {why[:100]}. Nothing was stored.",
        code="bad_upload",
    )


#: What a form may say besides the file.
FIELDS = frozenset({"line", "round", "side", "scale", "profile", "expect", "as_of", "earlier", "note", "upload", "key"})


def submit(request: Request, actor: Actor, form: Form, key: str | None) -> dict[str, Any]:
    """Hand in what came; errors of `hand_in`. An upload that was handed in before is the same submission again."""
    unknown = set(form.fields) - FIELDS
    if unknown:
        raise BadRequest(f"There is no field {min(unknown)[:40]!r}.", code="unknown_parameter")
    check_key(key)
    wanted = hand_in_of({name: value for name, value in form.fields.items() if name not in ("upload", "key")})
    upload = form.fields.get("upload", "").strip()
    if upload and form.file is not None:
        raise _bad("it has both")
    if upload:
        return _submit_upload(request, actor, _upload_id(upload), wanted)
    if form.file is None or form.file.filename is None:
        raise _bad("it has neither")
    with _on_disk(form.file) as path:
        return hand_in(counter_of(request), actor, path, form.file.filename, wanted, key)


def _upload_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadRequest("The upload is named by its id.", code="bad_id") from error


def _submit_upload(request: Request, actor: Actor, upload_id: UUID, wanted: Any) -> dict[str, Any]:
    """Handed in once: the submission's id comes from the upload's, and the upload is forgotten afterwards."""
    counter, uploads, key = counter_of(request), uploads_of(request), f"upload:{upload_id}"
    with reading(counter.engine) as connection:
        before = handed_in_before(connection, actor, key)
    if before is not None:
        return before
    upload = require_complete(find(uploads, actor, upload_id))
    done = hand_in(counter, actor, uploads.folder.path(upload.id), upload.file_name, wanted, key)
    forget(uploads, upload.id)
    return done


@contextmanager
def _on_disk(file: UploadFile) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="diming-submission-") as folder:
        path = Path(folder) / "file"
        receive(file.file, path, MAX_UPLOAD_BYTES)
        yield path


async def checked(request: Request, actor: Actor, received: dict[str, Any], wait_s: float) -> dict[str, Any]:
    """The submission once it is checked, or as it is after `wait_s` seconds."""
    loop = asyncio.get_running_loop()
    until = loop.time() + wait_s
    now = received
    while now["state"] in ("received", "checking") and loop.time() < until and not await request.is_disconnected():
        await asyncio.sleep(LOOK_S)
        now = await run_in_threadpool(_find, request, actor, received["id"])
    return now


def _find(request: Request, actor: Actor, submission: UUID) -> dict[str, Any]:
    with reading(request.app.state.databases.office) as connection:
        return find_submission(connection, actor, submission)
