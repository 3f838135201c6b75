"""The SQL of uploads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from data.uploads.model import Upload

_COLUMNS = "id, owner, file_name, bytes AS size, received, begun_at, expires_at"
INSERT = text("""
    INSERT INTO diming.upload (id, owner, file_name, bytes, received, begun_at, expires_at)
    VALUES (:id, :owner, :file_name, :size, :received, :begun_at, :expires_at)
""")
FIND = text(f"SELECT {_COLUMNS} FROM diming.upload WHERE id = :id AND owner = :owner")
OPEN = text("SELECT count(*) FROM diming.upload WHERE owner = :owner AND expires_at > :now")
#: Never backwards: a piece that was kept is not taken back.
RECEIVED = text("""
    UPDATE diming.upload SET received = :received, expires_at = :expires_at
    WHERE id = :id AND received <= :received
""")
DELETE = text("DELETE FROM diming.upload WHERE id = :id")
FORGET_EXPIRED = text("DELETE FROM diming.upload WHERE expires_at <= :now RETURNING id")
IDS = text("SELECT id FROM diming.upload")

#: Documents of cases that were uploaded and never handed in.
UNCLAIMED = text("""
    SELECT id, sha256 FROM diming.attachment WHERE case_id IS NULL AND added_at < :before ORDER BY added_at, id
    FOR UPDATE SKIP LOCKED
""")
FORGET_ATTACHMENT = text("DELETE FROM diming.attachment WHERE id = :id")
#: Written before bytes go into the store, removed with the row that names them: what stays was interrupted.
INTEND = text("""
    INSERT INTO diming.blob_intent (sha256, at) VALUES (:sha256, :at)
    ON CONFLICT (sha256) DO UPDATE SET at = excluded.at
""")
SETTLE = text("DELETE FROM diming.blob_intent WHERE sha256 = :sha256")
INTENDED = text("SELECT sha256 FROM diming.blob_intent WHERE at <= :before ORDER BY at, sha256")
#: Every column of the register that names bytes of the store; by custom its name ends with sha256.
HASH_COLUMNS = text("""
    SELECT c.relname AS "table", a.attname AS "column", a.atttypid = 'bytea'::regtype AS binary
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'diming' AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relname <> 'blob_intent' AND a.attname LIKE '%sha256' AND a.atttypid IN ('bytea'::regtype, 'text'::regtype)
    ORDER BY 1, 2
""")


def named(connection: Connection, sha256: bytes) -> bool:
    """Whether any row of the register names the bytes with this hash."""
    columns = connection.execute(HASH_COLUMNS).all()
    return any(_names(connection, row, sha256) for row in columns)


def _names(connection: Connection, column: Any, sha256: bytes) -> bool:
    quoted = connection.dialect.identifier_preparer.quote
    value = sha256 if column.binary else sha256.hex()
    statement = f"SELECT EXISTS (SELECT FROM diming.{quoted(column.table)} WHERE {quoted(column.column)} = :value)"
    return bool(connection.scalar(text(statement), {"value": value}))


def upload_of(row: Any) -> Upload:
    """A row as a value."""
    return Upload(row.id, row.owner, row.file_name, row.size, row.received, row.begun_at, row.expires_at)
