"""The SQL of cases, named and commented."""

from __future__ import annotations

from sqlalchemy import text

LOCK_KEY = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
FIND_KEY = text("""
    SELECT request_sha256, answer FROM diming.case_request WHERE actor_id = :actor AND key = :key
""")
REMEMBER_ANSWER = text("""
    INSERT INTO diming.case_request (actor_id, key, request_sha256, step_id, at, answer)
    VALUES (:actor, :key, :request, :step, :at, CAST(:answer AS jsonb))
""")
FORGET_ANSWERS = text("DELETE FROM diming.case_request WHERE at < :before")

_CASE = """
    SELECT id, number, procedure, procedure_day, state, title, unit_id, opened_by, assignee_id,
           opened_at, closed_at, version, facts
    FROM diming.case_file
"""
FIND_CASE = text(f"{_CASE} WHERE id = :id")
FIND_CASES = text(f"{_CASE} WHERE id = ANY(:ids)")
FIND_NUMBER = text("SELECT id FROM diming.case_file WHERE number = :number")
# whoever acts in a case waits for whoever acts in it before him
LOCK_CASE = text(f"{_CASE} WHERE id = :id FOR UPDATE")
INSERT_CASE = text("""
    INSERT INTO diming.case_file (id, number, procedure, procedure_day, state, title, unit_id, opened_by,
                                  opened_at, version, facts)
    VALUES (:id, :number, :procedure, :procedure_day, :state, :title, :unit_id, :opened_by, :opened_at, 1,
            CAST(:facts AS jsonb))
""")
MOVE_CASE = text("""
    UPDATE diming.case_file
    SET state = :state, version = :version, closed_at = :closed_at, facts = facts || CAST(:facts AS jsonb)
    WHERE id = :id
""")
ASSIGN = text("UPDATE diming.case_file SET assignee_id = :to WHERE id = :id")

INSERT_STEP = text("""
    INSERT INTO diming.case_step (id, case_id, seq, at, actor_id, for_id, role, action, from_state, to_state,
                                  permission, fields, document, decision_id)
    VALUES (:id, :case_id, :seq, :at, :actor_id, :for_id, :role, :action, :from_state, :to_state,
            :permission, CAST(:fields AS jsonb), :document, :decision_id)
""")
STEPS = text("""
    SELECT case_id, seq, at, actor_id, for_id, role, action, from_state, to_state, permission, fields, document,
           decision_id
    FROM diming.case_step WHERE case_id = ANY(:ids) ORDER BY seq
""")

ADD_PARTICIPANT = text("""
    INSERT INTO diming.case_participant (case_id, account_id, relation, since)
    VALUES (:id, :account, :relation, :at) ON CONFLICT DO NOTHING
""")
PARTICIPANTS = text("""
    SELECT case_id, account_id, relation FROM diming.case_participant WHERE case_id = ANY(:ids)
""")
NAME_OF = text("SELECT display_name FROM diming.account WHERE id = :id")
ACCOUNT_STANDS = text("SELECT true FROM diming.account WHERE id = :id AND disabled_at IS NULL")

INSERT_FINDING = text("""
    INSERT INTO diming.case_finding (id, case_id, rule, severity, message, article, cure, found_at, found_by)
    VALUES (:id, :case_id, :rule, :severity, :message, :article, :cure, :at, :by)
""")
FINDINGS = text("""
    SELECT case_id, id, rule, severity, message, article, cure, found_at, requested_at, answered_at, answer,
           closed_at, closed_why, settled_how, settled_by, ground, basis
    FROM diming.case_finding WHERE case_id = ANY(:ids) ORDER BY found_at, id
""")
REQUEST_FINDINGS = text("""
    UPDATE diming.case_finding SET requested_at = :at
    WHERE case_id = :id AND closed_at IS NULL AND requested_at IS NULL AND severity <> 'info' RETURNING id
""")
ANSWER_FINDING = text("""
    UPDATE diming.case_finding SET answered_at = :at, answer = :text
    WHERE id = :finding AND case_id = :id AND closed_at IS NULL AND requested_at IS NOT NULL RETURNING id
""")
# what was asked for and has no answer yet: what a request for corrections prints
REQUESTED = text("""
    SELECT rule, message, article, cure FROM diming.case_finding
    WHERE case_id = :id AND closed_at IS NULL AND requested_at IS NOT NULL AND answered_at IS NULL
    ORDER BY found_at, id
""")
SETTLE_FINDING = text("""
    UPDATE diming.case_finding SET closed_at = :at, closed_why = :reason, settled_how = :how, settled_by = :by,
           ground = :ground, basis = :basis
    WHERE id = :finding AND case_id = :id AND closed_at IS NULL RETURNING id
""")

