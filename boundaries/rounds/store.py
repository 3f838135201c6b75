"""The SQL of rounds and inspections, named and commented. For staff: it reads the office's tables."""

from __future__ import annotations

from sqlalchemy import text

#: The lines of a level that stand on a day, with the day of the last inspection in turn that is filed here or was
#: entered by its document, who led the last of which that is known, and the one in turn that is open. Those out of turn
#: look at a stretch and move no five years.
LINES = text("""
    SELECT l.line_id, l.name, l.level, l.unit_a, l.unit_b, turn.filed_on AS last_on, last.lead_side AS last_lead,
           last.left_id AS last_left, open.id AS open_inspection
    FROM diming.boundary_line_version l
    LEFT JOIN LATERAL (SELECT max(t.on_day) AS filed_on FROM (
        SELECT i.filed_on AS on_day FROM diming.inspection i
        WHERE i.line_id = l.line_id AND i.cause = 'periodic' AND i.state = 'filed'
        UNION ALL
        SELECT e.ended_on FROM diming.earlier_inspection e
        WHERE e.line_id = l.line_id AND e.withdrawn_at IS NULL) t) turn ON true
    LEFT JOIN LATERAL (SELECT t.lead_side, t.left_id FROM (
        SELECT i.lead_side, i.left_id, i.filed_on AS on_day, i.id FROM diming.inspection i
        WHERE i.line_id = l.line_id AND i.state = 'filed'
        UNION ALL
        SELECT CASE WHEN e.lead_id = e.left_id THEN 'left' ELSE 'right' END, e.left_id, e.ended_on, e.id
        FROM diming.earlier_inspection e
        WHERE e.line_id = l.line_id AND e.withdrawn_at IS NULL AND e.lead_id IS NOT NULL) t
        ORDER BY t.on_day DESC, t.id DESC LIMIT 1) last ON true
    LEFT JOIN LATERAL (SELECT i.id FROM diming.inspection i
        WHERE i.line_id = l.line_id AND i.cause = 'periodic' AND i.state NOT IN ('filed', 'cancelled')) open ON true
    WHERE upper_inf(l.known) AND l.valid @> CAST(:on AS date)
      AND (CAST(:level AS text) IS NULL OR l.level = :level)
      AND (CAST(:lines AS uuid[]) IS NULL OR l.line_id = ANY(:lines))
    ORDER BY l.line_id
""")
#: Who is on the left of the first segment of a line as it runs.
FIRST_HOLDERS = text("""
    SELECT DISTINCT ON (r.line_id) r.line_id, CASE WHEN r.forward THEN s.left_id ELSE s.right_id END AS left_id,
           CASE WHEN r.forward THEN s.right_id ELSE s.left_id END AS right_id
    FROM diming.boundary_line_run r
    JOIN diming.boundary_segment_version s ON s.segment_id = r.segment_id AND upper_inf(s.known)
     AND s.valid @> CAST(:on AS date)
    WHERE r.line_id = ANY(:lines) AND upper_inf(r.known) AND r.valid @> CAST(:on AS date)
    ORDER BY r.line_id, r.ordinal
""")
#: What there is to look at, in the order of the line; markers by their code.
SEGMENTS = text("""
    SELECT r.ordinal, r.segment_id AS id, s.length_m FROM diming.boundary_line_run r
    JOIN diming.boundary_segment_version s ON s.segment_id = r.segment_id AND upper_inf(s.known)
     AND s.valid @> CAST(:on AS date)
    WHERE r.line_id = :line AND upper_inf(r.known) AND r.valid @> CAST(:on AS date)
    ORDER BY r.ordinal
""")
MARKERS = text("""
    SELECT m.marker_id AS id, m.code FROM diming.marker_version m
    WHERE m.line_id = :line AND upper_inf(m.known) AND m.valid @> CAST(:on AS date) AND m.state <> 'scrapped'
    ORDER BY m.code, m.marker_id
""")
INSERT_ROUND = text("""
    INSERT INTO diming.inspection_round (id, number, title, region_id, level, begins_on, dates, basis, lead_rule,
                                         created_by)
    VALUES (:id, :number, :title, :region, :level, :begins_on, CAST(:dates AS jsonb), :basis, :lead_rule, :by)
""")
ROUND_EXISTS = text("""
    SELECT EXISTS (SELECT FROM diming.inspection_round
                   WHERE region_id IS NOT DISTINCT FROM CAST(:region AS uuid) AND level = :level AND number = :number)
""")
INSERT_INSPECTION = text("""
    INSERT INTO diming.inspection (id, round_id, line_id, cause, remark, due_on, left_id, right_id, above_id,
                                   lead_side, created_by)
    VALUES (:id, :round, :line, :cause, :remark, :due_on, :left, :right, :above, :lead, :by)
    ON CONFLICT DO NOTHING RETURNING id
""")
#: The open inspection of a line that another of this cause and day would repeat.
SAME_OPEN = text("""
    SELECT id FROM diming.inspection WHERE line_id = :line AND cause = :cause
      AND (cause = 'periodic' OR due_on = :due_on) AND state NOT IN ('filed', 'cancelled')
""")
INSERT_TASK = text("""
    INSERT INTO diming.inspection_task (id, inspection_id, ordinal, kind, target_id, label)
    VALUES (:id, :inspection, :ordinal, :kind, :target, :label)
""")
CLOSE_ROUND = text("""
    UPDATE diming.inspection_round SET closed_at = transaction_timestamp() WHERE id = :id AND closed_at IS NULL
    RETURNING id
""")
LOCK_ROUND = text("SELECT id, region_id, closed_at FROM diming.inspection_round WHERE id = :id FOR UPDATE")
OPEN_OF_ROUND = text("""
    SELECT count(*) FROM diming.inspection WHERE round_id = :id AND state NOT IN ('filed', 'cancelled')
""")
_ROUND = """r.id, r.number, r.title, r.region_id, r.level, r.begins_on, r.dates, r.basis, r.lead_rule, r.closed_at,
    r.created_at, v.code AS region_code, v.name AS region_name,
    (SELECT coalesce(jsonb_object_agg(s.state, s.n), '{}') FROM (SELECT state, count(*) AS n FROM diming.inspection i
        WHERE i.round_id = r.id GROUP BY state) s) AS counts,
    (SELECT count(*) FROM diming.inspection i WHERE i.round_id = r.id AND i.due_on < CAST(:today AS date)
        AND i.state NOT IN ('filed', 'cancelled')) AS overdue"""
