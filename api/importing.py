"""Files of places that come in over HTTP, for pages and API alike."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response, StreamingResponse

from api.auth.identity import actor_of, clock_of
from api.loads import follow_units, refresh
from api.uploads import Upload, blobs_of
from data.access import Actor
from data.blobs import Blobs, receive
from data.clock import Clock
from data.errors import BadInput
from data.kept import blobs_at
from data.server.home import configured_root, home_at
from data.uploads.model import MAX_UPLOAD_BYTES
from geonames.exchange.incoming import report
from geonames.exchange.incoming.desk import Desk, Document
from geonames.exchange.incoming.model import ImportAsked
from geonames.exchange.incoming.receiving import hand_in
from geonames.exchange.incoming.service import open_report

#: What a form says beside the file.
FIELDS = ("source", "licence", "form", "mapping", "names", "within", "encoding")
WORKER = "system:worker"


def desk_of(request: HTTPConnection) -> Desk:
    """The desk of the application that answers `request`."""
    return make_desk(request.app.state.databases.office, clock_of(request), blobs_of(request))


def make_desk(engine: Engine, clock: Clock, blobs: Blobs | None = None) -> Desk:
    """The desk of this installation, for commands and jobs too."""

    def follow(connection: Connection, actor: str, places: list[UUID], under: UUID) -> None:
        follow_units(connection, actor, places, under)

    def derive() -> object:
        return refresh(engine, WORKER, lambda _what: None)

    kept = blobs or blobs_at(home_at(configured_root()))
    return Desk(engine, kept, clock, follow, derive)


def asked_of(fields: Mapping[str, str]) -> ImportAsked:
    """How a file is to be read, by the fields of a form; a blank one was not given."""
    given = {name: fields[name].strip() or None for name in FIELDS if name in fields}
    return ImportAsked(
        source=given.get("source") or "",
        licence=given.get("licence"),
        form=given.get("form"),
        mapping=given.get("mapping"),
        names=given.get("names") or "unverified",
        within=given.get("within"),
        encoding=given.get("encoding"),
    )


def take(request: Request, actor: Actor, upload: Upload) -> dict[str, Any]:
    """Keep what was uploaded and have it checked by a job."""
    asked = asked_of(upload.fields)
    with tempfile.TemporaryDirectory(prefix="diming-handed-in-") as folder:
        path = Path(folder) / "file"
        receive(upload.file, path, MAX_UPLOAD_BYTES)
        return hand_in(desk_of(request), actor, path, upload.name, asked, queued=True)


def document_of(
    authority: str | None, title: str | None, doc_no: str | None, decided_on: date | None
) -> Document | None:
    """The document of a decision; None where none is named. BadInput `import_document_missing` for half of one."""
    if not any((authority, title, doc_no, decided_on)):
        return None
    if not (authority and title and decided_on):
        raise BadInput(
            "The document has an authority, a title and a day. Nothing was changed.", code="import_document_missing"
        )
    return Document(authority, title, doc_no or None, decided_on)


def report_response(request: Request, import_id: UUID, form: str) -> Response:
    """The report by row as CSV, Excel or JSON."""
    media_type, ending = report.FORMS[form]
    headers = {
        "Content-Disposition": f'attachment; filename="report-{import_id}{ending}"',
        "Cache-Control": "private, no-store",
    }
    with open_report(desk_of(request), actor_of(request), import_id) as (_, file):
        if form == "xlsx":
            with tempfile.TemporaryDirectory(prefix="diming-report-") as folder:
                path = Path(folder) / "report.xlsx"
                report.write_workbook(file, path)
                return Response(path.read_bytes(), media_type=media_type, headers=headers)
    return StreamingResponse(_lines(request, import_id, form), media_type=media_type, headers=headers)


def _lines(request: Request, import_id: UUID, form: str) -> Any:
    with open_report(desk_of(request), actor_of(request), import_id) as (_, file):
        yield from (report.as_json if form == "json" else report.as_csv)(file)
