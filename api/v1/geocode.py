"""`/v1/geocode`: addresses in free text."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator
from starlette.responses import Response

from api.deps import AskByDate, v1_router
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import SearchText, _schema, _unless_none, _whole_number
from api.v1.schemas import IsoDateText, LonLat, Shape
from api.v1.search_params import SearchedDay
from geonames.geocode.service import DEFAULT_LIMIT, MAX_LIMIT
from geonames.geocode.service import geocode as read_address

router = v1_router("places")

Most = Annotated[
    int,
    BeforeValidator(_unless_none(_whole_number(1, MAX_LIMIT, "limit_out_of_range"))),
    _schema("integer", minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT),
    Query(description="How many readings at most."),
]


class AddressPart(Shape):
    """A part of the address and what it was taken for."""

    text: str
    kind: Literal["unit", "place", "plate"]
    id: UUID
    name: str
    former: bool


class Reading(Shape):
    """One reading; `not_understood` are the parts that are not known here, as they stood."""

    parts: list[AddressPart]
    not_understood: list[str]
    point: LonLat | None
    precision: str
    confidence: float
    confidence_of: dict[str, float]
    demonstration: bool


class Readings(Shape):
    """The readings of an address, the surest first."""

    address: str
    items: list[Reading]
    as_of: IsoDateText


EXAMPLE: dict[str, Any] = {
    "address": "湖北襄樊市樊城区人民路3号",
    "items": [
        {
            "parts": [
                {
                    "text": "襄樊市",
                    "kind": "unit",
                    "id": "44422e86-00c9-5a69-8e54-457a50855f4e",
                    "name": "襄阳市",
                    "code": "420600",
                    "level": "prefecture",
                    "former": True,
                }
            ],
            "not_understood": ["人民路", "3号"],
            "point": [112.135, 32.044],
            "precision": "county",
            "confidence": 0.579,
            "confidence_of": {"understood": 0.643, "unambiguous": 1.0, "present_names": 0.9},
            "demonstration": False,
        }
    ],
    "as_of": "2024-12-31",
}


@router.get(
    "/geocode",
    summary="Where is this address?",
    response_model=Readings,
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE}}},
        304: {"description": "Unchanged since the ETag that was sent."},
        **problems_for(
            *("missing_parameter", "query_too_long", "query_control_characters", "query_empty", "limit_out_of_range"),
            *("bad_governing_date", "bad_date", "as_of_before_register", "as_of_after_register"),
            *EVERYWHERE,
        ),
    },
)
def geocode(
    ask: AskByDate,
    q: Annotated[SearchText, Query(description="An address; levels may be missing, names may be of the past.")],
    as_of: SearchedDay = None,
    limit: Most = DEFAULT_LIMIT,
) -> Response:
    """What each part of an address means, its confidence, and what of it is not understood.

    Divisions are read from the left, then settlements and roads within them. Plates are not registered here:
    numbers are never understood, and the position is that of the smallest part that is known.
    """
    return ask.answer(lambda connection: read_address(connection, q, as_of=as_of, limit=limit))
