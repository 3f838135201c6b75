"""Answers of the reconciliation service, by the search of the gazetteer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from boundaries.units.service import register_span
from data.errors import BadRequest, NotFound
from geonames.places.classes import class_tree
from geonames.places.service import find_place, names_of_unit
from geonames.reconcile.model import (
    AS_OF,
    Kind,
    Query,
    bad,
    begins,
    first,
    kinds,
    read_batch,
    read_extension,
)
from geonames.reconcile.properties import BY_ID, PROPERTIES
from geonames.search.service import search_places, suggest

#: A name that is exactly the one asked for; in Latin letters a sound is.
EXACT = 0.95
#: Kinds of names by which a single exact hit is taken as certain; a former name or alias may mean another place.
CERTAIN = frozenset({"standard", "unverified", "code", "traditional", "pinyin"})
#: What a candidate of another type loses where types should, and need not, fit.
OTHER_TYPE_LOSES = 30.0
UNIT_BY_NAME = text("""
    SELECT DISTINCT v.code FROM published.unit_version v
    WHERE v.name = :name AND upper_inf(v.known) AND v.valid @> CAST(:day AS date) AND NOT v.demonstration LIMIT 2
""")


def reconcile(connection: Connection, batch: Any) -> dict[str, Any]:
    """The candidates of each query. A text that cannot be looked for has none, and `problem` says why.

    Raises `BadRequest` `bad_queries`, `too_many_queries`.
    """
    return {key: _answer(connection, query) for key, query in read_batch(batch).items()}


def _answer(connection: Connection, query: Query) -> dict[str, Any]:
    try:
        return {"result": _candidates(connection, query)}
    except (BadRequest, NotFound) as error:
        return {"result": [], "problem": {"code": error.code, "detail": error.detail}}


def _candidates(connection: Connection, query: Query) -> list[dict[str, Any]]:
    within = None if query.within is None else _code(connection, query.within, query.as_of)
    found: dict[UUID, dict[str, Any]] = {}
    for filters in _filters(query):
        asked = search_places(
            connection, q=query.text, limit=query.limit + 1, within=within, as_of=query.as_of, **filters
        )
        for item in asked["items"]:
            found.setdefault(item["id"], item)
    real = [item for item in found.values() if not item["demonstration"] or within is not None]
    fitting = [item for item in real if query.strict != "all" or all(_is_of(item, kind) for kind in query.kinds)]
    shown = [_candidate(item, query) for item in fitting]
    shown.sort(key=lambda candidate: -candidate["score"])
    return _with_match(shown)[: query.limit]


def _filters(query: Query) -> list[dict[str, Any]]:
    """One search for each type; one for all where types need not fit."""
    if not query.kinds or query.strict == "should":
        return [{}]
    return [{"class_": kind.id} if kind.is_class else {"type_code": kind.id} for kind in query.kinds]


def _code(connection: Connection, within: str, as_of: date | None) -> str:
    """The code of a division given by code or full name; `BadRequest` `bad_queries` for a name that is not one's."""
    if within.isdigit():
        return within
    day = as_of or register_span(connection).register_through
    codes = connection.scalars(UNIT_BY_NAME, {"name": within, "day": day}).all()
    if len(codes) != 1:
        many = "several divisions bear" if codes else "no division bears"
        raise bad(f"within: {many} the name {within[:40]!r} on {day}; give a code.")
    return str(codes[0])


def _is_of(item: Mapping[str, Any], kind: Kind) -> bool:
    return item["class"] == kind.id if kind.is_class else str(item["type"]).startswith(kind.id.rstrip("0"))


def _candidate(item: Mapping[str, Any], query: Query) -> dict[str, Any]:
    fits = not query.kinds or any(_is_of(item, kind) for kind in query.kinds)
    score = item["score"] * 100 - (0 if fits else OTHER_TYPE_LOSES)
    return {
        "id": str(item["id"]),
        "name": item["name"],
        "description": described(item),
        "score": round(max(score, 0.0), 1),
        "match": False,
        "type": types_of(item),
        "features": [
            {"id": "name", "value": item["score"]},
            {"id": "exact", "value": item["score"] >= EXACT},
            {"id": "certain", "value": item["score"] >= EXACT and item["matched"]["kind"] in CERTAIN and fits},
            {"id": "standing", "value": item["status"] == "current"},
        ],
    }


