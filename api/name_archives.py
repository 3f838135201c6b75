"""The archives of names over HTTP, for pages and API alike: made while one waits, written down before they leave."""

from __future__ import annotations

import tempfile
from base64 import b64encode
from collections.abc import Callable
from contextlib import ExitStack
from typing import BinaryIO, cast
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.attachments import GUARDED, blocks
from api.auth.identity import actor_of
from api.casework import casework_of
from api.documents import workshop_of
from data.cases.reading import require_signed_in
from geonames.archives.service import Taken, case_archive, place_archive

#: Larger archives wait on the disk, not in memory.
IN_MEMORY = 8 << 20


def archive_of_case(request: Request, reference: str, purpose: str) -> Response:
    """The archive of a case by its number or id."""
    actor = actor_of(request)
    require_signed_in(actor)
    return _sent(
        lambda file: case_archive(workshop_of(request), casework_of(request), actor, (reference, purpose), file)
    )


def archive_of_place(request: Request, place: UUID, purpose: str) -> Response:
    """The archive of a place."""
    actor = actor_of(request)
    require_signed_in(actor)
    return _sent(lambda file: place_archive(workshop_of(request), casework_of(request), actor, (place, purpose), file))


def _sent(make: Callable[[BinaryIO], Taken]) -> Response:
    with ExitStack() as stack:
        spooled = stack.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY, prefix="diming-archive-"))
        file = cast(BinaryIO, spooled)
        made = make(file)
        size = file.seek(0, 2)
        file.seek(0)
        headers = {
            **GUARDED,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name, safe='')}",
            "Content-Length": str(size),
            "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(made.sha256)).decode()}:",
        }
        return StreamingResponse(blocks(stack.pop_all(), file), media_type="application/zip", headers=headers)
