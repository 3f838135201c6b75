"""`/v1/seats`: where governments sit (人民政府驻地) on any day, and by which decision. Everybody asks."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1 import seat_shapes as shapes
from api.v1.documentation import question
from api.v1.params import AsOf, Code, Cursor, KnownAt, Limit, Within
from api.v1.units import AS_OF_PROBLEMS, CODE_PROBLEMS
from boundaries.units.seats.service import list_seats, unit_seats

router = v1_router("units", "")

Moved = Annotated[
    Literal["true", "false"] | None,
    Query(description="`true`: only seats to which a decision moved the government; `false`: only the others."),
]


@router.get(
    "/seats",
    summary="Where governments sit on a day",
    response_model=shapes.SeatList,
    responses=question("seats", *AS_OF_PROBLEMS, "bad_code", "limit_out_of_range", "bad_cursor"),
)
def list_all(
    ask: Ask,
    within: Within = None,
    moved: Moved = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The seats held on a day, in the order of the codes: as far as a decision of the register says them."""
    return ask.answer(
        lambda connection: list_seats(
            connection,
            within=within,
            moved=None if moved is None else moved == "true",
            as_of=as_of,
            known_at=known_at,
            limit=limit,
            cursor=cursor,
        )
    )


@router.get(
    "/units/{code}/seats",
    summary="The seats of a unit",
    response_model=shapes.UnitSeats,
    responses=question("unit-seats", *AS_OF_PROBLEMS, *CODE_PROBLEMS),
)
def of_unit(ask: Ask, code: Code, as_of: AsOf = None, known_at: KnownAt = None) -> Response:
    """Where the government of the unit that has (or last had) this code sat, first to last.

    What was read from the text of a decision carries the clause. A later move of which the register has no text is
    not known here: `origin` and the day say how far an answer goes.
    """
    return ask.answer(lambda connection: unit_seats(connection, code, as_of, known_at))
