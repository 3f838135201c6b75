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
