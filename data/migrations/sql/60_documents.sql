-- What was issued stays as it was issued: files of documents and versions of templates are never changed or removed.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['document_file'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['document', 'document_template', 'document_numbering', 'document_series', 'signing_key'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['document_file', 'document', 'document_template', 'document_numbering',
                             'document_series', 'signing_key'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.%I
            FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
END $$;

-- A version of a template or a numbering can be ended, and nothing else of it changes.
CREATE OR REPLACE FUNCTION diming.only_end_valid() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) || jsonb_build_object('valid', to_jsonb(OLD) -> 'valid')) IS DISTINCT FROM to_jsonb(OLD)
       OR NOT upper_inf(OLD.valid) OR upper_inf(NEW.valid)
       OR (NOT isempty(NEW.valid) AND lower(NEW.valid) IS DISTINCT FROM lower(OLD.valid)) THEN
        RAISE EXCEPTION 'UPDATE on %.%: such a row can only be ended, not rewritten', TG_TABLE_SCHEMA, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER only_end_valid BEFORE UPDATE ON diming.document_template
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_valid();
CREATE OR REPLACE TRIGGER only_end_valid BEFORE UPDATE ON diming.document_numbering
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_valid();

-- The number that a document got is its own for ever, and what was made is not made again; it may be signed, or void.
CREATE OR REPLACE FUNCTION diming.document_keeps_its_number() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.case_id, NEW.template, NEW.office, NEW.year, NEW.series, NEW.serial, NEW.doc_no, NEW.dated,
        NEW.printed, NEW.marking, NEW.asked_at, NEW.made_by, NEW.decision_id)
       IS DISTINCT FROM
       (OLD.id, OLD.case_id, OLD.template, OLD.office, OLD.year, OLD.series, OLD.serial, OLD.doc_no, OLD.dated,
        OLD.printed, OLD.marking, OLD.asked_at, OLD.made_by, OLD.decision_id)
       OR OLD.state = 'void'
       OR (OLD.state = 'made' AND (NEW.state NOT IN ('made', 'void')
           OR (NEW.made_at, NEW.template_id, NEW.made_with) IS DISTINCT FROM
              (OLD.made_at, OLD.template_id, OLD.made_with))) THEN
        RAISE EXCEPTION 'document % keeps its number, its text and what was made of it', OLD.doc_no
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER document_keeps_its_number BEFORE UPDATE ON diming.document
    FOR EACH ROW EXECUTE FUNCTION diming.document_keeps_its_number();

-- Anybody may hold a signed package against the keys that were ever in use.
CREATE OR REPLACE VIEW published.signing_key WITH (security_barrier) AS
SELECT id, public_key, office, added_at, retired_at, revoked_from, revoked_why FROM diming.signing_key;
GRANT SELECT ON published.signing_key TO diming_reader;
