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
READ_CHAIN = text("""
    SELECT seq, at, actor, action, decision_id, details, rows_hash, feed_from, feed_to, prev_hash, hash
    FROM diming.audit ORDER BY seq
""")


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


def verify(connection: Connection) -> tuple[int, int | None]:
    """Number of entries, and the number of the first one that breaks the chain (None: whole)."""
    previous, count = GENESIS, 0
    for row in connection.execute(READ_CHAIN):
        count += 1
        entry = Entry(*row[:9])
        whole = row.seq == count and bytes(row.prev_hash) == previous and entry.hash_after(previous) == bytes(row.hash)
        if not whole:
            return count, row.seq
        previous = bytes(row.hash)
    head = connection.execute(text("SELECT seq, hash FROM diming.audit_head")).one()
    if head.seq != count or bytes(head.hash) != previous:
        return count, count + 1
    return count, None
