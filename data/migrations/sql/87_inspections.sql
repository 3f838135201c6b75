-- Inspections and disputes: what stays as it was written, and the one thing that the public hears of an inspection.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['inspection_task', 'inspection_entry', 'inspection_handed_in', 'inspection_record',
                             'inspection_signature', 'dispute', 'dispute_course', 'dispute_course_part',
                             'line_risk', 'inspection_measurement', 'inspection_work'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.%I
            FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['inspection_round', 'inspection', 'line_asset', 'earlier_inspection'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.%I
            FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
END $$;

-- That a line was inspected, when, and by which filed document; nothing of what was found, and nothing while it is open.
CREATE OR REPLACE VIEW published.inspection WITH (security_barrier) AS
SELECT i.id, i.line_id, i.cause, r.number AS round, r.title AS round_title, i.filed_on, i.decision_id
FROM diming.inspection i
LEFT JOIN diming.inspection_round r ON r.id = i.round_id
JOIN diming.decision d ON d.id = i.decision_id AND d.classification = 'public'
WHERE i.state = 'filed'
  AND EXISTS (SELECT FROM diming.boundary_line_version l
              WHERE l.line_id = i.line_id AND l.classification = 'public' AND upper_inf(l.known));

GRANT SELECT ON published.inspection TO diming_reader;
