"""Names by decision, by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.db import Row, fetch_all
from data.errors import BadRequest
from data.governing import GOVERNING
from data.paging import check_limit, decode_cursor, page
from geonames.decision_feed import store

MAX_LIMIT = 200
DEFAULT_LIMIT = 50
#: Names that an entry tells; the rest are counted, and `/v1/decisions/{id}` has them all.
NAMES_TOLD = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Decisions from `since` through `until`, both included, by one of their dates (`by`)."""

    by: str = "effective"
    since: date | None = None
    until: date | None = None
    demonstration: bool = False


def decision_feed(
    connection: Connection, asked: Asked, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of decisions with the names that each gave (`opened`) and ended (`closed`), latest first.

    Raises `BadRequest` `bad_governing_date`, `period_reversed`, those of paging.
    """
    _check(asked)
    size = check_limit(limit, largest=MAX_LIMIT, default=DEFAULT_LIMIT)
    query = {"list": "decision-feed", **{name: str(getattr(asked, name)) for name in asked.__slots__}}
    after = decode_cursor(query, cursor, (str, UUID)) or (None, None)
    rows = fetch_all(connection, store.page_of(asked.by), {**_parameters(asked), "limit": size + 1, **_after(after)})
    shown, following = page(rows, size, query, lambda row: (row["governing"], row["id"]))
    names = _names(connection, shown)
    return {"items": [_entry(row, names[row["id"]]) for row in shown], "next": following, "by": asked.by}


def _check(asked: Asked) -> None:
    if asked.by not in GOVERNING:
        raise BadRequest(f"by is one of {', '.join(GOVERNING)}.", code="bad_governing_date")
    if asked.since is not None and asked.until is not None and asked.until < asked.since:
        raise BadRequest("The period ends before it begins.", code="period_reversed")


def _parameters(asked: Asked) -> dict[str, Any]:
    return {
        "since": None if asked.since is None else asked.since.isoformat(),
        "until": None if asked.until is None else asked.until.isoformat(),
        "demonstration": asked.demonstration,
    }


def _after(after: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(("after_day", "after_id"), after, strict=True))


def _names(connection: Connection, rows: Sequence[Row]) -> Mapping[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    if rows:
        for row in fetch_all(connection, store.NAMES, {"ids": [row["id"] for row in rows]}):
            found[row["decision_id"]].append({key: value for key, value in row.items() if key != "decision_id"})
    return found


def _entry(row: Row, names: list[dict[str, Any]]) -> dict[str, Any]:
    told = {key: value for key, value in row.items() if key != "governing"}
    return {**told, "date": row["governing"], "names": names[:NAMES_TOLD], "names_in_all": len(names)}
