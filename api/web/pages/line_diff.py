"""What differs about a line: two days, each as it was known at a moment; or files, compared and forgotten."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api import differences
from api.auth.identity import clock_of
from api.differences import FORMS, Sent
from api.documents import fonts
from api.uploads import in_thread
from api.v1.line_diffs import asked_with, compare, parse_tolerance
from api.v1.params import parse_moment
from api.web.pages.line import identifier
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.network.difference.model import Difference
from boundaries.network.difference.service import dates_of_line
from boundaries.network.service import SLIVER_M, find_line, line_versions
from boundaries.sheets.differences import About, difference_picture
from data.db import reading
from data.errors import BadRequest, DimingError, NotFound

router = APIRouter(include_in_schema=False)

#: Forms in which a difference is saved.
SAVED = tuple(form for form in FORMS if form not in ("json", "svg"))


@router.get("/lines/{line_id}/diff")
def line_diff(visit: Visiting, line_id: str) -> Response:
    """The forms, and where two days are named what differs between them."""
    identity, query = identifier(line_id), visit.view.query
    shown: dict[str, Any] = {"found": None, "picture": None}
    error: DimingError | None = None
    with visit.request.app.state.databases.reading(visit.audience) as connection:
        if query.get("from") and query.get("to"):
            try:
                shown = _of_days(connection, visit, identity)
            except DimingError as refused:
                error = refused
        return _page(visit, connection, identity, error, **shown)


def _of_days(connection: Connection, visit: Visit, line: UUID) -> dict[str, Any]:
    query = visit.view.query
    days = _day(query["from"]), _day(query["to"])
    known = _moment(query.get("from_known_at")), _moment(query.get("to_known_at"))
    found = dates_of_line(
        connection, line, *days, visit.audience, _tolerance(query), begin_known_at=known[0], end_known_at=known[1]
    )
    about = differences.about(connection, line, days[1], "after", visit.audience)
    wanted = ("from", "to", "from_known_at", "to_known_at", "tolerance")
    asked = {name: query[name] for name in wanted if query.get(name)}
    return {"found": found.as_json(), "picture": _picture(found, about), "asked": asked}


def _day(text: str) -> date:
    found = parse_day(text)
    if found is None:
        raise BadRequest("Name two whole dates.", code="bad_date")
    return found


def _moment(text: str | None) -> datetime | None:
    """A moment; one without an offset, as a browser's field gives it, is refused with the form that is meant."""
    return _parsed(parse_moment, text.strip()) if text and text.strip() else None


def _tolerance(query: Mapping[str, str]) -> float:
    return float(_parsed(parse_tolerance, query.get("tolerance") or SLIVER_M))


def _parsed(parse: Any, value: Any) -> Any:
    try:
        return parse(value)
    except PydanticCustomError as error:
        raise BadRequest(error.message(), code=error.type) from error


def _picture(found: Difference, about: About) -> str | None:
    """The map with both lines, within the page; None where there is nothing to draw."""
    try:
        drawn = difference_picture(found, about, fonts())
    except NotFound:
        return None
    return f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"


def _page(visit: Visit, connection: Connection, line: UUID, error: DimingError | None = None, **shown: Any) -> Response:
    found = find_line(connection, line, visit.view.as_of, visit.audience)
    values = {"asked": None, "found": None, "picture": None, **shown}
    versions = line_versions(connection, line)["items"]
    page = visit.page(
        "line_diff.html", line=found, versions=versions, error=error, saved=SAVED, usual=SLIVER_M, **values
    )
    page.status_code = error.status if error else 200
    page.headers["Cache-Control"] = "private, no-store"
    return page


@router.post("/lines/{line_id}/diff")
async def files_diff(request: Request, visit: Visiting, line_id: str) -> Response:
    """Files compared with the line or with each other: shown here, or saved in the form that is asked for."""
    identity = identifier(line_id)
    async with differences.receiving_files(request) as sent:
        return await in_thread(lambda: _compared(request, visit, identity, sent))


def _compared(request: Request, visit: Visit, line: UUID, sent: Sent) -> Response:
    sent = Sent(sent.file, sent.other, {**sent.fields, "line": str(line)})
    shown: dict[str, Any] = {}
    error: DimingError | None = None
    try:
        if sent.fields.get("format") in SAVED:
            return compare(request, sent)
        engine = request.app.state.databases.office
        found, about = differences.compare_files(engine, clock_of(request), sent, asked_with(sent.fields)[0])
        shown = {"found": found.as_json(), "picture": _picture(found, about)}
    except DimingError as refused:
        if refused.status >= 500:
            raise
        error = refused
    with reading(request.app.state.databases.office) as connection:
        return _page(visit, connection, line, error, **shown)
