"""Files of markers over HTTP, for pages and API alike: forms, tables and photographs; for staff."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.attachments import GUARDED, blocks
from api.auth.audience import audience_of
from api.auth.identity import actor_of
from api.documents import workshop_of
from api.uploads import blobs_of, in_thread, receiving
from boundaries.markers import photos
from boundaries.markers.printing import print_form, print_results
from boundaries.markers.registration import number
from data.access import require
from data.access.model import COUNTRY
from data.db import Audience, reading
from data.documents.model import Form, Made
from data.papers import DOCX, PDF

ENDING = {Form.WORD: ".docx", Form.PDF: ".pdf"}
MEDIA = {Form.WORD: DOCX, Form.PDF: PDF}


def for_staff(request: Request) -> None:
    """Raise `NotSignedIn` or `NotPermitted` where the request is not answered for staff."""
    if audience_of(request, request.app.state.settings) is not Audience.STAFF:
        require(actor_of(request), "geometry.read", COUNTRY)


def form(request: Request, marker: UUID, wanted: Form, as_of: date | None) -> Response:
    """The registration form of a marker."""
    for_staff(request)
    return _sent(wanted, *print_form(workshop_of(request), marker, as_of))


def results(request: Request, line: UUID, wanted: Form, as_of: date | None) -> Response:
    """The table of a line's markers."""
    for_staff(request)
    return _sent(wanted, *print_results(workshop_of(request), line, as_of))


def _sent(wanted: Form, name: str, made: Made) -> Response:
    content = made.word if wanted is Form.WORD else made.pdf
    headers = {**GUARDED, "Content-Disposition": _attachment(name + ENDING[wanted])}
    return Response(content, media_type=MEDIA[wanted], headers=headers)


def _attachment(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


async def receive_photo(request: Request, marker: UUID) -> dict[str, Any]:
    """Keep the photograph of a form (`file`, `caption`, `looks_deg`)."""
    engine, blobs = request.app.state.databases.office, blobs_of(request)
    async with receiving(request) as (actor, came):
        looks = came.fields.get("looks_deg", "").strip()
        told = photos.Told(came.fields.get("caption", ""), number(looks, "looks_deg") if looks else None)
        return await in_thread(lambda: photos.add_photo(engine, blobs, actor, marker, came.file, came.name, told))


def photo(request: Request, marker: UUID, photo_id: UUID) -> Response:
    """A photograph as it came."""
    for_staff(request)
    stack = ExitStack()
    with reading(request.app.state.databases.office) as connection:
        row, file = stack.enter_context(photos.open_photo(connection, blobs_of(request), marker, photo_id))
    headers = {
        **GUARDED,
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(row['file_name'], safe='')}",
        "Content-Length": str(row["bytes"]),
    }
    return StreamingResponse(blocks(stack, file), media_type=row["media_type"], headers=headers)