_REGION = """LEFT JOIN LATERAL (SELECT v.code, v.name FROM diming.unit_version v WHERE v.unit_id = r.region_id
        AND upper_inf(v.known) AND v.valid @> CAST(:on AS date)) v ON true"""
#: The rounds in whose region somebody may look: `units` are his and those below them; null among them: any.
ROUNDS = text(f"""
    SELECT {_ROUND} FROM diming.inspection_round r
    {_REGION}
    WHERE (CAST(:all AS boolean) OR r.region_id = ANY(:regions))
      AND (CAST(:open AS boolean) IS NOT TRUE OR r.closed_at IS NULL)
      AND (CAST(:after_day AS date) IS NULL OR (r.begins_on, r.id) < (CAST(:after_day AS date), CAST(:after AS uuid)))
    ORDER BY r.begins_on DESC, r.id DESC LIMIT :limit
""")
ROUND = text(f"SELECT {_ROUND} FROM diming.inspection_round r {_REGION} WHERE r.id = :id")
_INSPECTION = """i.id, i.round_id, i.line_id, i.cause, i.remark, i.due_on, i.left_id, i.right_id, i.above_id,
    i.lead_side, i.mode, i.reveal_after, i.state, i.case_id, i.filed_on, i.decision_id, i.created_at,
    l.name AS line_name, l.level, a.code AS left_code, a.name AS left_name, b.code AS right_code, b.name AS right_name,
    r.number AS round_number, r.title AS round_title, f.number AS case_number"""
_UNIT_OF = """LEFT JOIN LATERAL (SELECT v.code, v.name FROM diming.unit_version v WHERE v.unit_id = i.{side}_id
        AND upper_inf(v.known) AND v.valid @> CAST(:on AS date)) {name} ON true"""
_FROM = f"""FROM diming.inspection i
    LEFT JOIN diming.inspection_round r ON r.id = i.round_id
    LEFT JOIN diming.case_file f ON f.id = i.case_id
    LEFT JOIN LATERAL (SELECT l.name, l.level FROM diming.boundary_line_version l
        WHERE l.line_id = i.line_id AND upper_inf(l.known) ORDER BY l.valid DESC LIMIT 1) l ON true
    {_UNIT_OF.format(side="left", name="a")}
    {_UNIT_OF.format(side="right", name="b")}"""
