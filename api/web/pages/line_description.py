"""A line in words (走向说明): its legs in a table, and a given text beside them, leg by leg; for staff."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.v1.line_description import MOST_TEXT, described
from api.web.pages.case_forms import Typed
from api.web.pages.line import identifier
from api.web.visit import Visit, Visiting
from boundaries.network.course_check import Disagreement, compare
from boundaries.network.service import find_line

router = APIRouter(include_in_schema=False)


@router.get("/lines/{line_id}/description")
def describe(request: Request, visit: Visiting, line_id: str) -> Response:
    """The legs of the line."""
    return _page(request, visit, line_id, None)


@router.post("/lines/{line_id}/description")
def check(request: Request, visit: Visiting, line_id: str, typed: Typed) -> Response:
    """A given text held against them; nothing is stored."""
    return _page(request, visit, line_id, typed.one("text")[:MOST_TEXT])


def _page(request: Request, visit: Visit, line_id: str, text: str | None) -> Response:
    identity = identifier(line_id)
    legs = described(request, identity, visit.view.as_of)
    found = compare(text, legs) if text else []
    beside: dict[int, list[Disagreement]] = {}
    for one in found:
        beside.setdefault(one.leg, []).append(one)
    with request.app.state.databases.reading(visit.audience) as connection:
        line = find_line(connection, identity, visit.view.as_of, visit.audience)
    page = visit.page(
        "line_description.html", line=line, legs=legs, text=text, beside=beside,
        more=[one for one in found if one.leg > len(legs)],
    )  # fmt: skip
    page.headers["Cache-Control"] = "private, no-store"
    return page
