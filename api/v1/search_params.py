"""The parameters of searching that no other operation has; see `api.v1.params`."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BeforeValidator

from api.v1.params import _DECIMAL, IsoDate, Moment, _one_of, _schema, _unless_none, parse_near, stable_error
from data.errors import BadRequest
from geonames.search.query import MAX_RADIUS_M, SORTS, STATUSES
from geonames.search.service import MAX_SUGGESTED

#: What servers and proxies on the way take as an address (RFC 9110 section 4.1 asks for 8,000 octets at least).
MAX_POLYGON = 8000


def _radius(text: str) -> float:
    if _DECIMAL.fullmatch(text) and 0 < float(text) <= MAX_RADIUS_M:
        return float(text)
    raise stable_error("radius_out_of_range", f"radius is more than 0 and at most {MAX_RADIUS_M} metres.")


def _polygon(text: str) -> str:
    if len(text) > MAX_POLYGON:
        raise stable_error(
            "polygon_too_large", f"the polygon has {len(text):,} characters; at most {MAX_POLYGON:,} are read."
        )
    return text


def _suggested(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,3}", text) and 1 <= int(text) <= MAX_SUGGESTED:
        return int(text)
    raise stable_error("limit_out_of_range", f"limit is a whole number from 1 to {MAX_SUGGESTED}.")


def circle_of(near: str | None, radius: float | None) -> tuple[float, float, float] | None:
    """Longitude, latitude, metres; BadRequest `near_missing` where there is a radius and no position."""
    if radius is None:
        return None
    position = parse_near(near)
    if position is None:
        raise BadRequest("radius is counted from a position: give near=lon,lat too.", code="near_missing")
    return (*position, radius)


Status = Annotated[
    Annotated[
        str,
        BeforeValidator(_unless_none(lambda text: _one_of(text, STATUSES, "bad_status"))),
        _schema("string", enum=list(STATUSES)),
    ]
    | None,
    Query(description="`current`: only what stands on the day; `former`: only what stood before it."),
]
Sort = Annotated[
    Annotated[
        str,
        BeforeValidator(_unless_none(lambda text: _one_of(text, SORTS, "bad_sort"))),
        _schema("string", enum=list(SORTS)),
    ],
    Query(description="Among equal matches: the most important first, or the nearest to `near`."),
]
Radius = Annotated[
    Annotated[
        float,
        BeforeValidator(_unless_none(_radius)),
        _schema("number", exclusiveMinimum=0, maximum=MAX_RADIUS_M),
    ]
    | None,
    Query(description="Only within this many metres of `near`."),
]
Polygon = Annotated[
    Annotated[str, BeforeValidator(_unless_none(_polygon)), _schema("string", maxLength=MAX_POLYGON)] | None,
    Query(
        description=f"Only within this polygon: well-known text, longitude first, at most {MAX_POLYGON} characters.",
        examples=["POLYGON((119 30, 121 30, 121 32, 119 30))"],
    ),
]
Bias = Annotated[
    str | None,
    _schema("string", maxLength=100),
    Query(
        description="A position, lon,lat: of equal matches those within 50 km come first (degrees, CGCS2000).",
        examples=["119.9,31.0"],
    ),
]
SearchedDay = Annotated[
    IsoDate | None,
    Query(
        alias="as_of",
        description="Only what stood on this day, under the names of that day; default: all, as of the last day.",
        examples=["1990-01-01"],
    ),
]
SearchedMoment = Annotated[
    Moment | None,
    Query(
        alias="known_at",
        description="By the names that the register had recorded at this moment (RFC 3339); default: now.",
        examples=["2026-01-01T00:00:00Z"],
    ),
]
Explain = Annotated[
    Literal["true", "false"],
    Query(description="`true`: every item says how it was met and of what its importance is the sum."),
]
Suggested = Annotated[
    int,
    BeforeValidator(_unless_none(_suggested)),
    _schema("integer", minimum=1, maximum=MAX_SUGGESTED, default=10),
    Query(description="How many at most."),
]
