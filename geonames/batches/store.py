"""The SQL of batches."""

from __future__ import annotations

from sqlalchemy import text

CLEAR = text("DELETE FROM diming.batch_row WHERE case_id = :case_id")
ADD = text("""
    INSERT INTO diming.batch_row (case_id, row_number, name, within, longitude, latitude, meaning, origin)
    VALUES (:case_id, :number, :name, :within, :longitude, :latitude, :meaning, :origin)
""")
CHECKED = text("""
    UPDATE diming.batch_row SET roman = :roman, verdict = :verdict, findings = CAST(:findings AS jsonb)
    WHERE case_id = :case_id AND row_number = :number
""")
ROWS = text("""
    SELECT row_number, name, roman, within, longitude, latitude, meaning, origin, verdict, findings, justified, state,
           place_id, decision_id
    FROM diming.batch_row WHERE case_id = :case_id AND (CAST(:state AS text) IS NULL OR state = :state)
    ORDER BY row_number
""")
PAGE = text("""
    SELECT row_number, name, roman, within, longitude, latitude, meaning, origin, verdict, findings, justified, state,
           place_id, decision_id
    FROM diming.batch_row
    WHERE case_id = :case_id AND (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:after AS int) IS NULL OR row_number > :after)
    ORDER BY row_number LIMIT :limit
""")
#: A check of the day is justified as it stood; a new finding asks for a new justification.
JUSTIFY = text("""
    UPDATE diming.batch_row SET justified = :reason WHERE case_id = :case_id AND row_number = ANY(:numbers)
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
    SELECT state, count(*) AS rows, count(*) FILTER (WHERE verdict IN ('block', 'warn', 'ask') AND justified IS NULL)
           AS unsettled, count(*) FILTER (WHERE verdict = 'block' AND justified IS NULL) AS blocked
    FROM diming.batch_row WHERE case_id = :case_id GROUP BY state
""")
#: Its names are free again where a row goes no further.
CLOSE_NAMES = text("""
    UPDATE diming.proposed_name SET open = false WHERE case_id = :case_id AND place_in_order = ANY(:numbers) AND open
""")
DECISIONS = text("""
    SELECT decision_id, min(row_number) AS first FROM diming.batch_row
    WHERE case_id = :case_id AND state = 'approved' GROUP BY decision_id ORDER BY 2
""")
