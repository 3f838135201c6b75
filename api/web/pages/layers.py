"""What the maps of the pages draw: units of one level at one date, as GeoJSON for our own map component.

地图管理条例: the service of the shapes decides who may see an outline. Before the
day of the polygons units are points; outlines of the present then lie under them
as a grey ground that the page labels as what it is.
"""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api.auth.audience import audience_of
from api.v1.answers import PUBLIC_CACHE, STAFF_CACHE, conditional, encode
from api.web.mapping import Box, Feature, Layer, around, bounds_of, component_layer, own_kind
from api.web.view import parse_day
from boundaries.shapes.service import map_layer
from boundaries.units.service import find_unit, list_units
from data.db import Audience
from data.errors import NotPermitted

router = APIRouter(include_in_schema=False)

#: A zoom (MapLibre's) at which the finest outlines are drawn: for a part of the country.
CLOSE = 8.0


@router.get("/map/layers/{level}.json")
def layer(request: Request, level: str) -> Response:
    """The units of `level` at `as_of`; with `parent` those directly below it, with `unit` that and its siblings."""
    query = request.query_params
    audience = audience_of(request, request.app.state.settings)
    with request.app.state.databases.reading(audience) as conn:
        drawing = Drawing(conn, audience, level, parse_day(query.get("as_of")))
        answer = drawing.part(query.get("parent"), query.get("unit"))
    cache = STAFF_CACHE if audience is Audience.STAFF else PUBLIC_CACHE
    return conditional(request, encode(answer), cache, "application/geo+json")


class Drawing:
    """One map: its level, date and audience, with a connection that has the audience's rights."""

    def __init__(self, conn: Connection, audience: Audience, level: str, as_of: date | None) -> None:
        self.conn = conn
        self.audience = audience
        self.level = level
        self.as_of = as_of

    def part(self, parent: str | None, unit: str | None) -> Layer:
        """The map of the country, of what lies below `parent`, or around `unit`."""
        above = parent or (self._parent_of(unit) if unit else None)
        below = self._below(above) if above else {}
        wanted = frozenset(below) if above else None
        window = self._window(above or unit)
        found = map_layer(self.conn, self.level, self.as_of, window, CLOSE if window else None, self.audience)
        if found["shows"] == "points":
            found["features"] += self._points_of_other_levels(set(below.values()))
        shown = [own_kind(f, wanted, unit) for f in found["features"]]
        ground = self._ground(shown, window) if found["shows"] == "points" else []
        return component_layer(found, [*ground, *(f for f in shown if f is not None)], wanted)

    def _parent_of(self, unit: str) -> str | None:
        parent = find_unit(self.conn, unit, self.as_of)["parent"]
        return parent["code"] if parent else None

    def _below(self, parent: str) -> dict[str, str]:
        """Codes and levels of the units directly below `parent`."""
        listed = list_units(self.conn, parent=parent, as_of=self.as_of, limit=1000)
        return {item["code"]: item["level"] for item in listed["items"]}

    def _points_of_other_levels(self, levels: set[str]) -> list[Feature]:
        """Counties may stand directly under a province beside its prefectures."""
        others = sorted(levels - {self.level})
        return [f for level in others for f in map_layer(self.conn, level, self.as_of)["features"]]

    def _window(self, code: str | None) -> Box | None:
        """The surroundings of a unit's present polygon; None for the country or where it has none."""
        if code is None:
            return None
        level = find_unit(self.conn, code, self.as_of)["level"]
        coarse = self._present(level, None)
        return around(bounds_of(f for f in coarse if f["properties"].get("code") == code))

    def _ground(self, shown: list[Feature | None], window: Box | None) -> list[Feature]:
        """Outlines of the present under points of the past."""
        extent = window or around(bounds_of(f for f in shown if f is not None))
        outlines = self._present(self.level, extent)
        return [{**f, "properties": {**f["properties"], "kind": own_ground(f)}} for f in outlines]

    def _present(self, level: str, window: Box | None) -> list[Feature]:
        """What the map of today draws; nothing where the audience may not see it."""
        try:
            features: list[Feature] = map_layer(
                self.conn, level, None, window, CLOSE if window else None, self.audience
            )["features"]
        except NotPermitted:
            return []
        return features


def own_ground(feature: Feature) -> str:
    """The kind of a present feature under a map of the past."""
    return "line" if feature["properties"]["kind"] == "display_line" else "outline"
