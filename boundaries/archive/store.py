"""The SQL of the archive of a line, named and commented. For staff: what each may see of it is asked elsewhere."""

from __future__ import annotations

from sqlalchemy import text

#: The inspections of a line, the first before the rest.
INSPECTIONS = text("""
    SELECT id, case_id FROM diming.inspection WHERE line_id = :line ORDER BY due_on, created_at, id
""")
#: The bytes of every version of the record of an inspection, as they were signed.
RECORDS = text("SELECT version, content FROM diming.inspection_record WHERE inspection_id = :id ORDER BY version")
#: Every document that says something of the line, its markers or its inspections.
DECISIONS = text("""
    SELECT DISTINCT l.decision_id FROM diming.decision_link l
    WHERE l.entity_id = :line
       OR l.entity_id IN (SELECT m.marker_id FROM diming.marker_version m WHERE m.line_id = :line)
    UNION SELECT i.decision_id FROM diming.inspection i WHERE i.line_id = :line AND i.decision_id IS NOT NULL
    ORDER BY 1
""")
#: The disputes about a line, the first before the rest, with each side's own file.
DISPUTES = text("""
    SELECT d.case_id, f.number FROM diming.dispute d JOIN diming.case_file f ON f.id = d.case_id
    WHERE d.line_id = :line ORDER BY d.case_id
""")
SIDE_FILES = text("""
    SELECT f.id, f.number FROM diming.case_link l JOIN diming.case_file f ON f.id = l.from_case
    WHERE l.to_case = :dispute AND l.relation = 'side_file' ORDER BY f.id
""")
INSERT_ORDER = text("""
    INSERT INTO diming.archive_order (id, line_id, as_of, account_id, job) VALUES (:id, :line, :day, :account, :job)
""")
ORDER = text("""
    SELECT o.id, o.line_id, l.name AS line_name, o.as_of, o.account_id, o.job, o.ordered_at, o.sha256, o.file_name,
           o.files, o.bytes, o.problem
    FROM diming.archive_order o
    LEFT JOIN LATERAL (SELECT l.name FROM diming.boundary_line_version l
        WHERE l.line_id = o.line_id AND upper_inf(l.known) ORDER BY l.valid DESC LIMIT 1) l ON true
    WHERE o.id = :id
""")
ORDER_MADE = text("""
    UPDATE diming.archive_order SET sha256 = :sha256, file_name = :name, files = :files, bytes = :bytes, problem = NULL
    WHERE id = :id
""")
ORDER_FAILED = text("""
    UPDATE diming.archive_order SET problem = CAST(:problem AS jsonb) WHERE id = :id AND sha256 IS NULL
""")
FORGET_ORDERS = text("DELETE FROM diming.archive_order WHERE ordered_at < :before RETURNING id, sha256")
