"""The change feed: every published change in one order without holes.

Writers take their numbers from one counter row inside their own transaction:
a number that was given is committed, and a reader that has seen number N has
seen all before it. `before` and `after` are the objects as the API shows them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, text

Kind = Literal["insert", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """One published change of one thing. No `before` is an insert, no `after` a tombstone."""

    collection: str
    entity_id: UUID
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    decision_id: UUID | None

    @property
    def kind(self) -> Kind:
        """What happened, seen by a client that mirrors the collection."""
        if self.before is None:
            return "insert"
        return "delete" if self.after is None else "update"


TAKE = text("UPDATE diming.feed_head SET seq = seq + :n RETURNING seq")
COPY = """
    COPY diming.change (seq, at, kind, collection, entity_id, before, after, decision_id) FROM STDIN
"""
NOW = text("SELECT transaction_timestamp()")
READ = text("""
    SELECT seq, at, kind, collection, entity_id AS id, before, after, decision_id AS decision
    FROM published.change WHERE seq > :since ORDER BY seq LIMIT :limit
""")
LAST = text("SELECT seq FROM published.feed_head")


def publish(connection: Connection, changes: Sequence[Change]) -> tuple[int, int] | None:
    """Append `changes` in order; the first and last number given, None where there are none.

    Take the numbers last in a transaction: from here on other writers wait for its end.
    """
    if not changes:
        return None
    last: int = connection.execute(TAKE, {"n": len(changes)}).scalar_one()
    first = last - len(changes) + 1
    at = connection.execute(NOW).scalar_one()
    raw = connection.connection.cursor()
    with raw.copy(COPY) as copy:
        for seq, change in enumerate(changes, first):
            copy.write_row(
                (
                    seq,
                    at,
                    change.kind,
                    change.collection,
                    change.entity_id,
                    _json(change.before),
                    _json(change.after),
                    change.decision_id,
                )
            )
    return first, last


def _json(value: dict[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def changes_since(connection: Connection, since: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Up to `limit` changes after number `since`, and the last number that exists."""
    rows = connection.execute(READ, {"since": since, "limit": limit}).mappings().all()
    return [dict(row) for row in rows], connection.execute(LAST).scalar_one()
