"""What a key asked, by day and class of address: rows, sums for each day, and CSV."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.db import fetch_all
from data.errors import BadRequest
from data.service_keys import store

#: Days that are shown where nobody asks for others, and at most at once.
DEFAULT_DAYS = 30
MOST_DAYS = 1100
COLUMNS = ("day", "class", "asked", "refused", "failed")


def usage_of(
    connection: Connection, key_id: UUID, first: date | None, last: date | None, today: date
) -> dict[str, Any]:
    """The usage of a key from `first` to `last`, both included; the caller has asked whether it may be seen.

    Raises `BadRequest` (`period_reversed`, `period_too_long`).
    """
    until = last or today
    since = first or until - timedelta(days=DEFAULT_DAYS - 1)
    if since > until:
        raise BadRequest(f"The period begins on {since} and ends before, on {until}.", code="period_reversed")
    if (until - since).days >= MOST_DAYS:
        raise BadRequest(f"At most {MOST_DAYS} days are told at once.", code="period_too_long")
    rows = fetch_all(connection, store.USAGE, {"key": key_id, "first": since, "last": until})
    items = [dict(row) for row in rows]
    return {"from": since, "to": until, "items": items, "total": _sum(items)}


def _sum(items: list[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(item[name] for item in items) for name in COLUMNS[2:]}


def by_day(usage: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each day of the period, also those without a request."""
    found: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for item in usage["items"]:
        found[item["day"]].append(item)
    days = ((usage["from"] + timedelta(days=n)) for n in range((usage["to"] - usage["from"]).days + 1))
    return [{"day": day, **_sum(found[day])} for day in days]


def as_csv(usage: dict[str, Any]) -> bytes:
    """The rows as CSV (RFC 4180), UTF-8 with a byte order mark for Excel; nothing in it was typed by anybody."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    writer.writerows([item[name] for name in COLUMNS] for item in usage["items"])
    return written.getvalue().encode("utf-8-sig")
