-- Structure of the network and proposals: what stays as it was written. Proposals are drafts and nothing of them is
-- published.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['boundary_descent', 'boundary_line_change', 'condominium_change', 'boundary_effects',
                             'boundary_proposal', 'boundary_proposal_change', 'boundary_proposal_line',
                             'boundary_proposal_end'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.%I
            FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
END $$;
CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.condominium_version
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.condominium_version
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.condominium_version
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

-- Who holds which land together: a fact of the register like a unit's name. Its course is a boundary, as theirs is.
CREATE OR REPLACE VIEW published.condominium_version WITH (security_barrier) AS
SELECT v.id, v.condominium_id, c.name,
       ARRAY(SELECT h.unit_id FROM diming.condominium_holder h WHERE h.condominium_id = c.id ORDER BY h.unit_id)
           AS holders,
       v.valid, v.known, v.opened_by, v.closed_by
FROM diming.condominium_version v
JOIN diming.condominium c ON c.id = v.condominium_id
JOIN diming.decision d ON d.id = v.opened_by AND d.classification = 'public'
WHERE NOT EXISTS (SELECT FROM diming.condominium_holder h JOIN diming.unit u ON u.id = h.unit_id
                  WHERE h.condominium_id = c.id AND u.classification <> 'public');
GRANT SELECT ON published.condominium_version TO diming_reader;
