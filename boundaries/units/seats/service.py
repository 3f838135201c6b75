"""Questions about the seats of governments, as of any day. Everybody asks them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from boundaries.units.coding import check_code
from boundaries.units.seats import store
from boundaries.units.service import find_unit, register_span
from data.db import Row, fetch_all
from data.decisions import brief_decisions
from data.paging import check_limit, decode_cursor, page


def unit_seats(
    connection: Connection, code: str, as_of: date | None = None, known_at: datetime | None = None
) -> dict[str, Any]:
    """Where the government of the unit that has (or last had) `code` sat, first to last; errors as `find_unit`.

    `seat` is the one held on the day asked about, None where no decision of the register says it.
    """
    unit = find_unit(connection, code, as_of, known_at)
    rows = fetch_all(connection, store.OF_UNIT, {"unit_id": unit["id"], "known_at": known_at})
    known = brief_decisions(connection, [row["decision"] for row in rows])
    items = [{**seat_object(row), "by": known.get(row["decision"])} for row in rows]
    day: date = unit["as_of"]
    held = [one for one in items if one["valid"]["from"] <= day and (one["valid"]["to"] or date.max) > day]
    return {
        **{key: unit[key] for key in ("id", "code", "name", "status", "as_of", "register_through", "demonstration")},
        "seat": held[-1] if held else None,
        "items": items,
    }


def list_seats(
    connection: Connection,
    *,
    within: str | None = None,
    moved: bool | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the seats held on a day, by code of the unit; `within`: only units of the division with this code."""
    limit, day = check_limit(limit), register_span(connection).day(as_of)
    stem = None if within is None else _stem(check_code(within))
    query = {"list_of": "seats", "within": within, "moved": moved, "as_of": day.isoformat(), "known_at": str(known_at)}
    after = decode_cursor(query, cursor, (check_code,))
    values = {
        "day": day, "known_at": known_at, "within": stem, "moved": moved, "after": after[0] if after else None,
        "limit": limit + 1,
    }  # fmt: skip
    shown, following = page(fetch_all(connection, store.LIST, values), limit, query, lambda row: (row["code"],))
    return {"items": [seat_object(row) for row in shown], "next": following, "as_of": day}


def _stem(code: str) -> str:
    """The beginning of the codes below a unit, as LIKE wants it."""
    return next(code[:n] for n in (2, 4, 6, 9, 12) if not code[n:].strip("0")) + "%"


def seat_object(row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """A seat as lists and the feed show it; `unit` as it was called on its first day."""
    ends = [day for day in (row["valid_to"], row["ended"]) if day is not None]
    return {
        "id": row["id"],
        "unit": {"id": row["unit_id"], "code": row["code"], "name": row["name"]},
        "place": row["place"],
        "valid": {"from": row["valid_from"], "to": min(ends, default=None)},
        "origin": row["origin"],
        "quote": row["quote"] or None,
        "moved": row["moved"],
        "decision": row["decision"],
        "demonstration": row["demonstration"],
    }
