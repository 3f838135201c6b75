"""The SQL of filings, named and commented."""

from __future__ import annotations

from sqlalchemy import text

# -- offices and the keys that are trusted ---------------------------------------------------------------------------

_OFFICE = "SELECT id, name, body, unit_id, url FROM diming.filing_office"
OFFICES = text(f"{_OFFICE} ORDER BY name")
OFFICE_NAMED = text(f"{_OFFICE} WHERE name = :name")
OFFICE_AT = text(f"{_OFFICE} WHERE body = :body AND unit_id IS NOT DISTINCT FROM CAST(:unit AS uuid)")
ADD_OFFICE = text("""
    INSERT INTO diming.filing_office (id, name, body, unit_id, url, added_at, added_by)
    VALUES (:id, :name, :body, :unit, :url, :at, :by)
""")
MOVE_OFFICE = text("UPDATE diming.filing_office SET url = :url WHERE id = :id")
ADD_KEY = text("""
    INSERT INTO diming.trusted_key (id, public_key, office_id, trusted_at, trusted_by)
    VALUES (:id, :public, :office, :at, :by)
""")
END_KEY = text("""
    UPDATE diming.trusted_key SET ended_at = :at, ended_why = :why WHERE id = :id AND ended_at IS NULL RETURNING id
""")
# Trusted is what a person named: a key by itself says nothing of whose it is.
TRUSTED_KEYS = text("""
    SELECT k.id, k.public_key, o.name AS office
    FROM diming.trusted_key k JOIN diming.filing_office o ON o.id = k.office_id
    WHERE k.ended_at IS NULL ORDER BY k.trusted_at, k.id
""")

# -- filings ---------------------------------------------------------------------------------------------------------

ADD_FILING = text("""
    INSERT INTO diming.filing (id, direction, case_id, unit_id, from_office, to_office, form, names, papers, state,
                               begun_at, begun_by)
    VALUES (:id, :direction, :case_id, :unit, :from_office, :to_office, CAST(:form AS jsonb), CAST(:names AS jsonb),
            CAST(:papers AS jsonb), :state, :at, :by)
""")
SET_STATE = text("""
    UPDATE diming.filing SET state = :state WHERE id = :id AND direction = :direction AND state = ANY(:before)
    RETURNING id
""")
ANSWERED = text("""
    UPDATE diming.filing
    SET state = :state, answered_at = :at, answered_by = :by, filing_no = :filing_no, reasons = :reasons
    WHERE id = :id AND direction = :direction AND answered_at IS NULL RETURNING id
""")
_FILING = """
    SELECT f.id, f.direction, f.case_id, f.unit_id, f.from_office, f.to_office, f.form, f.names, f.papers, f.state,
           f.begun_at, f.begun_by, f.filing_no, f.reasons, f.answered_at, c.number AS case_number,
           m.sha256, m.bytes, m.attempts, m.next_at, m.problem, m.delivered_at
    FROM diming.filing f
    LEFT JOIN diming.case_file c ON c.id = f.case_id
    LEFT JOIN diming.filing_message m ON m.id = f.id AND m.direction = f.direction
"""
FIND = text(f"{_FILING} WHERE f.id = :id AND f.direction = :direction")
LOCK = text("SELECT id, state FROM diming.filing WHERE id = :id AND direction = :direction FOR UPDATE")
LIST = text(f"""
    {_FILING}
    WHERE (CAST(:direction AS text) IS NULL OR f.direction = :direction)
      AND (CAST(:state AS text) IS NULL OR f.state = :state)
      AND (:everywhere OR f.unit_id = ANY(:units))
      AND (CAST(:after AS uuid) IS NULL OR (f.id, f.direction) < (CAST(:after AS uuid), CAST(:way AS text)))
    ORDER BY f.id DESC, f.direction DESC LIMIT :limit
""")
# Units of which one may see the filings: those where somebody files, each asked about by itself.
UNITS = text("SELECT DISTINCT unit_id FROM diming.filing")
# What was filed within a period: the rows of the file for the national database.
ACKNOWLEDGED = text("""
    SELECT f.id, f.unit_id, f.form, f.names, f.filing_no, f.answered_at FROM diming.filing f
    WHERE f.direction = 'in' AND f.state = 'acknowledged' AND f.answered_at >= :since AND f.answered_at < :until
      AND (:everywhere OR f.unit_id = ANY(:units))
    ORDER BY f.answered_at, f.id
""")
# Numbers of acknowledgements (备案编号) count up by office and year, under a lock of their own.
LOCK_NUMBERS = text("SELECT pg_advisory_xact_lock(hashtextextended('filing_no:' || :series, 0))")
NUMBERS_GIVEN = text("""
    SELECT count(*) FROM diming.filing
    WHERE direction = 'in' AND to_office = :office AND starts_with(filing_no, :series)
""")

