"""How the signs of a division stand on a day, in numbers: by state, by what they say, and what is to be done."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from data.db import fetch_all
from geonames.signs import store
from geonames.signs.orders import asked_for, within_of
from geonames.signs.terms import BROKEN, REMOVED
from geonames.signs.words import ORDER, words, wrong_texts


def count_signs(connection: Connection, day: date, within: str | None = None) -> dict[str, Any]:
    """The numbers of `day`, of inventories of divisions whose codes begin with that of `within` (None: all).

    `signs` are those that are there or ought to be: all but the removed. `defective` ones are broken or contradict the
    standard name; a sign that is both counts once. Every word of a list is told, with 0 where no sign is so.
    """
    region = within_of(within)
    asked = {"day": day, "within": region[0] if region else None}
    rows = fetch_all(connection, store.PUBLIC_COUNTS, asked)
    kept = [row for row in rows if row["state"] != REMOVED]
    wrong = wrong_texts()
    due = {row["what"]: row for row in fetch_all(connection, store.PUBLIC_DUE_COUNTS, asked_for(day, region))}
    return {
        "as_of": day,
        "within": within,
        "signs": sum(row["number"] for row in kept),
        "defective": sum(row["number"] for row in kept if row["state"] in BROKEN or row["text_check"] in wrong),
        "states": [{"key": key, "signs": _sum(rows, "state", key)} for key in words("state")],
        "texts": [{"key": key, "signs": _sum(kept, "text_check", key)} for key in words("text")],
        "orders": [
            {
                "key": key,
                "orders": due[key]["number"] if key in due else 0,
                "overdue": due[key]["overdue"] if key in due else 0,
            }
            for key in words(ORDER)
        ],
    }


def _sum(rows: list[Any], column: str, key: str) -> int:
    return sum(row["number"] for row in rows if row[column] == key)