INSERT_OPINION = text("""
    INSERT INTO diming.case_opinion (id, case_id, seq, at, by_id, to_id, kind, stance, text, answers_id, due_on)
    VALUES (:id, :case_id, :seq, :at, :by, :to, :kind, :stance, :text, :answers, :due_on)
""")
# `offices`: of a reply, for which bodies of which units its author held a role when it was given
OPINIONS = text("""
    SELECT o.case_id, o.id, o.seq, o.at, o.by_id, o.to_id, o.kind, o.stance, o.text, o.answers_id, o.due_on,
           CASE WHEN o.kind = 'reply' THEN ARRAY(
               SELECT DISTINCT g.body || '@' || coalesce(g.unit_id::text, '') FROM diming.role_grant g
               WHERE g.account_id = o.by_id AND g.body IS NOT NULL
                 AND g.valid @> (o.at AT TIME ZONE 'Asia/Shanghai')::date
                 AND (g.revoked_at IS NULL OR g.revoked_at > o.at) ORDER BY 1) ELSE '{}' END AS offices
    FROM diming.case_opinion o WHERE o.case_id = ANY(:ids) ORDER BY o.seq, o.id
""")

INSERT_LINK = text("""
    INSERT INTO diming.case_link (from_case, to_case, relation) VALUES (:id, :other, :relation)
    ON CONFLICT DO NOTHING RETURNING to_case
""")
LINKS = text("""
    SELECT from_case AS case_id, from_case, to_case, relation FROM diming.case_link WHERE from_case = ANY(:ids)
    UNION ALL
    SELECT to_case, from_case, to_case, relation FROM diming.case_link WHERE to_case = ANY(:ids)
    ORDER BY 2, 3, 4
""")

INSERT_ATTACHMENT = text("""
    INSERT INTO diming.attachment (id, sha256, bytes, file_name, media_type, added_at, added_by)
    VALUES (:id, :sha256, :bytes, :name, :media_type, :at, :by) ON CONFLICT (id) DO NOTHING RETURNING id
""")
# an attachment belongs to one case, and only who brought it hands it in
CLAIM_ATTACHMENT = text("""
    UPDATE diming.attachment SET case_id = :id
    WHERE id = :attachment AND added_by = :by AND case_id IS NULL RETURNING id
""")
ATTACHMENTS = text("""
    SELECT case_id, id, sha256, bytes, file_name, media_type, added_at, added_by
    FROM diming.attachment WHERE case_id = ANY(:ids) ORDER BY added_at, id
""")
FIND_ATTACHMENT = text("""
    SELECT id, sha256, bytes, file_name, media_type, added_at, added_by, case_id FROM diming.attachment WHERE id = :id
""")
WAITING_ATTACHMENTS = text("""
    SELECT id, sha256, bytes, file_name, media_type, added_at, added_by, case_id FROM diming.attachment
    WHERE added_by = :by AND case_id IS NULL
      AND (CAST(:at AS timestamptz) IS NULL OR (added_at, id) < (CAST(:at AS timestamptz), CAST(:after AS uuid)))
    ORDER BY added_at DESC, id DESC LIMIT :limit
""")

