"""The archive of a line over HTTP, for pages and API alike: made while one waits, or ordered and fetched."""

from __future__ import annotations

import tempfile
from base64 import b64encode
from contextlib import ExitStack
from datetime import date
from typing import BinaryIO, cast
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.attachments import GUARDED, blocks
from api.auth.identity import actor_of
from api.casework import casework_of
from api.documents import workshop_of
from api.uploads import blobs_of
from boundaries.archive.orders import Shelf, open_archive
from boundaries.archive.service import archive_line
from data.cases.reading import require_signed_in

#: Larger archives wait on the disk, not in memory.
IN_MEMORY = 8 << 20


def line_archive(request: Request, line: UUID, as_of: date | None) -> Response:
    """The archive of a line as one ZIP, for whoever may look beside it."""
    actor = actor_of(request)
    require_signed_in(actor)
    with ExitStack() as stack:
        spooled = stack.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY, prefix="diming-archive-"))
        file = cast(BinaryIO, spooled)
        made = archive_line(workshop_of(request), casework_of(request), actor, line, file, as_of)
        size = file.tell()
        file.seek(0)
        headers = {
            **GUARDED,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name, safe='')}",
            "Content-Length": str(size),
        }
        return StreamingResponse(blocks(stack.pop_all(), file), media_type="application/zip", headers=headers)


def ordered_archive(request: Request, order: UUID) -> Response:
    """The package of an order, for whoever ordered it."""
    shelf = Shelf(casework_of(request).engine, blobs_of(request))
    stack = ExitStack()
    told, file = stack.enter_context(open_archive(shelf, actor_of(request), order))
    headers = {
        **GUARDED,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(told['file_name'], safe='')}",
        "Content-Length": str(told["bytes"]),
        "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(told['sha256'])).decode()}:",
    }
    return StreamingResponse(blocks(stack, file), media_type="application/zip", headers=headers)
