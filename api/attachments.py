"""Documents as they go out: to be saved, or to be looked at; never so that a browser runs anything in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.auth.identity import actor_of
from api.casework import casework_of
from api.uploads import blobs_of
from data.cases.attachments import open_attachment
from data.previews.kinds import Excerpt, Kind, excerpt, kind_of, too_large_to_show
from data.previews.pages import draw_page, page_count
from data.previews.process import no_preview
from data.previews.words import words_of

BLOCK = 64 << 10
#: Whatever it is, it is shown in a box of its own without scripts, forms, frames or requests.
GUARDED = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


#: How the kinds that are shown as text are read.
TEXTS: Mapping[Kind, Callable[[BinaryIO, str], Excerpt]] = {
    Kind.TEXT: lambda file, _media_type: excerpt(file),
    Kind.WORDS: words_of,
}


def opened(request: Request, attachment_id: UUID) -> AbstractContextManager[tuple[dict[str, Any], BinaryIO]]:
    """The document, for whoever asks and may see it."""
    return open_attachment(casework_of(request), blobs_of(request), actor_of(request), attachment_id)


def download(request: Request, attachment_id: UUID) -> Response:
    """The document as it came, to be saved under its own name (RFC 6266, RFC 8187)."""
    stack = ExitStack()
    row, file = stack.enter_context(opened(request, attachment_id))
    headers = {
        **GUARDED,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row['file_name'], safe='')}",
        "Content-Length": str(row["bytes"]),
    }
    return StreamingResponse(blocks(stack, file), media_type=row["media_type"], headers=headers)


def blocks(stack: ExitStack, file: Any) -> Iterator[bytes]:
    """The bytes of a file piece by piece; `stack` is closed with the last."""
    with stack:
        while block := file.read(BLOCK):
            yield block


def show(request: Request, attachment_id: UUID, page: int) -> Response:
    """A picture of a page, the picture itself, or the text; NotFound `no_preview` for what cannot be shown."""
    with opened(request, attachment_id) as (row, file):
        kind = kind_of(row["media_type"])
        if kind is Kind.PAGES:
            return Response(draw_page(file, row["media_type"], page), media_type="image/png", headers=GUARDED)
        if kind in TEXTS:
            text = TEXTS[kind](file, row["media_type"]).text
            return Response(text, media_type="text/plain; charset=utf-8", headers=GUARDED)
        if kind is Kind.PICTURE and not too_large_to_show(file, row["media_type"]):
            return Response(file.read(), media_type=row["media_type"], headers=GUARDED)
    raise no_preview()


def pages_of(request: Request, attachment_id: UUID) -> int:
    """How many pages a PDF or a scan has; NotFound `no_preview` where it cannot be drawn."""
    with opened(request, attachment_id) as (row, file):
        return page_count(file, row["media_type"])


def text_of(request: Request, attachment_id: UUID) -> Excerpt:
    """The beginning of what a text or an office file says; NotFound `no_preview` where it cannot be read."""
    with opened(request, attachment_id) as (row, file):
        return TEXTS[kind_of(row["media_type"])](file, row["media_type"])
