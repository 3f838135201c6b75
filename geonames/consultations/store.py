"""The SQL of consultations. What begins with PUBLIC reads published views only."""

from __future__ import annotations

from sqlalchemy import text

ADD = text("""
    INSERT INTO diming.consultation (id, case_id, title, asked_by, about, question, opens_on, closes_on,
                                     shorter_because, salt, opened_by)
    VALUES (:id, :case_id, :title, :asked_by, CAST(:about AS jsonb), :question, :opens_on, :closes_on,
            :shorter_because, :salt, :by)
""")
#: Of a case: the one that is neither ended early nor reported.
STANDING = text("""
    SELECT id, opens_on, closes_on, ended_on FROM diming.consultation
    WHERE case_id = :case_id AND ended_on IS NULL AND reported_on IS NULL FOR UPDATE
""")
END = text("""
    UPDATE diming.consultation SET ended_on = :day, ended_because = :why, salt = NULL
    WHERE case_id = :case_id AND ended_on IS NULL AND reported_on IS NULL
""")
REPORT = text("UPDATE diming.consultation SET reported_on = :day, report = :report, salt = NULL WHERE id = :id")
#: Who sent what is needed while comments come in, to count them, and not afterwards.
FORGET_ORIGINS = text("""
    UPDATE diming.consultation_comment SET origin = NULL
    WHERE consultation_id IN (SELECT id FROM diming.consultation WHERE case_id = :case_id) AND origin IS NOT NULL
""")
LOCK = text("""
    SELECT id, case_id, opens_on, closes_on, ended_on, salt FROM diming.consultation WHERE id = :id FOR UPDATE
""")
CASE_OF = text("SELECT case_id FROM diming.consultation WHERE id = :id")
LATEST_OF_CASE = text("""
    SELECT id FROM diming.consultation WHERE case_id = :case_id ORDER BY recorded_at DESC, id DESC LIMIT 1
""")

ADD_COMMENT = text("""
    INSERT INTO diming.consultation_comment (id, consultation_id, received_at, stance, text, name, contact, origin,
                                             request_key, state)
    VALUES (:id, :consultation, :at, :stance, :text, :name, :contact, :origin, :request_key, :state)
""")
EARLIER = text("""
    SELECT id, stance, text, state FROM diming.consultation_comment
    WHERE consultation_id = :consultation AND request_key = :request_key
""")
#: How much one address sent since a moment, and how much waits.
SENT = text("""
    SELECT count(*) FILTER (WHERE origin = :origin AND received_at > :since) AS of_origin,
           count(*) FILTER (WHERE origin = :origin AND text = :text AND stance = :stance) AS same,
           count(*) FILTER (WHERE state = 'waiting') AS waiting
    FROM diming.consultation_comment WHERE consultation_id = :consultation
""")
LOCK_COMMENT = text("""
    SELECT id, state, reply FROM diming.consultation_comment WHERE id = :id AND consultation_id = :consultation
    FOR UPDATE
""")
MODERATE = text("""
    UPDATE diming.consultation_comment
    SET state = :state, hidden_because = :because, moderated_by = :by, moderated_at = :at WHERE id = :id
""")
REPLY = text("""
    UPDATE diming.consultation_comment SET reply = :reply, replied_by = :by, replied_at = :at WHERE id = :id
""")
#: All comments for the office, those that wait first.
BOARD = text("""
    SELECT id, received_at, stance, text, name, contact, state, hidden_because, reply, replied_at
    FROM diming.consultation_comment
    WHERE consultation_id = :id
      AND (CAST(:at AS timestamptz) IS NULL
           OR (state <> 'waiting', received_at, id) > (:settled, CAST(:at AS timestamptz), CAST(:after AS uuid)))
    ORDER BY state <> 'waiting', received_at, id LIMIT :limit
""")
ADD_HEARING = text("""
    INSERT INTO diming.consultation_hearing (id, consultation_id, held_on, place, chair, attendance, minutes,
                                             recorded_by)
    VALUES (:id, :consultation, :held_on, :place, :chair, :attendance, :minutes, :by)
""")
#: What the report prints: every comment that is not hidden, with its answer.
REPORTED = text("""
    SELECT stance, text, coalesce(reply, '') AS reply FROM diming.consultation_comment
    WHERE consultation_id = :id AND state <> 'hidden' AND text <> '' ORDER BY received_at, id LIMIT :limit
""")
COUNTS = text("""
    SELECT support, objection, comment, waiting, hidden FROM published.consultation WHERE id = :id
""")
HEARINGS_HELD = text("SELECT count(*) FROM diming.consultation_hearing WHERE consultation_id = :id")

_PUBLIC = """
    SELECT id, title, asked_by, about, question, opens_on, closes_on, shorter_because, ended_on, ended_because,
           reported_on, report, support, objection, comment, waiting, hidden
    FROM published.consultation
"""
PUBLIC_FIND = text(_PUBLIC + " WHERE id = :id")
PUBLIC_LIST = text(
    _PUBLIC
    + """
    WHERE (CAST(:within AS text) IS NULL OR starts_with(about ->> 'within', :within))
      AND (NOT :open OR (ended_on IS NULL AND CAST(:day AS date) BETWEEN opens_on AND closes_on))
      AND (CAST(:closes AS date) IS NULL OR (closes_on, id) < (CAST(:closes AS date), CAST(:after AS uuid)))
    ORDER BY closes_on DESC, id DESC LIMIT :limit
"""
)
PUBLIC_COMMENTS = text("""
    SELECT id, received_on, stance, text, state, hidden_because, reply, replied_on FROM published.consultation_comment
    WHERE consultation_id = :id AND (CAST(:after AS uuid) IS NULL OR id < CAST(:after AS uuid))
    ORDER BY id DESC LIMIT :limit
""")
PUBLIC_HEARINGS = text("""
    SELECT id, held_on, place, attendance, minutes FROM published.consultation_hearing
    WHERE consultation_id = :id ORDER BY held_on, id
""")
