"""`/v1/statistics/names`: how many names are the same, or sound the same."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1.documentation import question
from api.v1.params import AsOf, Cursor, Level, Limit, PlaceClass, Within
from api.v1.schemas import IsoDateText, Shape
from geonames.likeness.statistics import Counted, count_names

router = v1_router("names", "/statistics")

Alike = Literal["name", "specific", "toned", "toneless", "specific_toned", "specific_toneless"]
Reach = Literal["nation", "province", "prefecture", "county"]
By = Annotated[
    Alike,
    Query(description="What makes names alike: characters, or the approved reading with or without tones."),
]
Scope = Annotated[Reach, Query(description="Within which names are compared with each other.")]
Unverified = Annotated[
    Literal["true", "false"], Query(description="`true`: count names of sources that nobody has verified, too.")
]


class Totals(Shape):
    """How many names were looked at, how many groups of alike names there are, how many names are in them."""

    names: int
    groups: int
    names_in_groups: int


class Group(Shape):
    """Names that are alike; `places` are the first fifty of `count`."""

    key: str
    region: str | None = Field(description="The digits within which they are alike; null: the whole country.")
    count: int
    names: list[str]
    places: list[dict[str, Any]]


class NameCounts(Shape):
    """Groups of alike names, the largest first, and the counts by region and class."""

    as_of: IsoDateText
    by: str
    scope: str
    totals: Totals
    by_region: list[Totals]
    by_class: list[Totals]
    items: list[Group]
    next: str | None


@router.get(
    "/names",
    summary="How many names are the same, or sound the same?",
    response_model=NameCounts,
    responses=question(
        "name-counts",
        *("bad_date", "as_of_before_register", "as_of_after_register"),
        *("bad_class", "bad_level", "bad_code", "limit_out_of_range", "bad_cursor"),
    ),
)
def names(
    ask: Ask,
    by: By = "name",
    class_: PlaceClass = None,
    level: Level = None,
    within: Within = None,
    scope: Scope = "nation",
    unverified: Unverified = "false",
    as_of: AsOf = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Standing standard names that are alike, on any day; a group of one sound holds at least two different names."""
    counted = Counted(by, class_, level, within, scope, unverified == "true")
    return ask.answer(lambda connection: count_names(connection, counted, as_of=as_of, limit=limit, cursor=cursor))
