-- Seats of governments as everybody sees them, with the unit as it was called when the government came there. A seat ends
-- with its unit, whatever was said of it.
CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.unit_seat
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.unit_seat
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.unit_seat
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.unit_seat WITH (security_barrier) AS
SELECT s.entry_id AS id, s.unit_id, s.place, s.valid, s.origin, s.quote, s.moved, s.known, s.opened_by AS decision
FROM diming.unit_seat s
WHERE EXISTS (SELECT FROM published.decision d WHERE d.id = s.opened_by);

GRANT SELECT ON published.unit_seat TO diming_reader;
