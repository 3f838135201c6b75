"""Answers to searches, in the form of contracts.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.graphs import current_graph
from boundaries.units.service import RegisterSpan, register_span, unit_id_at
from data.crs import BBox
from data.paging import check_limit, decode_cursor, page
from geonames.places.days import gazetteer_span
from geonames.search import area, store
from geonames.search.importance import near_m
from geonames.search.items import items
from geonames.search.query import CLASSES, PlaceQuery, Way, check_query, ways
from geonames.search.structured import Understood, understood

MAX_LIMIT = 1000
DEFAULT_LIMIT = 20
SUGGESTED, MAX_SUGGESTED = 10, 50
#: Things of a heritage list that are looked at one by one.
FEW_THINGS = 5000
#: Everything that passes the filters, by its own name.
LISTED = Way("listed", "any", "any")
#: A question that means a name of its own is not read as a place within a unit.
OWN_NAME = ("name_equals", "name_begins", "name_holds")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question and what is made of it: `ask` for the database but ways, limit and page; the days it is about."""

    query: PlaceQuery
    day: date
    span: RegisterSpan
    ask: dict[str, Any]


def search_places(
    connection: Connection,
    *,
    q: str | None = None,
    within: str | None = None,
    class_: str | None = None,
    type_code: str | None = None,
    bbox: BBox | None = None,
    polygon: str | None = None,
    circle: tuple[float, float, float] | None = None,
    near: tuple[float, float] | None = None,
    heritage: str | None = None,
    status: str | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
    sort: str = "importance",
    explain: bool = False,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of places and units, best match first: `{"items", "next", "as_of", "known_at", "register_through", …}`.

    With `as_of` only what stood then, under the names of then; without it former
    units are found too, and say so. `known_at`: by the names that were recorded at that moment. Errors:
    those of `check_query`, of the register's span, of `within`'s code, and of paging.
    """
    query = check_query(
        PlaceQuery(q, within, class_, type_code, bbox, polygon, circle, near, heritage, status, as_of, known_at, sort)
    )
    limit = check_limit(limit, largest=MAX_LIMIT, default=DEFAULT_LIMIT)
    after = decode_cursor(query.fingerprint(), cursor, CURSOR)
    asked = _asked(connection, query)
    met, rows, read_as = _met(connection, asked, limit, after)
    shown, following = page(rows, limit, query.fingerprint(), _sort_key(query))
    found = items(connection, shown, met, asked.day, explain=explain, distance=near is not None)
    return {
        "items": found,
        "next": following,
        "understood": _shown(connection, read_as, asked.day),
        "as_of": asked.day,
        "known_at": known_at,
        "register_through": asked.span.register_through,
    }


def suggest(connection: Connection, q: str, *, limit: int | None = None, **filters: Any) -> dict[str, Any]:
    """The best few for what has been typed so far: as `search_places`, in one page."""
    size = check_limit(limit, largest=MAX_SUGGESTED, default=SUGGESTED)
    return {**search_places(connection, q=q, limit=size, **filters), "next": None}


def heritage_lists(connection: Connection) -> list[str]:
    """The heritage lists that name something."""
    return list(connection.scalars(store.HERITAGE_LISTS))


def _asked(connection: Connection, query: PlaceQuery) -> _Asked:
    span = register_span(connection)
    day = gazetteer_span(connection).day(query.as_of)
    ask: dict[str, Any] = {"day": day, "classes": _class_numbers(query), **_given(query)}
    if query.within is not None:
        ask |= area.within(connection, [unit_id_at(connection, query.within, day)], day, span)
    if query.heritage is not None:
        things = connection.scalars(store.HERITAGE, {"list": query.heritage, "day": day, "most": FEW_THINGS + 1}).all()
        if len(things) <= FEW_THINGS and query.known_at is None:
            ask["things"] = list(things)
    return _Asked(query, day, span, ask)


def _class_numbers(query: PlaceQuery) -> list[int]:
    """Numbers of classes as Art. 3 counts them (diming.place_class.item)."""
    return [number for number, key in enumerate(CLASSES, 1) if query.class_ in (None, key)]


def _given(query: PlaceQuery) -> dict[str, Any]:
    """The filters that were given, as published.names_met takes them."""
    given: dict[str, Any] = {}
    if query.known_at is not None:
        given["moment"] = query.known_at.isoformat()
    if query.status is not None or query.as_of is not None:
        # on a day of the past only what stood then, unless the other is asked for
        given["status"] = query.status or "current"
    if query.type_code is not None:
        # a class stands for its subclasses: 22000 for 22100 and 22200 too
        given["types"] = [query.type_code.rstrip("0") + "%"]
    if query.heritage is not None:
        given["heritage"] = query.heritage
    return given | _zone(query) | _position(query)


def _zone(query: PlaceQuery) -> dict[str, Any]:
    if query.polygon is not None:
        return {"zone": area.polygon(query.polygon)}
    if query.bbox is not None:
        return {"zone": area.box(query.bbox)}
    if query.circle is not None:
        return {"round": query.circle, "zone": area.circle_box(query.circle)}
    return {}


def _position(query: PlaceQuery) -> dict[str, Any]:
    if query.near is None:
        return {}
    return {"near": (*query.near, near_m()), "by_distance": query.sort == "distance"}


def _met(
    connection: Connection, asked: _Asked, limit: int, after: tuple[Any, ...] | None
) -> tuple[list[Way], Sequence[Any], Understood | None]:
    """The ways asked, up to `limit` + 1 rows, and how the question was understood where it says where."""
    query = asked.query
    if query.q is None:
        return _ask(connection, asked, [LISTED], limit, after, None)
    whole = ways(query.q)
    read_as = understood(connection, query.q, asked.day) if query.within is None else None
    if read_as is not None and not _has_own_name(connection, asked, whole):
        found = _ask(connection, asked, ways(read_as.rest), limit, after, read_as)
        if found[1] or after is not None:
            return found
    return _ask(connection, asked, whole, limit, after, None)


def _has_own_name(connection: Connection, asked: _Asked, whole: Sequence[Way]) -> bool:
    own = [way for way in whole if way.path in OWN_NAME and way.kind in ("name", "traditional")]
    return bool(_ask(connection, asked, own, 0, None, None)[1])


def _ask(
    connection: Connection,
    asked: _Asked,
    found: Sequence[Way],
    limit: int,
    after: tuple[Any, ...] | None,
    read_as: Understood | None,
) -> tuple[list[Way], Sequence[Any], Understood | None]:
    met = _near_first(found) if asked.query.near is not None and asked.query.sort != "distance" else list(found)
    ask = {**asked.ask, "ways": [_as_asked(way) for way in met], "limit": limit + 1}
    if read_as is not None:
        ask |= area.within(connection, read_as.units, asked.day, asked.span)
    if after is not None:
        ask["after"] = after
    return met, store.met(connection, ask), read_as


def _near_first(found: Sequence[Way]) -> list[Way]:
    """Each way first for what lies near the position, then for the rest."""
    return [replace(way, local=local) for way in found for local in ("inside", "outside")]


def _as_asked(way: Way) -> dict[str, Any]:
    return {name: value for name in _ASKED_OF_WAY if (value := getattr(way, name)) not in (None, "", ())}


#: What published.names_met is told of a way; `kind` is for the answer only.
_ASKED_OF_WAY = tuple(part.name for part in fields(Way) if part.name != "kind")


def _sort_key(query: PlaceQuery) -> Callable[[Any], Sequence[Any]]:
    by_distance = query.sort == "distance"
    return lambda row: (
        row.way, row.distance_m if by_distance else 0, row.importance, row.name, str(row.subject_id)
    )  # fmt: skip


def _shown(connection: Connection, read_as: Understood | None, day: date) -> dict[str, Any] | None:
    """How a question that says where was understood: the units, and what was looked for in them."""
    if read_as is None:
        return None
    graph = current_graph(connection)
    versions = [graph.version_of(unit, day) or graph.by_unit[unit][-1] for unit in read_as.units]
    return {"q": read_as.rest, "within": [{"code": v.code, "name": v.name} for v in versions]}


def _whole(value: Any) -> int:
    """A whole number that PostgreSQL's int holds."""
    if not isinstance(value, int) or not -(2**31) <= value < 2**31:
        raise ValueError("no number")
    return value


def _metres(value: Any) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= 1e9:
        raise ValueError("no distance")
    return float(value)


def _name(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("no name")
    value.encode()  # a lone surrogate is no character
    return value


#: What a cursor holds: way, distance, importance, name, thing.
CURSOR = (lambda value: _at_least_zero(_whole(value)), _metres, _whole, _name, UUID)


def _at_least_zero(value: int) -> int:
    if value < 0:
        raise ValueError("no way")
    return value
