"""Books of standard names (标准地名录): those that were made, and a form to have one made.

A book is a bulk export in the form of a book: it is ordered, made and fetched as one (`api.web.pages.exports`).
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.auth.identity import actor_of
from api.exchange import warehouse_of
from api.v1.params import parse_date
from api.web.pages.account_forms import account_page, attempt, go_to, me
from api.web.pages.case_forms import Typed
from api.web.visit import Visit, Visiting
from data.db import reading
from data.errors import BadRequest, DimingError
from geonames.exchange.model import BOOKS, PAPERS, Asked
from geonames.exchange.orders import list_exports, order_export
from geonames.publications.model import measures

router = APIRouter(include_in_schema=False)
ON_A_PAGE = 50


@router.get("/publications")
def publications(visit: Visiting) -> Response:
    """The books of the last two weeks; anybody may fetch them."""
    return _publications(visit, {"within": visit.view.query.get("within", "")})


def _publications(visit: Visit, typed: dict[str, Any], error: DimingError | None = None) -> Response:
    with reading(visit.request.app.state.databases.office) as connection:
        found = list_exports(connection, forms=BOOKS, limit=ON_A_PAGE, cursor=visit.view.query.get("cursor") or None)
    papers = {key: measures()["papers"][key]["label"] for key in PAPERS}
    return account_page(
        visit, "publications.html", error, path="/publications" if error else None, items=found["items"],
        following=found["next"], papers=papers, typed=typed, books=BOOKS,
    )  # fmt: skip


@router.post("/publications")
def order(visit: Visiting, typed: Typed) -> Response:
    """Have a book made, and show how far it is."""
    said = {name: typed.one(name).strip() for name in ("kind", "within", "paper", "as_of")}

    def work() -> Response:
        me(visit)
        day = parse_date(said["as_of"]) if said["as_of"] else None
        kind = said["kind"] or BOOKS[0]
        if kind not in BOOKS:
            raise BadRequest(f"A book is one of {', '.join(BOOKS)}.", code="bad_format")
        asked = Asked(kind, within=said["within"] or None, as_of=day, paper=said["paper"] or None)
        made = order_export(warehouse_of(visit.request), actor_of(visit.request), asked)
        return go_to(visit, f"/exports/{made['id']}")

    return attempt(work, lambda error: _publications(visit, said, error))
