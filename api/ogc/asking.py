"""What an address asks: our reading of it in the place of tipg's, so that nothing is ignored and nothing is deep.

They ask nobody and are coroutines for that: a plain function would be called in another thread, which takes longer than
what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import wraps
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.requests import Request
from tipg.collections import CollectionList

from api.deps import parameters_of
from api.ogc.layers import Layer, layer
from api.v1.params import asked_day, parse_bbox
from data.errors import BadRequest
from geonames.features.service import all_collections

#: What tipg's operations on features and tiles take and we take too.
KNOWN = frozenset({"f", "limit", "offset", "bbox", "datetime", "filter", "filter-lang", "ids", "properties"})
#: What we add: the day, and which date of a decision counts.
OURS = frozenset({"as_of", "governed_by"})
#: What tipg reads in its own way; none of it asks anybody.
THEIRS = (
    "ids_query", "properties_query", "properties_filter_query", "function_parameters_query", "TileParams",
    "OutputType", "QueryablesOutputType", "ItemsOutputType",
)  # fmt: skip
#: Names of coordinate systems that some clients ask for. There is one: longitude and latitude of CGCS2000.
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CRS84_NAMES = frozenset({CRS84, "CRS84", "OGC:CRS84"})
CRS = frozenset({"crs", "bbox-crs", "filter-crs"})


def at_once(theirs: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tipg's that reads parameters, as a coroutine."""

    @wraps(theirs)
    async def read(*given: Any, **named: Any) -> Any:
        return theirs(*given, **named)

    return read


async def the_collection(
    request: Request,
    collectionId: Annotated[str, Path(description="Collection identifier")],  # noqa: N803 - OGC's name
) -> Layer:
    """The collection asked for, after a look at the whole address.

    BadRequest `unknown_parameter`, `repeated_parameter`, `bad_crs`.
    """
    found = layer(collectionId)
    taken = _taken_here(request)
    if "filter" in taken:
        taken |= {column.name for column in found.asked.columns}
    given = request.query_params.multi_items()
    for name, value in given:
        _look_at(name, value, taken)
    for name in {name for name, _ in given}:
        if len(request.query_params.getlist(name)) > 1:
            raise BadRequest(f"The parameter {name[:40]!r} is given more than once.", code="repeated_parameter")
    return found


def _look_at(name: str, value: str, taken: frozenset[str]) -> None:
    if name not in taken:
        known = ", ".join(sorted(taken))
        raise BadRequest(f"There is no parameter {name[:40]!r} here; known: {known}.", code="unknown_parameter")
    if not value and name in KNOWN | OURS and name != "properties":  # an empty list of properties: none of them
        raise BadRequest(f"{name} is given without a value. Leave it out to ask without it.", code="bad_parameter")
    if name in CRS and value not in CRS84_NAMES:
        raise BadRequest(
            f"There are coordinates as the register has them only: longitude and latitude ({CRS84}). "
            "They are CGCS2000, not GCJ-02 or BD-09; nothing is transformed here.",
            code="bad_crs",
        )


def _taken_here(request: Request) -> frozenset[str]:
    """What the operation asked takes; of what describes a map of tiles, what its tiles take."""
    route = request.scope["route"]
    if route.name in ("collection_tilejson", "collection_stylejson"):
        return KNOWN - {"f", "limit", "offset"} | OURS
    return taken_by(parameters_of(route))


def taken_by(names: Collection[str]) -> frozenset[str]:
    """What an operation takes that has the parameters `names` by tipg."""
    taken = KNOWN.intersection(names)
    if "properties" in taken:  # it shows features
        taken |= OURS | {"crs"}
    return taken | (CRS if "filter" in taken else frozenset())


async def the_collections() -> CollectionList:
    """All of them; they are few."""
    layers: list[Any] = [layer(one.id) for one in all_collections()]
    return CollectionList(collections=layers, matched=len(layers), next=None, prev=None)


async def box(
    bbox: Annotated[str | None, Query(description="west,south,east,north in degrees")] = None,
) -> list[float] | None:
    """The box asked for. BadRequest as everywhere: `bad_coordinates`, `bbox_empty`, `bbox_antimeridian` …"""
    return None if bbox is None else list(parse_bbox(bbox) or ())


async def period(
    datetime: Annotated[
        str | None, Query(description="A day (2010-06-28), or a period of days with open ends (2010-06-28/..).")
    ] = None,
) -> list[str] | None:
    """The days asked for, as tipg hands them on: one, or two of which either may be `..`."""
    if datetime is None:
        return None
    days = datetime.split("/")
    if len(days) > 2 or all(day in ("", "..") for day in days):
        raise BadRequest("datetime is a day, or a period first/last with at most one open end.", code="bad_date")
    return [".." if day in ("", "..") else str(_day(day)) for day in days]


def _day(text: str) -> date:
    return asked_day(text[:10] if "T" in text else text)


async def filter_text(
    query: Annotated[str | None, Query(description="CQL2", alias="filter")] = None,
    filter_lang: Annotated[str | None, Query(description="cql2-text or cql2-json", alias="filter-lang")] = None,
) -> str | None:
    """The filter as it was sent: it is read where its collection is known."""
    if filter_lang not in (None, "cql2-text", "cql2-json"):
        raise BadRequest("filter-lang is cql2-text or cql2-json.", code="bad_filter")
    return query


async def no_order(
    sortby: Annotated[str | None, Query(description="Not offered: features come by identifier.")] = None,
) -> None:
    """Features come in the order of their identifiers, which is what makes paging exact."""
    if sortby:
        raise BadRequest("Features come in the order of their identifiers; there is no other order.", code="bad_sort")
