"""The SQL of who keeps what and what is planned. For staff and keepers: it reads and writes `diming` itself."""

from __future__ import annotations

from sqlalchemy import text

from data.clock import CIVIL_ZONE

INSERT_ASSIGNMENT = text("""
    INSERT INTO diming.patrol_assignment (id, account_id, level, unit_id, line_id, marker_id, from_marker, to_marker,
        begin_on, made_at, made_by)
    VALUES (:id, :account, :level, :unit, :line, :marker, :from_marker, :to_marker, :begin_on, :at, :by)
""")
END_ASSIGNMENT = text("""
    UPDATE diming.patrol_assignment SET end_on = greatest(begin_on, CAST(:on AS date)), ended_by = :by,
        end_reason = :reason
    WHERE id = :id AND end_on IS NULL
""")
LOCK_ASSIGNMENT = text("SELECT * FROM diming.patrol_assignment WHERE id = :id FOR UPDATE")
_UNIT = """JOIN LATERAL (SELECT v.code, v.name, v.level FROM diming.unit_version v
        WHERE v.unit_id = a.unit_id AND upper_inf(v.known) ORDER BY lower(v.valid) DESC LIMIT 1) u ON true"""
_LINE = """LEFT JOIN LATERAL (SELECT l.name, coalesce(l.name,
            CASE WHEN one.code < other.code THEN one.name || '–' || other.name
                 ELSE other.name || '–' || one.name END) AS title
        FROM diming.boundary_line_version l
        JOIN diming.unit_version one ON one.unit_id = l.unit_a AND upper_inf(one.known) AND upper_inf(one.valid)
        JOIN diming.unit_version other ON other.unit_id = l.unit_b AND upper_inf(other.known) AND upper_inf(other.valid)
        WHERE l.line_id = a.line_id AND upper_inf(l.known) ORDER BY lower(l.valid) DESC LIMIT 1) l ON true"""


def _code(column: str) -> str:
    return f"""(SELECT m.code FROM diming.marker_version m WHERE m.marker_id = a.{column} AND upper_inf(m.known)
        ORDER BY lower(m.valid) DESC LIMIT 1)"""


_ASSIGNMENT = f"""
    SELECT a.id, a.account_id, k.display_name AS keeper, a.level, a.unit_id, u.code AS unit_code, u.name AS unit_name,
           a.line_id, l.name AS line_name, l.title AS line_title,
           a.marker_id, a.from_marker, a.to_marker, {_code("marker_id")} AS marker_code,
           {_code("from_marker")} AS from_code, {_code("to_marker")} AS to_code, a.begin_on, a.end_on, a.end_reason
    FROM diming.patrol_assignment a
    JOIN diming.account k ON k.id = a.account_id
    {_UNIT}
    {_LINE}
"""
#: Within which units somebody may look: `units` (null: any) beside `levels` (null: any).
REACHED = """EXISTS (SELECT FROM unnest(CAST(:units AS uuid[]), CAST(:levels AS text[])) AS g(unit, level)
                    WHERE (g.unit IS NULL OR g.unit = a.unit_id) AND (g.level IS NULL OR g.level = u.level))"""
