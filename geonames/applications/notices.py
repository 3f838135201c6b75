"""Announcements (公告) as the public reads them: what was named or renamed, by whom, since when."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data.db import Row, fetch_all, fetch_one
from data.errors import NotFound
from data.paging import check_limit, decode_cursor, page

FIND = text("""
    SELECT id, decision_id, announced_on, authority, doc_no, notice FROM published.announcement WHERE id = :id
""")
LIST = text("""
    SELECT id, decision_id, announced_on, authority, doc_no, notice FROM published.announcement
    WHERE (CAST(:within AS text) IS NULL OR starts_with(notice ->> 'within', :within))
      AND (CAST(:since AS date) IS NULL OR announced_on >= :since)
      AND (CAST(:day AS date) IS NULL OR (announced_on, id) < (CAST(:day AS date), CAST(:after AS uuid)))
    ORDER BY announced_on DESC, id DESC LIMIT :limit
""")


def list_notices(
    connection: Connection,
    *,
    within: str | None = None,
    since: date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of announcements, the latest first: `{"items", "next"}`. `within`: a division code."""
    limit = check_limit(limit)
    query = {"list": "notices", "within": within, "since": str(since)}
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID))
    parameters = {
        "within": None if within is None else below(within),
        "since": since,
        "day": after[0] if after else None,
        "after": after[1] if after else None,
        "limit": limit + 1,
    }
    rows = fetch_all(connection, LIST, parameters)
    shown, following = page(rows, limit, query, lambda row: (row["announced_on"].isoformat(), row["id"]))
    return {"items": [notice_object(row) for row in shown], "next": following}


def below(code: str) -> str:
    """How the codes of what lies within a division begin."""
    if len(code) > len("330522"):
        return code
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def find_notice(connection: Connection, notice_id: UUID) -> dict[str, Any]:
    """One announcement; NotFound `no_such_notice_of_names`."""
    row = fetch_one(connection, FIND, {"id": notice_id})
    if row is None:
        raise NotFound("There is no announcement with this id.", code="no_such_notice_of_names")
    return notice_object(row)


def notice_object(row: Row) -> dict[str, Any]:
    """An announcement as the API shows it."""
    return {
        "id": row["id"],
        "announced_on": row["announced_on"],
        "announced_by": row["authority"],
        "doc_no": row["doc_no"],
        "decision": row["decision_id"],
        **{f"approval_{key}" if key == "doc_no" else key: value for key, value in row["notice"].items()},
    }
