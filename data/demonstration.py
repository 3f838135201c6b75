"""The demonstration's rows in the registers: what marks them, and how all of them go again.

A unit is marked, a decision is by its number (演示〔2026〕1号), and everything that bears the identifier of
such a unit or decision belongs to it. The audit and the feed keep what happened: the feed gets a tombstone for
whatever it had shown. See docs/decisions/0021-demonstration.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
IS_THERE = text("SELECT EXISTS (SELECT FROM diming.unit WHERE demonstration)")


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


def remove_demonstration(connection: Connection, actor: Actor, further: Sequence[UUID] = ()) -> Removed:
    """Take everything of the demonstration out of the registers; where there is nothing, change nothing.

    `further`: identifiers beside the marked units and decisions, as of accounts, whose rows go as well.
    `NotPermitted` for whoever does not run the installation; `Conflict` `constraint` where something real
    hangs on the demonstration: then nothing is changed.
    """
    require(actor, "demonstration.manage", COUNTRY)
    connection.execute(FIND, {"further": list(further)})
    gone = [feed.Change(row.collection, row.entity_id, row.after, None, None) for row in connection.execute(PUBLISHED)]
    rows = {row.relation: row.removed for row in connection.execute(REMOVE) if row.removed}
    if not rows:
        return Removed({}, None)
    tombstones = feed.publish(connection, gone)
    audit.append(
        connection, actor=actor.name, action="demonstration.removed", decision_id=None,
        details={"rows": rows}, feed=tombstones,
    )  # fmt: skip
    return Removed(rows, tombstones)
