-- What is written once stays: audit, feed, decisions and their links are never changed or removed.
CREATE OR REPLACE FUNCTION diming.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- Only diming.remove_demonstration() sets this, and only while it runs (90_demonstration.sql).
    IF TG_OP = 'DELETE' AND current_setting('diming.removing_demonstration', true) = 'on'
       AND TG_TABLE_NAME NOT IN ('audit', 'change') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on %.%: rows of this table are never changed or removed',
        TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation',
              HINT = 'A mistake is corrected by a further decision of kind correction.';
END $$;

-- Register rows are closed, never overwritten: the one change allowed is to end `known`.
CREATE OR REPLACE FUNCTION diming.only_end_known() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    reopened jsonb;
BEGIN
    reopened := to_jsonb(NEW) || jsonb_build_object('known', to_jsonb(OLD) -> 'known');
    IF reopened IS DISTINCT FROM to_jsonb(OLD)
       OR NOT upper_inf(OLD.known) OR upper_inf(NEW.known)
       OR lower(NEW.known) IS DISTINCT FROM lower(OLD.known) THEN
        RAISE EXCEPTION 'UPDATE on %.%: a register row can only be closed (its `known` ended), not rewritten',
            TG_TABLE_SCHEMA, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['audit', 'change', 'decision', 'decision_link', 'load', 'unit', 'layer', 'case_step',
                             'case_opinion', 'case_link'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.%I
            FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['unit_version', 'unit_lineage', 'unit_roman', 'unit_shape', 'unit_point', 'display_line',
                             'place', 'place_name', 'heritage_tag'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.only_end_known()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.%I
            FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
END $$;

-- No decision without its audit entry in the same transaction.
CREATE OR REPLACE FUNCTION diming.require_audit() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM diming.audit WHERE at = transaction_timestamp()) THEN
        RAISE EXCEPTION 'decision % is written without an audit entry', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS require_audit ON diming.decision;
CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON diming.decision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION diming.require_audit();
CREATE INDEX IF NOT EXISTS audit_at ON diming.audit (at);
