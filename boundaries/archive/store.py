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
