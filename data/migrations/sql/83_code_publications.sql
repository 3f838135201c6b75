-- Publications of division codes are never changed.
CREATE OR REPLACE TRIGGER no_change BEFORE UPDATE OR DELETE ON diming.code_publication
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.code_publication
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_change BEFORE UPDATE OR DELETE ON diming.code_publication_code
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_change BEFORE UPDATE OR DELETE ON diming.code_publication_change
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.code_publication WITH (security_barrier) AS
SELECT p.id, p.unit_id, p.kind, p.number, p.title, p.note, p.codes_on, p.previous_id, p.corrects_id, p.codes, p.changes,
       p.codes_hash, p.changes_hash, p.recorded_at, p.opened_by AS decision, d.demonstration
FROM diming.code_publication p JOIN published.decision d ON d.id = p.opened_by
WHERE p.classification = 'public';

CREATE OR REPLACE VIEW published.code_publication_code WITH (security_barrier) AS
SELECT c.* FROM diming.code_publication_code c
WHERE EXISTS (SELECT FROM published.code_publication p WHERE p.id = c.publication_id);

CREATE OR REPLACE VIEW published.code_publication_change WITH (security_barrier) AS
SELECT c.* FROM diming.code_publication_change c
WHERE EXISTS (SELECT FROM published.code_publication p WHERE p.id = c.publication_id);

GRANT SELECT ON published.code_publication, published.code_publication_code, published.code_publication_change
    TO diming_reader;
