"""Filings (备案): what was sent and what came in, each with its form; acknowledging, returning, bringing a package."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.filings import receive_filing
from api.web.pages.account_forms import attempt, go_to
from api.web.pages.case_forms import Typed, case_page
from api.web.visit import Visit, Visiting
from data.cases.reading import require_signed_in
from data.clock import civil_date
from data.errors import DimingError, NotFound
from geonames.applications.routes.rows import route_book
from geonames.filings import service
from geonames.filings.form import form
from geonames.filings.model import Direction, State

router = APIRouter(include_in_schema=False)
PAGE = 50
PATH = "/filings"


@router.get("/filings")
def filings(visit: Visiting) -> Response:
    """The filings that the reader may see, come in or sent."""
    require_signed_in(actor_of(visit.request))
    return _list(visit)


def _list(visit: Visit, error: DimingError | None = None) -> Response:
    query, casework = visit.view.query, casework_of(visit.request)
    way = Direction.OUT if query.get("direction") == Direction.OUT else Direction.IN
    state = next((known for known in State if known == query.get("state")), None)
    found = service.list_filings(
        casework, actor_of(visit.request), direction=way, state=state, limit=PAGE, cursor=query.get("cursor") or None
    )
    return case_page(
        visit, "filings.html", error, items=found["items"], following=found["next"], way=way, chosen=state,
        states=_states(way), today=civil_date(casework.clock()),
    )  # fmt: skip


def _states(way: Direction) -> tuple[State, ...]:
    ended = (State.ACKNOWLEDGED, State.RETURNED)
    return (State.RECEIVED, *ended) if way is Direction.IN else (State.SENDING, State.REFUSED, State.DELIVERED, *ended)


@router.post("/filings")
async def bring(request: Request, visit: Visiting) -> Response:
    """Take in a package that was brought as a file."""
    try:
        await receive_filing(request)
    except DimingError as error:
        if error.status >= 500:
            raise
        return await run_in_threadpool(_list, visit, error)
    return go_to(visit, PATH)


@router.get("/filings/{direction}/{filing}")
def show(visit: Visiting, direction: str, filing: UUID) -> Response:
    """One filing."""
    return _one(visit, direction, filing)


def _one(visit: Visit, direction: str, filing: UUID, error: DimingError | None = None) -> Response:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    if direction not in set(Direction):
        raise NotFound("A filing was sent (out) or came in (in).", code="no_such_filing")
    found = service.find_filing(casework, actor, filing, Direction(direction))
    return case_page(
        visit, "filing.html", error, filing=found, columns=form().columns, papers=route_book().words["paper"],
        rules=form().papers, kinds=route_book().words["kind"],
    )  # fmt: skip


@router.post("/filings/in/{filing}/acknowledge")
def acknowledge(visit: Visiting, filing: UUID, typed: Typed) -> Response:
    """Acknowledge what came in."""

    def work() -> Response:
        service.acknowledge(casework_of(visit.request), actor_of(visit.request), filing, typed.one("filing_no"))
        return go_to(visit, f"{PATH}/in/{filing}")

    return attempt(work, lambda error: _one(visit, Direction.IN, filing, error))


@router.post("/filings/in/{filing}/return")
def send_back(visit: Visiting, filing: UUID, typed: Typed) -> Response:
    """Return what came in."""

    def work() -> Response:
        service.return_filing(casework_of(visit.request), actor_of(visit.request), filing, typed.one("reasons"))
        return go_to(visit, f"{PATH}/in/{filing}")

    return attempt(work, lambda error: _one(visit, Direction.IN, filing, error))


@router.post("/filings/out/{filing}/send-again")
def send_again(visit: Visiting, filing: UUID) -> Response:
    """Try again at once."""

    def work() -> Response:
        service.send_again(casework_of(visit.request), actor_of(visit.request), filing)
        return go_to(visit, f"{PATH}/out/{filing}")

    return attempt(work, lambda error: _one(visit, Direction.OUT, filing, error))
