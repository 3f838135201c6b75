"""The SQL of what the public reports."""

from __future__ import annotations

from sqlalchemy import text

ADD = text("""
    INSERT INTO diming.usage_report (id, number, unit_id, received_at, use, shown, place_said, what, contact, origin,
                                     request_key)
    VALUES (:id, :number, :unit, :at, :use, :shown, :place_said, :what, :contact, :origin, :request_key)
""")
EARLIER = text("""
    SELECT number, state, use, shown, place_said, what FROM diming.usage_report WHERE request_key = :request_key
""")
# one at a time from one address: a second request waits for the first and then counts it
LOCK_ORIGIN = text("SELECT pg_advisory_xact_lock(hashtext('diming.usage_report'), hashtext(encode(:origin, 'hex')))")
SENT = text("""
    SELECT (SELECT count(*) FROM diming.usage_report WHERE origin = :origin AND received_at > :since) AS of_origin,
           (SELECT count(*) FROM diming.usage_report WHERE unit_id = :unit AND state = 'waiting') AS waiting
""")
PUBLIC = text("""
    SELECT number, state, (received_at AT TIME ZONE 'Asia/Shanghai')::date AS received_on,
           (settled_at AT TIME ZONE 'Asia/Shanghai')::date AS settled_on, why
    FROM diming.usage_report WHERE number = :number
""")
_REPORT = """
    SELECT r.id, r.number, r.unit_id, r.received_at, r.use, r.shown, r.place_said, r.what, r.contact, r.state, r.why,
           r.settled_at, c.number AS case_number
    FROM diming.usage_report r LEFT JOIN diming.case_file c ON c.id = r.case_id
"""
LIST = text(f"""
    {_REPORT}
    WHERE (CAST(:state AS text) IS NULL OR r.state = :state) AND (:everywhere OR r.unit_id = ANY(:units))
      AND (CAST(:after AS uuid) IS NULL OR r.id < :after)
    ORDER BY r.id DESC LIMIT :limit
""")
FIND = text(f"{_REPORT} WHERE r.id = :id")
UNITS = text("SELECT DISTINCT unit_id FROM diming.usage_report")
# the address is forgotten with the settling
SETTLE = text("""
    UPDATE diming.usage_report SET state = :state, case_id = :case_id, why = :why, settled_by = :by, settled_at = :at,
           origin = NULL
    WHERE id = :id AND state = 'waiting' RETURNING id
""")
