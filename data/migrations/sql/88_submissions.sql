-- What was handed in stays as it was; the check writes its result once.
CREATE OR REPLACE FUNCTION diming.only_the_check_writes() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    of_the_check text[] := ARRAY['state', 'checked_at', 'verdict', 'report', 'problem'];
BEGIN
    IF to_jsonb(NEW) - of_the_check IS DISTINCT FROM to_jsonb(OLD) - of_the_check
       OR OLD.state IN ('checked', 'refused') THEN
        RAISE EXCEPTION 'UPDATE on diming.submission: what was handed in, and what was said of it, is not rewritten'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER only_the_check_writes BEFORE UPDATE ON diming.submission
    FOR EACH ROW EXECUTE FUNCTION diming.only_the_check_writes();
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['submission', 'submission_finding'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.%I
            FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
    EXECUTE 'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE ON diming.submission_finding
        FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()';
END $$;
