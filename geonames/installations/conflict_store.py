"""The SQL of what came and was not written."""

from __future__ import annotations

from sqlalchemy import text

OPEN_OF = text("""
    SELECT subject_id, id FROM diming.installation_conflict
    WHERE peer_id = :peer AND subject_id = ANY(:subjects) AND decided IS NULL
""")
ADD = text("""
    INSERT INTO diming.installation_conflict (id, peer_id, their_seq, collection, entity_id, subject_id, why, owner,
                                              detail, came, stands)
    VALUES (:id, :peer, :seq, :collection, :entity, :subject, :why, :owner, :detail, CAST(:came AS jsonb),
            CAST(:stands AS jsonb))
""")
#: A later change of the same record: what came is now this.
CAME_AGAIN = text("""
    UPDATE diming.installation_conflict SET their_seq = :seq, came = CAST(:came AS jsonb) WHERE id = :id
""")
_COLUMNS = """c.id, p.name AS peer, p.level AS peer_level, p.url AS peer_url, c.their_seq, c.collection, c.entity_id,
    c.subject_id, c.why, c.owner, c.detail, c.found_at, c.decided, c.reason, c.decided_at, c.decided_by"""
LIST = text(f"""
    SELECT {_COLUMNS}, coalesce(c.came -> 'after' ->> 'name', c.came -> 'after' ->> 'text',
                                c.came -> 'before' ->> 'name', c.came -> 'before' ->> 'text') AS name
    FROM diming.installation_conflict c JOIN diming.installation_peer p ON p.id = c.peer_id
    WHERE (CAST(:open AS boolean) IS NULL OR (c.decided IS NULL) = :open)
      AND (CAST(:after AS timestamptz) IS NULL OR (c.found_at, c.id) < (:after, CAST(:after_id AS uuid)))
    ORDER BY c.found_at DESC, c.id DESC LIMIT :limit
""")  # noqa: S608 -- constants of this module
FIND = text(f"""
    SELECT {_COLUMNS}, c.came, c.stands, c.peer_id
    FROM diming.installation_conflict c JOIN diming.installation_peer p ON p.id = c.peer_id WHERE c.id = :id
""")  # noqa: S608 -- constants of this module
LOCK = text("SELECT id, decided FROM diming.installation_conflict WHERE id = :id FOR UPDATE")
DECIDE = text("""
    UPDATE diming.installation_conflict SET decided = :decided, reason = :reason, decided_by = :by,
        decided_at = transaction_timestamp()
    WHERE id = :id
""")
WAITING = text("""
    SELECT count(*) FROM (SELECT 1 FROM diming.installation_conflict WHERE decided IS NULL LIMIT :most) w
""")
