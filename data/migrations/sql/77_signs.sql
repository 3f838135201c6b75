-- Signs are closed, never overwritten; where they stand and what they say everybody can see in the street.
CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.sign_version
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.sign_version
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.sign_version
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.sign_version WITH (security_barrier) AS
SELECT s.id, s.sign_id, s.unit_id, s.code, s.place_id, s.type, s.state, s.direction, s.model, s.han, s.roman, s.geom,
       s.maker, s.set_on, s.warranty_until, s.device, s.valid, s.known, s.opened_by, s.closed_by
FROM diming.sign_version s
WHERE s.classification = 'public'
  AND EXISTS (SELECT 1 FROM published.place p WHERE p.id = s.place_id)
  AND EXISTS (SELECT 1 FROM published.decision d WHERE d.id = s.opened_by);

GRANT SELECT ON published.sign_version TO diming_reader;
