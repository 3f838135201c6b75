"""The page of a place that is no unit: its names with their standing, its position, where it comes from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.web.pages.home import layer_address
from api.web.view import View
from api.web.visit import Visiting
from data.errors import NotFound
from geonames.places.service import find_place

router = APIRouter(include_in_schema=False)


@router.get("/places/{place_id}")
def place(visit: Visiting, place_id: str) -> Response:
    """One place. Units have pages of their own."""
    found = find_place(visit.conn, _identifier(place_id))
    unit = found.get("unit")
    return visit.page(
        "place.html",
        place={"heritage": [], **found},
        names=[_name(name) for name in found["names"]],
        unverified=all(name["kind"] != "standard" for name in found["names"]),
        sources=[f"{c['authority']} {c['external_id']}" for c in found.get("concordances", [])],
        crumbs=_crumbs(visit.view, found),
        layer=layer_address(visit.view, "county", code=unit["code"] if unit else None),
    )


def _identifier(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise NotFound("There is no place with this id.", code="place_not_found") from error


def _name(name: dict[str, Any]) -> dict[str, Any]:
    valid = name.get("valid") or {}
    ends = [str(valid[key]) for key in ("from", "to") if valid.get(key)]
    return {
        "name": name["name"],
        "kind": name["kind"],
        "roman": name.get("roman"),
        "language": name.get("language"),
        "source": name.get("source"),
        "validity": " – ".join(ends),
    }


def _crumbs(view: View, found: dict[str, Any]) -> list[tuple[str, str | None]]:
    chain = (found.get("unit") or {}).get("chain") or []
    above: list[tuple[str, str | None]] = [(str(name), None) for name in chain]
    return [(view.t("crumb.root"), view.url("/")), *above, (found["name"], None)]
