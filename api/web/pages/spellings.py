"""Spellings in doubt: what waits for somebody who knows the place."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.web.visit import Visiting
from geonames.spellings.service import REASONS, waiting

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 50


@router.get("/romanizations/review")
def review(visit: Visiting) -> Response:
    """The preferred spellings about which sources disagree, that are unconfirmed, or that hold a guess."""
    query = visit.view.query
    reason, collection = query.get("reason") or None, query.get("collection", "units") or None
    found = waiting(
        visit.conn, reason=reason, collection=collection, limit=ON_A_PAGE, cursor=query.get("cursor") or None
    )
    counts = {(row["collection"], row["reason"]): row["number"] for row in found["counts"]}
    return visit.page(
        "spellings_review.html",
        items=found["items"],
        following=found["next"],
        reason=reason,
        collection=collection,
        reasons=[(key, counts.get((collection, key), 0)) for key in REASONS],
        totals={kind: sum(n for (of, _), n in counts.items() if of == kind) for kind in ("units", "places")},
    )
