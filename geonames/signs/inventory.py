"""Questions about the inventory of signs, on any day. Everybody asks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.db import Row, fetch_all, fetch_one
from data.decisions import brief_decisions
from data.errors import NotFound
from data.paging import check_limit, decode_cursor, page
from geonames.signs import store
from geonames.signs.sign import should_say
from geonames.signs.words import wrong_texts

#: Beside the keys of the list `text`: all that contradict the standard name.
WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which signs: of inventories of divisions whose codes begin with `within`, of a place, a type, a state …

    `text`: a key of the list `text`, or `WRONG`.
    """

    within: str | None = None
    place: UUID | None = None
    type: str | None = None
    state: str | None = None
    direction: str | None = None
    text: str | None = None

    def texts(self) -> list[str] | None:
        """The keys of the list `text` that are wanted; None: all."""
        if self.text is None:
            return None
        return list(wrong_texts()) if self.text == WRONG else [self.text]


def list_signs(
    connection: Connection, day: date, wanted: Wanted | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the signs as they stood on `day`, by their numbers: `{"items", "next", "as_of"}`."""
    limit, asked = check_limit(limit), wanted or Wanted()
    filters = {name: getattr(asked, name) for name in Wanted.__slots__}
    query = {"list_of": "signs", "day": day.isoformat(), **filters, "place": str(asked.place or "")}
    after = decode_cursor(query, cursor, (str, UUID)) or (None, None)
    values = {**filters, "texts": asked.texts(), "day": day, "limit": limit + 1}
    rows = fetch_all(connection, store.PUBLIC_LIST, {**values, "after_code": after[0], "after": after[1]})
    shown, following = page(rows, limit, query, lambda row: (row["code"], row["id"]))
    return {"items": [sign_item(row) for row in shown], "next": following, "as_of": day}


def find_sign(connection: Connection, sign: UUID, day: date) -> dict[str, Any]:
    """One sign as it was on `day`, else as it was last, with its history; NotFound `no_such_sign`."""
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": sign, "day": day})
    if row is None:
        raise NotFound("The inventory has no sign with this id. /v1/signs lists them.", code="no_such_sign")
    return {**sign_item(row), "as_of": day, "history": _history(connection, sign)}


def _history(connection: Connection, sign: UUID) -> list[dict[str, Any]]:
    """How the sign was, the latest first, each state with the document by which it was recorded."""
    rows = fetch_all(connection, store.PUBLIC_HISTORY, {"id": sign})
    known = brief_decisions(connection, [row["opened_by"] for row in rows])
    return [
        {
            "valid": {"from": row["valid_from"], "to": row["valid_to"]},
            "state": row["state"],
            "panel": _panel(row),
            "decision": known.get(row["opened_by"]),
        }
        for row in rows
    ]


def sign_item(row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """A sign as lists show it: what is registered, and its panel beside the standard name of the day."""
    name = row["name"] if row["standard"] else None
    return {
        **registered(row),
        "place_name": row["name"],
        "should_say": should_say(name, row["name_roman"]),
        "text": row["text_check"],
    }


def registered(row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """A sign as the feed shows it: what is registered, without the comparison, which changes with the name."""
    named = ("id", "code", "type", "state", "direction", "model", "maker", "set_on", "warranty_until", "device")
    return {
        **{name: row[name] for name in named},
        "place": row["place_id"],
        "panel": _panel(row),
        "unit": {"code": row["unit_code"], "name": row["unit_name"]} if row["unit_code"] else None,
        "point": [row["longitude"], row["latitude"]],
        "valid": {"from": row["valid_from"], "to": row["valid_to"]},
        "decision": row["decision"],
        "demonstration": row["demonstration"],
    }


def _panel(row: Row | Mapping[str, Any]) -> dict[str, Any] | None:
    return None if row["han"] is None else {"han": row["han"], "roman": row["roman"]}
