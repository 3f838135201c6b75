"""The change feed: every published change in one order without holes.

Writers take their numbers from one counter row inside their own transaction:
a number that was given is committed, and a reader that has seen number N has
seen all before it. `before` and `after` are the objects as the API shows them.
What the feed says up to number N is also a state (`snapshot_page`): whoever
copies it and then the changes after N has the same as whoever read them all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, text

from data.installations import guard

Kind = Literal["insert", "update", "delete"]

#: What the feed tells of; a collection is added here with the subject that publishes it.
COLLECTIONS = (
    "units",
    "shapes",
    "places",
    "names",
    "types",
    "built_up_areas",
    "decisions",
    "lines",
    "markers",
    "inspections",
    "heritage",
    "signs",
    "vanished_names",
    "foreign_names",
    "campaigns",
    "code_publications",
    "seats",
    "evaluations",
    "plates",
)

#: Told by the database at the commit that moves the feed's head (data/migrations/sql/12_feed.sql), with its number.
CHANNEL = "diming_feed"


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
    FROM published.change
    WHERE seq > :since AND (CAST(:collections AS text[]) IS NULL OR collection = ANY (:collections))
    ORDER BY seq LIMIT :limit
""")
#: The latest word on each entity up to a number. Tombstones are rows too, so that a page knows where it ended.
STATE = text("""
    SELECT DISTINCT ON (entity_id, collection) seq, at, collection, entity_id AS id, after, decision_id AS decision
    FROM published.change
    WHERE seq <= :seq AND entity_id >= :after AND (entity_id, collection) > (:after, :after_collection)
      AND (CAST(:collections AS text[]) IS NULL OR collection = ANY (:collections))
    ORDER BY entity_id, collection, seq DESC LIMIT :limit
""")
LAST = text("SELECT seq FROM published.feed_head")


def publish(connection: Connection, changes: Sequence[Change], *, ours: bool = True) -> tuple[int, int] | None:
    """Append `changes` in order; the first and last number given, None where there are none.

    Take the numbers last in a transaction: from here on other writers wait for its end. Conflict `owned_by_another`
    for a record that another installation keeps; with `ours` False (published lists, and what comes from its owner)
    that is not asked.
    """
    if not changes:
        return None
    if ours:
        guard.refuse_foreign(connection, changes)
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


def last_number(connection: Connection) -> int:
    """The number of the last change; 0 before the first."""
    number: int = connection.execute(LAST).scalar_one()
    return number


def changes_since(
    connection: Connection, since: int, limit: int, collections: Sequence[str] | None = None
) -> tuple[list[dict[str, Any]], int]:
    """Up to `limit` changes after number `since` (of some collections only), and the last number that exists."""
    last = last_number(connection)  # first: what is committed in between is then not yet said to be there
    rows = connection.execute(READ, {"since": since, "limit": limit, "collections": _list(collections)}).mappings()
    return [dict(row) for row in rows], last


def passed(items: Sequence[dict[str, Any]], limit: int, since: int, last: int) -> int:
    """Up to which number a page of changes has told everything: that is where the next question begins."""
    if len(items) >= limit:
        return int(items[-1]["seq"])
    return max([since, last, *(int(item["seq"]) for item in items[-1:])])


#: Where the state of the feed begins: before every entity.
FIRST = (UUID(int=0), "")


def snapshot_page(
    connection: Connection,
    seq: int,
    limit: int,
    *,
    after: tuple[UUID, str] = FIRST,
    collections: Sequence[str] | None = None,
) -> tuple[list[dict[str, Any]], tuple[UUID, str] | None]:
    """What exists after change `seq`, by id: a page, and the key after which the next begins (None: that was all).

    The feed is only ever appended to, so a page is the same whenever it is asked for; a page may hold fewer than
    `limit` items, or none, and yet not be the last, where things have ended.
    """
    asked = {"seq": seq, "limit": limit, "after": after[0], "after_collection": after[1]}
    rows = connection.execute(STATE, {**asked, "collections": _list(collections)}).mappings().all()
    further = (rows[-1]["id"], rows[-1]["collection"]) if len(rows) == limit else None
    return [dict(row) for row in rows if row["after"] is not None], further


def _list(collections: Sequence[str] | None) -> list[str] | None:
    return None if collections is None else list(collections)
