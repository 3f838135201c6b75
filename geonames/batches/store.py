"""The SQL of batches."""

from __future__ import annotations

from sqlalchemy import text

CLEAR = text("DELETE FROM diming.batch_row WHERE case_id = :case_id")
ADD = text("""
    INSERT INTO diming.batch_row (case_id, row_number, name, within, longitude, latitude, meaning, origin)
    VALUES (:case_id, :number, :name, :within, :longitude, :latitude, :meaning, :origin)
""")
#: What was settled stays settled while nothing new is found: a new finding is settled anew.
CHECKED = text("""
    UPDATE diming.batch_row SET roman = :roman, verdict = :verdict, findings = CAST(:findings AS jsonb),
        justified = CASE WHEN findings @> CAST(:findings AS jsonb) THEN justified END,
        overridden_by = CASE WHEN findings @> CAST(:findings AS jsonb) THEN overridden_by END,
        legal_basis = CASE WHEN findings @> CAST(:findings AS jsonb) THEN legal_basis END,
        ground = CASE WHEN findings @> CAST(:findings AS jsonb) THEN ground END
    WHERE case_id = :case_id AND row_number = :number
""")
ROWS = text("""
    SELECT row_number, name, roman, within, longitude, latitude, meaning, origin, verdict, findings, justified,
           overridden_by, legal_basis, ground, state, place_id, decision_id
    FROM diming.batch_row WHERE case_id = :case_id AND (CAST(:state AS text) IS NULL OR state = :state)
    ORDER BY row_number
""")
PAGE = text("""
    SELECT row_number, name, roman, within, longitude, latitude, meaning, origin, verdict, findings, justified,
           (SELECT a.display_name FROM diming.account a WHERE a.id = overridden_by) AS overridden_by, legal_basis,
           ground, state, place_id, decision_id
    FROM diming.batch_row
    WHERE case_id = :case_id AND (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:after AS int) IS NULL OR row_number > :after)
    ORDER BY row_number LIMIT :limit
""")
SETTLE = text("""
    UPDATE diming.batch_row SET justified = :reason, overridden_by = :by, legal_basis = :basis, ground = :ground
    WHERE case_id = :case_id AND row_number = ANY(:numbers)
""")
MOVE = text("""
    UPDATE diming.batch_row SET state = :state, why = :why WHERE case_id = :case_id AND row_number = ANY(:numbers)
""")
APPROVED = text("""
    UPDATE diming.batch_row SET state = 'approved', place_id = :place, decision_id = :decision, roman = :roman
    WHERE case_id = :case_id AND row_number = :number
""")
ANNOUNCED = text("""
    UPDATE diming.batch_row SET state = 'announced' WHERE case_id = :case_id AND decision_id = :decision
""")
COUNTS = text("""
    SELECT state, count(*) AS rows, count(*) FILTER (
               WHERE verdict IN ('warn', 'ask') AND justified IS NULL OR verdict = 'block' AND overridden_by IS NULL
                                                                    AND ground IS NULL
           ) AS unsettled
    FROM diming.batch_row WHERE case_id = :case_id GROUP BY state
""")
#: Its names are free again where a row goes no further.
CLOSE_NAMES = text("""
    UPDATE diming.proposed_name SET open = false WHERE case_id = :case_id AND place_in_order = ANY(:numbers) AND open
""")
DECISIONS = text("""
    SELECT r.decision_id, min(r.row_number) AS first, d.authority, d.doc_no, d.approved_on::text AS approved_on,
           d.effective_on::text AS effective_on
    FROM diming.batch_row r JOIN diming.decision d ON d.id = r.decision_id
    WHERE r.case_id = :case_id AND r.state = 'approved' GROUP BY r.decision_id, d.id ORDER BY 2
""")
#: What was approved, with the decision of each row, for its filing.
TO_FILE = text("""
    SELECT r.name, r.roman, r.within, r.meaning, r.origin, d.doc_no, d.approved_on::text AS approved_on,
           d.effective_on::text AS effective_on, round(r.longitude::numeric, 6)::text AS longitude,
           round(r.latitude::numeric, 6)::text AS latitude
    FROM diming.batch_row r JOIN diming.decision d ON d.id = r.decision_id
    WHERE r.case_id = :case_id ORDER BY r.row_number
""")
#: The names of one decision, or of all (null), with it: what a document lists.
DECIDED_ROWS = text("""
    SELECT r.name, r.roman, r.within, r.longitude, r.latitude, r.meaning, r.origin, d.doc_no,
           d.approved_on::text AS approved_on, d.effective_on::text AS effective_on
    FROM diming.batch_row r JOIN diming.decision d ON d.id = r.decision_id
    WHERE r.case_id = :case_id AND (CAST(:decision AS uuid) IS NULL OR r.decision_id = :decision)
    ORDER BY r.row_number
""")
DECIDED = text("""
    SELECT DISTINCT d.authority FROM diming.batch_row r JOIN diming.decision d ON d.id = r.decision_id
    WHERE r.case_id = :case_id ORDER BY 1
""")
