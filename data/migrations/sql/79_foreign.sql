-- Foreign names in Chinese characters. Records are never rewritten: what was told before is known for its time.
CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.foreign_name
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.foreign_name
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.foreign_name
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.foreign_name WITH (security_barrier) AS
SELECT f.id AS version, f.entry_id AS id, f.code, f.original, f.roman, f.folded, f.folded_roman, f.language, f.country,
       f.region, f.kind, f.rule, f.status, f.translation, f.note, f.source, f.valid, f.geom, f.known,
       f.opened_by AS decision, d.demonstration
FROM diming.foreign_name f JOIN published.decision d ON d.id = f.opened_by
WHERE f.classification = 'public';

GRANT SELECT ON published.foreign_name TO diming_reader;
