-- What is told of listed names is public with the name itself, and is never rewritten.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['heritage_evidence', 'heritage_period', 'heritage_score', 'heritage_care'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.%I
            FOR EACH ROW EXECUTE FUNCTION diming.refuse_change()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.%I
            FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change()', t);
    END LOOP;
END $$;
CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.heritage_dossier
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.heritage_dossier
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.heritage_dossier
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.heritage_dossier WITH (security_barrier) AS
SELECT d.id, d.entry_id, d.name, d.meaning, d.origin, d.history, d.protection, d.first_attested, d.continuity,
       d.continuity_note, d.known, d.opened_by
FROM diming.heritage_dossier d
WHERE EXISTS (SELECT FROM published.heritage_tag h WHERE h.entry_id = d.entry_id);

CREATE OR REPLACE VIEW published.heritage_evidence WITH (security_barrier) AS
SELECT e.dossier_id, e.place_in_order, e.grade, e.title, e.passage, e.quote, e.dated
FROM diming.heritage_evidence e WHERE EXISTS (SELECT FROM published.heritage_dossier d WHERE d.id = e.dossier_id);

CREATE OR REPLACE VIEW published.heritage_period WITH (security_barrier) AS
SELECT p.dossier_id, p.place_in_order, p.name, p.dated, p.year_from, p.year_to, p.note
FROM diming.heritage_period p WHERE EXISTS (SELECT FROM published.heritage_dossier d WHERE d.id = p.dossier_id);

CREATE OR REPLACE VIEW published.heritage_score WITH (security_barrier) AS
SELECT s.dossier_id, s.criterion, s.answer, s.points, s.why
FROM diming.heritage_score s WHERE EXISTS (SELECT FROM published.heritage_dossier d WHERE d.id = s.dossier_id);

-- the case stays with the office
CREATE OR REPLACE VIEW published.heritage_care WITH (security_barrier) AS
SELECT c.id, c.entry_id, c.kind, c.on_day, c.what, c.responsible, c.next_on
FROM diming.heritage_care c WHERE EXISTS (SELECT FROM published.heritage_tag h WHERE h.entry_id = c.entry_id);

GRANT SELECT ON published.heritage_dossier, published.heritage_evidence, published.heritage_period,
    published.heritage_score, published.heritage_care TO diming_reader;
