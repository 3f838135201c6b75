"""Boundary markers: the list with its map, and the page of one with its form, witness objects, photographs, history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shapely.geometry import mapping
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import marker_files
from api.auth.identity import actor_of
from api.uploads import in_thread
from api.v1.answers import STAFF_CACHE, conditional, encode
from api.web.drawing.qr import qr_code
from api.web.pages.account_forms import NO_STORE, account_page, known_done
from api.web.pages.patrol_seen import marker_observations
from api.web.visit import Visit, Visiting
from boundaries.markers.along import line_courses
from boundaries.markers.forms import azimuth_text, degrees_text, gridded
from boundaries.markers.illustrating import position_sketch
from boundaries.markers.photos import photos_of
from boundaries.markers.service import find_marker, list_markers
from boundaries.markers.vocabulary import words
from boundaries.patrol.rules import rules
from data.db import Audience
from data.documents.model import Form
from data.errors import DimingError, NotFound

router = APIRouter(include_in_schema=False)

PAGE = 100
#: The faces of words in drawings that a browser shows.
FACES = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif")
STATES = ("standing", "damaged", "lost", "moved", "scrapped")
KINDS = ("single", "double", "triple")
#: How a state is marked beside its word.
STATE_BADGE = {"standing": "done", "damaged": "warn", "lost": "block", "moved": "warn", "scrapped": "former"}


@router.get("/markers")
def markers(visit: Visiting) -> Response:
    """A page of markers by code; code, line, state and kind stand in the address."""
    query = visit.view.query
    wanted = _wanted(query)
    with visit.request.app.state.databases.reading(visit.audience) as connection:
        found = list_markers(
            connection, **wanted, as_of=visit.view.as_of, limit=PAGE, cursor=query.get("cursor") or None,
            audience=visit.audience,
        )  # fmt: skip
    shown = {key: value for key, value in wanted.items() if value}
    return visit.page(
        "markers.html",
        items=found["items"],
        done=known_done(visit),
        following=found["next"],
        wanted=shown,
        states=STATES,
        kinds=KINDS,
        badge=STATE_BADGE,
        word=_word(visit),
        layer=visit.view.url("/markers/map.json", **{**shown, "cursor": query.get("cursor")}),
    )


def _wanted(query: Any) -> dict[str, Any]:
    """What of the address is a filter; a word that is none filters nothing."""
    line = query.get("line", "").strip()
    return {
        "q": query.get("q", "").strip()[:40] or None,
        "line": _id(line) if line else None,
        "unit": query.get("unit", "").strip() or None,
        "state": query.get("state") if query.get("state") in STATES else None,
        "kind": query.get("kind") if query.get("kind") in KINDS else None,
    }


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such marker or line.", code="no_such_marker") from error


def _word(visit: Visit) -> Any:
    """The word of a vocabulary in the language of the page."""
    language = visit.view.t.language

    def word(name: str, key: object) -> str:
        found = words(name).get(str(key))
        return str(getattr(found, language)) if found else str(key)

    return word


@router.get("/markers/map.json")
def markers_map(visit: Visiting) -> Response:
    """The markers of a page of the list with the courses of their lines; for staff."""
    marker_files.for_staff(visit.request)
    with visit.request.app.state.databases.reading(Audience.STAFF) as connection:
        found = list_markers(
            connection, **_wanted(visit.view.query), as_of=visit.view.as_of, limit=PAGE,
            cursor=visit.view.query.get("cursor") or None, audience=Audience.STAFF,
        )  # fmt: skip
        lines = list(dict.fromkeys(item["line"] for item in found["items"] if item["line"]))
        courses = line_courses(connection, lines, visit.view.as_of)
    ground = [{"type": "Feature", "geometry": mapping(c), "properties": {"draw": "legal"}} for c in courses]
    features = [*ground, *(_feature(visit, item) for item in found["items"])]
    layer = {"type": "FeatureCollection", "features": features, "sources": []}
    return conditional(visit.request, encode(layer), STAFF_CACHE, "application/json")


def _feature(visit: Visit, item: dict[str, Any]) -> dict[str, Any]:
    state = _word(visit)("marker_state", item["state"])
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": item["position"]},
        "properties": {
            "id": str(item["id"]),
            "draw": "marker",
            "severity": "info",
            "label": item["code"],
            "title": f"{item['code']} · {state}",
            "at": item["position"],
        },
    }


@router.get("/markers/{marker_id}")
def marker(visit: Visiting, marker_id: str) -> Response:
    """One marker: what everybody may know, and for staff everything."""
    return _page(visit, _id(marker_id))


def _page(visit: Visit, marker_id: UUID, error: DimingError | None = None) -> Response:
    staff = visit.audience is Audience.STAFF
    with visit.request.app.state.databases.reading(visit.audience) as connection:
        found = find_marker(connection, marker_id, visit.view.as_of, visit.audience)
        photos = photos_of(connection, marker_id) if staff else []
        sketched = staff and position_sketch(connection, marker_id, visit.view.as_of, FACES) is not None
        patrolled = marker_observations(connection, actor_of(visit.request), marker_id) if staff else []
    address = _public_address(visit, marker_id)
    return account_page(
        visit,
        "marker.html",
        error,
        path=f"/markers/{marker_id}",
        marker=found,
        photos=photos,
        patrolled=patrolled,
        patrol_rules=rules(),
        word=_word(visit),
        badge=STATE_BADGE,
        place=_place(found) if staff else None,
        sketched=sketched,
        code=qr_code(address, visit.view.t("markers.qr")),
        address=address,
    )


def _place(found: dict[str, Any]) -> dict[str, Any]:
    """The position as forms write it, and the azimuths of the grid."""
    longitude, latitude = found["position"]
    grid = gridded(longitude, latitude)
    return {
        "longitude": degrees_text(longitude),
        "latitude": degrees_text(latitude),
        "grid": grid,
        "azimuths": [azimuth_text(w["azimuth_deg"] - grid.convergence_deg) for w in found["witnesses"]],
    }


def _public_address(visit: Visit, marker_id: UUID) -> str:
    """Where a camera finds the page: the installation's public address, else the one that was asked."""
    base = visit.request.app.state.settings.public_url or str(visit.request.base_url)
    return f"{base.rstrip('/')}/markers/{marker_id}"


