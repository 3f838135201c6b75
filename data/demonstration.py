"""The demonstration's rows in the registers: what marks them, and how all of them go again.

A unit is marked, a decision is by its number (演示〔2026〕1号), and everything that bears the identifier of
such a unit or decision belongs to it. The audit and the feed keep what happened: the feed gets a tombstone for
whatever it had shown. See docs/decisions/0021-demonstration.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data import audit, feed
from data.access import Actor, require
from data.access.model import COUNTRY

FIND = text("SELECT diming.find_demonstration(CAST(:further AS uuid[]))")
REMOVE = text("SELECT relation, removed FROM diming.remove_demonstration()")
#: What the feed last said of each thing of the demonstration, where that was not its end.
PUBLISHED = text("""
    SELECT c.collection, c.entity_id, c.after FROM (
        SELECT DISTINCT ON (c.entity_id) c.seq, c.collection, c.entity_id, c.after
        FROM diming.change c WHERE c.entity_id IN (SELECT id FROM demonstration_id)
        ORDER BY c.entity_id, c.seq DESC) c
    WHERE c.after IS NOT NULL ORDER BY c.seq DESC
""")
TABLES = text("SELECT DISTINCT c.relname FROM demonstration_row r JOIN pg_class c ON c.oid = r.relation")
IS_THERE = text("SELECT EXISTS (SELECT FROM diming.unit WHERE demonstration)")


After = Callable[[Connection], Mapping[str, int]]


def nothing_after(_connection: Connection) -> Mapping[str, int]:
    """Where nothing is left to take out."""
    return {}


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out: rows by table, and the tombstones in the feed (first and last number)."""

    rows: Mapping[str, int]
    tombstones: tuple[int, int] | None

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return {"rows": dict(self.rows), "tombstones": list(self.tombstones) if self.tombstones else None}


def has_demonstration(connection: Connection) -> bool:
    """Whether the register holds units of a demonstration."""
    return bool(connection.scalar(IS_THERE))


def remove_demonstration(connection: Connection, actor: Actor, after: After = nothing_after) -> Removed:
    """Take everything of the demonstration out of the registers; where there is nothing, change nothing.

    `after` takes out, in the same transaction, what is left when all that is gone; it answers with rows by table.
    `NotPermitted` for whoever does not run the installation; `Conflict` `constraint` where something real
    hangs on the demonstration: then nothing is changed.
    """
    require(actor, "demonstration.manage", COUNTRY)
    connection.execute(FIND, {"further": []})
    gone = [feed.Change(row.collection, row.entity_id, row.after, None, None) for row in connection.execute(PUBLISHED)]
    rows = Counter(remove_found(connection))
    rows.update(after(connection))
    if not rows:
        return Removed({}, None)
    tombstones = feed.publish(connection, gone, ours=False)
    audit.append(
        connection, actor=actor.name, action="demonstration.removed", decision_id=None,
        details={"rows": dict(rows)}, feed=tombstones,
    )  # fmt: skip
    return Removed(dict(rows), tombstones)


def found_tables(connection: Connection, further: Sequence[UUID]) -> set[str]:
    """The tables in which something of the demonstration is, or of `further` (accounts); kept for `remove_found`."""
    connection.execute(FIND, {"further": list(further)})
    return set(connection.scalars(TABLES))


def remove_found(connection: Connection) -> dict[str, int]:
    """Remove what was found last in this transaction; the rows by table."""
    return {row.relation: row.removed for row in connection.execute(REMOVE) if row.removed}
