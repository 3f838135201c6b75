-- Which date of a decision governs an answer: its effect (the rule), its approval, or its announcement.
--
-- A question says so by the setting `diming.governed_by` of its transaction (data/governing.py); without it nothing here
-- is asked. A thing (unit or place) changes by decisions, one after another in the order of their effect. On a day it is
-- in the state after the last change whose governing date has come; a change counts as having happened when a later one
-- has. A date that is not known, or known in part only, leaves the day of the effect. Divisions, places and standard
-- names are governed; other kinds of names count by their effect.

CREATE OR REPLACE FUNCTION diming.is_governed() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('diming.governed_by', true) IN ('approved', 'announced'), false) $$;

-- The day of a decision that governs; `effective` where it is not known.
CREATE OR REPLACE FUNCTION diming.governing_day(decision uuid, effective date) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce((
        SELECT CASE WHEN length(said.day) = 10 THEN said.day::date END
        FROM diming.decision d, LATERAL (SELECT CASE current_setting('diming.governed_by', true)
            WHEN 'approved' THEN d.approved_on::text
            WHEN 'announced' THEN coalesce(d.announced_on::text,
                (SELECT a.announced_on::text FROM diming.announcement a WHERE a.decision_id = d.id)) END AS day) said
        WHERE d.id = decision), effective)
$$;

-- The changes of a unit or place, each with the day of its effect and the one that governs. It runs with the rights of
-- whoever calls it, and with no setting of its own, so that it becomes part of the statement it stands in: a search asks it
-- of every name it meets, and starting a function within a function costs more than reading the few rows.
CREATE OR REPLACE FUNCTION diming.changes_of(thing uuid) RETURNS TABLE (effective date, governing date)
LANGUAGE sql STABLE AS $$
    SELECT b.day, min(coalesce(CASE WHEN length(said.day) = 10 THEN said.day::date END, b.day)) FROM (
        SELECT lower(v.valid) AS day, v.opened_by AS decision
        FROM diming.unit_version v WHERE v.unit_id = thing AND upper_inf(v.known)
        UNION ALL
        SELECT upper(v.valid), v.closed_by
        FROM diming.unit_version v WHERE v.unit_id = thing AND upper_inf(v.known)
        UNION ALL
        SELECT lower(n.valid), n.opened_by
        FROM diming.place_name n WHERE n.subject_id = thing AND n.kind = 'standard'
          AND (upper_inf(n.known) OR EXISTS (SELECT FROM diming.held_open h WHERE h.row_id = n.id))
          AND NOT EXISTS (SELECT FROM diming.unannounced u WHERE u.decision_id IN (n.opened_by, n.closed_by))
        UNION ALL
        SELECT upper(n.valid), n.closed_by
        FROM diming.place_name n WHERE n.subject_id = thing AND n.kind = 'standard' AND upper_inf(n.known)
          AND NOT EXISTS (SELECT FROM diming.unannounced u WHERE u.decision_id IN (n.opened_by, n.closed_by))
        UNION ALL
        SELECT lower(p.valid), p.opened_by FROM diming.place p WHERE p.id = thing AND upper_inf(p.known)
        UNION ALL
        SELECT upper(p.valid), p.closed_by FROM diming.place p WHERE p.id = thing AND upper_inf(p.known)
          AND NOT EXISTS (SELECT FROM diming.unannounced u WHERE u.decision_id = p.closed_by)
    ) b
    LEFT JOIN diming.decision d ON d.id = b.decision
    LEFT JOIN LATERAL (SELECT CASE current_setting('diming.governed_by', true)
        WHEN 'approved' THEN d.approved_on::text
        WHEN 'announced' THEN coalesce(d.announced_on::text,
            (SELECT a.announced_on::text FROM diming.announcement a WHERE a.decision_id = d.id)) END AS day) said ON true
    WHERE b.day IS NOT NULL GROUP BY b.day
$$;

-- A day by effect on which the thing is in the state that governs on `on_date`. This and the next two are in plpgsql, whose
-- plans are kept: an SQL function would be planned anew in every statement that holds it.
CREATE OR REPLACE FUNCTION diming.day_of(thing uuid, on_date date) RETURNS date
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    RETURN (
        SELECT CASE WHEN bool_and((c.governing <= on_date) = (c.effective <= on_date)) IS NOT FALSE THEN on_date
                    ELSE coalesce(max(c.effective) FILTER (WHERE c.governing <= on_date), min(c.effective) - 1) END
        FROM diming.changes_of(thing) c);
END $$;

