"""Remembers up to which change derived tables were written, so that they are written again only when needed."""

from __future__ import annotations

from sqlalchemy import Connection, text

_STATE = "jsonb_build_object('version', CAST(:version AS int), 'seq', (SELECT seq FROM diming.feed_head))"
IS_CURRENT = text(f"SELECT value = {_STATE} FROM diming.setting WHERE key = :key")  # noqa: S608 -- constant
REMEMBER = text(f"""
    INSERT INTO diming.setting (key, value, changed_by) VALUES (:key, {_STATE}, :actor)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by,
        changed_at = transaction_timestamp()
""")  # noqa: S608 -- constant


def is_current(connection: Connection, key: str, version: int) -> bool:
    """Whether what `key` names was written by `version` of its rules after the last published change."""
    return bool(connection.scalar(IS_CURRENT, {"key": key, "version": version}))


def remember(connection: Connection, key: str, version: int, actor: str) -> None:
    """Note, in the transaction that wrote it, that what `key` names is current."""
    connection.execute(REMEMBER, {"key": key, "version": version, "actor": actor})
