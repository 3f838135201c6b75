"""The report of a comparison of files as it goes out, for pages and API alike."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from starlette.responses import Response, StreamingResponse

from api.attachments import GUARDED, blocks
from boundaries.comparisons.orders.service import Office, open_written
from data.access import Actor
from data.errors import NotFound


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the report: its media type and what it is saved as."""

    media: str
    name: str


FORMS: Mapping[str, Form] = {
    "json": Form("application/json", "comparison.json"),
    "gpkg": Form("application/geopackage+sqlite3", "comparison.gpkg"),
    "html_zh": Form("text/html", "comparison-zh.html"),
    "html_en": Form("text/html", "comparison-en.html"),
}


def report_file(stack: ExitStack, office: Office, actor: Actor, order: UUID, form: str) -> Response:
    """The report of one's own order, to be saved; errors of `open_written`, and `NotFound` `path_not_found`."""
    if form not in FORMS:
        raise NotFound(f"The report has the forms {', '.join(FORMS)}.", code="path_not_found")
    file, content = stack.enter_context(open_written(office, actor, order, form))
    headers = {
        **GUARDED,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(FORMS[form].name, safe='')}",
        "Content-Length": str(file["bytes"]),
        "Repr-Digest": f"sha-256=:{b64encode(bytes(file['sha256'])).decode()}:",
    }
    return StreamingResponse(blocks(stack, content), media_type=FORMS[form].media, headers=headers)
