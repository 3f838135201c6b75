"""What is known already when a dispute is opened: the offices and people of the inspection that found it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection

from boundaries.disputes import store
from boundaries.disputes.model import Party
from boundaries.findings.reach import beside, require_beside
from data.access import Actor
from data.db import fetch_all, fetch_one


def sides_before(connection: Connection, actor: Actor, inspection: UUID) -> Mapping[str, Party]:
    """The parties of an inspection by side, with the names by which their people sign in; none where it has not begun.

    Whoever may not look at findings beside its line is told none.
    """
    row = fetch_one(connection, store.INSPECTED, {"id": inspection})
    if row is None or row["facts"] is None:
        return {}
    require_beside(actor, "finding.read", beside(connection, row["line_id"]))
    sides = row["facts"].get("sides", {})
    everybody = [UUID(member) for side in sides.values() for member in side["members"]]
    names = {one["id"]: one["username"] for one in fetch_all(connection, store.USERNAMES, {"ids": everybody})}
    return {
        key: Party(side["office"], [names[UUID(member)] for member in side["members"] if UUID(member) in names])
        for key, side in sides.items()
    }
