"""The audit log: who did what under which decision, append-only and hash-chained.

Each entry's hash covers the entry and the hash before it, so that one changed
or removed entry breaks the chain from there on. Entries carry identifiers,
counts and hashes only; personal data never enter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

#: The hash before the first entry.
GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """One audit entry as it is stored; hashes are SHA-256."""

    seq: int
    at: datetime
    actor: str
    action: str
    decision_id: UUID | None
    details: Mapping[str, Any]
    rows_hash: bytes | None
    feed_from: int | None
    feed_to: int | None

    def covered(self) -> bytes:
        """This entry in canonical JSON: what its hash covers beside the hash before it."""
        body = {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "actor": self.actor,
            "action": self.action,
            "decision": str(self.decision_id) if self.decision_id else None,
            "details": self.details,
            "rows": self.rows_hash.hex() if self.rows_hash else None,
            "feed": [self.feed_from, self.feed_to],
        }
        return canonical_json(body)

    def hash_after(self, previous: bytes) -> bytes:
        """SHA-256 over `previous` and this entry in canonical JSON."""
        return hashlib.sha256(previous + self.covered()).digest()


def canonical_json(value: Any) -> bytes:
    """`value` as JSON bytes that do not depend on key order or spacing."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def hash_rows(rows: Iterable[Any]) -> bytes:
    """One SHA-256 over many rows in the order given: the fingerprint of a bulk load."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(canonical_json(row))
        digest.update(b"\n")
    return digest.digest()


LOCK_HEAD = text("SELECT seq, hash FROM diming.audit_head FOR UPDATE")
MOVE_HEAD = text("UPDATE diming.audit_head SET seq = :seq, hash = :hash")
INSERT = text("""
    INSERT INTO diming.audit (seq, at, actor, action, decision_id, details, rows_hash,
                              feed_from, feed_to, prev_hash, hash)
    VALUES (:seq, :at, :actor, :action, :decision_id, CAST(:details AS jsonb), :rows_hash,
            :feed_from, :feed_to, :prev_hash, :hash)
""")
#: One statement sees one state: entries that are appended meanwhile are not taken for tampering.
READ_CHAIN = text("""
    SELECT a.seq, a.at, a.actor, a.action, a.decision_id, a.details, a.rows_hash, a.feed_from, a.feed_to,
           a.prev_hash, a.hash, h.seq AS head_seq, h.hash AS head_hash
    FROM diming.audit_head h LEFT JOIN diming.audit a ON true ORDER BY a.seq
""")
#: The chain is read in parts, so that checking a long one needs no memory for all of it.
ROWS_AT_ONCE = 5000


def append(
    connection: Connection,
    *,
    actor: str,
    action: str,
    decision_id: UUID | None,
    details: Mapping[str, Any],
    rows_hash: bytes | None = None,
    feed: tuple[int, int] | None = None,
) -> int:
    """Append one entry in the caller's transaction and return its number.

    Writers queue on the head row, so numbers have no holes and the chain one order.
    """
    head = connection.execute(LOCK_HEAD).one()
    at: datetime = connection.execute(text("SELECT transaction_timestamp()")).scalar_one()
    entry = Entry(
        seq=head.seq + 1,
        at=at,
        actor=actor,
        action=action,
        decision_id=decision_id,
        details=json.loads(canonical_json(details)),
        rows_hash=rows_hash,
        feed_from=feed[0] if feed else None,
        feed_to=feed[1] if feed else None,
    )
    digest = entry.hash_after(bytes(head.hash))
    connection.execute(
        INSERT,
        {
            "seq": entry.seq,
            "at": at,
            "actor": actor,
            "action": action,
            "decision_id": decision_id,
            "details": canonical_json(details).decode(),
            "rows_hash": rows_hash,
            "feed_from": entry.feed_from,
            "feed_to": entry.feed_to,
            "prev_hash": bytes(head.hash),
            "hash": digest,
        },
    )
    connection.execute(MOVE_HEAD, {"seq": entry.seq, "hash": digest})
    return entry.seq


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it stands in the chain: with the hash before it and its own."""

    entry: Entry
    previous: bytes
    hash: bytes

    @property
    def is_intact(self) -> bool:
        """Whether its hash is that of the hash before it and of its text."""
        return self.entry.hash_after(self.previous) == self.hash


def check_chain(links: Iterable[Link], head: tuple[int, bytes]) -> tuple[int, int | None]:
    """Number of entries read, and the number of the first that was changed, put in or removed (None: whole).

    An entry that was rewritten together with its own hash is betrayed by the one after it, which keeps the
    hash that it followed. Whoever rewrites all entries up to the end and `head` as well leaves a chain that is
    whole: that is what signed heads are for (`data.audit_proof`).
    """
    before, count = GENESIS, 0
    for link in links:
        count += 1
        if link.entry.seq != count or not link.is_intact:
            return count, count
        if link.previous != before:
            return count, max(count - 1, 1)
        before = link.hash
    if head[0] != count:
        return count, min(head[0], count) + 1
    return count, None if head[1] == before else max(count, 1)


def verify(connection: Connection) -> tuple[int, int | None]:
    """`check_chain` of this register, in one state of it."""
    rows = iter(connection.execute(READ_CHAIN, execution_options={"yield_per": ROWS_AT_ONCE}))
    first = next(rows)
    links = (
        Link(Entry(*row[:9]), bytes(row.prev_hash), bytes(row.hash))
        for row in chain([first], rows)
        if row.seq is not None  # the one row of an empty log
    )
    return check_chain(links, (first.head_seq, bytes(first.head_hash)))
