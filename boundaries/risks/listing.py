"""The risks and the inventory of all lines beside which somebody works, page by page; reviews that are overdue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.findings.reach import beside, reach_of, require_beside
from boundaries.risks import store
from boundaries.risks.service import KINDS, LEVELS, READ, no_such_risk
from data.access import Actor
from data.db import Row, fetch_all, fetch_one
from data.errors import BadRequest, NotPermitted, NotSignedIn
from data.paging import check_limit, decode_cursor, page

STATES = ("open", "closed")


@dataclass(frozen=True, slots=True)
class WantedRisks:
    """Which risks are asked for; None asks nothing. `overdue`: open ones of which the day of review has passed."""

    line: UUID | None = None
    level: str | None = None
    state: str | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class WantedAssets:
    """Which entries of the inventory are asked for. `ended`: agreements that have run out; `removed`: those too."""

    line: UUID | None = None
    kind: str | None = None
    ended: bool = False
    removed: bool = False


def list_risks(
    connection: Connection,
    actor: Actor,
    wanted: WantedRisks,
    today: date,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the risks beside whose lines `actor` may look, those first whose review is due first.

    Raises `BadRequest` `bad_risk_filter`, `limit_out_of_range`, `bad_cursor`; `NotPermitted`.
    """
    _check({"level": LEVELS, "state": STATES}, wanted)
    limit = check_limit(limit)
    query = {"list": "risks", "for": actor.name, **asdict(wanted)}
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID)) or (None, None)
    values = {**_asked(connection, actor, wanted, today), "after_day": after[0], "after": after[1], "limit": limit + 1}
    shown, following = page(fetch_all(connection, store.PAGE, values), limit, query, lambda r: (r["due"], r["id"]))
    return {"items": [risk_object(row, today) for row in shown], "next": following}


def _asked(connection: Connection, actor: Actor, wanted: WantedRisks, today: date) -> dict[str, Any]:
    units, levels = reach_of(connection, actor, READ)
    named = {"line": wanted.line, "level": wanted.level, "state": wanted.state}
    return {**named, "overdue_on": today if wanted.overdue else None, "units": list(units), "levels": list(levels)}


def _check(known: Mapping[str, tuple[str, ...]], wanted: WantedRisks | WantedAssets) -> None:
    for name, values in known.items():
        value = getattr(wanted, name)
        if value is not None and value not in values:
            raise BadRequest(f"{name} is one of {', '.join(values)}.", code="bad_risk_filter")


def risk_object(row: Row, today: date) -> dict[str, Any]:
    """A risk as it stands, with its line."""
    names = ("id", "segment", "title", "description", "level", "measures", "review_on", "state", "source",
             "source_id", "at")  # fmt: skip
    return {
        **{name: row[name] for name in names},
        "line": {"id": row["line"], "name": row["line_name"]},
        "overdue": row["state"] == "open" and row["review_on"] < today,
    }


def overdue_reviews(connection: Connection, actor: Actor, today: date) -> int:
    """How many open risks beside one's lines were to be looked at before today; 0 for whoever may see none."""
    if not connection.scalar(store.ANY):
        return 0
    try:
        return int(connection.scalar(store.OVERDUE, _asked(connection, actor, WantedRisks(overdue=True), today)) or 0)
    except (NotPermitted, NotSignedIn):
        return 0


def find_risk(connection: Connection, actor: Actor, identity: UUID, today: date) -> dict[str, Any]:
    """A risk with everything that was said of it; `NotFound` `no_such_risk`; `NotPermitted`."""
    row = fetch_one(connection, store.RISK, {"id": identity})
    if row is None:
        raise no_such_risk()
    require_beside(actor, READ, beside(connection, row["line"]))
    name = connection.scalar(store.LINE_CALLED, {"line": row["line"]})
    history = fetch_all(connection, store.HISTORY, {"id": identity})
    return {**risk_object({**row, "line_name": name}, today), "history": [dict(one) for one in history]}


def list_assets(
    connection: Connection,
    actor: Actor,
    wanted: WantedAssets,
    today: date,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the inventory beside whose lines `actor` may look, what was entered last first; errors as above."""
    _check({"kind": KINDS}, wanted)
    limit = check_limit(limit)
    query = {"list": "assets", "for": actor.name, **asdict(wanted)}
    after = decode_cursor(query, cursor, (UUID,)) or (None,)
    units, levels = reach_of(connection, actor, READ)
    values = {
        "line": wanted.line, "kind": wanted.kind, "all": wanted.removed, "ended_on": today if wanted.ended else None,
        "units": list(units), "levels": list(levels), "after": after[0], "limit": limit + 1,
    }  # fmt: skip
    shown, following = page(fetch_all(connection, store.ASSET_PAGE, values), limit, query, lambda r: [r["id"]])
    return {"items": [asset_object(row, today) for row in shown], "next": following}


def asset_object(row: Row, today: date) -> dict[str, Any]:
    """An entry of the inventory with its line; `ended`: it has run out."""
    names = ("id", "kind", "title", "doc_no", "dated", "ends_on", "parties", "note", "position", "removed_at",
             "removed_why", "at")  # fmt: skip
    return {
        **{name: row[name] for name in names},
        "line": {"id": row["line"], "name": row["line_name"]},
        "ended": row["ends_on"] is not None and row["ends_on"] < today,
    }
