"""Answers to searches, in the form of contracts.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.graphs import current_graph
from boundaries.units.lineage import Graph, VersionFact
from boundaries.units.service import holders_of, register_span, unit_id_at, units_below
from data.crs import BBox
from data.paging import check_limit, decode_cursor, page
from geonames.places.days import gazetteer_span
from geonames.places.store import UNIT_TYPE_OF_LEVEL
from geonames.search import store
from geonames.search.query import PlaceQuery, check_query, score, stages, ways

MAX_LIMIT = 1000
DEFAULT_LIMIT = 20


def search_places(
    connection: Connection,
    *,
    q: str | None = None,
    within: str | None = None,
    class_: str | None = None,
    type_code: str | None = None,
    bbox: BBox | None = None,
    near: tuple[float, float] | None = None,
    heritage: str | None = None,
    as_of: date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of places and units, best match first: `{"items", "next", "as_of", "register_through"}`.

    With `as_of` only what stood then, under the names of then; without it former
    units are found too, after what stands, and say so. Errors: those of
    `check_query`, of the register's span, of `within`'s code, and of paging.
    """
    query = check_query(PlaceQuery(q, within, class_, type_code, bbox, near, heritage, as_of))
    limit = check_limit(limit, largest=MAX_LIMIT, default=DEFAULT_LIMIT)
    after = decode_cursor(query.fingerprint(), cursor, (int, float, int, int, str, UUID))
    span = register_span(connection)
    day = gazetteer_span(connection).day(as_of)
    parameters = {
        "today": day,
        "standing_only": as_of is not None,
        "near_lon": near[0] if near else None,
        "near_lat": near[1] if near else None,
        "limit": limit + 1,
        **_after(after),
        **_within(connection, within, day, span.register_through),
    }
    rows = _search_in_stages(connection, query, parameters, after[0] if after else 0)
    shown, following = page(rows, limit, query.fingerprint(), _sort_key)
    return {
        "items": _items(connection, shown, day),
        "next": following,
        "as_of": day,
        "register_through": span.register_through,
    }


def _search_in_stages(
    connection: Connection, query: PlaceQuery, parameters: dict[str, Any], begin_at: int
) -> Sequence[Any]:
    if query.q is None:
        return store.search(connection, query, [], parameters)
    rows: Sequence[Any] = []
    for stage in stages(ways(query.q), begin_at):
        rows = store.search(connection, query, stage, parameters)
        if len(rows) == parameters["limit"]:
            break
    return rows


def _sort_key(row: Any) -> Sequence[Any]:
    return (row.quality, row.distance, row.weight, row.rank, row.name, str(row.subject_id))


def _after(after: tuple[Any, ...] | None) -> dict[str, Any]:
    names = ("quality", "distance", "weight", "rank", "name", "id")
    values = after if after is not None else (None,) * len(names)
    return {f"after_{name}": value for name, value in zip(names, values, strict=True)}


def _within(connection: Connection, code: str | None, day: date, through: date) -> dict[str, Any]:
    """The units below `code` on `day`, and the present units whose land was all inside it."""
    if code is None:
        return {}
    inside = units_below(connection, unit_id_at(connection, code, day), day)
    if day >= through:
        return {"units_within": inside, "places_within": inside}
    holders = holders_of(connection, inside, day, through)
    present = {result.version.unit_id for results in holders.values() for result in results}
    origins = holders_of(connection, present, through, day)
    known = set(inside)
    wholly = [unit for unit, came in origins.items() if {r.version.unit_id for r in came} <= known]
    return {"units_within": inside, "places_within": wholly}


def _items(connection: Connection, rows: Sequence[Any], day: date) -> list[dict[str, Any]]:
    graph = current_graph(connection)
    units = [row.subject_id for row in rows if row.collection == "units"]
    romans = {(r.unit_id, r.name): r.roman for r in connection.execute(store.ROMANS, {"ids": units})}
    ids = [row.subject_id for row in rows if row.collection == "places"]
    places = {row.id: row for row in connection.execute(store.PLACES, {"ids": ids, "today": day})}
    make: dict[str, Callable[[Any], dict[str, Any]]] = {
        "units": lambda row: _unit_item(graph, row, romans, day),
        "places": lambda row: _place_item(graph, row, places[row.subject_id], day),
    }
    return [{**make[row.collection](row), **_matched(graph, row)} for row in rows]


def _unit_item(graph: Graph, row: Any, romans: dict[Any, str], day: date) -> dict[str, Any]:
    version = graph.version_of(row.subject_id, day) or graph.by_unit[row.subject_id][-1]
    standing = version.stands(day)
    shown_on = day if standing or version.end is None else version.end - date.resolution
    return {
        "id": version.unit_id,
        "name": version.name,
        "roman": romans.get((version.unit_id, version.name)),
        "class": "ADMIN_DIVISION",
        "type": UNIT_TYPE_OF_LEVEL[version.level],
        "level": version.level,
        "code": version.code,
        "unit": _unit_of(graph, version, shown_on),
        "status": "current" if standing else "former",
        "uncertain": version.uncertain_on(day),
        "demonstration": version.demonstration,
    }


def _unit_of(graph: Graph, version: VersionFact, on: date) -> dict[str, Any]:
    chain = graph.chain(version, on)
    return {"code": version.code, "name": version.name, "chain": [v.name for v in chain]}


def _place_item(graph: Graph, row: Any, place: Any, day: date) -> dict[str, Any]:
    version = graph.version_of(place.unit_id, day) if place.unit_id else None
    return {
        "id": place.id,
        "name": place.name,
        "roman": place.romanization,
        "class": place.place_class,
        "type": place.type_code,
        "level": None,
        "code": None,
        "unit": _unit_of(graph, version, day) if version else None,
        "status": "current" if row.standing else "former",
        "uncertain": False,
        "demonstration": version is not None and version.demonstration,
    }


def _matched(graph: Graph, row: Any) -> dict[str, Any]:
    """By which name it was met. `of` is the name's own kind where it was met by sound."""
    held = row.kind if row.holds or row.kind == "code" else "former"
    kind = held if row.way in ("name", "any") else row.way
    if row.way == "traditional" and held == "former":
        kind = "former"
    position = None if row.longitude is None else [round(row.longitude, 6), round(row.latitude, 6)]
    return {
        "point": position,
        "matched": {
            "name": _full_former_name(graph, row) if kind == "former" else row.name,
            "kind": kind,
            "of": held,
            "valid": {"from": row.valid_from, "to": row.valid_to},
        },
        "score": score(row.quality),
    }


def _full_former_name(graph: Graph, row: Any) -> str:
    """A former unit met by its short name is shown by the name it bore: 襄樊市, not 襄樊."""
    version = graph.version_of(row.subject_id, row.valid_from) if row.kind == "short" else None
    name: str = version.name if version else row.name
    return name
