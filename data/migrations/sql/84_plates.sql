-- Number plates as everybody sees them at the doors. They are closed, never overwritten.
CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.plate_version
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.plate_version
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.plate_version
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.plate_version WITH (security_barrier) AS
SELECT p.id, p.plate_id, p.place_id, p.number, p.sub, p.side, p.state, p.metres, p.geom, p.valid, p.known, p.opened_by,
       p.closed_by
FROM diming.plate_version p
WHERE p.classification = 'public'
  AND EXISTS (SELECT 1 FROM published.place q WHERE q.id = p.place_id)
  AND EXISTS (SELECT 1 FROM published.decision d WHERE d.id = p.opened_by);

GRANT SELECT ON published.plate_version TO diming_reader;
