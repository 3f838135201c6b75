-- Campaigns. Records are never rewritten: what was planned before is known for its time.
CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.campaign
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.campaign
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.campaign
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_change BEFORE UPDATE OR DELETE ON diming.campaign_part
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.campaign WITH (security_barrier) AS
SELECT c.id AS version, c.entry_id AS id, c.unit_id, c.code, c.title, c.aims, c.starts_on, c.ends_on, c.classes, c.known,
       c.opened_by AS decision, d.demonstration
FROM diming.campaign c JOIN published.decision d ON d.id = c.opened_by
WHERE c.classification = 'public';

CREATE OR REPLACE VIEW published.campaign_part WITH (security_barrier) AS
SELECT p.campaign_id AS version, p.unit_id, p.names, p.signs, p.uploads
FROM diming.campaign_part p WHERE EXISTS (SELECT FROM published.campaign c WHERE c.version = p.campaign_id);

-- Places that were named in batches, once that is announced, with what was said of their names.
CREATE OR REPLACE VIEW published.batch_place WITH (security_barrier) AS
SELECT DISTINCT b.place_id, b.meaning, b.origin FROM diming.batch_row b
WHERE b.state = 'announced' AND EXISTS (SELECT FROM published.decision d WHERE d.id = b.decision_id);

GRANT SELECT ON published.campaign, published.campaign_part, published.batch_place TO diming_reader;
