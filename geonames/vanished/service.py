"""Questions about names that nothing bears any more, as of any day. Everybody asks them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.cells import harmless
from data.db import Row, fetch_all, fetch_one
from data.decisions import brief_decisions
from data.errors import NotFound
from data.paging import check_limit, decode_cursor, page
from geonames.heritage.service import dated
from geonames.vanished import store

#: `recorded` by an office; a `place` or `unit` whose name the register itself ended.
ORIGINS = ("recorded", "place", "unit")
#: Columns of the table that `as_csv` writes.
COLUMNS = (
    "id", "origin", "code", "name", "roman", "class", "reason", "note", "last_day", "successor", "unit_code",
    "unit_name", "longitude", "latitude", "source", "decision",
)  # fmt: skip
PIECE = 1000
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which names: `q` stands in them; `within`: beginning of a code; `since`, `until`: years."""

    q: str | None = None
    within: str | None = None
    reason: str | None = None
    origin: str | None = None
    class_: str | None = None
    since: int | None = None
    until: int | None = None


def list_vanished(
    connection: Connection, day: date, wanted: Wanted | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the names that had vanished before `day`, the latest first, those of unknown day last."""
    limit, asked = check_limit(limit), wanted or Wanted()
    query = {"list_of": "vanished", "day": day.isoformat(), **{n: getattr(asked, n) for n in Wanted.__slots__}}
    after = decode_cursor(query, cursor, (int, UUID)) or (None, None)
    rows = fetch_all(connection, store.PUBLIC_LIST, {**_asked(day, asked), **_after(*after), "limit": limit + 1})
    shown, following = page(rows, limit, query, lambda row: (row["sort"], row["id"]))
    return {"items": [vanished_item(row) for row in shown], "next": following, "as_of": day}


def _asked(day: date, asked: Wanted) -> dict[str, Any]:
    return {
        "q": asked.q, "within": asked.within, "reason": asked.reason, "origin": asked.origin, "class": asked.class_,
        "since": None if asked.since is None else asked.since * 10000,
        "until": None if asked.until is None else asked.until * 10000 + 1231,
        "day": day.year * 10000 + day.month * 100 + day.day, "never": store.NEVER,
    }  # fmt: skip


def _after(sort: int | None, identity: UUID | None) -> dict[str, Any]:
    return {"after_sort": sort, "after": identity}


def vanished_item(row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """A vanished name as lists and the feed show it."""
    named = (
        "id", "origin", "code", "name", "roman", "class", "reason", "note", "successor", "subject", "source",
        "decision", "demonstration",
    )  # fmt: skip
    return {
        **{name: row[name] for name in named},
        "last_day": dated(row["last_day"]),
        "unit": {"code": row["unit_code"], "name": row["unit_name"]} if row["unit_code"] else None,
        "point": [row["longitude"], row["latitude"]] if row["longitude"] is not None else None,
    }


def find_vanished(connection: Connection, identity: UUID) -> dict[str, Any]:
    """One vanished name with its last geometry, by its record or by what bore it. NotFound `no_such_vanished_name`."""
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": identity, "never": store.NEVER})
    if row is None:
        raise NotFound(
            "No vanished name has this id; what still bears a name is not among them. /v1/vanished-names lists them.",
            code="no_such_vanished_name",
        )
    decision = row["decision"]
    return {
        **vanished_item(row),
        "geometry": row["geometry"],
        "by": brief_decisions(connection, [decision]).get(decision) if decision else None,
        "successors": [dict(one) for one in fetch_all(connection, store.PUBLIC_SUCCESSORS, {"unit": row["subject"]})],
    }


def as_csv(connection: Connection, day: date, wanted: Wanted) -> Iterator[str]:
    """The names as CSV for a spreadsheet program, the first `MOST_ROWS` of them; the first piece has the header."""
    yield "\ufeff" + _lines([COLUMNS])
    after: tuple[int | None, UUID | None] = (None, None)
    for _ in range(MOST_ROWS // PIECE):
        values = {**_asked(day, wanted), **_after(*after), "limit": PIECE}
        rows = fetch_all(connection, store.PUBLIC_LIST, values)
        yield _lines([["" if row[name] is None else str(row[name]) for name in COLUMNS] for row in rows])
        if len(rows) < PIECE:
            return
        after = (rows[-1]["sort"], rows[-1]["id"])


def _lines(rows: Any) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(harmless(row) for row in rows)
    return out.getvalue()
