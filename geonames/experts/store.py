"""The SQL of the pool of experts and of draws."""

from __future__ import annotations

from sqlalchemy import text

ADD = text("""
    INSERT INTO diming.expert (id, account_id, unit_id, fields, employer, title, entered_by)
    VALUES (:id, :account, :unit, :fields, :employer, :title, :by)
""")
CHANGE = text("""
    UPDATE diming.expert SET fields = :fields, employer = :employer, title = :title WHERE id = :id AND left_on IS NULL
""")
LEAVE = text("UPDATE diming.expert SET left_on = :day WHERE id = :id AND left_on IS NULL RETURNING id")
FIND = text("""
    SELECT e.id, e.account_id, e.unit_id, a.display_name AS name, e.fields, e.employer, e.title, e.left_on
    FROM diming.expert e JOIN diming.account a ON a.id = e.account_id WHERE e.id = :id
""")
OF_ACCOUNT = text("SELECT id FROM diming.expert WHERE account_id = :account AND left_on IS NULL")
IS_EXPERT = text("""
    SELECT 1 FROM diming.role_grant g JOIN diming.account a ON a.id = g.account_id AND a.disabled_at IS NULL
    WHERE g.account_id = :account AND g.role = 'expert' AND g.valid @> CAST(:day AS date) LIMIT 1
""")
ACCOUNT = text("SELECT id FROM diming.account WHERE username = :username AND disabled_at IS NULL")
_INTERESTS = """
    ARRAY(SELECT i.with_whom FROM diming.expert_interest i WHERE i.expert_id = e.id ORDER BY i.with_whom) AS interests
"""
LIST = text(f"""
    SELECT e.id, e.account_id, e.unit_id, a.display_name AS name, e.fields, e.employer, e.title, e.left_on,
           {_INTERESTS}
    FROM diming.expert e JOIN diming.account a ON a.id = e.account_id
    WHERE e.unit_id = ANY(:units) AND (:former OR e.left_on IS NULL)
      AND (CAST(:after AS uuid) IS NULL OR e.id > CAST(:after AS uuid))
    ORDER BY e.id LIMIT :limit
""")
#: Those whose region holds the case: their unit is one of those in which it lies.
POOL = text(f"""
    SELECT e.id, e.account_id, a.display_name AS name, e.fields, e.employer, {_INTERESTS}
    FROM diming.expert e JOIN diming.account a ON a.id = e.account_id AND a.disabled_at IS NULL
    WHERE e.unit_id = ANY(:chain) AND e.left_on IS NULL ORDER BY e.id
""")
ADD_INTEREST = text("""
    INSERT INTO diming.expert_interest (id, expert_id, with_whom, why, declared_by)
    VALUES (:id, :expert, :with_whom, :why, :by) ON CONFLICT (expert_id, with_whom) DO NOTHING RETURNING id
""")
ADD_DRAW = text("""
    INSERT INTO diming.expert_draw (id, case_id, seed, wanted, fields, tickets, drawn_by, drawn_at)
    VALUES (:id, :case_id, :seed, :wanted, :fields, CAST(:tickets AS jsonb), :by, :at)
""")
FIND_DRAW = text("""
    SELECT d.id, d.case_id, d.seed, d.wanted, d.fields, d.tickets, d.drawn_at FROM diming.expert_draw d WHERE d.id = :id
""")
#: Everybody who did something in the case, opened it or is answerable for it.
TOOK_PART = text("""
    SELECT s.actor_id AS account FROM diming.case_step s WHERE s.case_id = :case_id
    UNION SELECT c.opened_by FROM diming.case_file c WHERE c.id = :case_id
    UNION SELECT c.assignee_id FROM diming.case_file c WHERE c.id = :case_id AND c.assignee_id IS NOT NULL
""")
CALLED = text("""
    SELECT account_id FROM diming.case_participant WHERE case_id = :case_id AND relation = 'expert'
""")
#: What those who were called said: the latest opinion and the vote of each.
FOUND = text("""
    SELECT a.display_name AS name, coalesce(e.employer, '') AS employer,
           (SELECT o.stance FROM diming.case_opinion o WHERE o.case_id = p.case_id AND o.by_id = p.account_id
              AND o.kind = 'vote' ORDER BY o.seq DESC LIMIT 1) AS vote,
           coalesce((SELECT string_agg(o.text, '；' ORDER BY o.seq) FROM diming.case_opinion o
              WHERE o.case_id = p.case_id AND o.by_id = p.account_id AND o.text <> ''), '') AS opinion
    FROM diming.case_participant p JOIN diming.account a ON a.id = p.account_id
    LEFT JOIN diming.expert e ON e.account_id = p.account_id AND e.left_on IS NULL
    WHERE p.case_id = :case_id AND p.relation = 'expert' ORDER BY a.display_name, a.id
""")
