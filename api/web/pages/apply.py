"""Applying for a name (申请地名): a form, what would come of it, and the sending. Works by forms alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.web.drawing.shapes import draw_shapes
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, TypedForm, case_page, fresh_key
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases import service
from data.cases.model import Opening
from data.cases.reading import require_signed_in, today_of
from data.db import reading
from data.errors import BadInput, DimingError
from geonames.applications.draft import COURSES
from geonames.applications.preview import Preview, preview
from geonames.applications.routes.rows import route_book
from geonames.places.classes import place_classes
from geonames.rules.metrics import metrics

router = APIRouter(include_in_schema=False)
PROCEDURE = "naming.application"
#: Fields of the form, as they are sent again until the application is handed in.
FIELDS = (
    *("kind", "class", "names", "within", "place_id", "points", "meaning", "origin", "reason"),
    *("applicant_name", "applicant_sort", "circumstance", "reserved_id", "wanted_from"),
    *("start", "end", "course", "length_m", "width_m"),
)
#: Of something long (from the form's `course`), and the scale figures by metric (`figure.storeys`).
COURSE, NUMBERS, FIGURE = ("start", "end", "course"), ("length_m", "width_m"), "figure."
FIGURES = tuple(f"{FIGURE}{metric}" for metric in metrics())
KINDS = ("naming", "renaming", "correction", "abolition")


@router.get("/apply")
def form(visit: Visiting) -> Response:
    """The empty form; fields in the address fill it, so that a link can."""
    require_signed_in(actor_of(visit.request))
    return _page(visit, {name: visit.view.query.get(name, "") for name in (*FIELDS, *FIGURES)})


@router.post("/apply")
def send(visit: Visiting, typed: Typed) -> Response:
    """Show what would come of it; with `do=send` hand it in and go to its case."""
    actor = actor_of(visit.request)
    require_signed_in(actor)
    said = {name: typed.one(name).strip() for name in (*FIELDS, *FIGURES)}

    def work() -> Response:
        facts = facts_of(said)
        if typed.one("do") != "send":
            return _page(visit, said, looked=_looked(visit, facts))
        return _hand_in(visit, typed, facts)

    return attempt(work, lambda error: _page(visit, said, error=error))


def _looked(visit: Visit, facts: Mapping[str, Any]) -> Preview:
    casework = casework_of(visit.request)
    with reading(casework.engine) as connection:
        return preview(connection, facts, today_of(casework))


def _hand_in(visit: Visit, typed: TypedForm, facts: Mapping[str, Any]) -> Response:
    casework = casework_of(visit.request)
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(str(facts["within"])))
    title = "、".join(facts["names"]) or str(facts.get("place_id", ""))
    opening = Opening(PROCEDURE, title[:200], unit, facts)
    case = service.open_case(casework, actor_of(visit.request), opening, typed.one("key") or None)
    address = visit.view.url(f"/cases/{case['number']}", tab="documents", done=1)
    return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})


def _page(
    visit: Visit, said: Mapping[str, str], looked: Preview | None = None, error: DimingError | None = None
) -> Response:
    book = route_book()
    return case_page(
        visit,
        "apply.html",
        error,
        said=said,
        key=fresh_key(),
        kinds=KINDS,
        classes=[key for key in place_classes() if key != "ADMIN_DIVISION"],
        vocabulary=book.words,
        metrics=metrics(),
        figure=FIGURE,
        looked=looked,
        drawing=draw_shapes([looked.facts["geometry"]]) if looked and looked.facts.get("geometry") else None,
        wrong={problem["field"]: problem["why"] for problem in (error.extra.get("fields", []) if error else [])
               if isinstance(problem, dict)},
        suffix="" if visit.view.t.language == "zh" else "_en",
    )  # fmt: skip


def facts_of(said: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the facts of an application. BadInput `bad_application` for positions that are none."""
    facts: dict[str, Any] = {
        "kind": said["kind"],
        "class": said["class"],
        "names": [line.strip() for line in said["names"].splitlines() if line.strip()],
        "within": said["within"],
        "meaning": said["meaning"],
        "origin": said["origin"],
        "reason": said["reason"],
        "applicant": {"name": said["applicant_name"], "sort": said["applicant_sort"]},
    }
    if said["place_id"]:
        facts["place_id"] = said["place_id"]
    for name in ("reserved_id", "wanted_from"):
        if said[name]:
            facts[name] = said[name]
    course: dict[str, Any] = {name: said[name] for name in COURSE if said[name]}
    course |= {name: _number(name, said[name]) for name in NUMBERS if said[name]}
    figures = {name.removeprefix(FIGURE): _number(name, said[name]) for name in FIGURES if said[name]}
    facts |= {key: value for key, value in (("course", course), ("figures", figures)) if value}
    if said["circumstance"]:
        facts["circumstances"] = [said["circumstance"]]
    if said["points"]:
        facts["geometry"] = geometry_of(said["points"], said["class"])
    return facts


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        why = f"{text[:20]} is no number"
        raise BadInput(
            f"{name}: {why}. Nothing was stored.", code="bad_application", fields=[{"field": name, "why": why}]
        ) from error


def geometry_of(text: str, art3_class: str) -> dict[str, Any]:
    """Positions, one a line as `longitude, latitude`: one is a point, of a street its course, else an outline."""
    points = [_position(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    if art3_class == "STREET" or len(points) == 2:
        return {"type": COURSES[0], "coordinates": points}
    ring = points if points[0] == points[-1] else [*points, points[0]]
    return {"type": "Polygon", "coordinates": [ring]}


def _position(number: int, line: str) -> list[float]:
    parts = line.replace("，", ",").replace("\t", ",").split(",")
    try:
        longitude, latitude = (float(part) for part in parts)
    except ValueError as error:
        why = f"line {number} is no position: write longitude, latitude in degrees, such as 119.91, 31.02"
        raise BadInput(
            f"geometry: {why}. Nothing was stored.", code="bad_application", fields=[{"field": "geometry", "why": why}]
        ) from error
    return [longitude, latitude]
