"""The boundary lines of a day as a list: searched by name, unit and code, filtered by level."""

from __future__ import annotations

import unicodedata

from fastapi import APIRouter
from starlette.responses import Response

from api.web.visit import Visiting
from boundaries.network.service import list_lines
from data.errors import BadRequest

router = APIRouter(include_in_schema=False)

PAGE = 50
#: Levels that the filter offers, from the top down; a line has the level of the units that it divides.
LEVELS = ("province", "prefecture", "county", "township")


@router.get("/lines")
def lines(visit: Visiting) -> Response:
    """A page of lines by the codes of their units; `q` and `level` stand in the address."""
    query = visit.view.query
    wanted = {key: query[key].strip() for key in ("q", "level") if query.get(key, "").strip()}
    level = wanted.get("level")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in wanted.get("q", "")):
        raise BadRequest("The search contains control characters.", code="query_control_characters")
    found = list_lines(
        visit.conn,
        q=wanted.get("q"),
        level=level if level in LEVELS else None,
        as_of=visit.view.as_of,
        limit=PAGE,
        cursor=query.get("cursor") or None,
    )
    return visit.page("lines.html", items=found["items"], following=found["next"], wanted=wanted, levels=LEVELS)
