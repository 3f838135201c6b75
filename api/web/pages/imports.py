"""Files of places: handing one in, what the check found row by row, deciding, undoing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.importing import FIELDS, desk_of, document_of, report_response, take
from api.ranges import file_response
from api.uploads import in_thread, receiving
from api.v1.params import parse_date
from api.web.pages.account_forms import NO_STORE, account_page, attempt, go_to, me
from api.web.pages.case_forms import Typed
from api.web.pages.manage import leads_to
from api.web.visit import Visit, Visiting
from data.db import reading
from data.errors import DimingError
from geonames.exchange.incoming import desk as counter
from geonames.exchange.incoming import report, service
from geonames.exchange.incoming.mapping import known_mappings
from geonames.exchange.incoming.model import NAMES_POLICIES
from geonames.exchange.incoming.receiving import check_again

router = APIRouter(include_in_schema=False)
ON_A_PAGE = 50
#: Lines of the report that the page shows, the gravest first; all are in the report.
LINES = 200
_GRAVITY = ("error", "warning", "info")


@router.get("/imports")
def imports(visit: Visiting) -> Response:
    """The form, and what was handed in."""
    return _imports(visit, {})


def _imports(visit: Visit, typed: Mapping[str, str], error: DimingError | None = None) -> Response:
    me(visit)
    query, actor = visit.view.query, actor_of(visit.request)
    state = query.get("state") if query.get("state") in counter.STATES else None
    with reading(visit.request.app.state.databases.office) as connection:
        found = service.list_imports(
            connection, actor, state=state, limit=ON_A_PAGE, cursor=query.get("cursor") or None
        )
    return account_page(
        visit, "imports.html", error, path="/imports" if error else None, items=found["items"],
        following=found["next"], states=counter.STATES, state=state, typed=typed, mappings=known_mappings(),
        policies=NAMES_POLICIES, may=leads_to(actor, counter.PREPARE),
    )  # fmt: skip


@router.post("/imports")
async def hand_in(request: Request, visit: Visiting) -> Response:
    """Keep the file and have it checked, and show how far that is."""
    typed: dict[str, str] = {}
    try:
        async with receiving(request) as (actor, upload):
            typed = {name: value for name, value in upload.fields.items() if name in FIELDS}
            found = await in_thread(lambda: take(request, actor, upload))
    except DimingError as error:
        if error.status >= 500:
            raise
        told = error
        return await in_thread(lambda: _imports(visit, typed, told))
    address = visit.view.url(f"/imports/{found['id']}")
    return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})


@router.get("/imports/{id}")
def one(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """One file: how it stands, what was found, what may be decided."""
    return _one(visit, id)


def _one(visit: Visit, identity: UUID, error: DimingError | None = None) -> Response:
    me(visit)
    actor = actor_of(visit.request)
    with reading(visit.request.app.state.databases.office) as connection:
        found = service.find_import(connection, actor, identity)
    return account_page(
        visit, "import.html", error, path=f"/imports/{identity}" if error else None, found=found,
        lines=_lines(visit, identity) if found["counts"] else [], moving=found["state"] == "waiting",
        may_decide=leads_to(actor, counter.DECIDE), may_undo=leads_to(actor, counter.UNDO),
        may_check=leads_to(actor, counter.PREPARE),
    )  # fmt: skip


def _lines(visit: Visit, identity: UUID) -> list[dict[str, str]]:
    """The lines about which something was found: errors, then warnings, then the rest."""
    shown: list[dict[str, str]] = []
    for severity in _GRAVITY:
        with service.open_report(desk_of(visit.request), actor_of(visit.request), identity) as (_, file):
            grave = (line for line in report.report_lines(file) if line["severity"] == severity)
            shown += islice(grave, LINES - len(shown))
    return shown


@router.get("/imports/{id}/report")
def get_report(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """The whole report as a file."""
    me(visit)
    form = visit.view.query.get("format", "csv")
    return report_response(visit.request, id, form if form in report.FORMS else "csv")


@router.get("/imports/{id}/original")
def original(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """The file as it was handed in."""
    me(visit)
    opened = service.open_original(desk_of(visit.request), actor_of(visit.request), id)
    return file_response(visit.request, opened, private=True)


@router.post("/imports/{id}/{action}")
def act(visit: Visiting, id: UUID, action: str, typed: Typed) -> Response:  # noqa: A002 -- the name in the address
    """Check again, take, refuse or undo."""
    desk, actor, reason = desk_of(visit.request), actor_of(visit.request), typed.one("reason")

    def apply() -> Any:
        day = typed.one("decided_on").strip()
        document = document_of(
            typed.one("authority").strip(), typed.one("title").strip(), typed.one("doc_no").strip(),
            parse_date(day) if day else None,
        )  # fmt: skip
        left_out = typed.one("leave_out_errors") == "1"
        return service.apply_import(desk, actor, id, document, leave_out_errors=left_out)

    doing: dict[str, Callable[[], Any]] = {
        "check": lambda: check_again(desk, actor, id),
        "apply": apply,
        "refuse": lambda: service.refuse_import(desk, actor, id, reason),
        "undo": lambda: service.undo_import(desk, actor, id, reason),
    }

    def work() -> Response:
        me(visit)
        if action in doing:
            doing[action]()
        return go_to(visit, f"/imports/{id}")

    return attempt(work, lambda error: _one(visit, id, error))