ASSIGNMENT = text(f"{_ASSIGNMENT} WHERE a.id = :id")
#: What somebody keeps on a day.
OWN = text(f"""
    {_ASSIGNMENT}
    WHERE a.account_id = :account AND a.begin_on <= CAST(:on AS date) AND (a.end_on IS NULL OR a.end_on > :on)
    ORDER BY a.id LIMIT :limit
""")
LIST = text(f"""
    {_ASSIGNMENT}
    WHERE {REACHED}
      AND (CAST(:line AS uuid) IS NULL OR a.line_id = :line)
      AND (CAST(:on AS date) IS NULL OR a.begin_on <= CAST(:on AS date) AND (a.end_on IS NULL OR a.end_on > :on))
      AND (CAST(:after AS uuid) IS NULL OR a.id < CAST(:after AS uuid))
    ORDER BY a.id DESC LIMIT :limit
""")
#: Assignments on a line that hold at any time of a span.
OF_LINE = text("""
    SELECT a.id, a.account_id, a.level, a.unit_id, a.line_id, a.marker_id, a.from_marker, a.to_marker
    FROM diming.patrol_assignment a
    WHERE a.line_id = :line AND a.begin_on <= CAST(:until AS date) AND (a.end_on IS NULL OR a.end_on > :begin)
    ORDER BY a.id
""")
#: Those of one person on a line that hold on one of two days: when it was seen, and when it came.
HOLDING = text("""
    SELECT a.id, a.unit_id, a.level, a.line_id, a.marker_id, a.from_marker, a.to_marker
    FROM diming.patrol_assignment a
    WHERE a.account_id = :account AND a.line_id = :line
      AND EXISTS (SELECT FROM unnest(CAST(:days AS date[])) AS d(day)
                  WHERE a.begin_on <= d.day AND (a.end_on IS NULL OR a.end_on > d.day))
    ORDER BY a.marker_id IS NULL, a.from_marker IS NULL, a.id
""")
KEEPS_ANYTHING = text("SELECT EXISTS (SELECT FROM diming.patrol_assignment WHERE account_id = :account)")
LINE_SIDES = text("""
    SELECT unit_a, unit_b, name FROM diming.boundary_line_version
    WHERE line_id = :line AND upper_inf(known) ORDER BY lower(valid) DESC LIMIT 1
""")

