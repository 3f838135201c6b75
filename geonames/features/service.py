"""Asking for features: the day is settled here, limits are kept here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from boundaries.units.service import RegisterSpan
from data.errors import BadRequest, NotFound
from data.governing import EFFECTIVE, governed_by
from geonames.features import store
from geonames.features.collections import COLLECTIONS
from geonames.features.model import (
    COUNTED,
    COUNTED_BY_DATE,
    MAX_IN_TILE,
    MAX_LIMIT,
    MAX_OFFSET,
    FeatureCollection,
    Found,
    Wanted,
    When,
)
from geonames.places.days import gazetteer_span

#: Zoom levels that are drawn: beyond 18 a tile is smaller than a house.
MAX_ZOOM = 18


def collection(name: str) -> FeatureCollection:
    """The collection of that name. NotFound `no_such_collection`."""
    found = COLLECTIONS.get(name)
    if found is None:
        raise NotFound(
            f"There is no collection {name[:40]!r}; there are {', '.join(COLLECTIONS)}.", code="no_such_collection"
        )
    return found


def settle(connection: Connection, as_of: date | None, period: tuple[date | None, date | None] | None) -> When:
    """The days that are asked for: `as_of`, or a period with open ends, else the last day that is known.

    BadRequest `as_of_before_register`, `as_of_after_register`; `one_day` where both are given.
    """
    span = gazetteer_span(connection)
    if period is None:
        day = span.day(as_of)
        return When(day, day, day)
    if as_of is not None:
        raise BadRequest("as_of and datetime both say a day. Give one.", code="one_day")
    return _within(span, *period)


def _within(span: RegisterSpan, since: date | None, until: date | None) -> When:
    first = span.day(since) if since else span.register_from
    last = span.day(until) if until else span.register_through
    if first > last:
        raise BadRequest(f"The period ends ({last}) before it begins ({first}).", code="bad_date")
    return When(last, first, last)


def find(connection: Connection, of: FeatureCollection, wanted: Wanted) -> Found:
    """A part of the collection, in the order of identifiers. BadRequest `limit_out_of_range`, `offset_out_of_range`."""
    if not 0 <= wanted.limit <= MAX_LIMIT:
        raise BadRequest(f"limit is 0 to {MAX_LIMIT}; {wanted.limit} was asked for.", code="limit_out_of_range")
    if not 0 <= wanted.offset <= MAX_OFFSET:
        raise BadRequest(
            f"At most {MAX_OFFSET:,} features are passed over by counting. Follow the links `next`, which carry a "
            "place in the order, or narrow the question.",
            code="offset_out_of_range",
        )
    effective = governed_by(connection) == EFFECTIVE
    of, most = (of, COUNTED) if effective else (of.by_date(), COUNTED_BY_DATE)
    rows = store.rows(connection, of, wanted)
    count = store.matched(connection, of, wanted, most)
    return Found(rows[: wanted.limit], count if count <= most else None, len(rows) > wanted.limit)


def draw(connection: Connection, of: FeatureCollection, wanted: Wanted, z: int, x: int, y: int) -> bytes:
    """A vector tile. NotFound `no_such_tile`; BadRequest `limit_out_of_range`."""
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise NotFound(f"There is no tile {z}/{x}/{y}: zoom is 0 to {MAX_ZOOM}.", code="no_such_tile")
    if not 1 <= wanted.limit <= MAX_IN_TILE:
        raise BadRequest(
            f"limit of a tile is 1 to {MAX_IN_TILE}; {wanted.limit} was asked for.", code="limit_out_of_range"
        )
    source = of if governed_by(connection) == EFFECTIVE else of.by_date()
    return store.tile(connection, source, wanted, z, x, y)


def all_collections() -> Sequence[FeatureCollection]:
    """Every collection, in the order in which they are listed."""
    return tuple(COLLECTIONS.values())
