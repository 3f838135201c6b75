"""What is asked, as the Reconciliation API 0.2 puts it, checked. Pure.

https://reconciliation-api.github.io/specs/0.2/ sections 4 to 7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from data.errors import BadRequest
from geonames.places.classes import class_tree, place_classes

#: Queries of one batch; OpenRefine sends ten. Whoever has more sends several batches.
MOST_QUERIES = 100
#: Candidates of one query.
MOST_CANDIDATES, DEFAULT_CANDIDATES = 50, 5
#: Entities and properties of one data extension.
MOST_ENTITIES, MOST_PROPERTIES = 100, 30
MOST_TYPES = 8
#: What a query may say beside the text.
WITHIN, AS_OF = "within", "as_of"
Strictness = Literal["any", "should", "all"]
STRICTNESS: tuple[Strictness, ...] = ("any", "should", "all")
_KNOWN = {"query", "type", "limit", "properties", "type_strict"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of the service: a class of Art. 3 or a class of GB/T 18521."""

    id: str
    name: str
    description: str

    @property
    def is_class(self) -> bool:
        """Whether it is one of the eight of Art. 3."""
        return not self.id.isdigit()


@dataclass(frozen=True, slots=True)
class Query:
    """One query. `within`: a code or name of a division; `as_of`: the day on which the name is sought."""

    text: str
    kinds: tuple[Kind, ...] = ()
    strict: Strictness = "any"
    limit: int = DEFAULT_CANDIDATES
    within: str | None = None
    as_of: date | None = None


def kinds() -> Mapping[str, Kind]:
    """All types by id: the eight classes first."""
    found = {key: Kind(key, c.name_zh, c.name_en) for key, c in place_classes().items()}
    return found | {t.code: Kind(t.code, t.name_zh, t.name_en) for t in class_tree()}


def read_batch(value: Any) -> dict[str, Query]:
    """A batch of queries by their keys. `BadRequest` `bad_queries`, `too_many_queries`."""
    if not isinstance(value, dict):
        raise bad("queries is a JSON object: each key of yours with its query.")
    if len(value) > MOST_QUERIES:
        raise BadRequest(
            f"The batch has {len(value):,} queries; at most {MOST_QUERIES} are answered at once. Send several.",
            code="too_many_queries",
        )
    return {key: _query(key, asked) for key, asked in value.items()}


def bad(detail: str) -> BadRequest:
    """A batch or extension that is not of the form of the specification."""
    return BadRequest(detail, code="bad_queries")


def _query(key: str, asked: Any) -> Query:
    if not isinstance(asked, dict) or not set(asked) <= _KNOWN:
        raise bad(f"The query {key[:40]!r} is an object with {', '.join(sorted(_KNOWN))} and nothing else.")
    text = asked.get("query")
    if not isinstance(text, str):
        raise bad(f"The query {key[:40]!r} has no text under `query`; places are known by names here.")
    return Query(
        text, _kinds(key, asked.get("type")), _strict(key, asked.get("type_strict", "any")), _limit(key, asked),
        **_properties(key, asked.get("properties", [])),
    )  # fmt: skip


def _kinds(key: str, asked: Any) -> tuple[Kind, ...]:
    ids = [asked] if isinstance(asked, str) else asked or []
    known = kinds()
    if not isinstance(ids, list) or len(ids) > MOST_TYPES or not all(isinstance(i, str) for i in ids):
        raise bad(f"type of the query {key[:40]!r} is the id of a type, or a list of up to {MOST_TYPES}.")
    if unknown := [i for i in ids if i not in known]:
        raise bad(f"The query {key[:40]!r} asks for the type {unknown[0][:40]!r}, which is none of this service.")
    return tuple(known[i] for i in dict.fromkeys(ids))


def _strict(key: str, asked: Any) -> Strictness:
    found = next((one for one in STRICTNESS if one == asked), None)
    if found is None:
        raise bad(f"type_strict of the query {key[:40]!r} is one of {', '.join(STRICTNESS)}.")
    return found


def _limit(key: str, asked: Mapping[str, Any]) -> int:
    limit = asked.get("limit", DEFAULT_CANDIDATES)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 1 <= limit <= MOST_CANDIDATES:
        raise bad(f"limit of the query {key[:40]!r} is from 1 to {MOST_CANDIDATES}.")
    return int(limit)


def _properties(key: str, asked: Any) -> dict[str, Any]:
    if not isinstance(asked, list):
        raise bad(f"properties of the query {key[:40]!r} is a list of `pid` and `v`.")
    found: dict[str, Any] = {}
    for one in asked:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise bad(f"Each of the properties of the query {key[:40]!r} has `pid` and `v`.")
        if one["pid"] not in (WITHIN, AS_OF):
            raise bad(f"The property {one['pid'][:40]!r} is not compared here; `within` and `as_of` are.")
        found[one["pid"]] = _value(key, one)
    return found


def _value(key: str, one: Mapping[str, Any]) -> Any:
    value = one["v"][0] if isinstance(one["v"], list) and one["v"] else one["v"]
    text = value.get("id") if isinstance(value, dict) else value
    if not isinstance(text, str | int) or isinstance(text, bool) or not 1 <= len(str(text)) <= 200:
        raise bad(f"The property {one['pid']} of the query {key[:40]!r} has a text as its value.")
    return _day(key, str(text)) if one["pid"] == AS_OF else str(text).strip()


def _day(key: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise bad(f"as_of of the query {key[:40]!r} is a day: YYYY-MM-DD.") from None


def read_extension(value: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """The ids and properties of a data extension. `BadRequest` `bad_queries`, `too_many_queries`."""
    ids, properties = (value.get("ids"), value.get("properties")) if isinstance(value, dict) else (None, None)
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise bad("extend has `ids`, a list of identifiers.")
    if not isinstance(properties, list) or not all(isinstance(p, dict) and _is_id(p) for p in properties):
        raise bad("extend has `properties`, a list of objects with `id`.")
    if len(ids) > MOST_ENTITIES or len(properties) > MOST_PROPERTIES:
        raise BadRequest(
            f"At most {MOST_ENTITIES} entities and {MOST_PROPERTIES} properties are answered at once. Send several.",
            code="too_many_queries",
        )
    return ids, properties


def _is_id(one: Mapping[str, Any]) -> bool:
    return isinstance(one.get("id"), str) and isinstance(one.get("settings", {}), dict)


def begins(text: str, prefix: str) -> bool:
    """Whether a text holds what was typed, whatever the case."""
    return prefix.casefold() in text.casefold()


def first(found: Sequence[dict[str, Any]], most: int = 20) -> dict[str, Any]:
    """An answer of the suggest services."""
    return {"result": list(found[:most])}
