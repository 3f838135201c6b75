"""`/v1/signs`: the inventory of signs of place names (地名标志), for everybody."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1 import sign_shapes as shapes
from api.v1.answers import PUBLIC_CACHE, conditional, encode
from api.v1.params import AnyDay, Cursor, EntityId, Limit, Within, _one_of, _schema, optional_id
from api.v1.params import _unless_none as unless_none
from api.v1.staff import Flag, answers, today
from geonames.applications.notices import below
from geonames.places.days import recorded_day
from geonames.signs.counting import count_signs
from geonames.signs.inventory import WRONG, Wanted, find_sign, list_signs
from geonames.signs.orders import WantedOrders, list_orders, within_of
from geonames.signs.rules import directions
from geonames.signs.words import LISTS, ORDER, words

router = v1_router("signs", "/signs")


def _of(allowed: tuple[str, ...]) -> tuple[BeforeValidator, object]:
    """A parameter that is one of these words."""
    return BeforeValidator(unless_none(lambda text: _one_of(text, allowed, "bad_parameter"))), _schema(
        "string", enum=list(allowed)
    )


TYPES, STATES, TEXTS = (tuple(words(name)) for name in LISTS)
OfType = Annotated[str | None, *_of(TYPES), Query(alias="type", description="Only signs of this type.")]
InState = Annotated[str | None, *_of(STATES), Query(description="Only signs in this state.")]
Running = Annotated[str | None, *_of(directions()), Query(description="Only signs of streets that run so.")]
Saying = Annotated[
    str | None,
    *_of((WRONG, *TEXTS)),
    Query(description="Only signs whose panel says this beside the standard name; `wrong`: all that contradict it."),
]
OfOrder = Annotated[str | None, *_of(tuple(words(ORDER))), Query(description="Only orders to do this.")]
OfPlace = Annotated[
    UUID | None,
    BeforeValidator(optional_id),
    _schema("string", format="uuid", maxLength=36),
    Query(description="Only signs of this place."),
]


@router.get(
    "",
    summary="Signs of place names",
    response_model=shapes.SignList,
    responses=answers(
        200,
        {"items": [shapes.SIGN], "next": None, "as_of": "2026-03-11"},
        *("bad_code", "bad_date", "as_of_after_register", "bad_id", "limit_out_of_range", "bad_cursor"),
    ),
)
def list_all(
    request: Request,
    ask: Ask,
    as_of: AnyDay = None,
    within: Within = None,
    place: OfPlace = None,
    type_: OfType = None,
    state: InState = None,
    direction: Running = None,
    text: Saying = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The signs as they stood on a day (default: today), by number, each beside the standard name of that day."""
    wanted = Wanted(None if within is None else below(within), place, type_, state, direction, text)
    now = today(request)
    return ask.answer(
        lambda connection: list_signs(connection, recorded_day(connection, as_of, now), wanted, limit, cursor)
    )


@router.get(
    "/orders",
    summary="Orders of signs",
    response_model=shapes.SignOrders,
    responses=answers(
        200,
        {"items": [shapes.ORDER], "next": None, "as_of": "2026-03-11"},
        *(
            "bad_code",
            "bad_date",
            "as_of_after_register",
            "bad_id",
            "bad_parameter",
            "limit_out_of_range",
            "bad_cursor",
        ),
    ),
)
def orders(
    request: Request,
    ask: Ask,
    as_of: AnyDay = None,
    within: Within = None,
    place: OfPlace = None,
    order: OfOrder = None,
    overdue: Annotated[Flag, Query(description="Only those whose last day has passed.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """What naming decisions and broken signs want done on a day (default: today), by when and by whom."""
    wanted = WantedOrders(within_of(within), order, place, overdue)
    now = today(request)
    return ask.answer(
        lambda connection: list_orders(connection, recorded_day(connection, as_of, now), wanted, limit, cursor)
    )


@router.get(
    "/counts",
    summary="Signs in numbers",
    response_model=shapes.SignCounts,
    responses=answers(200, shapes.COUNTS, "bad_code", "bad_date", "as_of_after_register"),
)
def counts(request: Request, ask: Ask, as_of: AnyDay = None, within: Within = None) -> Response:
    """How the signs stood on a day (default: today): by state, by what they say, and what was to be done about them."""
    now = today(request)
    return ask.answer(lambda connection: count_signs(connection, recorded_day(connection, as_of, now), within))


@router.get(
    "/words",
    summary="Words of the inventory of signs",
    response_model=shapes.SignWords,
    responses=answers(200, {name: {} for name in (*LISTS, ORDER)}),
)
def inventory_words(request: Request) -> Response:
    """Types, states, what a panel may say beside the standard name, and orders, in both languages."""
    lists = (*LISTS, ORDER)
    found = {name: {key: {"zh": one.zh, "en": one.en} for key, one in words(name).items()} for name in lists}
    return conditional(request, encode(found), PUBLIC_CACHE, "application/json")


@router.get(
    "/{id}",
    summary="A sign",
    response_model=shapes.SignInFull,
    responses=answers(200, shapes.WHOLE, "bad_id", "bad_date", "as_of_after_register", "no_such_sign"),
)
def find(request: Request, ask: Ask, id: EntityId, as_of: AnyDay = None) -> Response:  # noqa: A002 -- the address
    """One sign with how it was before; on a day on which it did not stand, as it was last."""
    now = today(request)
    return ask.answer(lambda connection: find_sign(connection, id, recorded_day(connection, as_of, now)))
