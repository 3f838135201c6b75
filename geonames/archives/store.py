"""The SQL of the archives of names. For staff: what each may see is asked elsewhere."""

from __future__ import annotations

from sqlalchemy import text

#: Every record of the names of a place, what is known no longer too.
NAMES = text("""
    SELECT n.id, n.text, n.kind, n.language, n.script, n.romanization, n.romanization_system, n.source, n.certainty,
           lower(n.valid) AS valid_from, upper(n.valid) AS valid_to, lower(n.known) AS known_from,
           upper(n.known) AS known_to, n.opened_by, n.closed_by
    FROM diming.place_name n WHERE n.subject_id = :place ORDER BY lower(n.known), n.id
""")
DECISIONS = text("""
    SELECT DISTINCT l.decision_id FROM diming.decision_link l
    WHERE l.entity_id = :place OR l.entity_id IN (SELECT n.id FROM diming.place_name n WHERE n.subject_id = :place)
    ORDER BY 1
""")
#: Cases that gave, changed or ended its name, or list it as heritage.
CASES = text("""
    SELECT c.id, c.number FROM diming.case_file c
    WHERE (c.facts ? 'place' AND c.facts ->> 'place' = CAST(:place AS text))
       OR (c.facts ? 'place_id' AND c.facts ->> 'place_id' = CAST(:place AS text))
       OR (c.facts ? 'subject' AND c.facts ->> 'subject' = CAST(:place AS text))
       OR c.id IN (SELECT b.case_id FROM diming.batch_row b WHERE b.place_id = CAST(:place AS uuid))
    ORDER BY c.opened_at, c.id
""")
#: The rows of a batch.
BATCH = text("""
    SELECT row_number, name, within, longitude, latitude, meaning, origin, roman, verdict, findings, justified, state,
           why, place_id, decision_id
    FROM diming.batch_row WHERE case_id = :case ORDER BY row_number
""")
TAKEN = text("""
    INSERT INTO diming.archive_access (id, account_id, kind, subject_id, called, purpose, files, sha256)
    VALUES (:id, :account, :kind, :subject, :called, :purpose, :files, :sha256)
""")
LOG = text("""
    SELECT a.id, a.taken_at, c.display_name AS by, a.kind, a.subject_id AS subject, a.called, a.purpose, a.files,
           a.sha256
    FROM diming.archive_access a LEFT JOIN diming.account c ON c.id = a.account_id
    WHERE (CAST(:subject AS uuid) IS NULL OR a.subject_id = :subject)
      AND (CAST(:after_at AS timestamptz) IS NULL
           OR (a.taken_at, a.id) < (CAST(:after_at AS timestamptz), CAST(:after AS uuid)))
    ORDER BY a.taken_at DESC, a.id DESC LIMIT :limit
""")
