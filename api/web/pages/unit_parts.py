"""The land of a unit (parts, enclaves, condominiums, open ends) on a map and in a list that select each other."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from shapely.geometry import shape
from starlette.responses import Response

from api.v1.answers import PUBLIC_CACHE, STAFF_CACHE, encode
from api.web.landlayer import features_of, rows_of
from api.web.visit import Visit, Visiting
from boundaries.geometry.picture import Pictured, draw, fitting_height
from boundaries.network.history import unit_log
from boundaries.network.parts import unit_parts
from data.db import Audience
from data.errors import NotFound

router = APIRouter(include_in_schema=False)

WIDTH = 960
#: Changesets on a page of the list below the land.
SHOWN = 20


def _land(visit: Visit, code: str) -> dict[str, Any]:
    asked = visit.view.as_of if visit.view.query.get("as_of") else None
    with visit.request.app.state.databases.reading(visit.audience) as connection:
        return unit_parts(connection, code, asked, visit.audience)


def _headers(visit: Visit) -> dict[str, str]:
    cache = STAFF_CACHE if visit.audience is Audience.STAFF else PUBLIC_CACHE
    return {"Cache-Control": cache, "Vary": "Cookie, Authorization"}


@router.get("/units/{code}/parts")
def parts(visit: Visiting, code: str) -> Response:
    """The page of a unit's land on the date of view."""
    land = _land(visit, code)
    rows = rows_of(visit.view.t, land)
    log = unit_log(visit.conn, code, land["as_of"], SHOWN, visit.view.query.get("cursor"))
    chosen = visit.view.query.get("finding", "")
    return visit.page("unit_parts.html", land=land, rows=rows, log=log, chosen=chosen)


@router.get("/units/{code}/parts/layer.json")
def layer(visit: Visiting, code: str) -> Response:
    """What its map shows."""
    land = _land(visit, code)
    features = features_of(land, rows_of(visit.view.t, land))
    source = visit.view.t("parts.source", day=land["as_of"])
    body = {"type": "FeatureCollection", "features": features, "sources": [source]}
    return Response(encode(body), media_type="application/json", headers=_headers(visit))


@router.get("/units/{code}/parts/map.svg")
def drawing(visit: Visiting, code: str) -> Response:
    """The same as a drawing, for paper and for browsers without scripts."""
    land = _land(visit, code)
    chosen = visit.view.query.get("finding")
    things = [
        Pictured(
            shape(feature["geometry"]),
            feature["properties"]["draw"],
            feature["properties"].get("severity"),
            feature["properties"].get("label", ""),
            feature["properties"].get("id") == chosen,
        )
        for feature in features_of(land, rows_of(visit.view.t, land))
    ]
    picture = draw(things, WIDTH, fitting_height(things, WIDTH), title=visit.view.t("parts.title"))
    if picture is None:
        raise NotFound("The network has no land of this unit on this day.", code="no_geometry")
    return Response(picture, media_type="image/svg+xml", headers=_headers(visit))
