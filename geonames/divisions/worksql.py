"""The SQL of the works that follow division changes: what the cases name, held against the register of a day."""

from __future__ import annotations

from sqlalchemy import text

#: Works of executed cases with what shows that they were done. A work on a line that the plan knew goes by its id,
#: a new one by the two units that stand under its codes on the day. The words of markers count from the day on which
#: the change took effect; an event whose day is not known so far does not count.
_WORKS = """
    WITH named AS (
        SELECT c.id AS case_id, f.ordinality::int AS place, f.value ->> 'what' AS what, f.value -> 'units' AS units,
            CAST(f.value ->> 'line' AS uuid) AS known_line, f.value ->> 'line_name' AS known_name,
            CAST(f.value ->> 'markers' AS int) AS markers, f.value -> 'units' -> 0 ->> 'code' AS first,
            f.value -> 'units' -> 1 ->> 'code' AS second, c.facts -> 'executed' ->> 'on' AS executed_on,
            CAST(c.facts -> 'executed' ->> 'decision' AS uuid) AS decision,
            CAST(c.facts -> 'approval' ->> 'effective_on' AS date) AS effective_on,
            CAST(CAST(c.facts -> 'approval' ->> 'approved_on' AS date) + make_interval(months =>
                CASE WHEN c.facts -> 'extension' IS NULL THEN :months ELSE :longer END) AS date) AS due_on
        FROM diming.case_file c
        CROSS JOIN LATERAL jsonb_array_elements(c.facts -> 'following') WITH ORDINALITY f
        WHERE c.procedure = 'division.change' AND c.facts -> 'executed' IS NOT NULL
          AND CAST(c.facts -> 'executed' ->> 'on' AS date) <= :day),
    seen AS (
        SELECT n.* FROM named n
        WHERE (CAST(:what AS text) IS NULL OR n.what = :what)
          AND (CAST(:within AS text) IS NULL OR n.first LIKE :within || '%' OR n.second LIKE :within || '%')
          AND EXISTS (
            SELECT FROM unnest(CAST(:prefixes AS text[]), CAST(:levels AS text[])) AS mine(prefix, level)
            WHERE (n.first LIKE mine.prefix || '%' OR n.second LIKE mine.prefix || '%')
              AND (mine.level IS NULL OR mine.level = CASE WHEN length(n.first) > 6 THEN 'township'
                WHEN right(n.first, 4) = '0000' THEN 'province' WHEN right(n.first, 2) = '00' THEN 'prefecture'
                ELSE 'county' END))),
    found AS (
        SELECT s.*, a.unit_id AS one, b.unit_id AS other, coalesce(s.known_line, l.line_id) AS line,
            coalesce(s.known_name, l.name) AS line_name
        FROM seen s
        LEFT JOIN diming.unit_version a ON a.code = s.first AND a.valid @> CAST(:day AS date) AND upper_inf(a.known)
        LEFT JOIN diming.unit_version b ON b.code = s.second AND b.valid @> CAST(:day AS date) AND upper_inf(b.known)
        LEFT JOIN diming.boundary_line_version l ON l.valid @> CAST(:day AS date) AND upper_inf(l.known)
            AND l.unit_a = least(a.unit_id, b.unit_id) AND l.unit_b = greatest(a.unit_id, b.unit_id)),
    judged AS (
        SELECT f.*, p.number AS project_number, p.state AS project_state,
            EXISTS (SELECT FROM diming.boundary_line_version v WHERE v.line_id = f.line AND upper_inf(v.known)
                AND v.valid @> CAST(:day AS date)) AS stands,
            EXISTS (SELECT FROM diming.boundary_line_run r
                JOIN diming.boundary_segment_version g ON g.segment_id = r.segment_id AND upper_inf(g.known)
                    AND g.valid @> CAST(:day AS date)
                WHERE r.line_id = f.line AND upper_inf(r.known) AND r.valid @> CAST(:day AS date)
                  AND greatest(lower(r.valid), lower(g.valid)) >= f.effective_on) AS moved,
            CASE WHEN f.what = 'inscribe' THEN (
                SELECT count(*) FROM diming.marker_version m
                WHERE m.line_id = f.line AND upper_inf(m.known) AND m.valid @> CAST(:day AS date)
                  AND m.state <> 'scrapped' AND NOT EXISTS (
                    SELECT FROM diming.marker_event e WHERE e.marker_id = m.marker_id
                      AND e.kind = ANY (CAST(:inscribed AS text[]))
                      AND CAST(e.happened_on AS text) >= CAST(f.effective_on AS text)
                      AND CAST(e.happened_on AS text) <= CAST(CAST(:day AS date) AS text))) END AS markers_left
        FROM found f
        LEFT JOIN LATERAL (
            SELECT q.number, q.state FROM diming.case_file q
            WHERE f.what IN ('survey_new', 'survey_again') AND q.procedure = :project AND q.state <> 'closed'
              AND q.facts ->> 'basis' = 'division_change'
              AND CAST(q.opened_at AT TIME ZONE 'Asia/Shanghai' AS date) BETWEEN f.effective_on AND :day
              AND (q.facts ->> 'line' = f.line::text OR (
                EXISTS (SELECT FROM jsonb_array_elements(q.facts -> 'sides') s WHERE s ->> 'id' = f.one::text)
                AND EXISTS (SELECT FROM jsonb_array_elements(q.facts -> 'sides') s WHERE s ->> 'id' = f.other::text)))
            ORDER BY q.opened_at DESC LIMIT 1) p ON true),
    told AS (
        SELECT j.*, CASE j.what
            WHEN 'ends' THEN CASE WHEN j.stands THEN 'open' ELSE 'done' END
            WHEN 'inscribe' THEN CASE WHEN j.markers_left = 0 THEN 'done'
                WHEN j.markers_left < j.markers THEN 'underway' ELSE 'open' END
            ELSE CASE WHEN j.stands AND j.moved OR j.project_state = ANY (CAST(:surveyed AS text[])) THEN 'done'
                WHEN j.project_number IS NOT NULL THEN 'underway' ELSE 'open' END END AS state
        FROM judged j),
    works AS (SELECT t.*, t.state <> 'done' AND t.due_on < :day AS overdue FROM told t),
    wanted AS (
        SELECT * FROM works w
        WHERE (NOT CAST(:overdue AS boolean) OR w.overdue)
          AND CASE WHEN CAST(:state AS text) IS NULL THEN w.state <> 'done' ELSE w.state = :state END)
"""
WORKS = text(f"""{_WORKS}
    SELECT * FROM wanted
    WHERE CAST(:after_due AS date) IS NULL
       OR (due_on, case_id, place) > (:after_due, CAST(:after_case AS uuid), CAST(:after_place AS int))
    ORDER BY due_on, case_id, place LIMIT :limit
""")  # noqa: S608 -- no text of a user's is in the statement
NUMBER = text(f"{_WORKS} SELECT count(*) FROM wanted")  # noqa: S608 -- as above
#: Whether any division change was executed here at all.
ANY = text("""
    SELECT EXISTS (SELECT FROM diming.case_file WHERE procedure = 'division.change' AND facts -> 'executed' IS NOT NULL)
""")
#: The last code of each unit.
CODES = text("""
    SELECT DISTINCT ON (unit_id) unit_id, code FROM diming.unit_version
    WHERE unit_id = ANY (:units) AND upper_inf(known) ORDER BY unit_id, lower(valid) DESC NULLS LAST
""")