CLOCKS = text("""
    SELECT case_id, id, key, runs, due_on, warn_on, missing_year, verified, warned_at, escalated_at
    FROM diming.case_clock WHERE case_id = ANY(:ids) AND stopped_at IS NULL ORDER BY key
""")
INSERT_CLOCK = text("""
    INSERT INTO diming.case_clock (id, case_id, key, runs, due_on, warn_on, missing_year, verified)
    VALUES (:id, :case_id, :key, CAST(:runs AS jsonb), :due_on, :warn_on, :missing_year, :verified)
""")
SET_CLOCK = text("""
    UPDATE diming.case_clock
    SET runs = CAST(:runs AS jsonb), due_on = :due_on, warn_on = :warn_on, missing_year = :missing_year,
        verified = :verified, stopped_at = :stopped_at
    WHERE id = :id
""")
# clocks that somebody should hear about, or of which the end could not be said and now perhaps can
TO_LOOK_AT = text("""
    SELECT c.case_id, c.id FROM diming.case_clock c
    WHERE c.stopped_at IS NULL AND (
        (c.due_on < :today AND c.escalated_at IS NULL) OR (c.warn_on <= :today AND c.warned_at IS NULL)
        OR c.missing_year = ANY(:known_years))
    ORDER BY c.case_id, c.key
""")
MARK_WARNED = text("UPDATE diming.case_clock SET warned_at = :at WHERE id = :id AND warned_at IS NULL RETURNING id")
MARK_ESCALATED = text("""
    UPDATE diming.case_clock SET escalated_at = :at WHERE id = :id AND escalated_at IS NULL RETURNING id
""")
# Open cases in which a day that people have set may be near: somebody was asked to reply by then and has not, or the
# subject keeps days in the facts.
WITH_SET_DAYS = text("""
    SELECT c.id FROM diming.case_file c
    WHERE c.closed_at IS NULL AND (c.procedure = ANY(:procedures) OR EXISTS (
        SELECT FROM diming.case_opinion o
        WHERE o.case_id = c.id AND o.kind = 'consultation' AND o.due_on <= :soon
          AND NOT EXISTS (SELECT FROM diming.case_opinion r WHERE r.case_id = c.id AND r.answers_id = o.id)))
    ORDER BY c.id
""")
TOLD_OF_DAYS = text("""
    SELECT DISTINCT kind, body->>'day' AS day, body->>'due_on' AS due_on FROM diming.notification
    WHERE case_id = :id AND body ? 'day'
""")
WITH_ROLE = text("""
    SELECT DISTINCT account_id FROM diming.role_grant
    WHERE role = :role AND revoked_at IS NULL AND valid @> CAST(:today AS date)
      AND (unit_id IS NULL OR unit_id = ANY(:chain)) AND (level IS NULL OR level = :level)
""")
NOTIFY = text("""
    INSERT INTO diming.notification (id, account_id, case_id, kind, at, body)
    VALUES (:id, :account, :case_id, :kind, :at, CAST(:body AS jsonb))
""")

# The accounts that hold one of the roles where the case lies, with who they are: whom a case can be given to.
IN_REACH = text("""
    SELECT a.id, a.username, a.display_name, o.name AS organisation,
           array_agg(DISTINCT g.role ORDER BY g.role) AS roles,
           array_remove(array_agg(DISTINCT g.body ORDER BY g.body), NULL) AS bodies
    FROM diming.role_grant g JOIN diming.account a ON a.id = g.account_id
    LEFT JOIN diming.organisation o ON o.id = a.organisation_id
    WHERE g.role = ANY(:roles) AND g.revoked_at IS NULL AND a.disabled_at IS NULL
      AND g.valid @> CAST(:today AS date) AND (g.unit_id IS NULL OR g.unit_id = ANY(:chain))
      AND (g.level IS NULL OR g.level = :level)
    GROUP BY a.id, o.name ORDER BY a.display_name, a.username LIMIT :limit
""")
# The accounts that hold one of the roles for one of the units itself: the office there.
HOLDERS = text("""
    SELECT DISTINCT g.account_id FROM diming.role_grant g JOIN diming.account a ON a.id = g.account_id
    WHERE g.role = ANY(:roles) AND g.unit_id = ANY(:units) AND g.revoked_at IS NULL AND a.disabled_at IS NULL
      AND g.valid @> CAST(:today AS date)
    ORDER BY g.account_id
""")
NAMES = text("SELECT id, display_name FROM diming.account WHERE id = ANY(:ids)")
BRIEFLY = text("SELECT id, number, title FROM diming.case_file WHERE id = ANY(:ids)")

