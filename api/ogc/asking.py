"""What an address asks: our reading of it in the place of tipg's, so that nothing is ignored and nothing is deep."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.requests import Request
from tipg.collections import CollectionList

from api.ogc.layers import Layer, layer
from api.v1.params import parse_bbox, parse_date
from data.errors import BadRequest
from geonames.features.service import all_collections

#: What tipg's operations on features and tiles take and we take too.
KNOWN = frozenset({"f", "limit", "offset", "bbox", "datetime", "filter", "filter-lang", "ids", "properties", "as_of"})
#: Names of coordinate systems that some clients ask for. There is one: longitude and latitude of CGCS2000.
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CRS = frozenset({"crs", "bbox-crs", "filter-crs"})


def the_collection(
    request: Request,
    collectionId: Annotated[str, Path(description="Collection identifier")],  # noqa: N803 - OGC's name
) -> Layer:
    """The collection asked for, after a look at the whole address. BadRequest `unknown_parameter`, `bad_crs`."""
    found = layer(collectionId)
    properties = {column.name for column in found.asked.columns}
    for name, value in request.query_params.multi_items():
        if name in CRS and value in (CRS84, "CRS84", "OGC:CRS84"):
            continue
        if name in CRS:
            raise BadRequest(
                f"There are coordinates as the register has them only: longitude and latitude ({CRS84}). "
                "They are CGCS2000, not GCJ-02 or BD-09; nothing is transformed here.",
                code="bad_crs",
            )
        if name not in KNOWN | properties:
            known = ", ".join(sorted(KNOWN | properties))
            raise BadRequest(f"There is no parameter {name[:40]!r} here; known: {known}.", code="unknown_parameter")
    return found


def the_collections() -> CollectionList:
    """All of them; they are few."""
    layers: list[Any] = [layer(one.id) for one in all_collections()]
    return CollectionList(collections=layers, matched=len(layers), next=None, prev=None)


def box(
    bbox: Annotated[str | None, Query(description="west,south,east,north in degrees")] = None,
) -> list[float] | None:
    """The box asked for. BadRequest as everywhere: `bad_coordinates`, `bbox_empty`, `bbox_antimeridian` …"""
    return None if bbox is None else list(parse_bbox(bbox) or ())


def period(
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
    return parse_date(text[:10] if "T" in text else text)


def filter_text(
    query: Annotated[str | None, Query(description="CQL2", alias="filter")] = None,
    filter_lang: Annotated[str | None, Query(description="cql2-text or cql2-json", alias="filter-lang")] = None,
) -> str | None:
    """The filter as it was sent: it is read where its collection is known."""
    if filter_lang not in (None, "cql2-text", "cql2-json"):
        raise BadRequest("filter-lang is cql2-text or cql2-json.", code="bad_filter")
    return query


def no_order(
    sortby: Annotated[str | None, Query(description="Not offered: features come by identifier.")] = None,
) -> None:
    """Features come in the order of their identifiers, which is what makes paging exact."""
    if sortby:
        raise BadRequest("Features come in the order of their identifiers; there is no other order.", code="bad_sort")
