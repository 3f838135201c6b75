"""The SQL of this installation, its peers, and who keeps what."""

from __future__ import annotations

from sqlalchemy import text

SELF = text("SELECT name, level, unit_id, key_id, public_key FROM published.installation")
NAME_SELF = text("""
    INSERT INTO diming.installation (name, level, unit_id, key_id, public_key, named_by)
    VALUES (:name, :level, :unit, :key_id, :public_key, :by)
    ON CONFLICT (singleton) DO UPDATE SET name = excluded.name, level = excluded.level, unit_id = excluded.unit_id,
        key_id = excluded.key_id, public_key = excluded.public_key, named_by = excluded.named_by
""")
PEERS = text("""
    SELECT p.*, u.code, (SELECT count(*) FROM diming.installation_conflict c
                         WHERE c.peer_id = p.id AND c.decided IS NULL) AS conflicts
    FROM diming.installation_peer p
    LEFT JOIN LATERAL (SELECT v.code FROM diming.unit_version v WHERE v.unit_id = p.unit_id AND upper_inf(v.known)
        ORDER BY lower(v.valid) DESC LIMIT 1) u ON true
    WHERE p.removed_at IS NULL ORDER BY p.name
""")
PEER = text("SELECT * FROM diming.installation_peer WHERE name = :name AND removed_at IS NULL")
LOCK_PEER = text("SELECT * FROM diming.installation_peer WHERE id = :id AND removed_at IS NULL FOR UPDATE")
ADD_PEER = text("""
    INSERT INTO diming.installation_peer (id, name, level, unit_id, url, public_key, cursor, added_by)
    VALUES (:id, :name, :level, :unit, :url, :public_key, :cursor, :by)
""")
SET_KEY = text("UPDATE diming.installation_peer SET public_key = :public_key, problem = NULL WHERE id = :id")
REMOVE_PEER = text("UPDATE diming.installation_peer SET removed_at = transaction_timestamp() WHERE id = :id")
MOVE_CURSOR = text("""
    UPDATE diming.installation_peer SET cursor = :through, mark = :mark, last = :last,
        asked_at = transaction_timestamp(), problem = NULL
    WHERE id = :id
""")
NOTE_PROBLEM = text("""
    UPDATE diming.installation_peer SET problem = CAST(:problem AS jsonb), asked_at = transaction_timestamp()
    WHERE id = :id
""")
KNOWN = text("""
    SELECT name, level, unit_id, NULL AS url FROM diming.installation
    UNION ALL
    SELECT name, level, unit_id, url FROM diming.installation_peer WHERE removed_at IS NULL
    ORDER BY url NULLS FIRST
""")
#: Each division with those above it, from the province down, as they stand now.
CHAINS = text("""
    WITH RECURSIVE up AS (
        SELECT u.id AS of, u.id AS unit_id, 0 AS steps FROM unnest(CAST(:units AS uuid[])) AS u(id)
        UNION ALL
        SELECT up.of, v.parent_id, up.steps + 1
        FROM up JOIN LATERAL (SELECT parent_id FROM diming.unit_version w WHERE w.unit_id = up.unit_id
            AND upper_inf(w.known) ORDER BY lower(w.valid) DESC LIMIT 1) v ON v.parent_id IS NOT NULL
        WHERE up.steps < 8
    )
    SELECT of, array_agg(unit_id ORDER BY steps DESC) AS chain,
           (SELECT w.level FROM diming.unit_version w WHERE w.unit_id = of AND upper_inf(w.known)
            ORDER BY lower(w.valid) DESC LIMIT 1) AS level
    FROM up GROUP BY of
""")
#: Places and divisions among these: class and division of a place; of a division itself, no class.
SUBJECTS = text("""
    SELECT id, class, unit_id FROM diming.place WHERE id = ANY(:ids)
    UNION ALL
    SELECT id, NULL, id FROM diming.unit WHERE id = ANY(:ids)
""")
DEMONSTRATION = text("SELECT id FROM diming.decision WHERE id = ANY(:ids) AND demonstration")
