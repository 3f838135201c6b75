"""`/v1/places` and `/v1/reverse`: search by name and by position."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import Connection
from starlette.responses import Response

from api.deps import AskByDate, v1_router
from api.v1 import schemas
from api.v1.documentation import EVERYWHERE, problems_for, question, real_answer
from api.v1.params import (
    AsOf,
    Bbox,
    Cursor,
    EntityId,
    Heritage,
    IsoDate,
    Latitude,
    Limit,
    Longitude,
    PlaceClass,
    SearchText,
    TypeCode,
    Within,
    parse_bbox,
    parse_near,
    stable_error,
)
from api.v1.search_params import (
    Bias,
    Explain,
    Polygon,
    Radius,
    SearchedDay,
    SearchedMoment,
    Sort,
    Status,
    Suggested,
    circle_of,
)
from data.errors import DimingError
from geonames.places.service import find_place as find_one_place
from geonames.search.nearby import reverse as reverse_lookup
from geonames.search.nearby import reverse_many as reverse_lookups
from geonames.search.service import search_places, suggest

router = v1_router("places")

#: Points of one batch.
MAX_POINTS = 10_000
TEXT_PROBLEMS = ("query_too_long", "query_control_characters", "query_empty")
AS_OF_PROBLEMS = ("bad_governing_date", "bad_date", "as_of_before_register", "as_of_after_register")
POINT_PROBLEMS = ("bad_coordinates", "coordinates_out_of_range")


SEARCH_PROBLEMS = (
    *TEXT_PROBLEMS,
    *AS_OF_PROBLEMS,
    *("bad_code", "code_never_existed", "code_not_standing", "bad_class"),
    *POINT_PROBLEMS,
    "limit_out_of_range",
)


@router.get(
    "/places",
    summary="Search for places",
    response_model=schemas.PlaceList,
    responses=question(
        "places",
        *SEARCH_PROBLEMS,
        *("bad_type", "bad_status", "bad_sort", "bad_moment", "bad_cursor", "bbox_empty", "bbox_antimeridian"),
        *("one_area", "bad_polygon", "polygon_too_large", "near_missing", "radius_out_of_range"),
    ),
)
def search(
    ask: AskByDate,
    q: Annotated[
        SearchText | None,
        Query(
            description="A name (former names too), a code, pinyin, initials, `hz西湖`; Traditional characters too; "
            "units before the name say where: `湖州市长兴县 龙山`."
        ),
    ] = None,
    within: Within = None,
    class_: PlaceClass = None,
    type_: TypeCode = None,
    bbox: Bbox = None,
    polygon: Polygon = None,
    near: Bias = None,
    radius: Radius = None,
    heritage: Heritage = None,
    status: Status = None,
    as_of: SearchedDay = None,
    known_at: SearchedMoment = None,
    sort: Sort = "importance",
    explain: Explain = "false",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """Places by name, best match first; `matched` says by which name each was found.

    Exact names first, then beginnings and parts of names that hold, then former names; after them names with one
    mistake (`fuzzy`), and last names that only sound the same (`homophone`). `understood` says how a
    question that names units before the place was read.
    """
    return ask.answer(
        lambda connection: search_places(
            connection,
            q=q,
            within=within,
            class_=class_,
            type_code=type_,
            bbox=parse_bbox(bbox),
            polygon=polygon,
            circle=circle_of(near, radius),
            near=parse_near(near),
            heritage=heritage,
            status=status,
            as_of=as_of,
            known_at=known_at,
            sort=sort,
            explain=explain == "true",
            limit=limit,
            cursor=cursor,
        )
    )


@router.get(
    "/suggest",
    summary="Suggest places while somebody types",
    response_model=schemas.PlaceList,
    responses=question("suggest", *SEARCH_PROBLEMS, "missing_parameter"),
)
def suggested(
    ask: AskByDate,
    q: Annotated[SearchText, Query(description="What has been typed so far; as in the search for places.")],
    within: Within = None,
    class_: PlaceClass = None,
    near: Bias = None,
    as_of: SearchedDay = None,
    limit: Suggested = 10,
) -> Response:
    """The best few, in one page: `next` is always null."""
    return ask.answer(
        lambda connection: suggest(
            connection, q, limit=limit, within=within, class_=class_, near=parse_near(near), as_of=as_of
        )
    )


@router.get(
    "/places/{id}",
    summary="A place",
    response_model=schemas.Place,
    responses=question("place", "bad_id", "place_not_found", *AS_OF_PROBLEMS),
)
def find_place(ask: AskByDate, id: EntityId, as_of: AsOf = None) -> Response:  # noqa: A002 -- the name in the address
    """One place (or a unit, as the place that it is) with names, position, unit, heritage tags and source."""
    return ask.answer(lambda connection: find_one_place(connection, id, as_of))


@router.get(
    "/reverse",
    summary="Which units is a point in?",
    response_model=schemas.Reverse,
    responses=question("reverse", *POINT_PROBLEMS, *AS_OF_PROBLEMS, "missing_parameter", "point_outside_units"),
)
def reverse(ask: AskByDate, lon: Longitude, lat: Latitude, as_of: AsOf = None) -> Response:
    """The chain of units at a point, and the nearest places.

    Before the polygons' own date a unit is named only where lineage gives its
    whole area (`basis: present_polygon`); otherwise all candidates are listed.
    """
    return ask.answer(lambda connection: reverse_lookup(connection, lon, lat, as_of))


#: A number of degrees; a text or a truth value is none.
Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False)]


def _few_points(value: Any) -> Any:
    if isinstance(value, list) and len(value) > MAX_POINTS:
        raise stable_error(
            "too_many_points", f"{len(value):,} points were sent; one question takes at most {MAX_POINTS:,}."
        )
    return value


class Points(BaseModel):
    """The positions to look up and the day; `places`: how many of the nearest places are named with each."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"points": [[119.91, 31.0], [116.4, 39.9]], "places": 1}}
    )

    points: Annotated[
        list[
            Annotated[
                list[Annotated[float, Field(strict=True, allow_inf_nan=False)]], Field(min_length=2, max_length=2)
            ]
        ],
        BeforeValidator(_few_points),
        Field(min_length=1, max_length=MAX_POINTS, description="Longitude, latitude in degrees, CGCS2000."),
    ]
    as_of: IsoDate | None = None
    places: int = Field(default=0, ge=0, le=5, strict=True)


class Reverses(schemas.Shape):
    """One answer or one problem document for each position, in the order asked."""

    items: list[dict[str, Any]]


@router.post(
    "/reverse",
    summary="Which units are up to 10,000 points in?",
    response_model=Reverses,
    responses={
        200: {"content": {"application/json": {"example": {"items": [real_answer("reverse")]}}}},
        **problems_for(*AS_OF_PROBLEMS, "bad_body", "bad_json", "too_many_points", "body_too_large", *EVERYWHERE),
    },
)
def reverse_many(ask: AskByDate, body: Points) -> Response:
    """A question asked by POST because it is long; it changes nothing.

    Each item is as `GET /v1/reverse` answers, or the problem document of that point alone.
    """
    points = [(point[0], point[1]) for point in body.points]

    def question(connection: Connection) -> dict[str, Any]:
        found = reverse_lookups(connection, points, body.as_of, body.places)
        return {"items": [one.problem() if isinstance(one, DimingError) else one for one in found]}

    return ask.answer(question)