_DUE = "(SELECT min(k.due_on) FROM diming.case_clock k WHERE k.case_id = c.id AND k.stopped_at IS NULL)"
# Candidates for a desk: what ends first comes first, what has no end comes last. The deadlines are gathered and the
# rows chosen before anything else is read of them: an office may have ten thousands of cases, a page has 25.
DESK = text("""
    SELECT d.*,
           (SELECT coalesce(jsonb_agg(jsonb_build_array(p.account_id, p.relation)), '[]')
            FROM diming.case_participant p WHERE p.case_id = d.id) AS participants
    FROM (
        SELECT f.id, f.state, f.unit_id, f.opened_by, f.assignee_id, k.due_on
        FROM diming.case_file f
        LEFT JOIN (SELECT case_id, min(due_on) AS due_on FROM diming.case_clock
                   WHERE stopped_at IS NULL GROUP BY case_id) k ON k.case_id = f.id
        WHERE (CAST(:procedure AS text) IS NULL OR f.procedure = :procedure)
          AND (CAST(:state AS text) IS NULL OR f.state = :state)
          AND (f.closed_at IS NULL) = :open
          AND (CAST(:assignee AS uuid) IS NULL OR f.assignee_id = :assignee)
          AND (CAST(:unassigned AS boolean) IS NOT TRUE OR f.assignee_id IS NULL)
          AND (CAST(:pattern AS text) IS NULL OR f.title LIKE :pattern OR f.number = upper(:q))
          AND (CAST(:overdue_on AS date) IS NULL OR k.due_on < :overdue_on)
          AND (CAST(:after AS uuid) IS NULL
               OR (coalesce(k.due_on, DATE '9999-12-31'), f.id) > (CAST(:due AS date), CAST(:after AS uuid)))
        ORDER BY coalesce(k.due_on, DATE '9999-12-31'), f.id LIMIT :limit
    ) d
    ORDER BY coalesce(d.due_on, DATE '9999-12-31'), d.id
""")
_DUE = "(SELECT min(k.due_on) FROM diming.case_clock k WHERE k.case_id = c.id AND k.stopped_at IS NULL)"
DESK_KEY = text(f"SELECT c.id, {_DUE} AS due_on FROM diming.case_file c WHERE c.id = :id")

# Candidates for a list, with what the permission question and the list need; who may see them is asked of each.
LIST_CASES = text(f"""
    SELECT c.*,
           {_DUE} AS due_on,
           (SELECT coalesce(jsonb_agg(jsonb_build_array(p.account_id, p.relation)), '[]')
            FROM diming.case_participant p WHERE p.case_id = c.id) AS participants
    FROM ({_CASE}) c
    WHERE (CAST(:procedure AS text) IS NULL OR procedure = :procedure)
      AND (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:open_only AS boolean) IS NOT TRUE OR closed_at IS NULL)
      AND (CAST(:assignee AS uuid) IS NULL OR assignee_id = :assignee)
      AND (CAST(:pattern AS text) IS NULL OR title LIKE :pattern OR number = upper(:q))
      AND (CAST(:overdue_on AS date) IS NULL OR EXISTS (
            SELECT 1 FROM diming.case_clock k
            WHERE k.case_id = c.id AND k.stopped_at IS NULL AND k.due_on < :overdue_on))
      AND (CAST(:after AS uuid) IS NULL OR id < :after)
    ORDER BY id DESC LIMIT :limit
""")