@router.get("/markers/{marker_id}/sketch.svg")
def sketch(visit: Visiting, marker_id: str) -> Response:
    """The sketch of its position, for staff."""
    marker_files.for_staff(visit.request)
    with visit.request.app.state.databases.reading(Audience.STAFF) as connection:
        svg = position_sketch(connection, _id(marker_id), visit.view.as_of, FACES)
    if svg is None:
        raise NotFound("The register knows nothing around this marker to draw.", code="no_such_marker")
    return conditional(visit.request, svg.encode(), STAFF_CACHE, "image/svg+xml")


@router.get("/markers/{marker_id}/form")
def form(visit: Visiting, marker_id: str) -> Response:
    """The registration form, as PDF unless Word is asked for."""
    wanted = Form.WORD if visit.view.query.get("format") == "word" else Form.PDF
    return marker_files.form(visit.request, _id(marker_id), wanted, visit.view.as_of)


@router.get("/lines/{line_id}/marker-table")
def results(visit: Visiting, line_id: str) -> Response:
    """The table of a line's markers."""
    wanted = Form.WORD if visit.view.query.get("format") == "word" else Form.PDF
    return marker_files.results(visit.request, _id(line_id), wanted, visit.view.as_of)


@router.get("/markers/{marker_id}/photos/{photo_id}")
def photo(visit: Visiting, marker_id: str, photo_id: str) -> Response:
    """A photograph, for staff."""
    return marker_files.photo(visit.request, _id(marker_id), _id(photo_id))


@router.post("/markers/{marker_id}/photos")
async def add_photo(request: Request, visit: Visiting, marker_id: str) -> Response:
    """Add a photograph; refused, the page says why and nothing is stored."""
    identity = _id(marker_id)
    try:
        await marker_files.receive_photo(request, identity)
    except DimingError as error:
        if error.status >= 500:
            raise
        told = error
        return await in_thread(lambda: _page(visit, identity, told))
    address = visit.view.url(f"/markers/{identity}") + "#photos"
    return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})