def _with_match(candidates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`match` for the one that is meant beyond doubt: exact by a certain name, and no other exact one beside it."""
    exact = [c for c in candidates if _feature(c, "exact")]
    if len(exact) == 1 and _feature(exact[0], "certain") and exact[0] is candidates[0]:
        exact[0]["match"] = True
    return candidates


def _feature(candidate: Mapping[str, Any], name: str) -> bool:
    return any(feature["id"] == name and feature["value"] for feature in candidate["features"])


def described(item: Mapping[str, Any]) -> str:
    """Where a place lies, its code, and by which other name it was met."""
    chain = [name for name in (item["unit"] or {}).get("chain", ()) if name != item["name"]]
    matched = item.get("matched") or {}
    by = f"曾用名 {matched['name']}" if matched.get("kind") == "former" else ""
    ended = "已停用" if item.get("status") == "former" else ""
    return " · ".join(part for part in ("".join(chain), item.get("code") or "", by, ended) if part)


def types_of(item: Mapping[str, Any]) -> list[dict[str, str]]:
    """The class of Art. 3 and, where it is known, the class of GB/T 18521."""
    found = class_tree_nearest(item.get("type"))
    own = kinds().get(str(item["class"]))
    return [{"id": kind.id, "name": kind.name} for kind in (own, found) if kind is not None]


def class_tree_nearest(code: str | None) -> Kind | None:
    """The listed class of GB/T 18521 for a code."""
    nearest = class_tree().nearest(code) if code else None
    return Kind(nearest.code, nearest.name_zh, nearest.name_en) if nearest else None


def suggest_entities(connection: Connection, prefix: str) -> dict[str, Any]:
    """Places for what was typed so far. Raises the errors of a search text."""
    items = [item for item in suggest(connection, prefix, limit=20)["items"] if not item["demonstration"]]
    return first(
        [
            {"id": str(item["id"]), "name": item["name"], "description": described(item), "notable": types_of(item)}
            for item in items
        ]
    )


def suggest_types(prefix: str) -> dict[str, Any]:
    """Types whose id or name holds what was typed."""
    hits = [kind for kind in kinds().values() if begins(f"{kind.id} {kind.name} {kind.description}", prefix)]
    return first([{"id": kind.id, "name": kind.name, "description": kind.description} for kind in hits])


def suggest_properties(prefix: str) -> dict[str, Any]:
    """Properties whose id or name holds what was typed."""
    return first([p.brief() for p in PROPERTIES if begins(f"{p.id} {p.name} {p.description}", prefix)])


def propose_properties(kind: str | None, limit: int) -> dict[str, Any]:
    """The properties that can be fetched; all types have the same."""
    shown = [{"id": p.id, "name": p.name} for p in PROPERTIES][:limit]
    return {"properties": shown, "limit": limit, **({"type": kind} if kind else {})}


def extend(connection: Connection, asked: Any) -> dict[str, Any]:
    """Values of properties for places: `{"meta", "rows"}`; a place or property that is not known has empty cells.

    The setting `as_of` of a property is the day on which it is read. Raises `BadRequest` `bad_queries`,
    `too_many_queries`, those of a day.
    """
    ids, properties = read_extension(asked)
    meta = [{"id": p["id"], "name": BY_ID[p["id"]].name if p["id"] in BY_ID else p["id"]} for p in properties]
    days = {_as_of(p) for p in properties} or {None}
    rows: dict[str, Any] = {}
    for one in ids:
        shown = {day: _place(connection, one, day) for day in days}
        rows[one] = {p["id"]: _cells(shown[_as_of(p)], p["id"]) for p in properties}
    return {"meta": meta, "rows": rows}


def _as_of(asked: Mapping[str, Any]) -> date | None:
    value = asked.get("settings", {}).get(AS_OF)
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise bad("The setting as_of is a day: YYYY-MM-DD.") from None


def _place(connection: Connection, entity: str, day: date | None) -> dict[str, Any] | None:
    try:
        place = find_place(connection, UUID(entity), day)
        past = [n for n in names_of_unit(connection, place["id"]) if n["text"] != place["name"]]
        return {**place, "names": [*place["names"], *({**name, "kind": "former"} for name in past)]}
    except (ValueError, NotFound):
        return None


def _cells(place: Mapping[str, Any] | None, name: str) -> list[dict[str, Any]]:
    one = BY_ID.get(name)
    return list(one.values(place)) if place is not None and one is not None else []
