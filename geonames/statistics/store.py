"""The SQL of statistics. Cases of made-up divisions count only where these are asked for."""

from __future__ import annotations

from sqlalchemy import text

#: The cases of a procedure that lie within a division and began in a period, with the county in which each lies.
_CHOSEN = """
    WITH chosen AS MATERIALIZED (
        SELECT c.id, c.state, c.opened_at, c.closed_at, c.facts ->> 'class' AS class, v.code,
               CASE WHEN length(v.code) > 6 THEN left(v.code, 6) ELSE v.code END AS county
        FROM diming.case_file c
        JOIN diming.unit u ON u.id = c.unit_id
        JOIN LATERAL (SELECT w.code FROM diming.unit_version w WHERE w.unit_id = c.unit_id AND upper_inf(w.known)
                      ORDER BY w.valid DESC LIMIT 1) v ON true
        WHERE c.procedure = :procedure
          AND (CAST(:within AS text) IS NULL AND NOT u.demonstration OR starts_with(v.code, :within))
          AND c.opened_at >= :since AND c.opened_at < :until)
"""
TOTALS = text(f"""
    {_CHOSEN}
    SELECT count(*) AS opened, count(closed_at) AS ended,
           count(*) FILTER (WHERE closed_at IS NULL) AS open,
           round(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - opened_at) / 86400)
                 FILTER (WHERE closed_at IS NOT NULL)::numeric, 1)::float8 AS median_days
    FROM chosen
""")
# How long cases stayed in a state: from the step into it to the next step out of it; who is in it still counts to now.
STATES = text(f"""
    {_CHOSEN},
    moved AS (
        SELECT s.case_id, s.to_state AS state, s.at,
               lead(s.at) OVER (PARTITION BY s.case_id ORDER BY s.seq) AS until
        FROM diming.case_step s JOIN chosen c ON c.id = s.case_id
        WHERE s.from_state IS DISTINCT FROM s.to_state),
    stayed AS (
        SELECT m.state, m.until IS NULL AND c.closed_at IS NULL AS stays,
               extract(epoch FROM coalesce(m.until, CAST(:now AS timestamptz)) - m.at) / 86400 AS days
        FROM moved m JOIN chosen c ON c.id = m.case_id WHERE m.until IS NOT NULL OR c.closed_at IS NULL)
    SELECT state, count(*) AS times, count(*) FILTER (WHERE stays) AS now_in_it,
           round(percentile_cont(0.5) WITHIN GROUP (ORDER BY days)::numeric, 1)::float8 AS median_days,
           round(percentile_cont(0.9) WITHIN GROUP (ORDER BY days)::numeric, 1)::float8 AS p90_days
    FROM stayed GROUP BY state
""")
# Terms that were set, those that ran out before what they were set for was done, and those that stand overdue now.
TERMS = text(f"""
    {_CHOSEN}
    SELECT k.key, count(*) AS set,
           count(*) FILTER (WHERE k.stopped_at IS NOT NULL
                            AND (k.stopped_at AT TIME ZONE 'Asia/Shanghai')::date > k.due_on) AS missed,
           count(*) FILTER (WHERE k.stopped_at IS NULL AND k.due_on < CAST(:today AS date)) AS overdue
    FROM diming.case_clock k JOIN chosen c ON c.id = k.case_id GROUP BY k.key ORDER BY k.key
""")
CLASSES = text(f"""
    {_CHOSEN}
    SELECT coalesce(class, '') AS key, count(*) AS opened, count(closed_at) AS ended FROM chosen GROUP BY 1
    ORDER BY 2 DESC, 1
""")
REGIONS = text(f"""
    {_CHOSEN}
    SELECT c.county AS key, (SELECT w.name FROM diming.unit_version w WHERE w.code = c.county AND upper_inf(w.known)
                             ORDER BY w.valid DESC LIMIT 1) AS name,
           count(*) AS opened, count(c.closed_at) AS ended
    FROM chosen c GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 200
""")
# What everybody may know: what was announced, by class and county, and how long it took from the application.
ANNOUNCED = text("""
    WITH announced AS (
        SELECT a.notice ->> 'class' AS class, left(a.notice ->> 'within', 6) AS county
        FROM published.announcement a JOIN published.decision d ON d.id = a.decision_id
        WHERE a.announced_on >= CAST(:since AS date) AND a.announced_on <= CAST(:until AS date)
          AND (CAST(:within AS text) IS NULL AND NOT d.demonstration OR starts_with(a.notice ->> 'within', :within)))
    SELECT class, county,
           (SELECT w.name FROM published.unit_version w WHERE w.code = county AND upper_inf(w.known)
            ORDER BY w.valid DESC LIMIT 1) AS name, count(*) AS announced
    FROM announced GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2 LIMIT 500
""")