INSERT_PLAN = text("""
    INSERT INTO diming.patrol_plan (id, title, unit_id, line_id, begin_on, due_on, note, made_at, made_by)
    VALUES (:id, :title, :unit, :line, :begin_on, :due_on, :note, :at, :by)
""")
INSERT_TASK = text("""
    INSERT INTO diming.patrol_task (id, plan_id, assignment_id, account_id, marker_id)
    VALUES (:id, :plan, :assignment, :account, :marker)
    ON CONFLICT (plan_id, account_id, marker_id) DO NOTHING
""")
LOCK_PLAN = text("SELECT * FROM diming.patrol_plan WHERE id = :id FOR UPDATE")
CANCEL_PLAN = text("""
    UPDATE diming.patrol_plan SET cancelled_at = :at, cancelled_by = :by, cancel_reason = :reason
    WHERE id = :id AND cancelled_at IS NULL
""")
_PLAN = f"""
    SELECT a.id, a.title, a.unit_id, u.code AS unit_code, u.name AS unit_name, a.line_id, l.name AS line_name,
           l.title AS line_title, a.begin_on, a.due_on, a.note, a.made_at, a.cancelled_at, a.cancel_reason,
           c.tasks, c.done, c.late, c.keepers
    FROM diming.patrol_plan a
    {_UNIT}
    {_LINE}
    JOIN LATERAL (
        SELECT count(*) AS tasks, count(t.observation_id) AS done, count(DISTINCT t.account_id) AS keepers,
               count(*) FILTER (WHERE (o.seen_at AT TIME ZONE '{CIVIL_ZONE.key}')::date > a.due_on) AS late
        FROM diming.patrol_task t LEFT JOIN diming.patrol_observation o ON o.id = t.observation_id
        WHERE t.plan_id = a.id) c ON true
"""
PLAN = text(f"{_PLAN} WHERE a.id = :id")
PLANS = text(f"""
    {_PLAN}
    WHERE {REACHED}
      AND (CAST(:line AS uuid) IS NULL OR a.line_id = :line)
      AND (NOT :overdue OR (a.cancelled_at IS NULL AND a.due_on < CAST(:on AS date) AND c.done < c.tasks))
      AND (CAST(:after_due AS date) IS NULL
           OR (a.due_on, a.id) < (CAST(:after_due AS date), CAST(:after_id AS uuid)))
    ORDER BY a.due_on DESC, a.id DESC LIMIT :limit
""")
#: The tasks of a plan, what is open first.
TASKS = text("""
    SELECT t.id, t.account_id, k.display_name AS keeper, p.level, t.marker_id, m.code AS marker_code,
           t.observation_id, o.seen_at, o.state
    FROM diming.patrol_task t
    JOIN diming.account k ON k.id = t.account_id
    JOIN diming.patrol_assignment p ON p.id = t.assignment_id
    LEFT JOIN diming.patrol_observation o ON o.id = t.observation_id
    LEFT JOIN LATERAL (SELECT m.code FROM diming.marker_version m WHERE m.marker_id = t.marker_id
        AND upper_inf(m.known) ORDER BY lower(m.valid) DESC LIMIT 1) m ON true
    WHERE t.plan_id = :plan
      AND (CAST(:after_done AS boolean) IS NULL OR (t.observation_id IS NOT NULL, m.code, t.id)
           > (CAST(:after_done AS boolean), CAST(:after_code AS text), CAST(:after_id AS uuid)))
    ORDER BY t.observation_id IS NOT NULL, m.code, t.id LIMIT :limit
""")
#: What somebody still has to do, the most urgent first.
OWN_TASKS = text("""
    SELECT t.id, t.marker_id, p.title, p.begin_on, p.due_on
    FROM diming.patrol_task t JOIN diming.patrol_plan p ON p.id = t.plan_id
    WHERE t.account_id = :account AND t.observation_id IS NULL AND p.cancelled_at IS NULL
    ORDER BY p.due_on, t.id LIMIT :limit
""")
DO_TASKS = text("""
    UPDATE diming.patrol_task t SET observation_id = :observation
    FROM diming.patrol_plan p
    WHERE p.id = t.plan_id AND t.account_id = :account AND t.marker_id = :marker AND t.observation_id IS NULL
      AND p.cancelled_at IS NULL AND p.begin_on <= CAST(:on AS date)
    RETURNING t.plan_id
""")
#: Days out (出勤) of each keeper of the units reached within a span of days.
ATTENDANCE = text(f"""
    SELECT k.id AS account_id, k.display_name AS keeper, array_agg(DISTINCT a.level) AS levels,
           max(d.days) AS days, max(d.walks) AS walks, max(d.hours) AS hours, max(d.observations) AS observations,
           max(d.last_at) AS last_at, max(w.open) AS open, max(w.overdue) AS overdue
    FROM diming.patrol_assignment a
    JOIN diming.account k ON k.id = a.account_id
    {_UNIT}
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT e.day) AS days, count(*) FILTER (WHERE e.is_walk) AS walks,
               coalesce(sum(e.hours), 0) AS hours, count(*) FILTER (WHERE NOT e.is_walk) AS observations,
               max(e.at) AS last_at
        FROM (SELECT (o.seen_at AT TIME ZONE '{CIVIL_ZONE.key}')::date AS day, false AS is_walk, 0 AS hours,
                     o.seen_at AS at
              FROM diming.patrol_observation o WHERE o.account_id = k.id
              UNION ALL
              SELECT (x.begun_at AT TIME ZONE '{CIVIL_ZONE.key}')::date, true,
                     extract(epoch FROM x.ended_at - x.begun_at) / 3600, x.ended_at
              FROM diming.patrol_walk x WHERE x.account_id = k.id) e
        WHERE e.day BETWEEN CAST(:begin AS date) AND CAST(:until AS date)) d
    CROSS JOIN LATERAL (
        SELECT count(*) AS open, count(*) FILTER (WHERE p.due_on < CAST(:today AS date)) AS overdue
        FROM diming.patrol_task t JOIN diming.patrol_plan p ON p.id = t.plan_id
        WHERE t.account_id = k.id AND t.observation_id IS NULL AND p.cancelled_at IS NULL) w
    WHERE {REACHED} AND a.begin_on <= CAST(:until AS date) AND (a.end_on IS NULL OR a.end_on > :begin)
      AND (CAST(:after_name AS text) IS NULL
           OR (k.display_name, k.id) > (CAST(:after_name AS text), CAST(:after_id AS uuid)))
    GROUP BY k.id, k.display_name ORDER BY k.display_name, k.id LIMIT :limit
""")
