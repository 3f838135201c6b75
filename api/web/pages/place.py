"""The page of a place that is no unit: its names with their standing, its position, where it comes from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.casework import casework_of
from api.web.pages.home import layer_address
from api.web.pages.signs import sign_words
from api.web.view import View
from api.web.visit import Visiting
from data.cases.reading import today_of
from data.errors import Conflict, NotFound
from geonames.places.days import recorded_day
from geonames.places.service import find_place
from geonames.signs.inventory import Wanted, list_signs
from geonames.signs.rules import bounds, directions
from geonames.signs.service import check_plate

router = APIRouter(include_in_schema=False)

UNIT_CLASS = "ADMIN_DIVISION"
#: As many signs as a page of a place lists; the inventory has the others.
SIGNS = 20


@router.get("/places/{place_id}")
def place(visit: Visiting, place_id: str) -> Response:
    """One place; a unit has a page of its own, to which this leads."""
    view = visit.view
    found = find_place(visit.conn, _identifier(place_id), view.as_of if view.past else None)
    unit = found["unit"]
    if found["class"] == UNIT_CLASS:
        return RedirectResponse(view.url(f"/units/{found['code']}"), status_code=303)
    day = recorded_day(visit.conn, view.as_of if view.past else None, today_of(casework_of(visit.request)))
    return visit.page(
        "place.html",
        place=found,
        names=[_name(name) for name in found["names"]],
        unverified=all(name["kind"] != "standard" for name in found["names"]),
        sources=[f"{c['authority']} {c['external_id']}" for c in found["concordances"]],
        crumbs=_crumbs(view, found),
        sign=_sign(view, found),
        signs=list_signs(visit.conn, day, Wanted(place=found["id"]), SIGNS),
        sign_day=day if view.past else None,
        **sign_words(),
        layer=layer_address(view, "county", code=unit["code"] if unit else None),
    )


def _identifier(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise NotFound("There is no place with this id.", code="place_not_found") from error


def _name(name: dict[str, Any]) -> dict[str, Any]:
    ends = [str(name["valid"][key] or "") for key in ("from", "to")]
    return {**name, "validity": " – ".join(ends) if any(ends) else ""}


def _crumbs(view: View, found: dict[str, Any]) -> list[tuple[str, str | None]]:
    chain = (found.get("unit") or {}).get("chain") or []
    above: list[tuple[str, str | None]] = [(str(name), None) for name in chain]
    return [(view.t("crumb.root"), view.url("/")), *above, (found["name"], None)]


def _sign(view: View, found: dict[str, Any]) -> dict[str, Any] | None:
    """What the page asks the drawings of the street's plate with; none where none can be drawn."""
    try:
        check_plate(found)
    except Conflict:
        return None
    least, most = bounds()
    return {"directions": directions(), "least": least, "most": most, "as_of": view.as_of if view.past else None}
