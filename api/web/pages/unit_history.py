"""The history of a unit (区划沿革): in words, as versions in time, as a family tree, on a map change by change."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from api.v1.answers import PUBLIC_CACHE
from api.web.annals import rows, word_of
from api.web.pages.unit import lineage_of, span_of, timeline_of, version_shown
from api.web.view import View, parse_day
from api.web.visit import Visit, Visiting
from boundaries.units.annals import Stage, stages_of
from boundaries.units.graphs import current_graph
from boundaries.units.service import find_unit, unit_history
from boundaries.units.telling import unit_annals
from data.papers import DOCX

router = APIRouter(include_in_schema=False)


def _asked(view: View) -> date | None:
    """The day that says which unit of a code is meant; without one, the last that had it."""
    return view.as_of if view.query.get("as_of") else None


@router.get("/units/{code}/history")
def history(visit: Visiting, code: str) -> Response:
    """The page; `on` is the day that the map shows."""
    view = visit.view
    found = find_unit(visit.conn, code, _asked(view))
    told = unit_history(visit.conn, code, found["as_of"])
    annals = unit_annals(visit.conn, code, found["as_of"])
    return visit.page(
        "unit_history.html",
        unit=found,
        annals=rows(view.t, annals),
        **_map(visit, found),
        **timeline_of(view, told),
        **lineage_of(visit, found, version_shown(told, found["as_of"])),
    )


def _map(visit: Visit, found: dict[str, Any]) -> dict[str, Any]:
    """The stages with the address of each one's layer; the one shown is that of `on`, else the last."""
    view, span = visit.view, span_of(visit.view)
    stages = stages_of(current_graph(visit.conn), found["id"], span.first, span.last)
    on = parse_day(view.query.get("on"))
    passed = [number for number, stage in enumerate(stages) if on is None or stage.on <= on]
    shown = passed[-1] if passed else 0
    return {
        "stages": [
            {"on": stage.on, "level": stage.level_below or stage.level, "layer": _layer(view, stage)}
            | _said(view, stage)
            for stage in stages
        ],
        "shown": shown,
    }


def _layer(view: View, stage: Stage) -> str:
    """Of what lies below the unit, or, where nothing does, of the unit among those beside it."""
    bare = View(view.t, view.span, view.as_of, view.staff, view.map_approval, "/")
    level = stage.level_below or stage.level
    of = {"parent": stage.code} if stage.level_below else {"unit": stage.code}
    return bare.url(f"/map/layers/{level}.json", as_of=stage.on, **of)


def _said(view: View, stage: Stage) -> dict[str, str]:
    key = "annals.map_below" if stage.below else "annals.map_step"
    return {"label": view.t(key, day=stage.on, name=stage.name, count=stage.below)}


@router.get("/units/{code}/history.docx")
def word(visit: Visiting, code: str) -> Response:
    """The same as a Word file, in the language of the page."""
    t = visit.view.t
    annals = unit_annals(visit.conn, code, _asked(visit.view))
    name = quote(f"{t('annals.title', name=annals['name'])}.docx", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": PUBLIC_CACHE}
    return Response(word_of(t, annals), media_type=DOCX, headers=headers | {"Vary": "Cookie"})
