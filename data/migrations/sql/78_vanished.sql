-- Names that nothing bears any more: what offices recorded, and what the register itself ended. Records are never rewritten.
-- Extents of places, positions and spellings of units are looked up by who asks, for the few names that a page shows.
CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.vanished_name
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.vanished_name
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.vanished_name
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.vanished_name WITH (security_barrier) AS
SELECT v.entry_id AS id, 'recorded'::text AS origin, v.subject_id AS subject, v.unit_id, v.code, v.name, v.roman, v.class,
       v.reason, v.note, v.successor, v.last_day, v.gone, v.geom, v.source, v.opened_by AS decision
FROM diming.vanished_name v
WHERE upper_inf(v.known) AND v.classification = 'public'
  AND EXISTS (SELECT FROM published.decision d WHERE d.id = v.opened_by)
UNION ALL
-- a place whose last name ended and that bears no other: abolished (销名)
SELECT p.id, 'place', p.id, p.unit_id, NULL, n.text, n.romanization, p.class, 'abolished', '', '',
       to_char(upper(n.valid) - 1, 'YYYY-MM-DD'), to_char(upper(n.valid) - 1, 'YYYYMMDD')::int,
       p.geom, n.source, n.closed_by
FROM (SELECT DISTINCT o.subject_id FROM diming.place_name o
      WHERE o.kind IN ('standard', 'unverified') AND upper_inf(o.known) AND NOT upper_inf(o.valid)) ended
JOIN published.place p ON p.id = ended.subject_id AND upper_inf(p.known)
JOIN LATERAL (
    SELECT o.text, o.romanization, o.valid, o.source, o.closed_by FROM published.place_name o
    WHERE o.subject_id = ended.subject_id AND upper_inf(o.known) AND o.kind IN ('standard', 'unverified')
    ORDER BY upper(o.valid) DESC NULLS FIRST LIMIT 1
) n ON NOT upper_inf(n.valid)
WHERE NOT EXISTS (SELECT FROM diming.vanished_name v WHERE v.subject_id = p.id AND upper_inf(v.known))
UNION ALL
-- a unit that ended; where only the year is known by which it did, the year
SELECT n.unit_id, 'unit', n.unit_id, n.unit_id, n.code, n.name, NULL, 'ADMIN_DIVISION', 'division_change', '', '',
       CASE WHEN n.closed_within IS NULL THEN to_char(upper(n.valid) - 1, 'YYYY-MM-DD')
            ELSE to_char(upper(n.closed_within) - 1, 'YYYY') END,
       CASE WHEN n.closed_within IS NULL THEN to_char(upper(n.valid) - 1, 'YYYYMMDD')::int
            ELSE to_char(upper(n.closed_within) - 1, 'YYYY')::int * 10000 + 1231 END,
       NULL, '', n.closed_by
FROM (SELECT DISTINCT o.unit_id FROM diming.unit_version o WHERE upper_inf(o.known) AND NOT upper_inf(o.valid)) ended
JOIN LATERAL (
    SELECT o.unit_id, o.code, o.name, o.valid, o.closed_within, o.closed_by FROM published.unit_version o
    WHERE o.unit_id = ended.unit_id AND upper_inf(o.known)
    ORDER BY upper(o.valid) DESC NULLS FIRST LIMIT 1
) n ON NOT upper_inf(n.valid)
WHERE NOT EXISTS (SELECT FROM diming.vanished_name v WHERE v.subject_id = n.unit_id AND upper_inf(v.known));

GRANT SELECT ON published.vanished_name TO diming_reader;
