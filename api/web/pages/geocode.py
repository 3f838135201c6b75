"""Addresses: one in a field, read at once; a table, geocoded by a job for whoever has signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.geocoding import order_table, original_file, result_file
from api.uploads import in_thread, receiving
from api.web.pages.account_forms import account_page, go_to
from api.web.visit import Visit, Visiting
from data.access import Actor
from data.db import reading
from data.errors import DimingError, NotFound
from data.governing import GOVERNING
from geonames.geocode.service import geocode
from geonames.geocode.tables.model import MOST_ROWS
from geonames.geocode.tables.service import find_order, list_orders
from geonames.geocode.tables.writing import FORMS

router = APIRouter(include_in_schema=False)
PATH = "/geocode"
ON_A_PAGE = 20
READINGS = 5


@router.get(PATH)
def page(visit: Visiting) -> Response:
    """The field, the readings of what was typed, and one's own tables."""
    return _page(visit)


def _page(visit: Visit, error: DimingError | None = None) -> Response:
    actor, typed = actor_of(visit.request), visit.view.query.get("q", "").strip()
    found: dict[str, Any] | None = None
    if typed and error is None:
        try:
            found = geocode(visit.conn, typed, as_of=visit.view.as_of if visit.view.past else None, limit=READINGS)
        except DimingError as refused:
            if refused.status >= 500:
                raise
            error = refused
    values = {"typed": typed, "found": found, "tables": _tables(visit, actor), "most_rows": MOST_ROWS,
              "governing": GOVERNING}  # fmt: skip
    return account_page(visit, "geocode.html", error, path=PATH if error else None, **values)


def _tables(visit: Visit, actor: Actor) -> list[dict[str, Any]] | None:
    """One's own tables; None for those who have no account."""
    if actor.account_id is None:
        return None
    with reading(visit.request.app.state.databases.office) as connection:
        found: list[dict[str, Any]] = list_orders(connection, actor, limit=ON_A_PAGE, cursor=None)["items"]
    return found


@router.post(PATH)
async def send(request: Request, visit: Visiting) -> Response:
    """Have a table geocoded; what is wrong with it is said beside the form."""
    try:
        async with receiving(request) as (actor, upload):
            told = await in_thread(lambda: order_table(request, actor, upload))
    except DimingError as error:
        if error.status >= 500 or error.status == 401:
            raise
        refused = error
        return await in_thread(lambda: _page(visit, refused))
    return go_to(visit, f"{PATH}/{told['id']}")


@router.get(PATH + "/{order_id}")
def table(visit: Visiting, order_id: UUID) -> Response:
    """How far a table is; what changes of it where htmx asks."""
    with reading(visit.request.app.state.databases.office) as connection:
        found = _found(visit, connection, order_id)
    template = "parts/geocode_table.html" if visit.partial else "geocode_table.html"
    moving = found["state"] in ("waiting", "running")
    return account_page(visit, template, table=found, moving=moving, forms=tuple(FORMS))


def _found(visit: Visit, connection: Connection, order_id: UUID) -> dict[str, Any]:
    return find_order(connection, actor_of(visit.request), order_id)


@router.get(PATH + "/{order_id}/original")
def original(visit: Visiting, order_id: UUID) -> Response:
    """The table as it came."""
    return original_file(visit.request, order_id)


@router.get(PATH + "/{order_id}/result.{form}")
def result(visit: Visiting, order_id: UUID, form: str) -> Response:
    """The table with its results."""
    if form not in FORMS:
        raise NotFound(f"Results are {', '.join(FORMS)}.", code="path_not_found")
    return result_file(visit.request, order_id, form)
