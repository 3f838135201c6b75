"""Taking in a table of markers: the form, what would become of each row, and then the change by its document.

The table stays in the form as text, so that a row that is faulty is corrected
where it is told, and looked at again; nothing is kept until the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import marker_tables
from api.auth.identity import actor_of
from api.marker_tables import Sent
from api.uploads import in_thread
from api.web.pages.account_forms import NO_STORE, account_page
from api.web.pages.markers import _id, _word
from api.web.visit import Visit, Visiting
from boundaries.markers.model import STATE_AFTER
from boundaries.markers.schemes import schemes
from boundaries.markers.table import COLUMNS, NEEDED
from boundaries.network.service import find_line
from data.cases.reading import require_signed_in
from data.db import Audience
from data.errors import DimingError

router = APIRouter(include_in_schema=False)

#: Rows of the report on the page; all of them where they are fewer, else those that need somebody first.
ROWS_SHOWN = 500
#: The order in which rows of a long report are shown.
FIRST = ("faulty", "changed", "new", "unchanged")
BADGE = {"new": "done", "changed": "warn", "unchanged": "former", "faulty": "block"}


@router.get("/lines/{line_id}/marker-import")
def ask(visit: Visiting, line_id: str) -> Response:
    """The form."""
    return _page(visit, _id(line_id), {})


@router.post("/lines/{line_id}/marker-import")
async def take_in(request: Request, visit: Visiting, line_id: str) -> Response:
    """What would become of the rows, or the change itself; refused, the page says why and keeps what was typed."""
    line = _id(line_id)
    try:
        async with marker_tables.receiving_table(request) as (actor, came):
            sent = Sent(came.raw, {**came.fields, "line": str(line)})
            return await in_thread(lambda: _looked_at(request, visit, line, actor, sent))
    except DimingError as error:
        if error.status >= 500:
            raise
        told = error
    return await in_thread(lambda: _page(visit, line, {}, error=told))


def _looked_at(request: Request, visit: Visit, line: UUID, actor: Any, sent: Sent) -> Response:
    try:
        report = marker_tables.take_in(request, actor, sent)
    except DimingError as error:
        if error.status >= 500:
            raise
        return _page(visit, line, _typed(sent), error=error)
    if report["written"]:
        address = visit.view.url("/markers", line=str(line), done="markers_taken_in")
        return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})
    wrong = marker_tables.refused(report) if sent.writes and marker_tables.faulty(report) else None
    return _page(visit, line, _typed(sent), report, wrong)


def _typed(sent: Sent) -> dict[str, str]:
    """The fields as they came, and the table as text where it is one."""
    try:
        return {**sent.fields, "table": sent.text()}
    except DimingError:
        return {**sent.fields, "table": ""}


def _page(
    visit: Visit,
    line: UUID,
    typed: Mapping[str, str],
    report: Mapping[str, Any] | None = None,
    error: DimingError | None = None,
) -> Response:
    require_signed_in(actor_of(visit.request))
    with visit.request.app.state.databases.reading(Audience.STAFF) as connection:
        found = find_line(connection, line, visit.view.as_of, Audience.STAFF)
    rows = sorted(report["rows"], key=lambda row: FIRST.index(row["outcome"])) if report else []
    return account_page(
        visit,
        "marker_import.html",
        error,
        path=f"/lines/{line}/marker-import",
        line=found,
        typed=typed,
        report=report,
        rows=sorted(rows[:ROWS_SHOWN], key=lambda row: row["line"]),
        clean=report is not None and not marker_tables.faulty(report),
        schemes=schemes().values(),
        events=list(STATE_AFTER),
        kinds=marker_tables.DOCUMENT_KINDS,
        columns=[(names[1], key in NEEDED) for key, names in COLUMNS.items()],
        badge=BADGE,
        word=_word(visit),
        language=visit.view.t.language,
    )
