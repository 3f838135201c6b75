"""Tables of addresses over HTTP, for the page and the API alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.attachments import GUARDED
from api.auth.identity import actor_of, clock_of
from api.uploads import Upload, blobs_of
from api.v1.params import parse_date
from data.access import Actor
from data.errors import BadRequest
from data.governing import EFFECTIVE
from geonames.geocode.tables import service
from geonames.geocode.tables.service import Geocoding, Wanted
from geonames.geocode.tables.writing import FORMS

FIELDS = ("column", "as_of", "governed_by")


def geocoding_of(request: Request) -> Geocoding:
    """Where the tables of this application are kept and worked on."""
    return Geocoding(request.app.state.databases.office, blobs_of(request), clock_of(request))


def order_table(request: Request, actor: Actor, upload: Upload) -> dict[str, Any]:
    """Have the table that came in the form geocoded; what the form says beside it is `FIELDS`."""
    fields = {name: upload.fields.get(name, "").strip() for name in FIELDS}
    wanted = Wanted(
        upload.file, upload.name, fields["column"] or None, _day(fields), fields["governed_by"] or EFFECTIVE
    )
    return service.order(geocoding_of(request), actor, wanted)


def _day(fields: Mapping[str, str]) -> date | None:
    try:
        return parse_date(fields["as_of"]) if fields["as_of"] else None
    except ValueError as error:
        raise BadRequest("as_of is a date of the form YYYY-MM-DD. Nothing was stored.", code="bad_date") from error


def original_file(request: Request, order: UUID) -> Response:
    """The table as it came."""
    told, content = service.original(geocoding_of(request), actor_of(request), order)
    headers = {**GUARDED, "Content-Disposition": _attachment(told["file_name"])}
    return Response(content, media_type="application/octet-stream", headers=headers)


def result_file(request: Request, order: UUID, form: str) -> Response:
    """The table with its results, as it is written."""
    told, pieces = service.result(geocoding_of(request), actor_of(request), order, form)
    stem = told["file_name"].rpartition(".")[0] or told["file_name"]
    headers = {**GUARDED, "Content-Disposition": _attachment(f"{stem}-geocode.{form}")}
    return StreamingResponse(pieces, media_type=FORMS[form], headers=headers)


def _attachment(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
