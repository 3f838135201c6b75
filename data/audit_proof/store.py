"""All SQL of signed heads and proofs."""

from __future__ import annotations

from sqlalchemy import text

ORIGIN = text("SELECT name FROM published.audit_origin")
KEYS = text("SELECT id, public_key, added_at, retired_at FROM published.audit_key ORDER BY added_at, id")
KEY_IN_USE = text("SELECT id, public_key FROM diming.audit_key WHERE retired_at IS NULL FOR UPDATE")
RETIRE_KEY = text("UPDATE diming.audit_key SET retired_at = greatest(:at, added_at) WHERE retired_at IS NULL")
ADD_KEY = text("INSERT INTO diming.audit_key (id, public_key, added_at) VALUES (:id, :public, :at)")

_HEAD = """
    SELECT h.size, h.root, h.signed_at, h.key_id, h.note, k.public_key
    FROM published.audit_signed_head h JOIN published.audit_key k ON k.id = h.key_id
"""
#: Latest first, below the one that the page before ended with.
LIST_HEADS = text(f"""
    {_HEAD} WHERE CAST(:below AS bigint) IS NULL OR h.size < :below ORDER BY h.size DESC LIMIT :limit
""")
ALL_HEADS = text(f"{_HEAD} ORDER BY h.size")
LAST_HEAD = text(f"{_HEAD} ORDER BY h.size DESC LIMIT 1")
ADD_HEAD = text("""
    INSERT INTO diming.audit_signed_head (size, root, signed_at, key_id, note)
    VALUES (:size, :root, :at, :key, :note)
""")
#: The hashes from entry :first on, :last included.
HASHES = text("SELECT hash FROM diming.audit WHERE seq BETWEEN :first AND :last ORDER BY seq")
LAST_ENTRY = text("SELECT seq FROM diming.audit_head")

#: An entry is public where what it did is: its decision is published, or one of its changes is in the public feed.
PUBLIC_ENTRY = text("""
    SELECT seq, at, actor, action, decision_id, details, rows_hash, feed_from, feed_to, prev_hash
    FROM diming.audit a
    WHERE seq = :seq
      AND (EXISTS (SELECT 1 FROM published.decision d WHERE d.id = a.decision_id)
           OR EXISTS (SELECT 1 FROM published.change c WHERE c.seq BETWEEN a.feed_from AND a.feed_to))
""")
#: The entry under which a decision was written.
ENTRY_OF_DECISION = text("SELECT min(seq) FROM diming.audit WHERE decision_id = :decision")
