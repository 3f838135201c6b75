"""The SQL of comparisons that are ordered. Everything here is for staff."""

from __future__ import annotations

from sqlalchemy import text

INSERT = text("""
    INSERT INTO diming.comparison_order (id, kind, account_id, job, inputs, options)
    VALUES (:id, :kind, :account, :job, CAST(:inputs AS jsonb), CAST(:options AS jsonb))
""")
INSERT_FILE = text("""
    INSERT INTO diming.comparison_order_file (order_id, role, file_name, bytes, sha256)
    VALUES (:order, :role, :name, :bytes, :sha256)
""")
_COLUMNS = "id, kind, account_id, job, ordered_at, inputs, options, ended_at, answer, counts, problem"
FIND = text(f"SELECT {_COLUMNS} FROM diming.comparison_order WHERE id = :id")
LIST = text(f"""
    SELECT {_COLUMNS} FROM diming.comparison_order
    WHERE account_id = :account AND (CAST(:after AS uuid) IS NULL OR id < CAST(:after AS uuid))
    ORDER BY id DESC LIMIT :limit
""")
FILES = text("""
    SELECT role, file_name, bytes, sha256 FROM diming.comparison_order_file WHERE order_id = :id ORDER BY role
""")
FILE = text("""
    SELECT role, file_name, bytes, sha256 FROM diming.comparison_order_file WHERE order_id = :id AND role = :role
""")
#: Once: whoever comes second changes nothing.
ENDED = text("""
    UPDATE diming.comparison_order SET ended_at = transaction_timestamp(), answer = CAST(:answer AS jsonb),
        counts = CAST(:counts AS jsonb), problem = CAST(:problem AS jsonb)
    WHERE id = :id AND ended_at IS NULL
""")
#: The bytes that were compared are no longer wanted.
FORGET_INPUTS = text("""
    DELETE FROM diming.comparison_order_file WHERE order_id = :id AND starts_with(role, 'in:') RETURNING sha256
""")
#: Of one person so many are waiting or being worked out.
OPEN = text("SELECT count(*) FROM diming.comparison_order WHERE account_id = :account AND ended_at IS NULL")
OLD = text("SELECT id FROM diming.comparison_order WHERE ordered_at < :before ORDER BY id FOR UPDATE")
FORGET_FILES = text("DELETE FROM diming.comparison_order_file WHERE order_id = ANY(:ids) RETURNING sha256")
FORGET = text("DELETE FROM diming.comparison_order WHERE id = ANY(:ids)")
