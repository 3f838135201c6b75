-- What the public may read of types, place codes and spellings.
CREATE OR REPLACE VIEW published.type_code AS
SELECT code, parent, name_zh, name_en, class, also, conflicts_with, mark, source, note, valid, known
FROM diming.type_code;

CREATE OR REPLACE VIEW published.place_code WITH (security_barrier) AS
SELECT c.code, c.subject_id, c.issued_at, c.retired_at
FROM diming.place_code c
WHERE EXISTS (SELECT 1 FROM diming.place p WHERE p.id = c.subject_id AND p.classification = 'public')
   OR EXISTS (SELECT 1 FROM diming.unit u WHERE u.id = c.subject_id AND u.classification = 'public');

CREATE OR REPLACE VIEW published.spelling WITH (security_barrier) AS
SELECT s.id, s.subject_id, s.collection, s.name, s.form, s.roman, s.toned, s.system, s.layer, s.source,
       s.preferred, s.review, s.reason, s.known, s.opened_by, s.closed_by
FROM diming.spelling s
WHERE EXISTS (SELECT 1 FROM diming.unit u WHERE u.id = s.subject_id AND u.classification = 'public')
   OR EXISTS (SELECT 1 FROM diming.place_name n JOIN diming.place p ON p.id = n.subject_id
              WHERE n.subject_id = s.subject_id AND n.text = s.name
                AND n.classification = 'public' AND p.classification = 'public');

GRANT SELECT ON published.type_code, published.place_code, published.spelling TO diming_reader;

-- Types and spellings are closed, never rewritten; a code that was given is at most retired, and a series only grows.
CREATE OR REPLACE FUNCTION diming.only_close() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    kept jsonb := to_jsonb(NEW) - 'known' - 'closed_by';
BEGIN
    IF kept IS DISTINCT FROM to_jsonb(OLD) - 'known' - 'closed_by'
       OR NOT upper_inf(OLD.known) OR upper_inf(NEW.known)
       OR lower(NEW.known) IS DISTINCT FROM lower(OLD.known) THEN
        RAISE EXCEPTION 'UPDATE on %.%: a row can only be closed (its `known` ended), not rewritten',
            TG_TABLE_SCHEMA, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION diming.only_retire() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'retired_at' IS DISTINCT FROM to_jsonb(OLD) - 'retired_at'
       OR OLD.retired_at IS NOT NULL OR NEW.retired_at IS NULL THEN
        RAISE EXCEPTION 'a place code that was given can only be retired' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- By one, or to a number that was taken over with the code of a file (geonames.exchange.incoming).
CREATE OR REPLACE FUNCTION diming.only_next() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.prefix <> OLD.prefix OR NEW.last <= OLD.last
       OR (NEW.last <> OLD.last + 1 AND NOT EXISTS (
           SELECT FROM diming.place_code c WHERE c.code = NEW.prefix || lpad(NEW.last::text, 6, '0'))) THEN
        RAISE EXCEPTION 'a series of place codes has no holes: after % comes %', OLD.last, OLD.last + 1
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

DO $$
DECLARE
    guard text[];
BEGIN
    FOREACH guard SLICE 1 IN ARRAY ARRAY[['type_code', 'only_close'], ['spelling', 'only_close'],
                                         ['place_code', 'only_retire'], ['place_code_series', 'only_next']] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER guarded BEFORE UPDATE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.%I()', guard[1], guard[2]);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', guard[1]);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.%I
            FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change()', guard[1]);
    END LOOP;
END $$;