-- When a state that begins or ends on `bound` by effect does so by the governing dates: with it or with a later change.
CREATE OR REPLACE FUNCTION diming.governed_bound(thing uuid, bound date) RETURNS date
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    RETURN (
        SELECT CASE WHEN bool_or(c.effective = bound) THEN min(c.governing) FILTER (WHERE c.effective >= bound)
                    ELSE bound END
        FROM diming.changes_of(thing) c);
END $$;

-- `valid` by the governing dates; empty where a state was over before it began.
CREATE OR REPLACE FUNCTION diming.governed_valid(thing uuid, valid daterange) RETURNS daterange
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    begins constant date := lower(valid);
    ends constant date := upper(valid);
BEGIN
    IF begins IS NULL AND ends IS NULL THEN
        RETURN valid;  -- what has no bound, or is empty, has none that another date could move: most of a register
    END IF;
    RETURN (
        SELECT CASE WHEN b.ends <= b.begins THEN 'empty'::daterange ELSE daterange(b.begins, b.ends) END
        FROM (SELECT
                CASE WHEN bool_or(c.effective = begins) THEN min(c.governing) FILTER (WHERE c.effective >= begins)
                     ELSE begins END AS begins,
                CASE WHEN bool_or(c.effective = ends) THEN min(c.governing) FILTER (WHERE c.effective >= ends)
                     ELSE ends END AS ends
              FROM diming.changes_of(thing) c) b);
END $$;

-- A day as the public may ask for it of one thing: the day itself where the effect governs.
CREATE OR REPLACE FUNCTION published.day_governed(thing uuid, on_date date) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS
$$ SELECT CASE WHEN diming.is_governed() THEN diming.day_of(thing, on_date) ELSE on_date END $$;
REVOKE ALL ON FUNCTION published.day_governed(uuid, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION published.day_governed(uuid, date) TO diming_reader;

-- All published versions of units and all edges of their lineage by the governing dates, read at once for the graph: the
-- same rule over all units together, because asking it of each row would take seconds.
DROP FUNCTION IF EXISTS published.governed_versions();  -- what it returns has grown
CREATE FUNCTION published.governed_versions() RETURNS TABLE (
    unit_id uuid, code text, name text, level text, parent_id uuid, begins date, ends date, opened_by uuid,
    opened_within daterange, closed_within daterange, demonstration boolean, id uuid, type text, begin_known boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH dated AS MATERIALIZED (
        SELECT d.id, CASE WHEN length(said.day) = 10 THEN said.day::date END AS day
        FROM diming.decision d, LATERAL (SELECT CASE current_setting('diming.governed_by', true)
            WHEN 'approved' THEN d.approved_on::text
            WHEN 'announced' THEN coalesce(d.announced_on::text,
                (SELECT a.announced_on::text FROM diming.announcement a WHERE a.decision_id = d.id)) END AS day) said
    ), bounds AS (
        SELECT v.unit_id, lower(v.valid) AS effective, v.opened_by AS decision
        FROM diming.unit_version v WHERE upper_inf(v.known)
        UNION ALL
        SELECT v.unit_id, upper(v.valid), v.closed_by
        FROM diming.unit_version v WHERE upper_inf(v.known) AND NOT upper_inf(v.valid)
    ), changes AS (
        SELECT b.unit_id, b.effective, min(coalesce(d.day, b.effective)) AS governing
        FROM bounds b LEFT JOIN dated d ON d.id = b.decision GROUP BY b.unit_id, b.effective
    ), governed AS MATERIALIZED (
        SELECT c.unit_id, c.effective, min(c.governing) OVER (PARTITION BY c.unit_id ORDER BY c.effective DESC) AS begins
        FROM changes c
    )
    SELECT v.unit_id, v.code, v.name, v.level, v.parent_id, b.begins, e.begins, v.opened_by,
           CASE WHEN b.begins = b.effective THEN v.opened_within END,
           CASE WHEN e.begins = e.effective THEN v.closed_within END, u.demonstration, v.id, v.type, v.begin_known
    FROM diming.unit_version v
    JOIN diming.unit u ON u.id = v.unit_id
    JOIN governed b ON b.unit_id = v.unit_id AND b.effective = lower(v.valid)
    LEFT JOIN governed e ON e.unit_id = v.unit_id AND e.effective = upper(v.valid)
    WHERE upper_inf(v.known) AND v.classification = 'public' AND u.classification = 'public'
      AND (e.begins IS NULL OR b.begins < e.begins)
$$;
REVOKE ALL ON FUNCTION published.governed_versions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION published.governed_versions() TO diming_reader;
