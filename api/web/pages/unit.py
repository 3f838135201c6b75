"""The page of a unit: what it is on the date of view, its versions, its lineage, its decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.web import family as kin
from api.web.drawing.lineage import GENERATIONS, draw
from api.web.drawing.timeline import Axis
from api.web.history import version_rows
from api.web.pages.home import layer_address
from api.web.view import Span, View
from api.web.visit import Visit, Visiting
from boundaries.units.graphs import current_graph
from boundaries.units.seats.service import unit_seats
from boundaries.units.service import find_unit, list_units, unit_history
from data.decisions import brief_decisions, find_decision
from data.errors import BadRequest
from geonames.places.service import names_of
from geonames.spellings.service import spellings_of_subject

router = APIRouter(include_in_schema=False)

#: No family of the register is deeper.
MOST_GENERATIONS = 30
#: Kinds of further names that are shown with their script.
OTHER_SCRIPTS = ("minority", "foreign", "traditional")
#: More divisions than any unit has below it.
CHILDREN = 400


@router.get("/units/{code}")
def unit(visit: Visiting, code: str) -> Response:
    """The unit with `code` on the date of view; without a date, the last unit that had the code."""
    asked = visit.view.as_of if visit.view.query.get("as_of") else None
    found = find_unit(visit.conn, code, asked)
    visit = replace(visit, view=replace(visit.view, as_of=found["as_of"]))
    history = unit_history(visit.conn, code, found["as_of"])
    version = version_shown(history, found["as_of"])
    return visit.page(
        "unit.html",
        unit=found,
        crumbs=_crumbs(visit.view, found),
        start_known=found["valid"]["precision"] != "before",
        opened_by=_opened_by(found),
        decisions=_documents(visit, history),
        children=_children(visit, found),
        layer=layer_address(visit.view, found["level"], code=found["code"]),
        spellings=_spellings(visit, found),
        seats=unit_seats(visit.conn, code, found["as_of"]),
        other_scripts=[name for name in names_of(visit.conn, found["id"]) if name["kind"] in OTHER_SCRIPTS],
        **timeline_of(visit.view, history),
        **lineage_of(visit, found, version),
    )


def version_shown(history: dict[str, Any], as_of: date) -> dict[str, Any]:
    """The version of a history that holds on a day, or the last before it."""
    standing = (v for v in history["versions"] if v["valid"]["from"] <= as_of)
    shown: dict[str, Any] = max(standing, key=lambda v: v["valid"]["from"])
    return shown


def _crumbs(view: View, found: dict[str, Any]) -> list[tuple[str, str | None]]:
    above = [(u["name"], view.url(f"/units/{u['code']}", as_of=_kept(view))) for u in found["chain"][:-1]]
    return [(view.t("crumb.root"), view.url("/", as_of=_kept(view))), *above, (found["name"], None)]


def _kept(view: View) -> date | None:
    """The date for links to units of the same day."""
    return view.as_of if view.past else None


def _opened_by(found: dict[str, Any]) -> dict[str, Any] | None:
    return next((d for d in found["decisions"] if d["effect"] == "opened"), None)


def _documents(visit: Visit, history: dict[str, Any]) -> list[dict[str, Any]]:
    """The decisions in full, the latest first; records of a source without a document last."""
    found = [find_decision(visit.conn, brief["id"]) for brief in reversed(history["decisions"])]
    return sorted(found, key=lambda d: d["kind"] == "source_record")


def _spellings(visit: Visit, found: dict[str, Any]) -> list[dict[str, Any]]:
    """All spellings, those of the name at the date first."""
    groups = spellings_of_subject(visit.conn, found["id"])
    return sorted(groups, key=lambda group: group["name"] != found["name"])


def _children(visit: Visit, found: dict[str, Any]) -> list[dict[str, Any]]:
    listed = list_units(visit.conn, parent=found["code"], as_of=found["as_of"], limit=CHILDREN)
    items: list[dict[str, Any]] = listed["items"]
    return items


def timeline_of(view: View, history: dict[str, Any]) -> dict[str, Any]:
    """The versions of a history as the timeline draws them."""
    span, as_of = span_of(view), view.as_of or span_of(view).last
    axis = Axis(span.first, span.last)
    return {
        "rows": version_rows(view, axis, as_of, history),
        "ticks": axis.ticks(),
        "as_of_x": axis.at(as_of),
    }


def span_of(view: View) -> Span:
    """The days that the register covers."""
    assert view.span is not None  # noqa: S101 -- a visit always has one
    return view.span


def lineage_of(visit: Visit, found: dict[str, Any], version: dict[str, Any]) -> dict[str, Any]:
    """The family tree of a unit and the list beside it."""
    view, graph = visit.view, current_graph(visit.conn)
    asked = generations(view.query.get("generations"))
    shown = graph.version_of(found["id"], version["valid"]["from"]) or kin.last_version(graph, found["id"])

    def label(kind: str) -> str:
        return view.t.term("edge", kind)

    for depth in [asked] if asked else range(GENERATIONS, 0, -1):
        family = kin.family_of(graph, found["id"], depth)
        named = kin.names_in_passages(graph, family, found["id"], shown)
        drawing = draw(kin.relatives(graph, family, named, span_of(view).first), kin.descents(family, label))
        if drawing.fits:
            break
    decisions = brief_decisions(visit.conn, [p.decision for p in family.passages])
    return {
        "drawing": drawing,
        "addresses": {str(u): _address(view, named[u]) for u in family.generations},
        "edge_rows": kin.passage_rows(graph, family, label, decisions),
        "more_generations": depth + GENERATIONS if family.more else None,
    }


def _address(view: View, version: Any) -> str:
    """The page of a relative: on the last day of the version shown where that is over."""
    last_day = version.end - timedelta(days=1) if version.end else None
    return view.url(f"/units/{version.code}", as_of=last_day)


def generations(value: str | None) -> int | None:
    """How many generations are asked for; BadRequest `bad_parameter` for anything but a number from 1 to 30."""
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= MOST_GENERATIONS):
        raise BadRequest(f"generations must be a number from 1 to {MOST_GENERATIONS}.", code="bad_parameter")
    return int(value)