INSPECTION = text(f"SELECT {_INSPECTION} {_FROM} WHERE i.id = :id")
#: A page of inspections: of a round, a line, beside units (null among them: any), with what is done of the tasks.
INSPECTIONS = text(f"""
    SELECT {_INSPECTION},
           (SELECT count(*) FROM diming.inspection_task t WHERE t.inspection_id = i.id) AS tasks,
           (SELECT count(DISTINCT e.task_id) FROM diming.inspection_entry e
            WHERE e.inspection_id = i.id AND e.stage = 'field' AND e.side = 'joint') AS looked_at
    {_FROM}
    WHERE (CAST(:round AS uuid) IS NULL OR i.round_id = :round)
      AND (CAST(:line AS uuid) IS NULL OR i.line_id = :line)
      AND (CAST(:state AS text) IS NULL OR i.state = :state)
      AND (CAST(:overdue_on AS date) IS NULL OR (i.due_on < :overdue_on AND i.state NOT IN ('filed', 'cancelled')))
      AND (CAST(:all AS boolean) OR i.left_id = ANY(:units) OR i.right_id = ANY(:units))
      AND (CAST(:after_day AS date) IS NULL OR (i.due_on, i.id) > (CAST(:after_day AS date), CAST(:after AS uuid)))
    ORDER BY i.due_on, i.id LIMIT :limit
""")
TASKS = text("""
    SELECT id, ordinal, kind, target_id, label FROM diming.inspection_task WHERE inspection_id = :id ORDER BY ordinal
""")
LOCK_INSPECTION = text("""
    SELECT id, line_id, state, mode, reveal_after, case_id, left_id, right_id, above_id, lead_side, due_on, cause,
           round_id
    FROM diming.inspection WHERE id = :id FOR UPDATE
""")
#: Inspections entered by their documents; those withdrawn stay readable.
_EARLIER = """e.id, e.line_id, e.ended_on, e.document, e.result, e.entered_at, e.withdrawn_at, e.withdrawn_why,
    CASE WHEN e.lead_id IS NULL THEN NULL WHEN e.lead_id = e.left_id THEN 'left' ELSE 'right' END AS lead_side"""
EARLIER = text(f"""
    SELECT {_EARLIER} FROM diming.earlier_inspection e WHERE e.line_id = :line ORDER BY e.ended_on DESC, e.id DESC
""")
ONE_EARLIER = text(f"SELECT {_EARLIER} FROM diming.earlier_inspection e WHERE e.id = :id FOR UPDATE")
INSERT_EARLIER = text("""
    INSERT INTO diming.earlier_inspection (id, line_id, ended_on, document, result, lead_id, left_id, right_id,
                                           entered_by)
    VALUES (:id, :line, :ended_on, :document, :result, :lead, :left, :right, :by)
    ON CONFLICT DO NOTHING RETURNING id
""")
WITHDRAW_EARLIER = text("""
    UPDATE diming.earlier_inspection
    SET withdrawn_at = transaction_timestamp(), withdrawn_by = :by, withdrawn_why = :why
    WHERE id = :id AND withdrawn_at IS NULL RETURNING id
""")
#: What the public hears of the inspections of a line.
PUBLISHED = text("""
    SELECT id, line_id AS line, cause, round, round_title, filed_on, decision_id AS decision
    FROM published.inspection
    WHERE (CAST(:line AS uuid) IS NULL OR line_id = :line) AND (CAST(:id AS uuid) IS NULL OR id = :id)
    ORDER BY filed_on DESC, id
""")
#: The simplified courses of the lines of a round, for its map.
COURSES = text("""
    SELECT i.id, ST_AsGeoJSON(ST_Simplify(ST_Collect(s.geom), 0.001), 5)::jsonb AS geometry
    FROM diming.inspection i
    JOIN diming.boundary_line_run r ON r.line_id = i.line_id AND upper_inf(r.known) AND r.valid @> CAST(:on AS date)
    JOIN diming.boundary_segment_version s ON s.segment_id = r.segment_id AND upper_inf(s.known)
     AND s.valid @> CAST(:on AS date)
    WHERE i.id = ANY(:ids) GROUP BY i.id
""")
