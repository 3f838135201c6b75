-- Announcements and extents: who may change what, and what the public reads.
DO $$
BEGIN
    CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON diming.announcement
        FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
    CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.announcement
        FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
    CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.place_extent
        FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
    CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.place_extent
        FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
    CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.place_extent
        FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
END $$;

CREATE OR REPLACE VIEW published.announcement WITH (security_barrier) AS
SELECT a.id, a.decision_id, a.announced_on, a.authority, a.doc_no, a.notice, a.recorded_at
FROM diming.announcement a
JOIN diming.decision d ON d.id = a.decision_id AND d.classification = 'public';

CREATE OR REPLACE VIEW published.place_extent WITH (security_barrier) AS
SELECT e.id, e.place_id, e.geom, e.valid,
       CASE WHEN h.row_id IS NULL THEN e.known ELSE tstzrange(lower(e.known), NULL) END AS known,
       e.opened_by
FROM diming.place_extent e
JOIN diming.place p ON p.id = e.place_id AND p.classification = 'public'
LEFT JOIN diming.held_open h ON h.row_id = e.id
WHERE NOT EXISTS (SELECT 1 FROM diming.unannounced u WHERE u.decision_id IN (e.opened_by, e.closed_by));

-- Through which day names are known: a decision that takes effect later does not count before its day.
CREATE OR REPLACE VIEW published.gazetteer AS
SELECT least((value ->> 'through')::date, (now() AT TIME ZONE 'Asia/Shanghai')::date) AS through
FROM diming.setting WHERE key = 'gazetteer';

GRANT SELECT ON published.gazetteer, published.announcement, published.place_extent TO diming_reader;
