"""Settings of the register itself: rows with a trail, because they change what the public may see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from data import audit

#: The approval number (审图号) under which boundary geometry is shown to the public.
MAP_APPROVAL = "map_approval"

READ = text("SELECT value, changed_at, changed_by FROM diming.setting WHERE key = :key")
WRITE = text("""
    INSERT INTO diming.setting (key, value, changed_by) VALUES (:key, CAST(:value AS jsonb), :actor)
    ON CONFLICT (key) DO UPDATE
    SET value = EXCLUDED.value, changed_at = transaction_timestamp(), changed_by = EXCLUDED.changed_by
""")
REMOVE = text("DELETE FROM diming.setting WHERE key = :key")


def read_setting(connection: Connection, key: str) -> Any:
    """The value of the setting `key`, None where it is not set."""
    row = connection.execute(READ, {"key": key}).one_or_none()
    return row.value if row else None


def change_setting(connection: Connection, key: str, value: Mapping[str, Any] | None, actor: str) -> bool:
    """Set `key` to `value` (None: remove it), with an audit entry; False where it was so already.

    Within the caller's transaction.
    """
    before = read_setting(connection, key)
    if before == value:
        return False
    if value is None:
        connection.execute(REMOVE, {"key": key})
    else:
        document = json.dumps(value, ensure_ascii=False)
        connection.execute(WRITE, {"key": key, "value": document, "actor": actor})
    audit.append(
        connection,
        actor=actor,
        action="setting.changed",
        decision_id=None,
        details={"key": key, "before": before, "after": value},
    )
    return True
