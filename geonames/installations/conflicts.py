"""What came and was not written: shown side by side with what stands here, until somebody decides.

Nothing is decided by a rule. Keep: what stands here goes on standing. Take: what came is written, and what stands here
against it is ended; a row that says something else under the same identifier cannot be written over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Engine, exc

from boundaries.units.service import chain_of, register_span
from data import audit
from data.access import Actor, Matter, Permit, decide, require
from data.access.model import COUNTRY
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import BadInput, Conflict, NotFound
from data.paging import check_limit, decode_cursor, page
from geonames.installations import applying, conflict_store
from geonames.installations.judging import Merge, merge
from geonames.installations.rows import CLOSED, Rows, records

READ, DECIDE = "exchange.read", "exchange.decide"
MOST_REASON = 500
MOST_COUNTED = 100
Decided = Literal["kept", "taken"]
Wanted = Literal["open", "decided", "all"]


def list_conflicts(
    connection: Connection, actor: Actor, wanted: Wanted = "open", limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of conflicts, the latest first. NotPermitted; BadRequest `limit_out_of_range`, `bad_cursor`."""
    require(actor, READ, COUNTRY)
    limit, query = check_limit(limit), {"list": "exchange conflicts", "state": wanted}
    after = decode_cursor(query, cursor, (datetime.fromisoformat, UUID)) or (None, None)
    asked = {"open": None if wanted == "all" else wanted == "open", "after": after[0], "after_id": after[1]}
    rows = fetch_all(connection, conflict_store.LIST, {**asked, "limit": limit + 1})
    shown, following = page(rows, limit, query, lambda row: (row["found_at"], row["id"]))
    return {"items": [_shown(row) for row in shown], "next": following}


def find_conflict(connection: Connection, actor: Actor, identity: UUID) -> dict[str, Any]:
    """One conflict: what came, and what stands here now. NotFound `no_such_conflict`."""
    require(actor, READ, COUNTRY)
    row = _found(connection, identity)
    came = row["came"]
    here = row["stands"] if row["decided"] else _here(connection, row["subject_id"], came)
    name = _name(came["after"] or came["before"])
    return {
        **_shown({**row, "name": name}),
        "change": {key: came[key] for key in ("before", "after")},
        "came": came["rows"],
        "stands": here,
    }


def may_decide(connection: Connection, actor: Actor, identity: UUID) -> bool:
    """Whether the record's division is entrusted to `actor`. NotFound `no_such_conflict`."""
    return isinstance(decide(actor, DECIDE, _matter(connection, _found(connection, identity))), Permit)


def waiting(connection: Connection, actor: Actor) -> int:
    """How many conflicts wait for somebody, counted up to `MOST_COUNTED`; 0 for whom they are no concern."""
    if not isinstance(decide(actor, READ, COUNTRY), Permit):
        return 0
    return int(connection.execute(conflict_store.WAITING, {"most": MOST_COUNTED}).scalar_one())


def decide_conflict(engine: Engine, actor: Actor, identity: UUID, decided: Decided, reason: str) -> dict[str, Any]:
    """Keep what stands here, or take what came; the conflict after it.

    NotPermitted outside the jurisdiction; NotFound `no_such_conflict`; BadInput `reason_missing`; Conflict
    `conflict_decided`, `cannot_take`.
    """
    said = reason.strip()
    if not 1 <= len(said) <= MOST_REASON:
        raise BadInput(f"Say why in up to {MOST_REASON} characters. Nothing was changed.", code="reason_missing")
    with unit_of_work(engine) as connection:
        connection.execute(conflict_store.LOCK, {"id": identity})
        row = _found(connection, identity)
        require(actor, DECIDE, _matter(connection, row))
        if row["decided"]:
            raise Conflict("Somebody has decided this already. Nothing was changed.", code="conflict_decided")
        told = _take(connection, row) if decided == "taken" else None
        values = {"id": identity, "decided": decided, "reason": said, "by": actor.name}
        connection.execute(conflict_store.DECIDE, values)
        audit.append(
            connection,
            actor=actor.name,
            action="exchange.decided",
            decision_id=None,
            details={"conflict": str(identity), "decided": decided, "record": str(row["subject_id"])},
            feed=told,
        )
        return find_conflict(connection, actor, identity)


def _found(connection: Connection, identity: UUID) -> Row:
    found = fetch_one(connection, conflict_store.FIND, {"id": identity})
    if found is None:
        raise NotFound("There is no such conflict.", code="no_such_conflict")
    return found


def _matter(connection: Connection, row: Row) -> Matter:
    """The division of the record, by what stands here, else by what came; the country where it lies in none."""
    places = [*row["stands"]["place"], *row["came"]["rows"]["place"]]
    unit = next((UUID(one["unit_id"]) for one in places if one.get("unit_id")), None)
    if unit is None:
        return COUNTRY
    chain = chain_of(connection, unit, register_span(connection).register_through)
    return Matter(tuple(one["id"] for one in chain) or (unit,))


def _take(connection: Connection, row: Row) -> tuple[int, int] | None:
    came, subject = row["came"], row["subject_id"]
    here = _here(connection, subject, came)
    merged = _over(merge(came["rows"], here), came["rows"], here, connection)
    try:
        with connection.begin_nested():
            applying.write_rows(connection, merged, f"peer:{row['peer']}")
    except (exc.IntegrityError, exc.DataError) as error:
        raise _cannot(str(error.orig).splitlines()[0][:300]) from error
    applying.follow(connection, [subject])
    change = applying.change_of(came, applying.said_last(connection, [UUID(came["id"])]))
    return applying.tell(connection, [(change, row["their_seq"])], row["peer_id"]) if change else None


def _over(merged: Merge, came: Rows, here: Rows, connection: Connection) -> Merge:
    """The same with what stands here alone ended now; Conflict `cannot_take` where a row says something else."""
    theirs = {table: {row["id"] for row in came[table]} for table in CLOSED}
    alone = [
        (table, row["id"]) for table in CLOSED for row in here[table] if row["id"] not in theirs[table] and _stands(row)
    ]
    other = [one for one in merged.against if not one.endswith("(here alone)")]
    if other:
        raise _cannot(f"{'; '.join(other)} says something else here under the same identifier")
    now = str(connection.execute(applying.NOW).scalar_one())
    return Merge(merged.new, (*merged.ended, *((table, identity, now) for table, identity in alone)))


def _stands(row: dict[str, Any]) -> bool:
    return bool(str(row["known"]).endswith(",)"))


def _cannot(why: str) -> Conflict:
    return Conflict(
        f"What came cannot be taken: {why}. Keep what stands here, or correct the record by a decision of the office "
        "that keeps it. Nothing was changed.",
        code="cannot_take",
    )


def _here(connection: Connection, subject: UUID, came: dict[str, Any]) -> Rows:
    decisions = {UUID(one["id"]) for one in came["rows"]["decision"]}
    return records(connection, "diming", [subject], {subject: decisions})[subject]


def _name(told: dict[str, Any] | None) -> str | None:
    found = (told or {}).get("name") or (told or {}).get("text")
    return str(found) if found else None


def _shown(row: Row) -> dict[str, Any]:
    kept = (
        "id", "peer", "their_seq", "collection", "why", "owner", "detail", "name", "found_at", "decided", "reason",
        "decided_at", "decided_by",
    )  # fmt: skip
    return {**{key: row[key] for key in kept}, "record": row["subject_id"]}
