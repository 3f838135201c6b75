-- Evaluations of division changes. Records are never rewritten.
CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.change_evaluation
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.change_evaluation
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.change_evaluation
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_change BEFORE UPDATE OR DELETE ON diming.change_evaluation_period
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_change BEFORE UPDATE OR DELETE ON diming.change_evaluation_value
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.change_evaluation WITH (security_barrier) AS
SELECT e.id AS version, e.entry_id AS id, e.unit_id, e.code, e.title, e.change_id, e.changed_on, e.method, e.conclusion,
       e.known, e.opened_by AS decision, d.demonstration
FROM diming.change_evaluation e JOIN published.decision d ON d.id = e.opened_by
WHERE e.classification = 'public' AND EXISTS (SELECT FROM published.decision c WHERE c.id = e.change_id);

CREATE OR REPLACE VIEW published.change_evaluation_period WITH (security_barrier) AS
SELECT p.evaluation_id AS version, p.place, p.label, p.until, p.due FROM diming.change_evaluation_period p
WHERE EXISTS (SELECT FROM published.change_evaluation e WHERE e.version = p.evaluation_id);

CREATE OR REPLACE VIEW published.change_evaluation_value WITH (security_barrier) AS
SELECT v.evaluation_id AS version, v.unit_id, v.indicator, v.measure, v.better, v.place, v.value, v.source
FROM diming.change_evaluation_value v
WHERE EXISTS (SELECT FROM published.change_evaluation e WHERE e.version = v.evaluation_id);

GRANT SELECT ON published.change_evaluation, published.change_evaluation_period, published.change_evaluation_value
    TO diming_reader;