# -- messages --------------------------------------------------------------------------------------------------------

ADD_MESSAGE = text("""
    INSERT INTO diming.filing_message (id, direction, filing_id, filing_direction, sort, to_office, sha256, bytes, at,
                                       next_at, delivered_at)
    VALUES (:id, :direction, :filing, :filing_direction, :sort, :to_office, :sha256, :bytes, :at, :next_at,
            :delivered_at)
""")
MESSAGE_IN = text("""
    SELECT id, sha256, at, sort, filing_id FROM diming.filing_message WHERE id = :id AND direction = 'in'
""")
# The next one to be sent is put off before it is tried: a sender that is killed leaves it to the next.
CLAIM = text("""
    UPDATE diming.filing_message SET attempts = attempts + 1, next_at = :put_off
    WHERE (id, direction) = (
        SELECT id, direction FROM diming.filing_message
        WHERE direction = 'out' AND delivered_at IS NULL AND next_at <= :now
        ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, filing_id, filing_direction, sort, to_office, sha256, attempts
""")
PACKED = text("""
    UPDATE diming.filing_message SET sha256 = :sha256, bytes = :bytes WHERE id = :id AND direction = 'out'
""")
SENT = text("""
    UPDATE diming.filing_message SET delivered_at = :at, next_at = NULL, problem = NULL
    WHERE id = :id AND direction = 'out' AND delivered_at IS NULL
""")
NOT_SENT = text("""
    UPDATE diming.filing_message SET problem = CAST(:problem AS jsonb), next_at = :next_at
    WHERE id = :id AND direction = 'out' AND delivered_at IS NULL
""")
ADD_DELIVERY = text("""
    INSERT INTO diming.filing_delivery (signature_sha256, at) VALUES (:signature, :at)
    ON CONFLICT DO NOTHING RETURNING at
""")
FORGET_DELIVERIES = text("DELETE FROM diming.filing_delivery WHERE at < :before")

# -- what goes into a package ----------------------------------------------------------------------------------------

CASE = text("""
    SELECT c.id, c.number, c.title, c.unit_id, c.facts, coalesce(u.demonstration, false) AS demonstration
    FROM diming.case_file c LEFT JOIN diming.unit u ON u.id = c.unit_id WHERE c.id = :id
""")
PAPERS = text("""
    SELECT id, sha256, bytes, file_name, media_type FROM diming.attachment
    WHERE case_id = :case_id AND id = ANY(:ids) ORDER BY added_at, id
""")
# documents of the case whose files are not made (yet): the filing waits for them
UNMADE = text("""
    SELECT doc_no, title, state FROM diming.document
    WHERE case_id = :case_id AND state IN ('pending', 'failed') ORDER BY serial, id
""")
ISSUED = text("""
    SELECT d.id, d.doc_no, d.title, f.sha256, f.bytes, f.file_name, f.media_type
    FROM diming.document d JOIN diming.document_file f ON f.document_id = d.id AND f.form IN ('word', 'pdf')
    WHERE d.case_id = :case_id AND d.state = 'made' ORDER BY d.serial, d.id, f.form
""")
DECISION = text("""
    SELECT kind, doc_no, title, authority, approved_on::text, effective_on::text FROM diming.decision WHERE id = :id
""")
PLACE = text("""
    SELECT type_code, round(ST_X(geom)::numeric, 6)::text AS longitude, round(ST_Y(geom)::numeric, 6)::text AS latitude
    FROM diming.place WHERE id = :id AND upper_inf(known)
""")
IS_INVENTED = text("SELECT demonstration FROM diming.unit WHERE id = :id")
WAITING = text("SELECT id FROM diming.filing_message WHERE direction = 'out' AND delivered_at IS NULL ORDER BY id")
TRY_AGAIN = text("""
    UPDATE diming.filing_message SET next_at = :at
    WHERE id = :id AND direction = 'out' AND delivered_at IS NULL RETURNING id
""")
