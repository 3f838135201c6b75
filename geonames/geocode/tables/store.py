"""The SQL of tables of addresses. For staff: no view is published, and each sees his own."""

from __future__ import annotations

from sqlalchemy import text

INSERT = text("""
    INSERT INTO diming.geocode_order (id, account_id, file_name, original_sha256, bytes, column_name, as_of,
                                      governed_by, rows, job, ordered_at)
    VALUES (:id, :account, :file_name, :sha256, :bytes, :column, :as_of, :governed_by, :rows, :job, :at)
""")
_COLUMNS = """o.id, o.account_id, o.file_name, o.original_sha256, o.bytes, o.column_name, o.as_of, o.governed_by,
    o.rows, o.job, o.ordered_at, o.ended_at, o.problem"""
_DONE = "(SELECT coalesce(max(r.number) + 1, 0) FROM diming.geocode_result r WHERE r.order_id = o.id) AS done"
FIND = text(f"SELECT {_COLUMNS}, {_DONE} FROM diming.geocode_order o WHERE o.id = :id")
LIST = text(f"""
    SELECT {_COLUMNS}, {_DONE} FROM diming.geocode_order o
    WHERE o.account_id = :account
      AND (CAST(:before AS timestamptz) IS NULL OR (o.ordered_at, o.id) < (:before, CAST(:before_id AS uuid)))
    ORDER BY o.ordered_at DESC, o.id DESC LIMIT :limit
""")
OPEN_OF_ACCOUNT = text("""
    SELECT count(*) FROM diming.geocode_order WHERE account_id = :account AND ended_at IS NULL AND problem IS NULL
""")
#: Held while a chunk is written, so that a second attempt of the same job waits and then goes on after it.
LOCK = text("SELECT id FROM diming.geocode_order WHERE id = :id FOR UPDATE")
ADD_RESULTS = text("""
    INSERT INTO diming.geocode_result (order_id, number, result)
    SELECT :id, r.number, r.result
    FROM unnest(CAST(:numbers AS int[]), CAST(:results AS jsonb[])) AS r(number, result)
    ON CONFLICT DO NOTHING
""")
END = text("UPDATE diming.geocode_order SET ended_at = :at WHERE id = :id AND ended_at IS NULL")
FAILED = text("UPDATE diming.geocode_order SET problem = CAST(:problem AS jsonb) WHERE id = :id AND ended_at IS NULL")
RESULTS = text("SELECT result FROM diming.geocode_result WHERE order_id = :id ORDER BY number")
FORGET = text("DELETE FROM diming.geocode_order WHERE ordered_at < :before RETURNING id, original_sha256")
