"""How many names are the same, or sound the same: by region, by class, on any day."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.web.view import View
from api.web.visit import Visiting
from geonames.likeness.statistics import BY, LEVELS, SCOPES, Counted, count_names
from geonames.romanize.model import CLASS_SHAPES

router = APIRouter(include_in_schema=False)

PAGE = 60


@router.get("/statistics/names")
def statistics(visit: Visiting) -> Response:
    """The counts that the address asks for; county-level names that are the same where it asks nothing."""
    query = visit.view.query
    counted = Counted(
        by=query.get("by") or "name",
        class_=query.get("class", "ADMIN_DIVISION") or None,
        level=query.get("level", "county" if "class" not in query else "") or None,
        within=query.get("within", "").strip() or None,
        scope=query.get("scope") or "nation",
        unverified=query.get("unverified") == "true",
    )
    found = count_names(visit.conn, counted, as_of=visit.view.as_of, limit=PAGE, cursor=query.get("cursor") or None)
    return visit.page(
        "statistics_names.html",
        counted=counted,
        found=found,
        groups=[_linked(visit.view, group) for group in found["items"]],
        bys=tuple(BY),
        scopes=tuple(SCOPES),
        classes=tuple(CLASS_SHAPES),
        levels=LEVELS,
    )


def _linked(view: View, group: dict[str, Any]) -> dict[str, Any]:
    places = [
        {**place, "address": view.url(f"/units/{place['code']}" if place["code"] else f"/places/{place['id']}")}
        for place in group["places"]
    ]
    return {**group, "places": places}
