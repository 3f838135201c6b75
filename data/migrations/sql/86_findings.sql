-- What a finding says is written once; only its state moves, and what ended stays so.
CREATE OR REPLACE FUNCTION diming.only_the_state_moves() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'case_id', 'settled_at', 'settled_by', 'reason'];
BEGIN
    IF to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving OR OLD.state IN ('settled', 'dismissed') THEN
        RAISE EXCEPTION 'UPDATE on diming.inspection_finding: what was found is not rewritten, and what ended stays so'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER only_the_state_moves BEFORE UPDATE ON diming.inspection_finding
    FOR EACH ROW EXECUTE FUNCTION diming.only_the_state_moves();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.inspection_finding
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.inspection_finding
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.inspection_finding_step
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.inspection_finding_step
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
