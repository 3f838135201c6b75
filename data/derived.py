"""Remembers up to which change derived tables were written, so that they are written again only when needed."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, text

#: As many changed things are followed in any register; above, what is derived is written whole.
MOST_FOLLOWED = 20_000
#: In a large register a part of it is: to write all again would cost more, and nobody could search meanwhile.
PART_FOLLOWED = 0.2
#: Identifiers that are held at once, whatever the register's size.
MOST_HELD = 500_000

_STATE = "jsonb_build_object('version', CAST(:version AS int), 'seq', (SELECT seq FROM diming.feed_head))"
IS_CURRENT = text(f"SELECT value = {_STATE} FROM diming.setting WHERE key = :key")  # noqa: S608 -- constant
REMEMBER = text(f"""
    INSERT INTO diming.setting (key, value, changed_by) VALUES (:key, {_STATE}, :actor)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by,
        changed_at = transaction_timestamp()
""")  # noqa: S608 -- constant
#: What the feed says has changed since; null: a change that names nothing.
CHANGED = text("""
    SELECT DISTINCT CASE WHEN collection IN ('units', 'places') THEN entity_id
                         WHEN collection = 'names' THEN CAST(coalesce(after, before) ->> 'subject' AS uuid) END AS id
    FROM diming.change
    WHERE seq > (SELECT CAST(value ->> 'seq' AS bigint) FROM diming.setting
                 WHERE key = :key AND CAST(value ->> 'version' AS int) = :version)
      AND collection IN ('units', 'places', 'names')
    LIMIT :most
""")
UNITS_AMONG = text("SELECT EXISTS (SELECT FROM diming.unit WHERE id = ANY(:ids))")
WAS_WRITTEN = text("""
    SELECT EXISTS (SELECT FROM diming.setting WHERE key = :key AND CAST(value ->> 'version' AS int) = :version)
""")


def is_current(connection: Connection, key: str, version: int) -> bool:
    """Whether what `key` names was written by `version` of its rules after the last published change."""
    return bool(connection.scalar(IS_CURRENT, {"key": key, "version": version}))


def remember(connection: Connection, key: str, version: int, actor: str) -> None:
    """Note, in the transaction that wrote it, that what `key` names is current."""
    connection.execute(REMEMBER, {"key": key, "version": version, "actor": actor})


def changed_since(connection: Connection, key: str, version: int, *, of: int, units: bool) -> list[UUID] | None:
    """The units and places that have changed since `key` was written; None where all of it is to be written.

    `of`: rows that `key` has, which says how many changes are worth following. `units`: whether changed units are
    followed; else one among them means all, because its code and name tell how the names within it are read.
    """
    asked = {"key": key, "version": version}
    if not connection.scalar(WAS_WRITTEN, asked):
        return None
    most = max(MOST_FOLLOWED, min(MOST_HELD, int(of * PART_FOLLOWED)))
    found = list(connection.scalars(CHANGED, {**asked, "most": most + 1}))
    if len(found) > most or None in found or (not units and connection.scalar(UNITS_AMONG, {"ids": found})):
        return None
    return found
