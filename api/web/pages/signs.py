"""The inventory of signs for everybody: the list with its filters in the address, and one sign."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.casework import casework_of
from api.web.drawing.qr import qr_code
from api.web.pages.home import layer_address
from api.web.view import View, parse_day
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.reading import today_of
from data.errors import BadRequest, NotFound
from geonames.applications.notices import below
from geonames.places.days import recorded_day
from geonames.signs.counting import count_signs
from geonames.signs.inventory import WRONG, Wanted, find_sign, list_signs
from geonames.signs.orders import WantedOrders, list_orders, within_of
from geonames.signs.rules import directions
from geonames.signs.words import LISTS, ORDER, words, wrong_texts

router = APIRouter(include_in_schema=False)
PAGE = 50
#: Filters that are one of a list of words.
CHOSEN = ("type", "state", "direction", "text")


@router.get("/signs")
def inventory(visit: Visiting) -> Response:
    """The signs of a day, with filters in the address."""
    query, day = visit.view.query, _day(visit)
    within = check_code(query["within"]) if query.get("within") else None
    chosen = {name: _chosen(name, query.get(name) or None) for name in CHOSEN}
    place = _id(query["place"]) if query.get("place") else None
    wanted = Wanted(None if within is None else below(within), place, **chosen)
    found = list_signs(visit.conn, day, wanted, PAGE, query.get("cursor") or None)
    return visit.page(
        "signs.html",
        found=found,
        day=day,
        layer=_layer(visit.view, found["items"]),
        places=[_place(item) for item in found["items"]],
        given={**chosen, "within": within, "place": place},
        **sign_words(),
    )


def _layer(view: View, items: list[dict[str, Any]]) -> str | None:
    """What lies under the signs of a page: the counties around; none without a sign, or where maps are not shown."""
    if not items or not view.may_see_boundaries:
        return None
    units = {item["unit"]["code"] for item in items if item["unit"]}
    return layer_address(view, "county", code=min(units) if units else None)


def _place(item: dict[str, Any]) -> dict[str, Any]:
    """A sign as the map draws it; its row in the table has the same code."""
    return {"name": item["place_name"], "code": str(item["id"]), "number": item["code"], "point": item["point"]}


def _chosen(name: str, said: str | None) -> str | None:
    known = directions() if name == "direction" else (WRONG, *words("text")) if name == "text" else tuple(words(name))
    if said is not None and said not in known:
        raise BadRequest(f"{name} is one of {', '.join(known)}.", code="bad_parameter")
    return said


def sign_words() -> dict[str, Any]:
    """What templates say signs with."""
    lists = {name: words(name) for name in (*LISTS, ORDER)}
    return {"words": lists, "directions": directions(), "wrong_texts": wrong_texts()}


def _day(visit: Visit) -> date:
    """The day that the form asks for, else a past date of view, else today."""
    asked = parse_day(visit.view.query.get("day"))
    view = visit.view.as_of if visit.view.past else None
    return recorded_day(visit.conn, asked or view, today_of(casework_of(visit.request)))


@router.get("/signs/orders")
def orders(visit: Visiting) -> Response:
    """What is to be done about signs on a day, with filters in the address."""
    query, day = visit.view.query, _day(visit)
    within = check_code(query["within"]) if query.get("within") else None
    order = query.get("order") or None
    if order is not None and order not in words(ORDER):
        raise BadRequest(f"order is one of {', '.join(words(ORDER))}.", code="bad_parameter")
    place = _id(query["place"]) if query.get("place") else None
    overdue = query.get("overdue") == "1"
    wanted = WantedOrders(within_of(within), order, place, overdue)
    return visit.page(
        "sign_orders.html",
        found=list_orders(visit.conn, day, wanted, PAGE, query.get("cursor") or None),
        day=day,
        given={"within": within, "order": order, "place": place, "overdue": overdue},
        **sign_words(),
    )


@router.get("/signs/counts")
def counts(visit: Visiting) -> Response:
    """The signs of a day in numbers, of a division or of all."""
    day = _day(visit)
    within = check_code(visit.view.query["within"]) if visit.view.query.get("within") else None
    found = count_signs(visit.conn, day, within)
    return visit.page("sign_counts.html", found=found, day=day, given={"within": within}, **sign_words())


@router.get("/signs/{sign}")
def one(visit: Visiting, sign: str) -> Response:
    """One sign with how it was before."""
    day = _day(visit)
    found = find_sign(visit.conn, _id(sign), day)
    valid, address = found["valid"], _public_address(visit, found["place"])
    return visit.page(
        "sign.html",
        found=found,
        day=day,
        address=address,
        code=qr_code(address, visit.view.t("signs.qr")),
        stands=valid["from"] <= day and (valid["to"] is None or day < valid["to"]),
        layer=layer_address(visit.view, "county", code=found["unit"]["code"] if found["unit"] else None),
        **sign_words(),
    )


def _public_address(visit: Visit, place: UUID) -> str:
    """Where a camera finds the page of the place: the installation's public address, else the one that was asked."""
    base = visit.request.app.state.settings.public_url or str(visit.request.base_url)
    return f"{base.rstrip('/')}/places/{place}"


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("The inventory has no sign with this id.", code="no_such_sign") from error
