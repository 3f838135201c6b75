-- What a comparison said is written once.
CREATE OR REPLACE FUNCTION diming.a_comparison_ends_once() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    ending text[] := ARRAY['state', 'ended_at', 'left_unit', 'right_unit', 'report', 'drawn', 'answer', 'counts', 'problem'];
BEGIN
    IF to_jsonb(NEW) - ending IS DISTINCT FROM to_jsonb(OLD) - ending OR OLD.state IN ('done', 'failed') THEN
        RAISE EXCEPTION 'UPDATE on diming.comparison: what was compared is not rewritten'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER a_comparison_ends_once BEFORE UPDATE ON diming.comparison
    FOR EACH ROW EXECUTE FUNCTION diming.a_comparison_ends_once();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.comparison
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.comparison
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
