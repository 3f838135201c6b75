"""The SQL of files that were handed in."""

from __future__ import annotations

from sqlalchemy import text

INSERT = text("""
    INSERT INTO diming.gazetteer_import (id, file_name, bytes, sha256, asked, unit_id, account_id, handed_in_by, job)
    VALUES (:id, :file_name, :bytes, :sha256, CAST(:asked AS jsonb), :unit_id, :account_id, :by, :job)
""")
_COLUMNS = """i.id, i.file_name, i.bytes, i.sha256, i.asked, i.unit_id, i.account_id, i.handed_in_by, i.handed_in_at,
    i.job, i.state, i.counts, i.report_sha256, i.outcome, i.problem, i.checked_at, i.decision_id, i.decided_by,
    i.decided_at, i.reason, i.undone_by, i.undone_at,
    (SELECT a.display_name FROM diming.account a WHERE a.id = i.account_id) AS person"""
FIND = text(f"SELECT {_COLUMNS} FROM diming.gazetteer_import i WHERE i.id = :id")
LOCK = text(f"SELECT {_COLUMNS} FROM diming.gazetteer_import i WHERE i.id = :id FOR UPDATE OF i")
LIST = text(f"""
    SELECT {_COLUMNS} FROM diming.gazetteer_import i
    WHERE (CAST(:state AS text) IS NULL OR i.state = :state)
      AND (CAST(:everywhere AS boolean) OR i.unit_id = ANY(CAST(:units AS uuid[])))
      AND (CAST(:after AS timestamptz) IS NULL OR (i.handed_in_at, i.id) < (:after, CAST(:after_id AS uuid)))
    ORDER BY i.handed_in_at DESC, i.id DESC LIMIT :limit
""")
WAITING = text("UPDATE diming.gazetteer_import SET state = 'waiting', job = :job, problem = NULL WHERE id = :id")
CHECKED = text("""
    UPDATE diming.gazetteer_import SET state = 'checked', counts = CAST(:counts AS jsonb), report_sha256 = :report,
        outcome = :outcome, checked_at = :at, problem = NULL
    WHERE id = :id AND state IN ('waiting', 'checked', 'returned')
""")
RETURNED = text("""
    UPDATE diming.gazetteer_import SET state = 'returned', problem = CAST(:problem AS jsonb), checked_at = :at
    WHERE id = :id AND state IN ('waiting', 'checked')
""")
APPLIED = text("""
    UPDATE diming.gazetteer_import SET state = 'applied', decision_id = :decision, decided_by = :by, decided_at = :at,
        reason = :reason, counts = CAST(:counts AS jsonb)
    WHERE id = :id
""")
REFUSED = text("""
    UPDATE diming.gazetteer_import SET state = 'refused', decided_by = :by, decided_at = :at, reason = :reason
    WHERE id = :id
""")
UNDONE = text("""
    UPDATE diming.gazetteer_import SET state = 'undone', undone_by = :decision, undone_at = :at WHERE id = :id
""")
