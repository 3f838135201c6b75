"""Maps for paper and for browsers without scripts, drawn on the server."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.web.drawing.mapsheet import draw_sheet
from api.web.mapping import Layer
from api.web.pages.layers import Drawing
from api.web.rendering import renderer_of
from api.web.view import View
from api.web.visit import Visit, Visiting
from boundaries.units.service import find_unit
from data.errors import NotFound, NotPermitted

router = APIRouter(include_in_schema=False)


@router.get("/map/sheet/{level}.svg")
def sheet(visit: Visiting, level: str) -> Response:
    """The same map as `/map/layers/{level}.json` gives, as an SVG drawing under the same law."""
    view = visit.view
    if not view.may_see_boundaries:
        raise NotPermitted(
            "This installation has no map-approval number (审图号), so maps are not shown to the public "
            "(地图管理条例). Names, codes, documents and history are.",
            code="map_not_approved",
        )
    parent, unit = view.query.get("parent"), view.query.get("unit")
    with visit.request.app.state.databases.reading(visit.audience) as conn:
        layer = Drawing(conn, visit.audience, level, view.as_of).part(parent, unit)
    drawn = draw_sheet(layer, country=not (parent or unit), chosen=unit or "")
    if drawn is None:
        raise NotFound("The register knows no position of what this map would show.", code="no_geometry")
    return renderer_of(visit.request).drawing(
        "sheet.svg",
        view,
        {
            "sheet": drawn,
            "layer": layer,
            "title": _title(visit, parent or unit),
            "sources": source_line(view, layer),
            "approval": view.map_approval,
        },
    )


def _title(visit: Visit, code: str | None) -> str:
    if code is None:
        return visit.view.t("home.title")
    name: str = find_unit(visit.conn, code, visit.view.as_of)["name"]
    return name


def source_line(view: View, layer: Layer) -> str:
    """Title, source, licence, date and provenance of each source, in the language of `view`."""
    t = view.t
    lines = []
    for source in layer["sources"]:
        provenance = t.term("map", source["provenance"]) if source["provenance"] != "documented" else None
        parts = (source["source"], source["licence"], source["dated"] or t("map.undated"), provenance)
        titles = t("map.and").join(source["titles"][t.language])
        lines.append(t("map.layer", titles=titles, rest=" · ".join(part for part in parts if part)))
    return " ｜ ".join(lines)
