"""Asking for what was seen: observations for the office, days out of keepers, the last state of markers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.patrol import observation_store, store
from boundaries.patrol.reach import matter_of, reach_of
from boundaries.patrol.rules import rules
from data.access import Actor, require
from data.crs import STORED_NAME
from data.db import Row, fetch_all, fetch_one
from data.errors import BadRequest, NotFound
from data.paging import check_limit, decode_cursor, page

#: What days out are counted over where nobody says otherwise.
DAYS = 30


def list_observations(
    connection: Connection,
    actor: Actor,
    *,
    line: UUID | None = None,
    marker: UUID | None = None,
    state: str | None = None,
    since: date | None = None,
    findings_only: bool = False,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the observations in the actor's reach, the latest seen first. Permission `patrol.read`.

    BadRequest `marker_state_unknown`.
    """
    if state is not None and state not in rules().states:
        raise BadRequest(f"Markers are {', '.join(rules().states)}.", code="marker_state_unknown")
    limit = check_limit(limit)
    wanted = {"line": line, "marker": marker, "state": state, "since": since, "judged": findings_only}
    query = {"list": "patrol-observations", **wanted, "for": actor.name}
    after = decode_cursor(query, cursor, (datetime.fromisoformat, UUID)) or (None, None)
    reach = reach_of(connection, actor, "patrol.read")
    values = {**reach, **wanted, "after_at": after[0], "after_id": after[1], "limit": limit + 1}
    rows = fetch_all(connection, observation_store.LIST, values)
    shown, following = page(rows, limit, query, lambda row: (row["seen_at"].isoformat(), row["id"]))
    return {"items": [described(row) for row in shown], "next": following, "crs": STORED_NAME}


def find_observation(connection: Connection, actor: Actor, observation: UUID) -> dict[str, Any]:
    """One observation; its keeper sees his own. NotFound `no_such_observation`; permission `patrol.read`."""
    row = fetch_one(connection, observation_store.OBSERVATION, {"id": observation})
    if row is None:
        raise NotFound("There is no such observation.", code="no_such_observation")
    if row["account_id"] != actor.account_id:
        require(actor, "patrol.read", matter_of(connection, row["unit_id"]))
    return described(row)


def described(row: Row) -> dict[str, Any]:
    """An observation as the API shows it; positions in longitude and latitude."""
    placed = row["lon"] is not None
    position = {
        "point": [row["lon"], row["lat"]],
        "accuracy_m": row["accuracy_m"],
        "source": row["position_source"],
        "method": row["position_method"],
    }
    off = row["clock_ahead_s"]
    return {
        "id": row["id"],
        "keeper": {"account": row["account_id"], "name": row["keeper"]},
        "level": row["level"],
        "unit": {"code": row["unit_code"], "name": row["unit_name"]},
        "line": {"id": row["line_id"], "name": row["line_name"], "title": row["line_title"]},
        "marker": {
            "id": row["marker_id"],
            "code": row["marker_code"],
            "position": None if row["marker_lon"] is None else [row["marker_lon"], row["marker_lat"]],
        },
        "walk": row["walk_id"],
        "state": row["state"],
        "seen_at": row["seen_at"],
        "received_at": row["received_at"],
        "clock_ahead_s": off,
        "clock_off": off is not None and abs(off) > rules().limits.clock_off_s,
        "position": position if placed else None,
        "witnesses": row["witnesses"],
        "note": row["note"],
        "files": row["files"] or [],
        "findings": row["judged"],
    }


def last_seen(connection: Connection, markers: Sequence[UUID]) -> dict[UUID, Row]:
    """The last state in which each of these markers was seen, by marker."""
    rows = fetch_all(connection, observation_store.LAST_SEEN, {"markers": list(markers)})
    return {row["marker_id"]: row for row in rows}


def first_day(until: date) -> date:
    """Where a span of days that ends on `until` begins if nobody says otherwise."""
    return date.fromordinal(max(1, until.toordinal() - DAYS + 1))


def attendance(
    connection: Connection,
    actor: Actor,
    today: date,
    *,
    begin: date,
    until: date,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Of each keeper in the actor's reach the days out from `begin` to `until`, and what is still to do.

    A day out is a civil day with a walk or an observation by the phone's clock. Permission `patrol.read`;
    BadRequest `bad_date`.
    """
    reach = reach_of(connection, actor, "patrol.read")
    if until < begin:
        raise BadRequest(f"{until} is before {begin}.", code="bad_date")
    limit = check_limit(limit)
    query = {"list": "patrol-attendance", "from": begin, "to": until, "for": actor.name}
    after = decode_cursor(query, cursor, (str, UUID)) or (None, None)
    span = {"begin": begin, "until": until, "today": today}
    keys = {"after_name": after[0], "after_id": after[1], "limit": limit + 1}
    rows = fetch_all(connection, store.ATTENDANCE, {**reach, **span, **keys})
    shown, following = page(rows, limit, query, lambda row: (row["keeper"], row["account_id"]))
    return {"items": [_attended(row) for row in shown], "next": following, "from": begin, "to": until}


def _attended(row: Row) -> dict[str, Any]:
    return {
        "keeper": {"account": row["account_id"], "name": row["keeper"]},
        "levels": sorted(row["levels"], key=list(rules().levels).index),
        "days_out": row["days"],
        "walks": row["walks"],
        "hours_out": round(float(row["hours"]), 1),
        "observations": row["observations"],
        "last_at": row["last_at"],
        "open_tasks": row["open"],
        "overdue_tasks": row["overdue"],
    }
