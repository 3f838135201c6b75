"""Orders of signs: what naming decisions and broken signs want done, by when and by whom, on any day.

Worked out from the register and the inventory whenever they are asked for, and kept nowhere: an order is there from the
day on which its reason is, and gone when the inventory says that the sign was set, replaced or repaired.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor
from data.access.table import permissions
from data.db import Row, fetch_all, fetch_one
from data.decisions import brief_decisions
from data.paging import check_limit, decode_cursor, page
from geonames.applications.notices import below
from geonames.signs import store
from geonames.signs.sign import should_say
from geonames.signs.terms import BROKEN, REMOVED, naming, terms
from geonames.signs.words import wrong_texts

#: Whoever records signs is told of the orders that are overdue.
TOLD = "sign.record"


@dataclass(frozen=True, slots=True)
class WantedOrders:
    """Which orders: of divisions whose codes begin with one of `within` (None: all), of a kind, of a place, overdue."""

    within: tuple[str, ...] | None = None
    what: str | None = None
    place: UUID | None = None
    overdue: bool = False


def list_orders(
    connection: Connection,
    day: date,
    wanted: WantedOrders | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the orders as they stood on `day`, those first that are due first: `{"items", "next", "as_of"}`.

    Raises `BadRequest` `limit_out_of_range`, `bad_cursor`.
    """
    limit, asked = check_limit(limit), wanted or WantedOrders()
    query = {
        "list_of": "sign_orders", "day": day.isoformat(), "within": ",".join(asked.within or ()), "what": asked.what,
        "place": str(asked.place or ""), "overdue": asked.overdue,
    }  # fmt: skip
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID, UUID)) or (None, None, None)
    values = {"after_due": after[0], "after_place": after[1], "after_sign": after[2], "limit": limit + 1}
    rows = fetch_all(connection, store.PUBLIC_ORDERS, {**_asked(day, asked), **values})
    shown, following = page(rows, limit, query, lambda row: (row["due_on"], row["place_id"], row["sign_key"]))
    known = brief_decisions(connection, [row["decision"] for row in shown])
    return {"items": [{**_order(row, day), "decision": known.get(row["decision"])} for row in shown], "next": following,
            "as_of": day}  # fmt: skip


def overdue_orders(connection: Connection, actor: Actor, day: date) -> tuple[int, tuple[str, ...] | None]:
    """How many orders of the actor's divisions are overdue, and how the codes of those begin (None: everywhere)."""
    within = _reach(connection, actor)
    if within == ():
        return 0, ()
    wanted = WantedOrders(within)
    row = fetch_one(connection, store.PUBLIC_OVERDUE, _asked(day, wanted))
    return (row["number"] if row else 0), within


def _reach(connection: Connection, actor: Actor) -> tuple[str, ...] | None:
    roles = {role for row in permissions().get(TOLD, ()) for role in row.roles}
    units = {grant.unit_id for grant in actor.effective_grants() if grant.role in roles}
    if None in units:
        return None
    rows = fetch_all(connection, store.CODES, {"units": list(units)}) if units else []
    return tuple(sorted(below(row["code"]) for row in rows))


def asked_for(day: date, within: tuple[str, ...] | None) -> dict[str, Any]:
    """What the SQL of orders asks with, for all orders of these divisions."""
    return _asked(day, WantedOrders(within))


def _asked(day: date, wanted: WantedOrders) -> dict[str, Any]:
    rows, named = terms(), naming()
    return {
        "day": day,
        "within": None if wanted.within is None else list(wanted.within),
        "what": wanted.what,
        "place": wanted.place,
        "overdue": wanted.overdue,
        "removed": REMOVED,
        "broken": list(BROKEN),
        "wrong": list(wrong_texts()),
        "classes": list(named["classes"]),
        "kinds": list(named["kinds"]),
        "orders": [term.order for term in rows],
        "regions": [term.region for term in rows],
        "days": [term.days for term in rows],
        "untils": [term.valid_to for term in rows],
    }


def _order(row: Row, day: date) -> dict[str, Any]:
    term = terms()[row["term"]]
    sign = {"id": row["sign"], "code": row["sign_code"], "state": row["state"]}
    return {
        "order": row["what"],
        "place": row["place_id"],
        "place_name": row["name"],
        "sign": None if row["sign"] is None else sign,
        "panel": None if row["han"] is None else {"han": row["han"], "roman": row["roman"]},
        "should_say": should_say(row["name"], row["name_roman"]),
        "unit": {"code": row["unit_code"], "name": row["unit_name"]} if row["unit_code"] else None,
        "point": None if row["longitude"] is None else [row["longitude"], row["latitude"]],
        "since": row["since"],
        "due_on": row["due_on"],
        "overdue": row["due_on"] < day,
        "term": {"days": term.days, "mark": term.mark, "article": {"zh": term.article.zh, "en": term.article.en}},
        "demonstration": row["demonstration"],
    }


def within_of(code: str | None) -> tuple[str, ...] | None:
    """The divisions of a filter: what lies in the one with this code; None: everywhere."""
    return None if code is None else (below(code),)
