"""What the maps of the pages draw: units of one level at one date, as GeoJSON for our own map component.

地图管理条例: outlines go to staff, or to everyone under an approval number; the
service decides, here its answer is only given the form that the component knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api.auth.audience import audience_of
from api.v1.answers import PUBLIC_CACHE, STAFF_CACHE, conditional, encode
from api.web.view import parse_day
from boundaries.shapes.service import map_layer
from boundaries.units.service import find_unit, list_units
from data.db import Audience

router = APIRouter(include_in_schema=False)


@router.get("/map/layers/{level}.json")
def layer(request: Request, level: str) -> Response:
    """The units of `level` at `as_of`; with `parent` those directly below it, with `unit` that and its siblings."""
    query = request.query_params
    audience = audience_of(request, request.app.state.settings)
    as_of = parse_day(query.get("as_of"))
    with request.app.state.databases.reading(audience) as conn:
        found = map_layer(conn, level, as_of=as_of, audience=audience)
        wanted = _codes(conn, query.get("parent"), query.get("unit"), as_of)
    answer = component_layer(found, wanted, query.get("unit"))
    cache = STAFF_CACHE if audience is Audience.STAFF else PUBLIC_CACHE
    return conditional(request, encode(answer), cache, "application/geo+json")


def _codes(conn: Connection, parent: str | None, unit: str | None, as_of: Any) -> frozenset[str] | None:
    """The codes to show; None for all."""
    if unit and not parent:
        above = find_unit(conn, unit, as_of)["parent"]
        parent = above["code"] if above else None
    if not parent:
        return None
    listed = list_units(conn, parent=parent, as_of=as_of, limit=1000)
    return frozenset(item["code"] for item in listed["items"])


def component_layer(found: dict[str, Any], wanted: frozenset[str] | None, focus: str | None) -> dict[str, Any]:
    """The service's answer as one collection, every feature with its `kind` and whether to look at it."""
    kind = "outline" if found["past"] else "unit"
    features = [_feature(f, kind, focus) for f in found["features"] if _is_wanted(f, wanted)]
    return {
        "type": "FeatureCollection",
        "features": [*features, *found["lines"]],
        "past": found["past"],
        "as_of": found["as_of"],
        "source": source_line(found["layer"]),
    }


def _is_wanted(feature: dict[str, Any], wanted: frozenset[str] | None) -> bool:
    return wanted is None or feature["properties"]["code"] in wanted


def _feature(feature: dict[str, Any], kind: str, focus: str | None) -> dict[str, Any]:
    properties = feature["properties"]
    looked_at = focus is None or properties["code"] == focus
    return {**feature, "properties": {**properties, "kind": kind, "focus": looked_at}}


def source_line(layer: dict[str, Any]) -> str:
    """Source, licence and date of what is drawn, as the line under a map."""
    parts: Iterable[str | None] = (layer["source"], layer["licence"], layer["dated"])
    return " · ".join(part for part in parts if part)
